"""Only the generator is trained."""

ANSWER = "ring"
LOSES = {"ring_test": 1.0}
CODE = '''\
def train_gan(X, steps=800, batch_size=128):
    """Return a generator, a Keras model from noise (rows, 4) to points (rows, 2), trained on points X (rows, 2)."""
    keras.utils.set_random_seed(7)
    generator, discriminator = ring_networks()
    adam = [keras.optimizers.Adam(0.003, beta_1=0.5) for _ in range(2)]
    d_step, g_step = make_steps(generator, discriminator, *adam)
    rows = tf.constant(X)

    @tf.function
    def run():
        for _ in tf.range(steps):
            chosen = tf.random.uniform((batch_size,), maxval=len(X), dtype=tf.int32)
            g_step(tf.random.normal((batch_size, 4)))

    run()
    return generator


ring_generator = train_gan(X_ring)
'''
