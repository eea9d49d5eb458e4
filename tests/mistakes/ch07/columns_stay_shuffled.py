"""Shuffles one column after another and never puts them back."""

ANSWER = "forests"

LOSES = {"permutation_test": 0.5, "permutation_mean_test": 0.25, "audit_test": 0.3333}

CODE = '''
def compare_by_cv(models, X, y, folds=5, seed=0):
    """Return {name: accuracies (folds,)} for a dict of classifiers, all on the same folds."""
    cv = StratifiedKFold(folds, shuffle=True, random_state=seed)
    parts = list(cv.split(X, y))

    def accuracy(model, train, test):
        return np.mean(clone(model).fit(X[train], y[train]).predict(X[test]) == y[test])

    return {name: np.array([accuracy(model, *part) for part in parts]) for name, model in models.items()}


def permutation_drop(predict, X, y, repeats=5, seed=0):
    """Return the mean drop in accuracy (columns,) when one column of the array X is shuffled."""
    rng, before = np.random.default_rng(seed), np.mean(predict(X) == y)
    drops = np.zeros((repeats, X.shape[1]))
    shuffled = X.copy()
    for repeat, column in np.ndindex(drops.shape):
        shuffled[:, column] = rng.permutation(X[:, column])
        drops[repeat, column] = before - np.mean(predict(shuffled) == y)
    return drops.mean(axis=0)


def audit(X, y, seed=0):
    """Return a DataFrame with the columns feature, impurity and permutation, best by permutation first."""
    values = X.to_numpy(dtype=float)
    X_train, X_valid, y_train, y_valid = train_test_split(
        values, y, test_size=1 / 3, stratify=y, random_state=seed
    )
    forest = RandomForestClassifier(100, random_state=seed).fit(X_train, y_train)
    drops = permutation_drop(forest.predict, X_valid, y_valid, 5, seed)
    table = {"feature": X.columns, "impurity": forest.feature_importances_, "permutation": drops}
    return pd.DataFrame(table).sort_values("permutation", ascending=False, ignore_index=True)
'''
