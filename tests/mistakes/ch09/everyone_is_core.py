"""Takes min_samples of one, so nothing is noise."""

ANSWER = "moons"

LOSES = {"moons_test": 0.3333333333333333}

CODE = '''
def moon_settings():
    """Return (eps, min_samples) for tables like X_moons."""
    return 3.6, 1
'''
