"""The momentum is given to the new value."""

ANSWER = "batch_norm"
LOSES = {"batch_norm_test": 0.3333}
CODE = '''\
class BatchNorm(keras.layers.Layer):
    """Batch normalisation of inputs (rows, features)."""

    def __init__(self, momentum=0.9, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        """Add gamma, beta, moving_mean and moving_variance."""
        size = (input_shape[-1],)
        self.gamma = self.add_weight(shape=size, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=size, initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(shape=size, initializer="zeros", trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(shape=size, initializer="ones", trainable=False, name="moving_variance")

    def call(self, inputs, training=False):
        """Return the normalised inputs; while training, with the batch's mean and variance."""
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean, variance = keras.ops.mean(inputs, axis=0), keras.ops.var(inputs, axis=0)
            self.moving_mean.assign((1 - self.momentum) * self.moving_mean + self.momentum * mean)
            self.moving_variance.assign((1 - self.momentum) * self.moving_variance + self.momentum * variance)
        return self.gamma * (inputs - mean) / keras.ops.sqrt(variance + self.epsilon) + self.beta
'''
