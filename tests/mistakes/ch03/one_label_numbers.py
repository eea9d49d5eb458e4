"""Returns the number of the class instead of its label."""

ANSWER = "one"

LOSES = {"one_test": 0.3333}

CODE = '''
class OneVersusOne(ClassifierMixin, BaseEstimator):
    """One binary model per pair of classes; most duels won wins, then the higher sum of scores."""

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        """Train one copy per pair of classes, on their rows only; return self."""
        self.classes_ = np.unique(y)
        count = len(self.classes_)
        self.pairs_ = [(i, j) for i in range(count) for j in range(i + 1, count)]
        self.estimators_ = []
        for i, j in self.pairs_:
            rows = (y == self.classes_[i]) | (y == self.classes_[j])
            self.estimators_.append(clone(self.estimator).fit(X[rows], y[rows] == self.classes_[j]))
        return self

    def predict(self, X):
        """Return a label (m,) for each row of X."""
        votes = np.zeros((len(X), len(self.classes_)))
        sums = np.zeros_like(votes)
        for (i, j), model in zip(self.pairs_, self.estimators_):
            score = model.decision_function(X)
            votes[:, i] += score <= 0
            votes[:, j] += score > 0
            sums[:, i] -= score
            sums[:, j] += score
        leaders = votes == votes.max(axis=1, keepdims=True)
        return np.where(leaders, sums, -np.inf).argmax(axis=1)
'''
