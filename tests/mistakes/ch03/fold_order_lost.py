"""Returns the answers fold by fold, not in the order of the rows."""

ANSWER = "folds"

LOSES = {"out_of_fold_test": 1.0, "precise_model_test": 1.0}

CODE = '''
class NeverClassifier(ClassifierMixin, BaseEstimator):
    """Predicts False for every row."""

    def fit(self, X, y):
        """Learn nothing; return self."""
        self.classes_ = np.array([False, True])
        return self

    def predict(self, X):
        """Return False for each row of X (m, n)."""
        return np.zeros(len(X), dtype=bool)


def stratified_folds(y, k, seed):
    """Return the fold number (m,) of each row, every class spread evenly over k folds."""
    rng = np.random.default_rng(seed)
    folds, used = np.empty(len(y), dtype=int), 0
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(np.asarray(y) == label))
        folds[rows] = (used + np.arange(len(rows))) % k
        used += len(rows)
    return folds


def out_of_fold(model, X, y, folds, method="predict"):
    """Return method's output for each row, from a clone trained on the rows of the other folds."""
    rows, parts = [], []
    for fold in np.unique(folds):
        inside = folds == fold
        fitted = clone(model).fit(X[~inside], y[~inside])
        rows.append(np.flatnonzero(inside))
        parts.append(getattr(fitted, method)(X[inside]))
    return np.concatenate(parts)
'''
