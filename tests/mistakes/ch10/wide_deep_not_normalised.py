"""The inputs are used as they are, without the Normalization layers."""

ANSWER = "wide_deep"
LOSES = {"wide_deep_more_test": 0.4, "wide_deep_score": 1.0}
CODE = '''\
def build_wide_deep(X_wide, X_deep):
    """Return a compiled model with inputs (wide, deep) and outputs (main, auxiliary), each (rows, 1)."""
    wide = keras.layers.Input(X_wide.shape[1:], name="wide")
    deep = keras.layers.Input(X_deep.shape[1:], name="deep")
    hidden = keras.layers.Dense(30, activation="relu")(deep)
    hidden = keras.layers.Dense(30, activation="relu")(hidden)
    main = keras.layers.Dense(1, name="main")(keras.layers.concatenate([wide, hidden]))
    aux = keras.layers.Dense(1, name="aux")(hidden)
    model = keras.Model([wide, deep], [main, aux])
    model.compile(loss=["mse", "mse"], loss_weights=[0.9, 0.1], optimizer=keras.optimizers.Adam(0.005))
    return model
'''
