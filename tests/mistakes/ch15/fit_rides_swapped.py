"""Trains come first."""

ANSWER = "fit_rides"
LOSES = {"fit_rides_test": 0.5}
CODE = '''\
def fit_rides(frame):
    """Return predict(frame) -> (days - 14, 2), forecasts of bus and rail one day ahead, learned from a frame."""
    X, Y = ride_rows(frame)
    weights = np.linalg.lstsq(X, Y)[0]
    return lambda frame: 1e6 * (ride_rows(frame)[0] @ weights)[:, ::-1]
'''
