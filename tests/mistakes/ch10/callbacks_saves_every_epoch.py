"""The checkpoint overwrites the best model with later ones."""

ANSWER = "callbacks"
LOSES = {"callbacks_test": 0.25}
CODE = '''\
def usual_callbacks(folder, patience):
    """Return a list of three callbacks: a checkpoint, early stopping and TensorBoard."""
    return [
        keras.callbacks.ModelCheckpoint(f"{folder}/best.keras"),
        keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True),
        keras.callbacks.TensorBoard(folder),
    ]
'''
