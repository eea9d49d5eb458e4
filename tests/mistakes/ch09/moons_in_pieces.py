"""Takes an eps that breaks the moons into pieces."""

ANSWER = "moons"

LOSES = {"moons_test": 0.6666666666666666}

CODE = '''
def moon_settings():
    """Return (eps, min_samples) for tables like X_moons."""
    return 1.4, 6
'''
