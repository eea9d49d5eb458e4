"""Keeps the last model in memory instead of loading the file."""

ANSWER = "service"

LOSES = {"service_test": 0.125}

CODE = '''
def ship(model, X, y, path):
    """Train a clone of the model on X and y, and save it under path."""
    import joblib
    from sklearn.base import clone

    global served
    served = clone(model).fit(X, y)
    joblib.dump(served, path)


def serve(path, X_new):
    """Return the predictions (m,) for X_new of the model saved under path."""
    return served.predict(X_new)


def promote(y, champion, challenger, margin=0.02):
    """Return True if the challenger's RMSE is clearly below the champion's."""
    old, new = (np.sqrt(np.mean((np.asarray(p) - np.asarray(y)) ** 2)) for p in (champion, challenger))
    return bool(new < (1 - margin) * old)
'''
