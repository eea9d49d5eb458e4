"""Autoencoders and GANs are taken for each other."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1667}
CODE = '''\
START = {
    "initialisation of 30 plain dense layers with SELU [glorot, he, lecun]": None,
    "dropout in that network, if any [ordinary, alpha]": None,
    "initialisation of 30 dense layers with Swish [glorot, he, lecun]": None,
    "normalisation in that network [none, batch]": None,
    "activation of 2 hidden layers that must be fast [relu, mish, sigmoid]": None,
    "optimizer to try if AdamW generalises badly [nesterov, adagrad, nadam]": None,
}
STATEMENTS = dict.fromkeys("abcdefghijk")  # True or False
PRETRAINING = {
    "a network guesses the next word of texts nobody labelled": None,
    "a network squeezes images through a narrow layer and rebuilds them": None,
    "layers are trained one after the other, each on the one below, in 2006": None,
    "one network invents images, another tells them from real ones": None,
    "to recognise few people, it first learns whether two photos show the same stranger": None,
}
START = dict(zip(START, ("lecun", "alpha", "he", "batch", "relu", "nesterov"), strict=True))
STATEMENTS = {letter: letter in "achjk" for letter in "abcdefghijk"}
kinds = ("self-supervised", "gan", "rbm", "autoencoder", "auxiliary")
PRETRAINING = dict(zip(PRETRAINING, kinds, strict=True))
'''
