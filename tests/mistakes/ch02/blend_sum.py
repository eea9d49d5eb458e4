"""Adds the predictions up."""

ANSWER = "blend"

LOSES = {"blend_test": 0.375}

CODE = '''
def blend(models, X, y, X_new):
    """Return the mean prediction (m,) for X_new of clones of the models, each trained on X and y."""
    from sklearn.base import clone

    return np.sum([clone(model).fit(X, y).predict(X_new) for model in models], axis=0)
'''
