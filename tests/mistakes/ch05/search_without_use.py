"""Searches, and hands back the pipeline as it was before."""

ANSWER = "tune"

LOSES = {"tune_test": 0.6, "decide_test": 0.25}

CODE = '''
def tune_rbf(X, y, n_iter=25, seed=0):
    """Return (model, tried): the tuned pipeline, trained on X and y, and C and gamma (n_iter, 2) of all candidates."""
    from scipy.stats import loguniform
    from sklearn.model_selection import RandomizedSearchCV

    space = {"svc__C": loguniform(1e-2, 1e3), "svc__gamma": loguniform(1e-3, 1e2)}
    pipeline = make_pipeline(StandardScaler(), SVC())
    search = RandomizedSearchCV(pipeline, space, n_iter=n_iter, cv=3, random_state=seed).fit(X, y)
    tried = [(found["svc__C"], found["svc__gamma"]) for found in search.cv_results_["params"]]
    return pipeline.fit(X, y), np.array(tried, dtype=float)


def honest_accuracy(X, y, seed=0):
    """Return the accuracy of a tuned model on a quarter of the rows that tuning never saw."""
    from sklearn.model_selection import train_test_split

    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=seed)
    return float(tune_rbf(X_train, y_train, seed=seed)[0].score(X_test, y_test))


def choose(X, y, margin=0.03):
    """Return the name of the first candidate whose mean CV accuracy is at most margin below the best."""
    from sklearn.model_selection import cross_val_score

    means = {name: cross_val_score(model, X, y, cv=5).mean() for name, model in candidates().items()}
    return next(name for name, mean in means.items() if mean >= max(means.values()) - margin)
'''
