"""All windows are cut before the split, so some reach over the border."""

ANSWER = "prepare"
LOSES = {"prepare_test": 0.5}
HINT = "where does the last training window end"
CODE = '''\
def prepare(series, length, share=0.8):
    """Return ((X_train, Y_train), (X_valid, Y_valid), mean (features,), sd (features,)), both parts scaled."""
    border = round(share * len(series))
    mean, sd = series[:border].mean(axis=0), series[:border].std(axis=0)
    scaled = (series - mean) / sd
    X, Y = make_windows(scaled, length)
    return (X[:border], Y[:border]), (X[border:], Y[border:]), mean, sd
'''
