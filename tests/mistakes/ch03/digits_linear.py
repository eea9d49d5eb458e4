"""Stays with the linear model of the first exercises."""

ANSWER = "digits_model"

LOSES = {"digits_test": 0.3333}

CODE = '''
def grouped_accuracy(model, X, y, groups, k=5):
    """Return the accuracy (a float) over all rows, each predicted without having seen its group."""
    from sklearn.model_selection import GroupKFold, cross_val_predict

    return float(np.mean(cross_val_predict(model, X, y, groups=groups, cv=GroupKFold(k)) == y))


def train_digits(images, y):
    """Return a classifier fitted to pixels(...) of images (m, 28, 28) and digits y (m,)."""
    return SGDClassifier(random_state=0).fit(pixels(images), y)
'''
