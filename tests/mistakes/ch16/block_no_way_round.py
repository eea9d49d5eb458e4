"""The attention"s output is not added to its input."""

ANSWER = "block"
LOSES = {"block_test": 0.14285714285714285}
CODE = '''\
def positions(n, d):
    """Return an array (n, d): the sines in the even columns, the cosines in the odd ones."""
    column = np.arange(d)
    angles = np.arange(n)[:, None] / 10_000 ** ((column - column % 2) / d)
    return np.where(column % 2 == 0, np.sin(angles), np.cos(angles))


class Block(layers.Layer):
    """A pre-norm Transformer block for inputs (rows, steps, width) with so many inner units."""

    def __init__(self, heads, width, inner, rate=0.0, causal=False, **kwargs):
        super().__init__(**kwargs)
        self.causal = causal
        self.supports_masking = True
        self.attention = layers.MultiHeadAttention(heads, width // heads)
        self.norms = [layers.LayerNormalization(), layers.LayerNormalization()]
        self.wide = layers.Dense(inner, activation="relu")
        self.narrow = layers.Dense(width)
        self.drop = layers.Dropout(rate)

    def call(self, X, mask=None, training=False):
        """Return a tensor of the shape of X; mask is (rows, steps) or None."""
        seen = None if mask is None else mask[:, None, :]
        Z = self.norms[0](X)
        Z = self.attention(Z, Z, attention_mask=seen, use_causal_mask=self.causal)
        X = self.drop(Z, training=training)
        Z = self.narrow(self.wide(self.norms[1](X)))
        return X + self.drop(Z, training=training)
'''
