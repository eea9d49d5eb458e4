"""Fits the same estimator for every class of one versus the rest."""

ANSWER = "rest"

LOSES = {"rest_test": 1.0}

CODE = '''
class OneVersusRest(ClassifierMixin, BaseEstimator):
    """One binary model per class; the class with the highest score wins."""

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        """Train one copy per class; return self."""
        self.classes_ = np.unique(y)
        self.estimators_ = [self.estimator.fit(X, y == label) for label in self.classes_]
        return self

    def predict(self, X):
        """Return a label (m,) for each row of X."""
        scores = np.column_stack([model.decision_function(X) for model in self.estimators_])
        return self.classes_[scores.argmax(axis=1)]
'''
