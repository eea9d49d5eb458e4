"""The model is called as if for prediction."""

ANSWER = "train"
LOSES = {"train_test": 2.0}
CODE = '''\
def train(model, X, y, loss, optimizer, epochs, batch_size, metrics=()):
    """Train a built Keras model on arrays X and y; return a dict of lists with one float per epoch.

    loss and metrics are Keras objects, called as loss(y_true, y_pred) and metric.update_state(y_true, y_pred).
    """
    mean = keras.metrics.Mean(name="loss")
    watched = [mean, *metrics]
    history = {metric.name: [] for metric in watched}
    batches = tf.data.Dataset.from_tensor_slices((X, y)).batch(batch_size)
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function(reduce_retracing=True)
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=False)
            total = tf.add_n([loss(targets, outputs), *model.losses])
        optimizer.apply(tape.gradient(total, weights), weights)
        mean.update_state(total, sample_weight=tf.shape(targets)[0])
        for metric in metrics:
            metric.update_state(targets, outputs)

    for _ in range(epochs):
        for metric in watched:
            metric.reset_state()
        for inputs, targets in batches:
            step(inputs, targets)
        for metric in watched:
            history[metric.name].append(float(metric.result()))
    return history
'''
