"""Takes the axes of largest variance, without the labels."""

ANSWER = "separate"

LOSES = {"separate_test": 0.375}

CODE = '''
def separate(X, y, X_new, d=2):
    """Return (Z, Z_new): X (m, n) and X_new projected on the first d discriminant axes."""
    lda = PCA(d).fit(X)
    return lda.transform(X), lda.transform(X_new)
'''
