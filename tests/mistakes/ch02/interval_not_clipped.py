"""The root of a negative lower end: not a number."""

ANSWER = "rmse_interval"
LOSES = {"rmse_interval_test": 0.25}
CODE = '''
def rmse_interval(y_true, y_pred, confidence=0.95):
    from scipy import stats

    squared = (np.asarray(y_pred) - np.asarray(y_true)) ** 2
    half = stats.t.ppf((1 + confidence) / 2, len(squared) - 1) * stats.sem(squared)
    return float(np.sqrt(squared.mean() - half)), float(np.sqrt(squared.mean() + half))
'''
