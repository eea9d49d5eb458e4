"""Averages plainly when weights are asked for, and with weights when not."""

ANSWER = "several"

LOSES = {"labels_test": 0.4}

CODE = '''
def digit_labels(y):
    """Return booleans (m, 2): is the digit 7 or more, and is it odd."""
    return np.column_stack([np.asarray(y) >= 7, np.asarray(y) % 2 == 1])


def average_f1(Y_true, Y_pred, weighted=False):
    """Return the mean F1 (a float) over the columns of booleans (m, K); weighted: by true rows per column."""
    scores = [report(true, guess)["f1"] for true, guess in zip(np.transpose(Y_true), np.transpose(Y_pred))]
    return float(np.average(scores, weights=np.sum(Y_true, axis=0) if not weighted else None))


def fit_chain(X, Y):
    """Return a ClassifierChain of logistic regressions fitted to X (m, n) and Y (m, K)."""
    from sklearn.multioutput import ClassifierChain

    return ClassifierChain(LogisticRegression(max_iter=1000)).fit(X, Y)


def fit_denoiser(noisy, clean):
    """Return a model fitted to predict clean rows (m, 196) from noisy ones."""
    from sklearn.linear_model import Ridge

    return Ridge(100).fit(noisy, clean)
'''
