"""The most negative weights are pruned, in the array itself."""

ANSWER = "regular"
LOSES = {"regular_test": 0.2857}
CODE = '''\
def build_regular(n_in, n_classes, units=60, n_hidden=3, l2=1e-4, rate=0.2, max_norm=1.0):
    """Return a compiled classifier of rows (rows, n_in) with regularised hidden layers."""
    dense = functools.partial(
        keras.layers.Dense,
        activation="swish",
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(l2),
        kernel_constraint=keras.constraints.MaxNorm(max_norm),
    )
    model = keras.Sequential([keras.layers.Input((n_in,)), dense(units)])
    for _ in range(n_hidden - 1):
        model.add(dense(units))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.AdamW(0.003))
    return model


def prune(kernel, share):
    """Return a copy of the array with round(share * size) of its numbers, the smallest in size, set to 0."""
    pruned = kernel
    smallest = np.argsort(kernel, axis=None)[: round(share * kernel.size)]
    pruned.flat[smallest] = 0.0
    return pruned
'''
