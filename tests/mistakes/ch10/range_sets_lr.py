"""The rate is written to `optimizer.lr`, an attribute that Keras 3 does not read."""

ANSWER = "range_test"
LOSES = {"range_test_test": 0.25}
CODE = '''\
def lr_range_test(model, X, y, lr_min=1e-4, lr_max=10.0, steps=40, batch_size=32):
    """Return (rates, losses), arrays (steps,): rates from lr_min to lr_max, each the same factor apart.

    losses[i] is the loss of batch i before its own step. The model has no metric but the loss.
    """
    weights, old_rate = model.get_weights(), float(model.optimizer.learning_rate)
    rates, losses = np.geomspace(lr_min, lr_max, steps), []
    for i, rate in enumerate(rates):
        rows = np.arange(i * batch_size, (i + 1) * batch_size) % len(X)
        model.optimizer.lr = rate
        losses.append(float(model.train_on_batch(X[rows], y[rows])))
    model.set_weights(weights)
    model.optimizer.learning_rate = old_rate
    return rates, np.array(losses)


def suggest_rate(rates, losses):
    """Return one tenth of the rate where the loss is smallest, as a float."""
    finite = np.where(np.isfinite(losses), losses, np.inf)
    return float(rates[np.argmin(finite)]) / 10
'''
