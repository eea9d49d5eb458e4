"""It learns middles and sizes."""

ANSWER = "localiser"
LOSES = {"localiser_test": 0.6667}
CODE = '''\
def train_localiser(X, kinds, boxes):
    """Return a trained model from images to {"kind": (rows, 3), "box": (rows, 4)}; kinds (rows,), boxes (rows, 4)."""
    keras.utils.set_random_seed(15)
    layers = keras.layers
    inputs = maps = layers.Input(X.shape[1:])
    for filters, kernel in ((16, 5), (32, 3)):
        maps = layers.Conv2D(filters, kernel, 2, "same", activation="relu", kernel_initializer="he_normal")(maps)
    hidden = layers.Dense(64, activation="relu", kernel_initializer="he_normal")(layers.Flatten()(maps))
    kind, box = layers.Dense(3, activation="softmax", name="kind"), layers.Dense(4, name="box")
    model = keras.Model(inputs, {"kind": kind(hidden), "box": box(hidden)})
    losses = {"kind": "sparse_categorical_crossentropy", "box": "mse"}
    model.compile(loss=losses, loss_weights={"kind": 1, "box": 10}, optimizer=keras.optimizers.Adam(0.002))
    boxes = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1)
    model.fit(X, {"kind": kinds, "box": boxes}, epochs=8, batch_size=32, verbose=0)
    return model
'''
