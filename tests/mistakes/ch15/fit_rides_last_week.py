"""Last week's values are the forecast."""

ANSWER = "fit_rides"
LOSES = {"fit_rides_test": 0.75}
WEAK = "Trains as well"
CODE = '''\
def fit_rides(frame):
    """Return predict(frame) -> (days - 14, 2), forecasts of bus and rail one day ahead, learned from a frame."""
    return lambda frame: frame[["bus", "rail"]].to_numpy()[7:-7].astype(float)
'''
