"""Each day is forecast from its own boardings."""

ANSWER = "fit_rides"
LOSES = {"fit_rides_test": 0.5}
HINT = "The last known day"
CODE = '''\
def fit_rides(frame):
    """Return predict(frame) -> (days - 14, 2), forecasts of bus and rail one day ahead, learned from a frame."""
    X, Y = ride_rows(frame)
    weights = np.linalg.lstsq(X, Y)[0]
    return lambda frame: frame[["bus", "rail"]].to_numpy()[14:] * 1.001
'''
