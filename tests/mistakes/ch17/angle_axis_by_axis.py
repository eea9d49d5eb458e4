"""The first axis is compared with the first, the second with the second."""

ANSWER = "angle"
LOSES = {"angle_test": 0.6667}
HINT = "Make each basis orthonormal first"
CODE = '''\
def largest_angle(A, B):
    """Return the largest angle, in degrees, between the planes of the rows of A and of B, both (axes, features)."""
    lengths = np.linalg.norm(A, axis=1) * np.linalg.norm(B, axis=1)
    cosines = np.abs((A * B).sum(axis=1)) / lengths
    return float(np.degrees(np.arccos(np.clip(cosines.min(), -1.0, 1.0))))
'''
