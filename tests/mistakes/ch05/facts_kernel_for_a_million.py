"""Takes a kernel SVM for a million rows."""

ANSWER = "one_class"

LOSES = {"facts_test": 0.25}

CODE = '''
def novelty_svm(nu=0.05):
    """Return an untrained pipeline: scaling and a one-class SVM with an RBF kernel."""
    return make_pipeline(StandardScaler(), OneClassSVM(nu=nu))


def facts():
    """Return a dict with the seven answers."""
    return {
        "ovo_models": 45,
        "ovr_models": 10,
        "ovo_rows": 1200,
        "speedup": 10 * 6000**2 / (45 * 1200**2),
        "overfit_rbf": "lower gamma",
        "million_rows": "SVC",
        "stream": "SGDClassifier",
    }
'''
