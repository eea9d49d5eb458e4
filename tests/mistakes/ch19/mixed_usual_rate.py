"""Adam keeps its usual learning rate."""

ANSWER = "mixed"
LOSES = {"mixed_test": 0.1667}
CODE = '''\
def mixed_model(policy, hidden=(32,)):
    """Return a compiled Keras model (rows, 64) -> (rows, 10); policy is float32, mixed_float16 or mixed_bfloat16."""
    model = keras.Sequential([keras.layers.Input((64,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu", dtype=policy))
    model.add(keras.layers.Dense(10, dtype=policy))
    model.add(keras.layers.Activation("softmax", dtype="float32"))
    optimizer = keras.optimizers.Adam()
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0**12)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer)
    return model
'''
