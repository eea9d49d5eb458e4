"""Averages the probabilities and never asks the blender."""

ANSWER = "stacking"

LOSES = {"stack_test": 1}

CODE = '''
def out_of_fold(models, X, y, folds=5, seed=0):
    """Return out-of-fold probabilities (m, models * K), the columns of the first model first."""
    features = np.zeros((len(X), len(models) * len(np.unique(y))))
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(X, y):
        features[test] = np.hstack([clone(m).fit(X[train], y[train]).predict_proba(X[test]) for m in models])
    return features


class Stack:
    """A blender over the out-of-fold probabilities of several classifiers."""

    def __init__(self, models, blender, folds=5, seed=0):
        self.models, self.blender, self.folds, self.seed = models, blender, folds, seed

    def fit(self, X, y):
        """Train the blender, then the models on all rows; return self."""
        self.blender_ = clone(self.blender).fit(out_of_fold(self.models, X, y, self.folds, self.seed), y)
        self.models_ = [clone(model).fit(X, y) for model in self.models]
        return self

    def predict(self, X):
        """Return the label (m,) that the blender chooses."""
        P = np.mean([model.predict_proba(X) for model in self.models_], axis=0)
        return self.models_[0].classes_[P.argmax(axis=1)]


def layered(layers, X, y, X_new, seed=0):
    """Return the predictions (rows of X_new,) of layers of regressors, each trained on rows of its own."""
    parts = np.array_split(np.random.default_rng(seed).permutation(len(X)), len(layers))
    for models, part in zip(layers, parts):
        fitted = [clone(model).fit(X[part], y[part]) for model in models]
        X, X_new = (np.column_stack([model.predict(rows) for model in fitted]) for rows in (X, X_new))
    return X_new.mean(axis=1)
'''
