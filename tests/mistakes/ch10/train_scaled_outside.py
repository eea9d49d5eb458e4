"""Training divides the images by 255 outside the model, whoever uses the model does not."""

ANSWER = "train"
LOSES = {"train_test": 0.4}
CODE = '''\
def train_mlp(X, y, X_val, y_val):
    """Return (model, curves): the trained model, and a dict of lists.

    The keys of curves are loss, accuracy, val_loss and val_accuracy, with one value per epoch.
    """
    keras.utils.set_random_seed(10)
    model = keras.Sequential([keras.layers.Input((28, 28)), *build_mlp().layers[1:]])  # no Rescaling
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(X / 255, y, epochs=6, batch_size=32, validation_data=(X_val / 255, y_val), verbose=0)
    return model, history.history
'''
