"""Layers are thought to grow with the image, and pooling to have weights."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1429}
HINT = "See Exercises 1 and 2"
CODE = '''\
NETWORKS = {
    "only 3×3 convolutions and pooling, many of them": None,
    "kernels of several sizes side by side in a module": None,
    "the input of a block is added to its output": None,
    "all earlier maps of a block are concatenated": None,
    "a gate for each channel, from the global means": None,
    "depthwise, then pointwise convolutions throughout": None,
    "half of the channels go around the block": None,
    "depth, width and image size grow by one rule": None,
    "many parallel groups of channels in a block": None,
    "made dropout and augmented images popular in 2012": None,
    "the outputs are squared distances": None,
}
JOBS = {
    "which of ten kinds of waste lies on the picture": None,
    "kind and box of the one animal in front of the camera": None,
    "all cars, each with its box": None,
    "road or pavement, for every pixel": None,
    "every single cell and its exact outline": None,
    "the same ball, from frame to frame": None,
}
STATEMENTS = dict.fromkeys("abcdefghijklm")  # True or False
NETWORKS = dict(zip(NETWORKS, (
    "VGG", "GoogLeNet", "ResNet", "DenseNet", "SENet", "Xception", "CSPNet", "EfficientNet", "ResNeXt", "AlexNet",
    "LeNet-5"), strict=True))
JOBS = dict(zip(JOBS, (
    "classification", "localisation", "detection", "semantic segmentation", "instance segmentation", "tracking",
), strict=True))
STATEMENTS = {letter: letter in "abcdfghlm" for letter in "abcdefghijklm"}
'''
