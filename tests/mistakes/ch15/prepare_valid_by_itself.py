"""The validation part is scaled by its own mean and standard deviation."""

ANSWER = "prepare"
LOSES = {"prepare_test": 0.25}
CODE = '''\
def prepare(series, length, share=0.8):
    """Return ((X_train, Y_train), (X_valid, Y_valid), mean (features,), sd (features,)), both parts scaled."""
    border = round(share * len(series))
    mean, sd = series[:border].mean(axis=0), series[:border].std(axis=0)
    scaled = (series - mean) / sd
    return make_windows(scaled[:border], length), make_windows((series[border:] - series[border:].mean(axis=0)) / series[border:].std(axis=0), length), mean, sd
'''
