"""The state of the text"s end is carried into the next epoch."""

ANSWER = "twin"
LOSES = {"twin_test": 0.2}
HINT = "reset_state before"
CODE = '''\
def train_stateful(model, X, Y, epochs):
    """Return a list with the mean loss of each epoch; X and Y are (steps, batch, length), the model is compiled."""
    means = []
    for _ in range(epochs):
        losses = [float(model.train_on_batch(inputs, targets)) for inputs, targets in zip(X, Y, strict=True)]
        means.append(sum(losses) / len(losses))
    return means


def stateless_twin(model):
    """Return a stateless network that has the weights of a stateful one made by char_net."""
    twin = char_net(model.get_layer("vectors").input_dim, model.get_layer("memory").units)
    twin.set_weights(model.get_weights())
    return twin
'''
