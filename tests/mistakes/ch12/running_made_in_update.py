"""The variables are made while tracing."""

ANSWER = "running_mean"
LOSES = {"running_mean_test": 1.0}
CODE = '''\
class RunningMean(tf.Module):
    """The mean of all rows seen so far, with n_features columns."""

    def __init__(self, n_features):
        super().__init__()
        self.n_features = n_features

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32)])
    def update(self, batch):
        """Take in a batch (rows, n_features) and return the mean so far, a tensor (n_features,)."""
        self.total = tf.Variable(tf.zeros(self.n_features), trainable=False)
        self.rows = tf.Variable(0.0, trainable=False)
        self.total.assign_add(tf.reduce_sum(batch, axis=0))
        self.rows.assign_add(tf.cast(tf.shape(batch)[0], tf.float32))
        return self.total / self.rows
'''
