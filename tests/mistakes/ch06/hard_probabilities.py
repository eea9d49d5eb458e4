"""Gives the most frequent class of a leaf the probability 1."""

ANSWER = "tree"

LOSES = {"limits_test": 0.4}

CODE = '''
class Tree:
    """A classification tree grown by CART with the Gini impurity."""

    def __init__(self, max_depth=None, min_samples_leaf=1):
        self.max_depth, self.min_samples_leaf = max_depth, min_samples_leaf

    def fit(self, X, y):
        """Grow the tree on X (m, n) and y (m,); return self."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.depth_, self.n_leaves_ = 0, 0
        self.root_ = self._grow(X, codes, 0)
        return self

    def _grow(self, X, codes, depth):
        counts = np.bincount(codes, minlength=len(self.classes_))
        self.depth_ = max(self.depth_, depth)
        found = None
        if counts.max() < len(codes) and depth != self.max_depth:
            splits = [(best_split(x, codes, "gini", self.min_samples_leaf), j) for j, x in enumerate(X.T)]
            found = min((s for s in splits if s[0]), key=lambda s: s[0][1], default=None)
        if found is None:
            self.n_leaves_ += 1
            return (np.arange(len(counts)) == counts.argmax()).astype(float)
        (threshold, _), j = found
        left = X[:, j] <= threshold
        grown = [self._grow(X[side], codes[side], depth + 1) for side in (left, ~left)]
        return j, threshold, *grown

    def predict_proba(self, X):
        """Return the shares (m, K) of the classes in the leaf of each row."""
        shares = np.empty((len(X), len(self.classes_)))
        todo = [(self.root_, np.arange(len(X)))]
        while todo:
            node, rows = todo.pop()
            if isinstance(node, tuple):
                left = X[rows, node[0]] <= node[1]
                todo += [(node[2], rows[left]), (node[3], rows[~left])]
            else:
                shares[rows] = node
        return shares

    def predict(self, X):
        """Return the most frequent label (m,) of the leaf of each row."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
'''
