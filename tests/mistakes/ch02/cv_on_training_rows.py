"""The model is trained on all rows and measured on the same rows, fold by fold."""

ANSWER = "cv_rmse"
LOSES = {"cv_rmse_test": 0.5}
CODE = '''
def cv_rmse(model, X, y, cv=5):
    errors = (model.fit(X, y).predict(X) - y) ** 2
    return np.array([np.sqrt(np.mean(part)) for part in np.array_split(np.asarray(errors), cv)])
'''
