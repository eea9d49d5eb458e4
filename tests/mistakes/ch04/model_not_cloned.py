"""Trains the model that was handed in."""

ANSWER = "early_stopping"

LOSES = {"best_model_test": 0.2}

CODE = '''
def fit_early(model, X, y, X_valid, y_valid, max_epochs=300, patience=10):
    """Return (best, history): the model after its best epoch, and the validation RMSE of each epoch."""
    from copy import deepcopy

    model, best, history, waited = model, None, [], 0
    while len(history) < max_epochs and waited < patience:
        model.partial_fit(X, y)
        rmse = float(np.sqrt(np.mean((model.predict(X_valid) - y_valid) ** 2)))
        if best is None or rmse < min(history):
            best, waited = deepcopy(model), 0
        else:
            waited += 1
        history.append(rmse)
    return best, history
'''
