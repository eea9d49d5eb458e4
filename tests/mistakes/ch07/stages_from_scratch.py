"""Adds up all trees anew for every stage."""

ANSWER = "gradient_boosting"

LOSES = {"boosting_rows_test": 0.25}

CODE = '''
class GradientBoosting:
    """Gradient boosting for regression with squared error."""

    def __init__(self, n=100, lr=0.1, depth=2, subsample=1.0, patience=None, seed=0):
        self.n, self.lr, self.depth = n, lr, depth
        self.subsample, self.patience, self.seed = subsample, patience, seed

    def fit(self, X, y, X_valid=None, y_valid=None):
        """Train up to n trees, choose their number on X_valid, y_valid if patience is set; return self."""
        rng, m = np.random.default_rng(self.seed), len(X)
        self.start_, self.trees_, errors = float(np.mean(y)), [], []
        total = np.full(m, self.start_)
        valid = None if self.patience is None else np.full(len(X_valid), self.start_)
        for _ in range(self.n):
            rows = rng.choice(m, round(self.subsample * m), replace=False)
            tree = DecisionTreeRegressor(max_depth=self.depth, random_state=0)
            self.trees_.append(tree.fit(X[rows], (y - total)[rows]))
            total += self.lr * tree.predict(X)
            if valid is not None:
                valid += self.lr * tree.predict(X_valid)
                errors.append(np.sqrt(np.mean((valid - y_valid) ** 2)))
                if len(errors) - 1 - np.argmin(errors) >= self.patience:
                    break
        if errors:
            self.trees_ = self.trees_[: np.argmin(errors) + 1]
        return self

    def staged_predict(self, X):
        """Return the predictions (trees, m) after each tree."""
        return np.array([
            self.start_ + sum(self.lr * tree.predict(X) for tree in self.trees_[: k + 1])
            for k in range(len(self.trees_))
        ])

    def predict(self, X):
        """Return the predictions (m,) of all trees together."""
        return self.start_ + self.lr * np.sum([tree.predict(X) for tree in self.trees_], axis=0)
'''
