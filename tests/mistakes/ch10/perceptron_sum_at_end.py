"""The weights change only at the end of each epoch, by the sum over its mistakes."""

ANSWER = "perceptron"
LOSES = {"perceptron_test": 0.5}
CODE = '''\
def perceptron_fit(X, y, max_epochs=200):
    """Return (weights, bias, mistakes): an array (features,), a float, and the mistakes of each epoch.

    X is (rows, features), y is (rows,) of 0 and 1; mistakes is a list of whole numbers, one per epoch run.
    """
    weights, bias, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(max_epochs):
        wrong, step_w, step_b = 0, 0.0, 0.0
        for row, target in zip(X, y, strict=True):
            error = int(target) - int(step(row @ weights + bias))
            step_w, step_b = step_w + error * row, step_b + error
            wrong += abs(error)
        weights, bias = weights + step_w, bias + step_b
        mistakes.append(wrong)
        if wrong == 0:
            break
    return weights, bias, mistakes
'''
