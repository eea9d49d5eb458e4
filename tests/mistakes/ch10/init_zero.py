"""All weights start at zero, so all hidden neurons stay equal."""

ANSWER = "init"
LOSES = {"init_test": 1.0}
CODE = '''\
def init_params(n_in, n_hidden, n_out, rng):
    """Return {"W1": (n_in, n_hidden), "b1": (n_hidden,), "W2": (n_hidden, n_out), "b2": (n_out,)}.

    rng is a numpy Generator, the only source of randomness.
    """
    return {
        "W1": np.zeros((n_in, n_hidden)),
        "b1": np.zeros(n_hidden),
        "W2": np.zeros((n_hidden, n_out)),
        "b2": np.zeros(n_out),
    }
'''
