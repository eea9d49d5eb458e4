"""Checkpoint and early stopping watch the training loss."""

ANSWER = "callbacks"
LOSES = {"callbacks_test": 0.75}
CODE = '''\
def usual_callbacks(folder, patience):
    """Return a list of three callbacks: a checkpoint, early stopping and TensorBoard."""
    return [
        keras.callbacks.ModelCheckpoint(f"{folder}/best.keras", save_best_only=True, monitor="loss"),
        keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True, monitor="loss"),
        keras.callbacks.TensorBoard(folder),
    ]
'''
