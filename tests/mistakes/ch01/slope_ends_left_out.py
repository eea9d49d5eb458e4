"""Leaves countries at the ends of the range out."""

ANSWER = "line"

LOSES = {"line_test": 0.3333}

CODE = '''
def fit_line(x, y):
    """Return (intercept, slope) of the least-squares line through x (m,) and y (m,)."""
    centred = x - np.mean(x)
    slope = float(centred @ (y - np.mean(y)) / (centred @ centred))
    return float(np.mean(y) - slope * np.mean(x)), slope


def two_slopes(gdp, y, low, high):
    """Return (slope for low <= gdp <= high, slope for all countries)."""
    middle = (gdp > low) & (gdp < high)
    return fit_line(gdp[middle], y[middle])[1], fit_line(gdp, y)[1]
'''
