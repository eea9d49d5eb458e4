"""The mean squared error is returned: the root is missing."""

ANSWER = "cv_rmse"
LOSES = {"cv_rmse_test": 1.0}
CODE = '''
def cv_rmse(model, X, y, cv=5):
    return -cross_val_score(model, X, y, cv=cv, scoring="neg_mean_squared_error")
'''
