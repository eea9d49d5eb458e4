"""The noise is off while training."""

ANSWER = "train_dae"
LOSES = {"train_dae_test": 0.5}
HINT = "Noise in the inputs while training"
WEAK = "Noisy digits come out much closer to the clean ones"
CODE = '''\
def train_dae(X):
    """Return a denoising autoencoder trained on clean images X (rows, 8, 8)."""
    keras.utils.set_random_seed(3)
    model = build_dae(8)
    train(lambda batch: ops.mean((model(batch) - batch) ** 2), model.trainable_variables,
          X[..., None], steps=400, batch_size=64)
    return model
'''
