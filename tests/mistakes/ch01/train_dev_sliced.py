"""Takes the last rows of a sorted table as train-dev set."""

ANSWER = "mismatch"

LOSES = {"staircase_test": 0.6}

CODE = '''
def staircase(model, web, phone, share, seed):
    """Return a dict with the errors train, train_dev and dev of a clone of model."""
    X, y = web
    order = np.arange(len(y))[::-1]
    aside = round(share * len(y))
    held, rest = order[:aside], order[aside:]
    fitted = clone(model).fit(X[rest], y[rest])
    piles = {"train": (X[rest], y[rest]), "train_dev": (X[held], y[held]), "dev": phone}
    return {name: float(np.mean(fitted.predict(rows) != answers)) for name, (rows, answers) in piles.items()}


def diagnose(goal, train, train_dev, dev, step):
    """Return "underfitting", "overfitting", "mismatch" or "good": the first step higher than step."""
    stairs = {"underfitting": train - goal, "overfitting": train_dev - train, "mismatch": dev - train_dev}
    return next((name for name, height in stairs.items() if height > step), "good")


REMEDIES = {"underfitting": [], "overfitting": [], "mismatch": []}
REMEDIES = {"underfitting": ["A", "D"], "overfitting": ["B", "E"], "mismatch": ["C", "F"]}
'''
