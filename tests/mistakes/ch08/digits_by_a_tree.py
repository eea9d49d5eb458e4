"""Searches with a decision tree, which suits digits badly."""

ANSWER = "at_work"

LOSES = {"search_test": 0.3333}

CODE = '''
def compress(X_train, X_test, ratio=0.95):
    """Return (Z_train, Z_test): both on the axes of the training rows that keep ratio of their variance."""
    pca = PCA(n_components=ratio, svd_solver="full").fit(X_train)
    return pca.transform(X_train), pca.transform(X_test)


def search_digits(X, y, groups, seed=0):
    """Return a fitted RandomizedSearchCV over a pipeline of PCA and a classifier."""
    from scipy.stats import randint
    from sklearn.tree import DecisionTreeClassifier

    pipeline = make_pipeline(PCA(random_state=seed), DecisionTreeClassifier(random_state=seed))
    settings = {"pca__n_components": randint(15, 60), "decisiontreeclassifier__max_depth": randint(5, 20)}
    cv = StratifiedGroupKFold(3, shuffle=True, random_state=seed)
    search = RandomizedSearchCV(pipeline, settings, n_iter=5, cv=cv, random_state=seed)
    return search.fit(X, y, groups=groups)


def anomaly_scores(X_train, X, d=4):
    """Return the squared reconstruction error (m,) of the rows of X, with d axes of X_train."""
    pca = PCA(d).fit(X_train)
    return np.sum((X - pca.inverse_transform(pca.transform(X))) ** 2, axis=1)
'''
