"""Lets rounding errors make squared distances negative."""

ANSWER = "kernels"

LOSES = {"gram_test": 0.25}

CODE = '''
def poly_gram(X, Z, degree=3, gamma=1.0, coef0=1.0):
    """Return the polynomial kernel (len(X), len(Z)) of all pairs of rows."""
    return (gamma * X @ Z.T + coef0) ** degree


def rbf_gram(X, Z, gamma=1.0):
    """Return the Gaussian RBF kernel (len(X), len(Z)) of all pairs of rows."""
    squares = (X**2).sum(axis=1)[:, None] + (Z**2).sum(axis=1) - 2 * X @ Z.T
    return np.exp(-gamma * squares)


def quadratic_map(X, coef0=1.0):
    """Return features of X (m, 2) whose inner products are the polynomial kernel of degree 2."""
    a, b, root = X[:, 0], X[:, 1], np.sqrt(2 * coef0)
    return np.c_[a**2, b**2, np.sqrt(2) * a * b, root * a, root * b, np.full(len(X), coef0)]


def landmark_svm(landmarks, gamma=1.0, C=1.0):
    """Return an untrained pipeline: scaling, similarities to the landmarks, LinearSVC."""
    from sklearn.preprocessing import FunctionTransformer

    similarity = FunctionTransformer(rbf_gram, kw_args={"Z": landmarks, "gamma": gamma})
    return make_pipeline(StandardScaler(), similarity, LinearSVC(C=C))
'''
