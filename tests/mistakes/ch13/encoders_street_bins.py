"""Streets are hashed into ten times as many numbers."""

ANSWER = "encoders"
LOSES = {"encoders_test": 0.2}
CODE = '''\
def encoders(train):
    """Return {name: layer} for metres, hour, temperature, district and street."""
    metres, district = keras.layers.Normalization(), keras.layers.StringLookup()
    metres.adapt(train[["metres"]].to_numpy())
    district.adapt(train["district"].tolist())
    return {
        "metres": metres,
        "hour": keras.layers.CategoryEncoding(24, output_mode="one_hot"),
        "temperature": keras.layers.Discretization([0.0, 10.0, 20.0], output_mode="one_hot"),
        "district": district,
        "street": keras.layers.Hashing(500),
    }
'''
