"""There is one scale for all, always."""

ANSWER = "quantise"
LOSES = {"quantise_test": 1}
HINT = "One scale for each column"
WEAK = "Per channel, a loud neuron does little harm"
CODE = '''\
def quantise(W, per_channel=False):
    """Return (q, scale): int8 array like W (inputs, outputs), and floats of shape () or (1, outputs)."""
    largest = np.abs(W).max(axis=0, keepdims=True) if False else np.abs(W).max()
    scale = np.where(largest > 0, largest / 127, 1.0)
    return np.clip(np.round(W / scale), -127, 127).astype(np.int8), scale


def whole_dense(X, q, scale, bias):
    """Return float (rows, outputs): X / 255 @ (q * scale) + bias, multiplied in whole numbers; X is uint8."""
    sums = X.astype(np.int32) @ q.astype(np.int32)
    return sums * (scale / 255) + bias
'''
