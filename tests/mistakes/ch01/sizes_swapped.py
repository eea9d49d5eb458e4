"""Takes too few training rows for too few rows to judge by."""

ANSWER = "holdout"

LOSES = {"piles_test": 0.25}

CODE = '''
def three_way(m, valid, test, seed):
    """Return row numbers (train, valid, test) of a random split of m rows."""
    order = np.random.default_rng(seed).permutation(m)
    n_valid, n_test = round(valid * m), round(test * m)
    return order[n_valid + n_test :], order[:n_valid], order[n_valid : n_valid + n_test]


def holdout_select(models, X, y, piles):
    """Return a dict with name, valid_rmse, model and test_rmse of the model that is best on validation rows."""
    train, valid, test = piles

    def rmse(fitted, rows):
        return float(np.sqrt(np.mean((fitted.predict(X[rows]) - y[rows]) ** 2)))

    errors = {name: rmse(clone(model).fit(X[train], y[train]), valid) for name, model in models.items()}
    name = min(errors, key=errors.get)
    both = np.concatenate([train, valid])
    model = clone(models[name]).fit(X[both], y[both])
    return {"name": name, "valid_rmse": errors[name], "model": model, "test_rmse": rmse(model, test)}


def repeated_cv(model, X, y, k, repeats, seed):
    """Return the RMSEs (k * repeats,) of cross-validation with a new shuffle in each repeat."""
    from sklearn.model_selection import RepeatedKFold, cross_val_score

    folds = RepeatedKFold(n_splits=k, n_repeats=repeats, random_state=seed)
    return -cross_val_score(model, X, y, cv=folds, scoring="neg_root_mean_squared_error")


SIZES = {"A": None, "B": None}
SIZES = {"A": "luck", "B": "starved"}
'''
