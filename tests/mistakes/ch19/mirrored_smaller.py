"""The network is another one."""

ANSWER = "mirrored"
LOSES = {"mirrored_test": 0.5}
CODE = '''\
def fit_mirrored(strategy, X, y, epochs, batch_per_replica):
    """Return a Keras model trained under a strategy on X (rows, 64) in 0..1 and digits y (rows,)."""
    keras.utils.set_random_seed(6)
    with strategy.scope():
        model = keras.Sequential([keras.layers.Input((64,)), keras.layers.Dense(4, activation="relu")])
        model.add(keras.layers.Dense(10, activation="softmax"))
        model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    global_batch = batch_per_replica * strategy.num_replicas_in_sync
    model.fit(X, y, batch_size=global_batch, epochs=epochs, verbose=0)
    return model
'''
