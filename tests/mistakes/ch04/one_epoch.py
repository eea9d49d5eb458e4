"""The return stands inside the loop, so training ends after one epoch."""

ANSWER = "softmax_model"

LOSES = {"softmax_model_test": 1.5, "softmax_stopping_test": 0.5}

HINT = "does training go on while the validation loss falls?"

WEAK = "the model finds the right bed in a new garden"

CODE = '''
class SoftmaxRegression:
    """Softmax regression with an l2 penalty (alpha) and early stopping."""

    def __init__(self, alpha=0.0, lr=0.1, max_epochs=2000, patience=20):
        self.alpha, self.lr, self.max_epochs, self.patience = alpha, lr, max_epochs, patience

    def fit(self, X, y, X_valid, y_valid):
        """Train on X, y; choose the epoch on X_valid, y_valid; return self."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        valid_codes = np.searchsorted(self.classes_, y_valid)
        Theta = np.zeros((X.shape[1] + 1, len(self.classes_)))
        self.history_, best, waited = [], np.inf, 0
        for _ in range(self.max_epochs):
            Theta = Theta - self.lr * cross_entropy(Theta, X, codes, self.alpha)[1]
            self.history_.append(cross_entropy(Theta, X_valid, valid_codes)[0])
            if self.history_[-1] < best:
                best, waited, self.Theta_ = self.history_[-1], 0, Theta
            else:
                waited += 1
            if waited == self.patience:
                break
            return self

    def predict_proba(self, X):
        """Return the probabilities (m, K), columns in the order of classes_."""
        return softmax(self.Theta_[0] + X @ self.Theta_[1:])

    def predict(self, X):
        """Return the most likely label of each row (m,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
'''
