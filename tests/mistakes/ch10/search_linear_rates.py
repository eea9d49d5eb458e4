"""The learning rate is drawn evenly, so nine of ten are large."""

ANSWER = "settings"
LOSES = {"search_test": 0.2}
CODE = '''\
def draw_settings(n, seed):
    """Return n dicts with n_hidden, n_neurons and learning_rate, drawn at random."""
    rng = np.random.default_rng(seed)
    return [
        {
            "n_hidden": int(rng.integers(0, 4)),
            "n_neurons": int(rng.integers(5, 61)),
            "learning_rate": float(rng.uniform(1e-4, 1e-1)),
        }
        for _ in range(n)
    ]
'''
