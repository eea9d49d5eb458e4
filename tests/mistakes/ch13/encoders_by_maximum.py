"""Metres are divided by the largest, not normalised."""

ANSWER = "encoders"
LOSES = {"encoders_test": 0.2}
CODE = '''\
def encoders(train):
    """Return {name: layer} for metres, hour, temperature, district and street."""
    metres, district = keras.layers.Normalization(), keras.layers.StringLookup()
    metres = keras.layers.Rescaling(1 / float(train["metres"].max()))
    district.adapt(train["district"].tolist())
    return {
        "metres": metres,
        "hour": keras.layers.CategoryEncoding(24, output_mode="one_hot"),
        "temperature": keras.layers.Discretization([0.0, 10.0, 20.0], output_mode="one_hot"),
        "district": district,
        "street": keras.layers.Hashing(50),
    }
'''
