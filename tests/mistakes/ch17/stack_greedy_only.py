"""The layers are never trained together."""

ANSWER = "stack"
LOSES = {"stack_test": 0.6667}
HINT = "train all of them together"
CODE = '''\
def pretrain_stack(X, sizes):
    """Return (encoder, autoencoder) of a stack with sizes[i] units in layer i, trained on X (rows, features)."""
    keras.utils.set_random_seed(3)

    def fit(model, rows, steps):
        train(lambda batch: ops.mean((model(batch) - batch) ** 2), model.trainable_variables, rows, steps)

    down, up, rows = [], [], X
    for number, units in enumerate(sizes):
        down.append(layers.Dense(units, activation="elu" if number < len(sizes) - 1 else None))
        up.insert(0, layers.Dense(rows.shape[1], activation="elu" if number else None))
        fit(keras.Sequential([layers.Input(rows.shape[1:]), down[-1], up[0]]), rows, 200)
        rows = np.asarray(down[-1](rows))
    autoencoder = keras.Sequential([layers.Input(X.shape[1:]), *down, *up])
    return keras.Sequential([layers.Input(X.shape[1:]), *down]), autoencoder


def few_labels(encoder, X_few, y_few, X_new):
    """Return the classes (rows,) of X_new, learned from the codes of X_few and their classes."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=10.0))
    model.fit(np.asarray(encoder(X_few)), y_few)
    return model.predict(np.asarray(encoder(X_new)))
'''
