"""The variance is passed where numpy asks for the standard deviation."""

ANSWER = "weights"
LOSES = {"signals_test": 0.5, "weights_test": 0.25}
CODE = '''\
def draw_weights(n_in, n_out, rule, kind, rng):
    """Return an array (n_in, n_out); rule is glorot, he or lecun, kind is normal or uniform.

    rng is a numpy Generator, the only source of randomness.
    """
    variance = {"glorot": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[rule]
    if kind == "normal":
        return rng.normal(0.0, variance, (n_in, n_out))
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (n_in, n_out))
'''
