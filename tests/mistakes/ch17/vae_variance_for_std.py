"""The variance is taken for the standard deviation."""

ANSWER = "vae_parts"
LOSES = {"vae_parts_test": 0.3333}
HINT = "The standard deviation is exp(log_var / 2)"
CODE = '''\
class Sampling(layers.Layer):
    """Draws codes from normal distributions."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(6)

    def call(self, inputs):
        """Return codes (rows, codes) for a pair of tensors (mean, log_var), each (rows, codes)."""
        mean, log_var = inputs
        return mean + ops.exp(log_var) * keras.random.normal(ops.shape(mean), seed=self.seeds)


def kl_to_normal(mean, log_var):
    """Return the latent loss (rows,) of means and logarithms of variances, both (rows, codes)."""
    return ops.sum(ops.exp(log_var) + mean**2 - 1 - log_var, axis=1) / 2
'''
