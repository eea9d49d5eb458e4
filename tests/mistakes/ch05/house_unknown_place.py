"""Stops at a kind of place that was not among the training districts."""

ANSWER = "tube"

LOSES = {"house_test": 0.3333}

CODE = '''
def tube_loss(residual, epsilon=0.1):
    """Return (loss, slope), arrays like residual: the epsilon-insensitive loss and its derivative."""
    residual = np.asarray(residual, dtype=float)
    outside = np.abs(residual) > epsilon
    return np.maximum(np.abs(residual) - epsilon, 0.0), np.where(outside, np.sign(residual), 0.0)


def support_shares(X, y, epsilons):
    """Return for each epsilon the share of rows that are support vectors, on scaled X and y."""
    X_scaled, y_scaled = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    return [len(SVR(C=10, epsilon=e).fit(X_scaled, y_scaled).support_) / len(X) for e in epsilons]


def house_model():
    """Return an untrained regressor from the columns of a housing table to dollars."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(), ["ocean_proximity"]),
    )
    return TransformedTargetRegressor(make_pipeline(columns, SVR(C=3)), transformer=StandardScaler())
'''
