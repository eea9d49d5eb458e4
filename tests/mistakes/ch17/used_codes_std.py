"""The standard deviation is compared."""

ANSWER = "vae_use"
LOSES = {"vae_parts_test": 0.1667}
CODE = '''\
def used_codes(mean):
    """Return an array (codes,) of bools for an array of means (rows, codes)."""
    return np.std(mean, axis=0) > 0.01


def morph(decoder, start, end, n):
    """Return an array (n, features): decoded codes from start to end, arrays (codes,); decoder takes (n, codes)."""
    return np.asarray(decoder(np.linspace(start, end, n).astype("float32")))
'''
