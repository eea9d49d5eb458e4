"""Trains the models it was given, which their owner may want for something else."""

ANSWER = "blend"

LOSES = {"blend_test": 0.125}

HINT = "clone"

CODE = '''
def blend(models, X, y, X_new):
    """Return the mean prediction (m,) for X_new of clones of the models, each trained on X and y."""
    return np.mean([model.fit(X, y).predict(X_new) for model in models], axis=0)
'''
