"""The kernel is applied the other way round."""

ANSWER = "causal"
LOSES = {"causal_test": 0.75}
HINT = "last weight of the kernel"
CODE = '''\
def causal_conv(X, kernel, bias, dilation=1):
    """Return the causal convolution (n, steps, filters) of X (n, steps, features)."""
    size, steps = len(kernel), X.shape[1]
    padded = np.pad(X, ((0, 0), ((size - 1) * dilation, 0), (0, 0)))
    return bias + sum(padded[:, j * dilation : j * dilation + steps] @ kernel[size - 1 - j] for j in range(size))


def receptive_field(size, dilations):
    """Return how many input steps the last output of a stack of such layers depends on."""
    return 1 + (size - 1) * sum(dilations)
'''
