"""The standard deviation of single errors instead of that of their mean."""

ANSWER = "rmse_interval"
LOSES = {"rmse_interval_test": 0.75}
CODE = '''
def rmse_interval(y_true, y_pred, confidence=0.95):
    from scipy import stats

    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    half = stats.t.ppf((1 + confidence) / 2, len(squared) - 1) * squared.std(ddof=1)
    return float(np.sqrt(max(squared.mean() - half, 0.0))), float(np.sqrt(squared.mean() + half))
'''
