"""Lets only the first model predict."""

ANSWER = "bagger"

LOSES = {"bagged_votes_test": 0.5}

CODE = '''
class Bagger:
    """Bagging, pasting, random subspaces or patches with any classifier."""

    def __init__(self, model, n=50, max_samples=1.0, bootstrap=True, max_features=1.0, seed=0):
        self.model, self.n, self.max_samples = model, n, max_samples
        self.bootstrap, self.max_features, self.seed = bootstrap, max_features, seed

    def fit(self, X, y):
        """Draw, train and judge out of bag; return self."""
        rng, (m, width) = np.random.default_rng(self.seed), X.shape
        self.classes_, self.rows_, self.columns_, self.models_ = np.unique(y), [], [], []
        votes = np.zeros((m, len(self.classes_)))
        for _ in range(self.n):
            rows = rng.choice(m, round(self.max_samples * m), replace=self.bootstrap)
            columns = np.sort(rng.choice(width, round(self.max_features * width), replace=False))
            model = clone(self.model)
            if "random_state" in model.get_params():
                model.set_params(random_state=int(rng.integers(2**31)))
            model.fit(X[np.ix_(rows, columns)], y[rows])
            for store, item in ((self.rows_, rows), (self.columns_, columns), (self.models_, model)):
                store.append(item)
            if len(out := np.setdiff1d(np.arange(m), rows)):
                votes[out] += model.predict(X[np.ix_(out, columns)])[:, None] == self.classes_
        judged = votes.any(axis=1)
        right = self.classes_[votes.argmax(axis=1)][judged] == y[judged]
        self.oob_score_ = float(right.mean()) if len(right) else np.nan
        return self

    def predict(self, X):
        """Return the majority vote (m,) of all models."""
        votes = np.zeros((len(X), len(self.classes_)))
        for model, columns in zip(self.models_[:1], self.columns_):
            votes += model.predict(X[:, columns])[:, None] == self.classes_
        return self.classes_[votes.argmax(axis=1)]
'''
