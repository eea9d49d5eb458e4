"""Fits a line through the origin."""

ANSWER = "line"

LOSES = {"line_test": 1.0}

CODE = '''
def fit_line(x, y):
    """Return (intercept, slope) of the least-squares line through x (m,) and y (m,)."""
    centred = x
    slope = float(centred @ y / (centred @ centred))
    return 0.0, slope


def two_slopes(gdp, y, low, high):
    """Return (slope for low <= gdp <= high, slope for all countries)."""
    middle = (gdp >= low) & (gdp <= high)
    return fit_line(gdp[middle], y[middle])[1], fit_line(gdp, y)[1]
'''
