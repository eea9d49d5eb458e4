"""The variables are half precision too."""

ANSWER = "mixed"
LOSES = {"mixed_test": 0.3333}
CODE = '''\
def mixed_model(policy, hidden=(32,)):
    """Return a compiled Keras model (rows, 64) -> (rows, 10); policy is float32, mixed_float16 or mixed_bfloat16."""
    half = policy.removeprefix("mixed_")
    model = keras.Sequential([keras.layers.Input((64,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", dtype=half))
    model.add(keras.layers.Dense(10, dtype=half))
    model.add(keras.layers.Activation("softmax", dtype="float32"))
    optimizer = keras.optimizers.Adam(0.01)
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**12)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer)
    return model
'''
