"""Both outputs count the same, because loss_weights is missing."""

ANSWER = "wide_deep"
LOSES = {"wide_deep_more_test": 0.2}
CODE = '''\
def build_wide_deep(X_wide, X_deep):
    """Return a compiled model with inputs (wide, deep) and outputs (main, auxiliary), each (rows, 1)."""
    wide = keras.layers.Input(X_wide.shape[1:], name="wide")
    deep = keras.layers.Input(X_deep.shape[1:], name="deep")
    scale_wide, scale_deep = keras.layers.Normalization(), keras.layers.Normalization()
    scale_wide.adapt(X_wide)
    scale_deep.adapt(X_deep)
    hidden = keras.layers.Dense(30, activation="relu")(scale_deep(deep))
    hidden = keras.layers.Dense(30, activation="relu")(hidden)
    main = keras.layers.Dense(1, name="main")(keras.layers.concatenate([scale_wide(wide), hidden]))
    aux = keras.layers.Dense(1, name="aux")(hidden)
    model = keras.Model([wide, deep], [main, aux])
    model.compile(loss=["mse", "mse"], optimizer=keras.optimizers.Adam(0.005))
    return model
'''
