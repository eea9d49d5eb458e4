"""Every function is thought to be traced once."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1667}
CODE = '''\
STRUCTURES = {
    "sentences of different lengths, as word numbers": None,
    "a million words, of which each text has a few": None,
    "what a loop in a graph collects, step by step": None,
    "names, as bytes": None,
    "which tags two articles have in common": None,
    "examples that one thread makes and another takes": None,
    "the weights of a layer": None,
}
MODULES = {"batches of rows from many files": None, "the same model on four GPUs": None,
           "the eigenvalues of a matrix": None, "the spectrum of a sound": None,
           "a model for a server in C++": None, "word to number": None}
TRACES = {
    "f(1), f(2), f(3)": None,
    "f(tf.constant(1)), f(tf.constant(2)), f(tf.constant(3))": None,
    "f(tf.constant(1)), f(tf.constant(1.0)), f(tf.constant(2.0))": None,
    "f(1), f(1), f(tf.constant(1))": None,
}
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
kinds = ("ragged", "sparse", "tensor array", "string", "set", "queue", "variable")
STRUCTURES = dict(zip(STRUCTURES, kinds, strict=True))
places = ("data", "distribute", "linalg", "signal", "saved_model", "lookup")
MODULES = dict(zip(MODULES, places, strict=True))
TRACES = dict(zip(TRACES, (1, 1, 1, 1), strict=True))
STATEMENTS = {letter: letter in "bdgi" for letter in "abcdefghi"}
'''
