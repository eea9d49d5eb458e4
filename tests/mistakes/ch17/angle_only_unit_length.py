"""The axes are scaled to length one, but not made orthogonal."""

ANSWER = "angle"
LOSES = {"angle_test": 0.6667}
CODE = '''\
def largest_angle(A, B):
    """Return the largest angle, in degrees, between the planes of the rows of A and of B, both (axes, features)."""
    bases = [np.transpose(axes / np.linalg.norm(axes, axis=1, keepdims=True)) for axes in (A, B)]
    cosines = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)
    return float(np.degrees(np.arccos(np.clip(cosines.min(), -1.0, 1.0))))
'''
