"""The type of the last known day stands for that of the day itself."""

ANSWER = "ride_rows"
LOSES = {"ride_rows_test": 0.5, "fit_rides_test": 0.75}
HINT = "Last known day first"
CODE = '''\
def ride_rows(frame, length=14, ahead=1):
    """Return X (rows, 2 length + 6) and Y (rows, 2) of a frame with day_type, bus and rail."""
    boardings = frame[["bus", "rail"]].to_numpy() / 1e6
    flags = np.stack([frame["day_type"].to_numpy() == kind for kind in "AUW"], axis=1).astype(float)
    days = np.arange(length + ahead - 1, len(frame))
    window = boardings[days[:, None] - ahead + np.arange(1 - length, 1)]
    return np.hstack([window[:, :, 0], window[:, :, 1], flags[days - ahead], flags[days - ahead]]), boardings[days]
'''
