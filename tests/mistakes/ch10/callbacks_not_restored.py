"""Early stopping keeps the last weights instead of the best."""

ANSWER = "callbacks"
LOSES = {"callbacks_test": 0.25}
CODE = '''\
def usual_callbacks(folder, patience):
    """Return a list of three callbacks: a checkpoint, early stopping and TensorBoard."""
    return [
        keras.callbacks.ModelCheckpoint(f"{folder}/best.keras", save_best_only=True),
        keras.callbacks.EarlyStopping(patience=patience),
        keras.callbacks.TensorBoard(folder),
    ]
'''
