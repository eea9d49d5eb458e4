"""The rate is always 1.5."""

ANSWER = "wall"
LOSES = {"wall_test": 0.5}
CODE = '''\
def solve_wall(rate, start):
    """Return a function that gives u at times t, arrays (n,); times are from 0 to 4."""
    keras.utils.set_random_seed(6)
    net = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(20, activation="tanh")])
    net.add(keras.layers.Dense(20, activation="tanh"))
    net.add(keras.layers.Dense(1))
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.02, 1000))
    adam.build(net.trainable_variables)
    times = tf.linspace(0.0, 4.0, 60)[:, None]

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            with tf.GradientTape() as slope_tape:
                slope_tape.watch(times)
                u = start + times * net(times)
            slope = slope_tape.gradient(u, times)
            loss = tf.reduce_mean((slope - 1.5 * (tf.sin(2 * times) - u)) ** 2)
        adam.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)

    for _ in range(1000):
        step()
    return lambda t: start + np.asarray(t) * np.asarray(net(np.asarray(t, "float32")[:, None]))[:, 0]
'''
