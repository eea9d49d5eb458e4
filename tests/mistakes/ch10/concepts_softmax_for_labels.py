"""Several labels per row get a softmax, as if exactly one were right."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.125}
CODE = '''\
OUTPUTS = {"A": None, "B": None, "C": None, "D": None, "E": None, "F": None}  # pairs: ("softmax", "mse")
STATEMENTS = dict.fromkeys("abcdefghijk")  # True or False
TUNING = {"first": None, "again": None, "batch_size": None}
TOOLS = {
    "81 networks start; after three epochs the better third goes on": None,
    "the settings are drawn before the first network is trained": None,
    "after each training a model of the results picks the next settings": None,
}
yes_no = ("sigmoid", "binary_crossentropy")
OUTPUTS = {"A": ("linear", "mse"), "B": ("linear", "huber"), "C": ("softplus", "mse")}
OUTPUTS |= {"D": yes_no, "E": ("softmax", "binary_crossentropy"), "F": ("softmax", "sparse_categorical_crossentropy")}
STATEMENTS = {letter: letter in "degh" for letter in "abcdefghijk"}
TUNING = {"first": "learning rate", "again": "learning rate", "batch_size": 32}
TOOLS = dict(zip(TOOLS, ("hyperband", "random", "bayesian"), strict=True))
'''
