"""The images are mixed, not the codes."""

ANSWER = "vae_use"
LOSES = {"vae_parts_test": 0.1667}
HINT = "Mix the codes"
CODE = '''\
def used_codes(mean):
    """Return an array (codes,) of bools for an array of means (rows, codes)."""
    return np.var(mean, axis=0) > 0.01


def morph(decoder, start, end, n):
    """Return an array (n, features): decoded codes from start to end, arrays (codes,); decoder takes (n, codes)."""
    first, last = np.asarray(decoder(np.stack([start, end]).astype("float32")))
    return np.linspace(first, last, n)
'''
