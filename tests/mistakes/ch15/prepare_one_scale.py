"""One mean serves all features."""

ANSWER = "prepare"
LOSES = {"prepare_test": 0.75}
HINT = "axis=0"
CODE = '''\
def prepare(series, length, share=0.8):
    """Return ((X_train, Y_train), (X_valid, Y_valid), mean (features,), sd (features,)), both parts scaled."""
    border = round(share * len(series))
    mean, sd = series[:border].mean(), series[:border].std()
    scaled = (series - mean) / sd
    return make_windows(scaled[:border], length), make_windows(scaled[border:], length), mean, sd
'''
