"""Metres are scaled by a Lambda layer, which a loaded model refuses."""

ANSWER = "model"
LOSES = {"model_test": 0.2}
CODE = '''\
def train_model(train):
    """Return a trained Keras model from raw columns, a dict of (rows, 1), to minutes (rows, 1)."""
    keras.utils.set_random_seed(5)
    kinds = {"hour": "int32", "district": "string", "street": "string"}
    names = ("metres", "hour", "temperature", "district", "street")
    inputs = {name: keras.layers.Input((1,), dtype=kinds.get(name, "float32"), name=name) for name in names}
    layers = encoders(train)
    layers["metres"] = keras.layers.Lambda(lambda metres: (metres - 3600.0) / 1800.0, output_shape=(1,))
    found = {name: layers[name](inputs[name]) for name in names[:4]}
    place = keras.layers.Embedding(layers["district"].vocabulary_size(), 4)(found.pop("district"))
    joined = keras.layers.concatenate([*found.values(), keras.layers.Flatten()(place)])
    hidden = keras.layers.Dense(48, activation="relu")(joined)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.01))
    model.fit(as_batches(train), epochs=10, shuffle=False, verbose=0)
    return model
'''
