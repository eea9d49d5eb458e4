"""Leaves LinearSVC at its default loss, the squared hinge."""

ANSWER = "three_svms"

LOSES = {"three_svms_test": 0.75}

CODE = '''
def three_svms(C, m):
    """Return {"svc": ..., "liblinear": ..., "sgd": ...}: untrained models with the same objective."""
    from sklearn.linear_model import SGDClassifier

    return {
        "svc": SVC(kernel="linear", C=C),
        "liblinear": LinearSVC(C=C, max_iter=100_000, random_state=0),
        "sgd": SGDClassifier(alpha=1 / (C * m), max_iter=1000, tol=1e-5, n_iter_no_change=20, random_state=0),
    }
'''
