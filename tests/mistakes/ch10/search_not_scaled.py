"""The network has no Normalization layer."""

ANSWER = "search"
LOSES = {"search_test": 0.4}
CODE = '''\
def build_regressor(X, y, n_hidden=1, n_neurons=20, learning_rate=0.01):
    """Return a compiled, untrained Keras model for X (rows, features) and y (rows,)."""
    scale = keras.layers.Normalization()
    scale.adapt(X)
    model = keras.Sequential([keras.layers.Input(X.shape[1:])])
    for _ in range(n_hidden):
        model.add(keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(1))
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(learning_rate))
    return model


def search(X, y, settings):
    """Return the fitted GridSearchCV over the settings (a list of dicts)."""
    from sklearn.model_selection import GridSearchCV, ShuffleSplit

    keras.utils.set_random_seed(9)
    wrapped = keras.wrappers.SKLearnRegressor(build_regressor)
    split = ShuffleSplit(1, test_size=1 / 3, random_state=0)
    found = GridSearchCV(wrapped, {"model_kwargs": list(settings)}, cv=split, scoring="r2")
    return found.fit(X, y, epochs=20, verbose=0)
'''
