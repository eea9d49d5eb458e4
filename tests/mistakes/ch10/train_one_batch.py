"""All images in one batch, because that is fastest: six epochs are then six small steps."""

ANSWER = "train"
LOSES = {"train_test": 0.6}
HINT = "smaller batches"
CODE = '''\
def train_mlp(X, y, X_val, y_val):
    """Return (model, curves): the trained model, and a dict of lists.

    The keys of curves are loss, accuracy, val_loss and val_accuracy, with one value per epoch.
    """
    keras.utils.set_random_seed(10)
    model = build_mlp()
    history = model.fit(X, y, epochs=6, batch_size=len(X), validation_data=(X_val, y_val), verbose=0)
    return model, history.history
'''
