"""Cross-validates at random, so copies of one original stand on both sides."""

ANSWER = "digits_model"

LOSES = {"digits_test": 0.3333}

CODE = '''
def grouped_accuracy(model, X, y, groups, k=5):
    """Return the accuracy (a float) over all rows, each predicted without having seen its group."""
    from sklearn.model_selection import KFold, cross_val_predict

    return float(np.mean(cross_val_predict(model, X, y, cv=KFold(k, shuffle=True, random_state=0)) == y))


def train_digits(images, y):
    """Return a classifier fitted to pixels(...) of images (m, 28, 28) and digits y (m,)."""
    from sklearn.svm import SVC

    return SVC(C=5).fit(pixels(images), y)
'''
