"""Centres new rows by themselves."""

ANSWER = "separate"

LOSES = {"separate_test": 0.1875}

CODE = '''
def separate(X, y, X_new, d=2):
    """Return (Z, Z_new): X (m, n) and X_new projected on the first d discriminant axes."""
    lda = LinearDiscriminantAnalysis(n_components=d).fit(X, y)
    Z = lda.transform(X_new)
    return lda.transform(X), Z - Z.mean(axis=0)
'''
