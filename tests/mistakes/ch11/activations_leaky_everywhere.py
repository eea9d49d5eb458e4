"""The small slope is also given to positive inputs."""

ANSWER = "activations"
LOSES = {"activations_test": 0.25}
CODE = '''\
def activate(z, name):
    """Return the activation called name of every number in the array z."""
    curve = np.expm1(np.minimum(z, 0.0))
    if name == "selu":
        return SELU_LAMBDA * np.where(z > 0, z, SELU_ALPHA * curve)
    rules = {
        "relu": lambda: np.maximum(z, 0.0),
        "sigmoid": lambda: special.expit(z),
        "tanh": lambda: np.tanh(z),
        "leaky": lambda: np.where(z > 0, 0.01 * z, z),
        "elu": lambda: np.where(z > 0, z, curve),
        "gelu": lambda: z * special.ndtr(z),
        "swish": lambda: z * special.expit(z),
        "mish": lambda: z * np.tanh(np.logaddexp(0.0, z)),
    }
    return rules[name]()
'''
