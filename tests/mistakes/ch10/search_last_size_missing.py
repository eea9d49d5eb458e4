"""The ends of the ranges are left out: at most 2 layers and 59 neurons."""

ANSWER = "settings"
LOSES = {"search_test": 0.2}
CODE = '''\
def draw_settings(n, seed):
    """Return n dicts with n_hidden, n_neurons and learning_rate, drawn at random."""
    rng = np.random.default_rng(seed)
    return [
        {
            "n_hidden": int(rng.integers(0, 3)),
            "n_neurons": int(rng.integers(5, 60)),
            "learning_rate": float(10 ** rng.uniform(-4, -1)),
        }
        for _ in range(n)
    ]
'''
