"""Finds new centres in the rows that are transformed."""

ANSWER = "cluster_similarity"

LOSES = {"cluster_similarity_test": 0.75}

CODE = '''
class ClusterSimilarity(TransformerMixin, BaseEstimator):
    """Similarity of each row to centres found by K-means: exp(-gamma * squared distance)."""

    def __init__(self, n_clusters=10, gamma=1.0, random_state=None):
        self.n_clusters, self.gamma, self.random_state = n_clusters, gamma, random_state

    def fit(self, X, y=None):
        """Find the centres in X (m, n); return self."""
        from sklearn.cluster import KMeans
        from sklearn.utils.validation import validate_data

        X = validate_data(self, X, dtype=float)
        places = KMeans(self.n_clusters, n_init=1, random_state=self.random_state).fit(X)
        self.centers_ = places.cluster_centers_
        return self

    def transform(self, X):
        """Return the similarities (m, n_clusters)."""
        from sklearn.metrics.pairwise import rbf_kernel
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        self.fit(X)
        return rbf_kernel(X, self.centers_, gamma=self.gamma)

    def get_feature_names_out(self, input_features=None):
        """Return the names of the columns, as an array of objects."""
        return np.array([f"similarity_{i}" for i in range(self.n_clusters)], dtype=object)
'''
