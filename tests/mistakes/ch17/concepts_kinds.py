"""Denoising and undercomplete autoencoders are mixed up."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.2}
CODE = '''\
KINDS = {
    "codes of which only a few are active for each row": None,
    "a representation of 30 numbers for tables with 500 columns, as PCA does, but curved": None,
    "old photographs with grain and scratches": None,
    "new faces, and a smooth way from one to another": None,
    "heartbeats of different lengths": None,
    "a hundred million images to be searched in memory": None,
}
IDEAS = {
    "training begins with images of 4×4 pixels, and layers are added": None,
    "a critic whose slope is limited estimates how far apart two distributions are": None,
    "strided convolutions, batch normalisation, tanh at the end": None,
    "a network turns noise into a vector that scales the channels of each layer": None,
    "a thousand small steps, each trained by a squared error": None,
    "an encoder that returns means and variances": None,
}
STATEMENTS = dict.fromkeys("abcdefghij")  # True or False
kinds = ("sparse", "denoising", "undercomplete", "variational", "recurrent", "hashing")
KINDS = dict(zip(KINDS, kinds, strict=True))
ideas = ("progressive", "Wasserstein", "DCGAN", "StyleGAN", "diffusion", "VAE")
IDEAS = dict(zip(IDEAS, ideas, strict=True))
STATEMENTS = {letter: letter in "befhj" for letter in "abcdefghij"}
'''
