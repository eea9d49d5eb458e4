"""scikit-learn's network gets the columns in their own units."""

ANSWER = "rival"
LOSES = {"search_test": 0.2}
CODE = '''\
def sklearn_rival(X, y):
    """Return a fitted pipeline of StandardScaler and MLPRegressor."""
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    net = MLPRegressor(hidden_layer_sizes=(40, 40), learning_rate_init=0.01, max_iter=500, random_state=0)
    return make_pipeline(net).fit(X, y)
'''
