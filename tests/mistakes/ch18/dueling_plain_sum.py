"""Adds value and advantages without centring."""

ANSWER = "dueling"
LOSES = {"dueling_test": 0.4}
HINT = "Subtract the mean"
CODE = '''\
def dueling_network(n_inputs, n_actions):
    """Return an untrained functional Keras model, (rows, n_inputs) -> Q-values (rows, n_actions)."""
    inputs = keras.layers.Input((n_inputs,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    value = keras.layers.Dense(1, name="value")(hidden)
    advantage = keras.layers.Dense(n_actions, name="advantage")(hidden)
    return keras.Model(inputs, value + advantage)


def soft_update(target, online, tau):
    """Return a list of arrays: target moved towards online by the share tau, both lists of arrays."""
    return [(1 - tau) * old + tau * new for old, new in zip(target, online, strict=True)]
'''
