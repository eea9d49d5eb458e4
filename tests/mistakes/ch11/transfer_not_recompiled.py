"""After unfreezing the model is not compiled again."""

ANSWER = "transfer"
LOSES = {"transfer_test": 0.3333}
CODE = '''\
def build_B_on_A(model_A, n_reused):
    """Return an untrained Sequential: copies of model_A's first n_reused layers and one sigmoid neuron."""
    copy = keras.models.clone_model(model_A)
    copy.set_weights(model_A.get_weights())
    head = keras.layers.Dense(1, activation="sigmoid", name="head")
    return keras.Sequential([keras.layers.Input(model_A.input_shape[1:]), *copy.layers[:n_reused], head])


def train_head(model_B, X, y):
    """Train the last layer of model_B on X (rows, 8) and y (rows,), all others frozen."""
    for layer in model_B.layers[:-1]:
        layer.trainable = False
    model_B.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model_B.fit(X, y, epochs=40, batch_size=16, verbose=0)


def fine_tune(model_B, X, y):
    """Go on training all of model_B, carefully."""
    for layer in model_B.layers:
        layer.trainable = True
    model_B.fit(X, y, epochs=10, batch_size=16, verbose=0)
'''
