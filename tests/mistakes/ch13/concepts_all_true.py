"""All statements are taken for true."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.5714}
CODE = '''\
LAYERS = {"A": None, "B": None, "C": None, "D": None}
SPLITS = {"A": None, "B": None, "C": None}  # numbers of rows
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
LAYERS = {"A": "IntegerLookup", "B": "Hashing", "C": "Discretization", "D": "Embedding"}
SPLITS = {"A": 48_000, "B": 5_000, "C": 13_000}
STATEMENTS = {letter: True for letter in "abcdefghi"}
'''
