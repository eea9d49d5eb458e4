"""The smallest angle is returned."""

ANSWER = "angle"
LOSES = {"angle_test": 0.3333}
HINT = "The smallest cosine belongs to the largest angle"
CODE = '''\
def largest_angle(A, B):
    """Return the largest angle, in degrees, between the planes of the rows of A and of B, both (axes, features)."""
    bases = [np.linalg.qr(np.transpose(axes))[0] for axes in (A, B)]
    cosines = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)
    return float(np.degrees(np.arccos(np.clip(cosines.max(), -1.0, 1.0))))
'''
