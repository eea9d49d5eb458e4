"""Pixels from 0 to 255 while training."""

ANSWER = "train_dae"
LOSES = {"train_dae_test": 1.0}
WEAK = "Clean digits come out nearly as they were"
CODE = '''\
def train_dae(X):
    """Return a denoising autoencoder trained on clean images X (rows, 8, 8)."""
    keras.utils.set_random_seed(3)
    model = build_dae(8)
    train(lambda batch: ops.mean((model(255 * batch, training=True) - batch) ** 2), model.trainable_variables,
          X[..., None], steps=400, batch_size=64)
    return model
'''
