"""The perceptron never learns its bias, so its line always goes through the origin."""

ANSWER = "perceptron"
LOSES = {"perceptron_test": 0.75}
CODE = '''\
def perceptron_fit(X, y, max_epochs=200):
    """Return (weights, bias, mistakes): an array (features,), a float, and the mistakes of each epoch.

    X is (rows, features), y is (rows,) of 0 and 1; mistakes is a list of whole numbers, one per epoch run.
    """
    weights, bias, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(max_epochs):
        wrong = 0
        for row, target in zip(X, y, strict=True):
            error = int(target) - int(step(row @ weights + bias))
            weights = weights + error * row
            wrong += abs(error)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return weights, bias, mistakes
'''
