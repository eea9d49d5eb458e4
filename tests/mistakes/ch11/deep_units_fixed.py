"""The layers have 50 neurons, whatever is asked for."""

ANSWER = "deep"
LOSES = {"deep_test": 0.1667}
CODE = '''\
def build_deep(X, n_hidden=20, units=50):
    """Return an untrained, uncompiled classifier with n_hidden hidden Dense layers for raw images (rows, 196)."""
    scale = keras.layers.Normalization(axis=None)
    scale.adapt(X)
    model = keras.Sequential([keras.layers.Input((196,)), scale])
    for _ in range(n_hidden):
        model.add(keras.layers.Dense(50, kernel_initializer="he_normal"))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("swish"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model
'''
