"""Knows predict and predict_proba only, whatever method was asked for."""

ANSWER = "folds"

LOSES = {"out_of_fold_test": 0.25}

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
        parts.append(fitted.predict(X[inside]) if method == "predict" else fitted.predict_proba(X[inside]))
    return np.concatenate(parts)[np.argsort(np.concatenate(rows))]
'''
