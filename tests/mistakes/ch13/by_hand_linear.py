"""The hidden layer has no activation, so the network is linear."""

ANSWER = "by_hand"
LOSES = {"by_hand_test": 0.5}
CODE = '''\
def train_by_hand(batches, epochs=20, rate=0.001, start=100.0):
    """Return predict(inputs (rows, 4)) -> (rows,), trained on a dataset of (inputs, levels) batches."""
    W1 = tf.Variable(tf.random.stateless_normal((4, 24), (1, 2)) * 0.7)
    w2 = tf.Variable(tf.random.stateless_normal((24, 1), (3, 4)) * 0.3)
    b1, b2 = tf.Variable(tf.zeros(24)), tf.Variable(start)
    weights = [W1, b1, w2, b2]

    def forward(inputs):
        hidden = tf.cast(inputs, tf.float32) @ W1 + b1
        return (hidden @ w2)[:, 0] + b2

    @tf.function(reduce_retracing=True)
    def step(inputs, levels):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((forward(inputs) - levels) ** 2)
        for weight, slope in zip(weights, tape.gradient(loss, weights), strict=True):
            weight.assign_sub(rate * slope)

    for _ in range(epochs):
        for inputs, levels in batches:
            step(inputs, levels)
    return forward
'''
