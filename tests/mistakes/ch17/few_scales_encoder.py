"""The codes are scaled inside the encoder, for good."""

ANSWER = "stack"
LOSES = {"stack_test": 0.3333}
HINT = "the encoder does not"
CODE = '''\
def pretrain_stack(X, sizes):
    """Return (encoder, autoencoder) of a stack with sizes[i] units in layer i, trained on X (rows, features)."""
    keras.utils.set_random_seed(2)

    def fit(model, rows, steps):
        train(lambda batch: ops.mean((model(batch) - batch) ** 2), model.trainable_variables, rows, steps)

    down, up, rows = [], [], X
    for number, units in enumerate(sizes):
        down.append(layers.Dense(units, activation="elu" if number < len(sizes) - 1 else None))
        up.insert(0, layers.Dense(rows.shape[1], activation="elu" if number else None))
        fit(keras.Sequential([layers.Input(rows.shape[1:]), down[-1], up[0]]), rows, 200)
        rows = np.asarray(down[-1](rows))
    autoencoder = keras.Sequential([layers.Input(X.shape[1:]), *down, *up])
    fit(autoencoder, X, 400)
    return keras.Sequential([layers.Input(X.shape[1:]), *down]), autoencoder


def few_labels(encoder, X_few, y_few, X_new):
    """Return the classes (rows,) of X_new, learned from the codes of X_few and their classes."""
    last, spread = encoder.layers[-1], np.asarray(encoder(X_few)).std(axis=0)
    last.set_weights([weights / (2 * spread) for weights in last.get_weights()])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=10.0))
    model.fit(np.asarray(encoder(X_few)), y_few)
    return model.predict(np.asarray(encoder(X_new)))
'''
