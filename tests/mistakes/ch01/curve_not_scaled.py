"""Regularises unscaled powers."""

ANSWER = "curves"

LOSES = {"curve_test": 0.25}

CODE = '''
def curve_model(degree, strength):
    """Return an untrained pipeline: powers of x, scaling, ridge regression."""
    return make_pipeline(PolynomialFeatures(degree, include_bias=False), Ridge(strength))


def choose_curve(x, y, candidates, seed=0):
    """Return the best curve_model of the candidates (degree, strength), fitted to x (m,) and y (m,)."""
    from sklearn.model_selection import KFold, cross_val_score

    X, folds = np.reshape(x, (-1, 1)), KFold(5, shuffle=True, random_state=seed)
    models = [curve_model(*candidate) for candidate in candidates]
    scores = [cross_val_score(m, X, y, cv=folds, scoring="neg_root_mean_squared_error").mean() for m in models]
    return models[int(np.argmax(scores))].fit(X, y)


def plot_curve(x, y, model):
    """Return Axes with the points and the predictions of a model fitted to (m, 1) as one line."""
    figure, ax = plt.subplots()
    ax.scatter(x, y)
    smooth = np.linspace(np.min(x), np.max(x), 200)
    ax.plot(smooth, model.predict(smooth[:, None]), "r")
    ax.set(xlabel="product per head (thousands)", ylabel="satisfaction")
    plt.close(figure)
    return ax
'''
