"""Trains every tree without the weights of the rows."""

ANSWER = "adaboost"

LOSES = {"adaboost_end_test": 0.25, "adaboost_fit_test": 1.0, "adaboost_predict_test": 1.0}

CODE = '''
class AdaBoost:
    """AdaBoost for K classes (SAMME) with trees of a given depth."""

    def __init__(self, n=50, lr=1.0, depth=1):
        self.n, self.lr, self.depth = n, lr, depth

    def fit(self, X, y):
        """Train up to n trees; return self."""
        self.classes_, self.trees_, self.alphas_, self.weights_ = np.unique(y), [], [], []
        K, w = len(self.classes_), np.full(len(X), 1 / len(X))
        for _ in range(self.n):
            tree = DecisionTreeClassifier(max_depth=self.depth, random_state=0).fit(X, y)
            wrong = tree.predict(X) != y
            r = w[wrong].sum()
            if r >= 1 - 1 / K - 1e-9:
                break
            alpha = self.lr * (np.log((1 - r) / r) + np.log(K - 1)) if r > 0 else 1.0
            for store, item in ((self.trees_, tree), (self.alphas_, float(alpha)), (self.weights_, w)):
                store.append(item)
            if r == 0:
                break
            w = w * np.exp(alpha * wrong)
            w = w / w.sum()
        if not self.trees_:
            raise ValueError("No tree was better than chance: try deeper trees or other features.")
        return self

    def predict(self, X):
        """Return the label (m,) with the most say."""
        say = np.zeros((len(X), len(self.classes_)))
        for tree, alpha in zip(self.trees_, self.alphas_):
            say += alpha * (tree.predict(X)[:, None] == self.classes_)
        return self.classes_[say.argmax(axis=1)]
'''
