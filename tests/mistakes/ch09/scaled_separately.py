"""Scales training and new rows each by themselves."""

ANSWER = "odd_rows"

LOSES = {"odd_test": 0.25, "alarms_test": 0.25}

CODE = '''
def normality(name, X_train, X):
    """Return how normal each row of X (m, n) is, larger for more normal rows, shape (m,)."""
    from sklearn.covariance import EllipticEnvelope
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest
    from sklearn.mixture import GaussianMixture
    from sklearn.neighbors import LocalOutlierFactor
    from sklearn.svm import OneClassSVM

    scaler = StandardScaler().fit(X_train)
    known, new = scaler.transform(X_train), StandardScaler().fit_transform(X)
    if name == "pca":
        pca = PCA(2).fit(known)
        return -((new - pca.inverse_transform(pca.transform(new))) ** 2).sum(axis=1)
    detectors = {
        "gmm": GaussianMixture(random_state=0),
        "mcd": EllipticEnvelope(random_state=0),
        "forest": IsolationForest(random_state=0),
        "lof": LocalOutlierFactor(novelty=True),
        "svm": OneClassSVM(nu=0.05),
    }
    return detectors[name].fit(known).score_samples(new)


def alarms(train_scores, scores, share=0.02):
    """Return booleans: True for scores below the share quantile of the training scores."""
    return scores < np.quantile(train_scores, share)
'''
