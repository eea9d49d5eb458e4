"""Steps are taken one by one."""

ANSWER = "causal"
LOSES = {"causal_test": 0.25}
CODE = '''\
def causal_conv(X, kernel, bias, dilation=1):
    """Return the causal convolution (n, steps, filters) of X (n, steps, features)."""
    size, steps = len(kernel), X.shape[1]
    outputs = []
    for t in range(steps):
        output = np.tile(bias, (len(X), 1))
        for j in range(size):
            at = t - (size - 1 - j) * dilation
            if at >= 0:
                output = output + X[:, at] @ kernel[j]
        outputs.append(output)
    return np.stack(outputs, axis=1)


def receptive_field(size, dilations):
    """Return how many input steps the last output of a stack of such layers depends on."""
    return 1 + (size - 1) * sum(dilations)
'''
