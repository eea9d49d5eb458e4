"""The XOR lines go through the corners, so inputs a little off get the wrong answer."""

ANSWER = "xor"
LOSES = {"xor_test": 0.5}
CODE = '''\
def xor_weights():
    """Return (W1, b1, w2, b2) with which step_network computes XOR; column j of W1 feeds hidden unit j."""
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b1 = np.array([-1.0, -2.0])
    w2 = np.array([1.0, -1.0])
    return W1, b1, w2, -0.5
'''
