"""The normal quantile instead of that of Student: too narrow for few rows."""

ANSWER = "rmse_interval"
LOSES = {"rmse_interval_test": 0.25}
CODE = '''
def rmse_interval(y_true, y_pred, confidence=0.95):
    from scipy import stats

    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    half = stats.norm.ppf((1 + confidence) / 2) * stats.sem(squared)
    return float(np.sqrt(max(squared.mean() - half, 0.0))), float(np.sqrt(squared.mean() + half))
'''
