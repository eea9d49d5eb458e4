"""Mean and standard deviation of the whole series are used."""

ANSWER = "prepare"
LOSES = {"prepare_test": 1.0}
HINT = "Whose mean"
CODE = '''\
def prepare(series, length, share=0.8):
    """Return ((X_train, Y_train), (X_valid, Y_valid), mean (features,), sd (features,)), both parts scaled."""
    border = round(share * len(series))
    mean, sd = series.mean(axis=0), series.std(axis=0)
    scaled = (series - mean) / sd
    return make_windows(scaled[:border], length), make_windows(scaled[border:], length), mean, sd
'''
