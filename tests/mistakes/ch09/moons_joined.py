"""Takes an eps that joins both moons."""

ANSWER = "moons"

LOSES = {"moons_test": 0.6666666666666666}

CODE = '''
def moon_settings():
    """Return (eps, min_samples) for tables like X_moons."""
    return 9.0, 8
'''
