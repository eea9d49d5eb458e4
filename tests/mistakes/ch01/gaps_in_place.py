"""Fills the gaps in the frames that were passed in."""

ANSWER = "gaps"

LOSES = {"gaps_more_test": 0.1667}

CODE = '''
def treat_gaps(train, new, policy):
    """Return (train, new) after treating gaps by "rows", "columns", "median" or "flag"."""
    gappy = [column for column in train.columns if train[column].isna().any()]
    if policy == "rows":
        return train.dropna(), new.copy()
    if policy == "columns":
        return train.drop(columns=gappy), new.drop(columns=gappy)
    if policy not in ("median", "flag"):
        raise ValueError(f"There is no policy {policy!r}: use rows, columns, median or flag.")
    filled = []
    for frame in (train, new):
        flags = {f"{column}_missing": frame[column].isna().astype(int) for column in gappy}
        for column in frame.columns:
            frame[column] = frame[column].fillna(train[column].median())
        filled.append(frame.assign(**(flags if policy == "flag" else {})))
    return filled[0], filled[1]


def clip_outliers(train, new, factor=1.5):
    """Return (train, new) clipped to the training quartiles, widened by factor times their distance."""
    low, high = train.quantile(0.25), train.quantile(0.75)
    reach = factor * (high - low)
    return train.clip(low - reach, high + reach, axis=1), new.clip(low - reach, high + reach, axis=1)
'''
