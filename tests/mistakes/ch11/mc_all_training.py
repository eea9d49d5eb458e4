"""The whole model behaves as in training."""

ANSWER = "mc_dropout"
LOSES = {"mc_test": 0.3333}
CODE = '''\
def mc_predict(model, X, samples=30):
    """Return an array (samples, rows, classes) of predictions of a Sequential with its dropout left on."""
    stack = []
    for _ in range(samples):
        Z = model(X, training=True)
        stack.append(keras.ops.convert_to_numpy(Z))
    return np.array(stack)


def doubt(stack):
    """Return (mean, entropy), arrays (rows, classes) and (rows,), of a stack (samples, rows, classes)."""
    mean = stack.mean(axis=0)
    return mean, special.entr(mean).sum(axis=1)
'''
