"""It ends with scores, not probabilities."""

ANSWER = "resnet"
LOSES = {"resnet_test": 0.25}
CODE = '''\
def build_resnet(stages=(3, 4, 6, 3), width=64, classes=10, channels=3):
    """Return an uncompiled ResNet for images of any size; the first stage has width filters."""
    layers = keras.layers
    stem = [layers.Conv2D(width, 7, strides=2, padding="same", use_bias=False), layers.BatchNormalization()]
    stem += [layers.ReLU(), layers.MaxPooling2D(3, strides=2, padding="same")]
    body = [ResidualUnit(width * 2**stage, strides=2 if stage and not unit else 1)
            for stage, units in enumerate(stages) for unit in range(units)]
    top = [layers.GlobalAveragePooling2D(), layers.Dense(classes)]
    return keras.Sequential([layers.Input((None, None, channels)), *stem, *body, *top])
'''
