"""Sets the penalty of SGDClassifier from the number of rows only."""

ANSWER = "three_svms"

LOSES = {"three_svms_test": 1.0}

CODE = '''
def three_svms(C, m):
    """Return {"svc": ..., "liblinear": ..., "sgd": ...}: untrained models with the same objective."""
    from sklearn.linear_model import SGDClassifier

    return {
        "svc": SVC(kernel="linear", C=C),
        "liblinear": LinearSVC(loss="hinge", C=C, max_iter=100_000, random_state=0),
        "sgd": SGDClassifier(alpha=1 / m, max_iter=1000, tol=1e-5, n_iter_no_change=20, random_state=0),
    }
'''
