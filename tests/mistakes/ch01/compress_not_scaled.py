"""Runs PCA on columns in their own units."""

ANSWER = "features"

LOSES = {"features_test": 0.6667}

CODE = '''
def strongest(train, target, k):
    """Return the names (a list) of the k columns of train most correlated with target, strongest first."""
    return train.corrwith(target).abs().sort_values(ascending=False).index[:k].tolist()


def compress(train, new, share):
    """Return (train, new) as arrays of the principal components that explain share of the variance."""
    from sklearn.decomposition import PCA

    reduce = make_pipeline(PCA(share)).fit(train)
    return reduce.transform(train), reduce.transform(new)
'''
