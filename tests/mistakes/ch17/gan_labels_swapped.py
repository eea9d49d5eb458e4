"""Real rows are labelled 0."""

ANSWER = "gan_step"
LOSES = {"gan_step_test": 0.6667, "ring_test": 1.0}
CODE = '''\
def gan_losses(real_logits, fake_logits):
    """Return (discriminator's loss, generator's loss), scalar tensors, for logits (rows, 1)."""
    d_loss = ops.mean(ops.softplus(real_logits)) + ops.mean(ops.softplus(-fake_logits))
    return d_loss, ops.mean(ops.softplus(-fake_logits))


def make_steps(generator, discriminator, g_optimizer, d_optimizer):
    """Return (d_step, g_step) for two built Keras models and their optimizers."""
    g_weights, d_weights = generator.trainable_variables, discriminator.trainable_variables
    g_optimizer.build(g_weights)
    d_optimizer.build(d_weights)

    @tf.function
    def d_step(real, noise):
        fake = generator(noise, training=True)
        with tf.GradientTape() as tape:
            logits = [discriminator(rows, training=True) for rows in (real, fake)]
            loss = gan_losses(*logits)[0]
        d_optimizer.apply(tape.gradient(loss, d_weights), d_weights)
        return loss

    @tf.function
    def g_step(noise):
        with tf.GradientTape() as tape:
            logits = discriminator(generator(noise, training=True), training=True)
            loss = gan_losses(logits, logits)[1]
        g_optimizer.apply(tape.gradient(loss, g_weights), g_weights)
        return loss

    return d_step, g_step
'''
