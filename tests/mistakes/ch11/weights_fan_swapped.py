"""Outputs are taken for inputs."""

ANSWER = "weights"
LOSES = {"weights_test": 0.5}
CODE = '''\
def draw_weights(n_in, n_out, rule, kind, rng):
    """Return an array (n_in, n_out); rule is glorot, he or lecun, kind is normal or uniform.

    rng is a numpy Generator, the only source of randomness.
    """
    variance = {"glorot": 2 / (n_in + n_out), "he": 2 / n_out, "lecun": 1 / n_out}[rule]
    if kind == "normal":
        return rng.normal(0.0, np.sqrt(variance), (n_in, n_out))
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (n_in, n_out))
'''
