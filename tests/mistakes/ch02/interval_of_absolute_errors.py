"""The interval of the mean absolute error."""

ANSWER = "rmse_interval"
LOSES = {"rmse_interval_test": 0.75}
CODE = '''
def rmse_interval(y_true, y_pred, confidence=0.95):
    from scipy import stats

    squared = np.abs(np.asarray(y_pred) - np.asarray(y_true))
    half = stats.t.ppf((1 + confidence) / 2, len(squared) - 1) * stats.sem(squared)
    return float((max(squared.mean() - half, 0.0))), float((squared.mean() + half))
'''
