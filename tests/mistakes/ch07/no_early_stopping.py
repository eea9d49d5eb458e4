"""Runs a fixed number of rounds without early stopping."""

ANSWER = "boosting_work"

LOSES = {"housing_test": 0.25}

CODE = '''
def plot_boosting(model, X, y, X_valid, y_valid):
    """Return an Axes with the RMSE after each tree for training and validation rows, and the best point."""
    _, ax = plt.subplots()
    for label, rows, target in (("training", X, y), ("validation", X_valid, y_valid)):
        rmse = np.sqrt([np.mean((stage - target) ** 2) for stage in model.staged_predict(rows)])
        ax.plot(np.arange(1, len(rmse) + 1), rmse, label=label)
    best = int(np.argmin(rmse))
    ax.plot([best + 1], [rmse[best]], "o", label="best")
    ax.set(xlabel="trees", ylabel="RMSE")
    ax.legend()
    return ax


def fit_housing(X, y, seed=0):
    """Return a trained HistGradientBoostingRegressor that stopped early."""
    model = HistGradientBoostingRegressor(
        max_iter=200,
        early_stopping=False,
        n_iter_no_change=15,
        categorical_features=["ocean_proximity"],
        random_state=seed,
    )
    return model.fit(X, y)
'''
