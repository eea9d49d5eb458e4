"""The joined split is cut as a whole."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1429}
CODE = '''\
LAYERS = {"A": None, "B": None, "C": None, "D": None}
SPLITS = {"A": None, "B": None, "C": None}  # numbers of rows
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
LAYERS = {"A": "IntegerLookup", "B": "Hashing", "C": "Discretization", "D": "Embedding"}
SPLITS = {"A": 48_000, "B": 5_000, "C": 3_500}
STATEMENTS = {letter: letter in "bfi" for letter in "abcdefghi"}
'''
