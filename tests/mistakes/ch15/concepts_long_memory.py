"""LSTM is thought to remember for ever."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.1429}
HINT = "See Exercise 3"
CODE = '''\
KINDS = {
    "the temperatures of 48 hours, the rain after each of these hours": None,
    "the moves of a pen, what it drew": None,
    "a style given as 40 numbers, a melody": None,
    "a spoken sentence, the sentence in another language": None,
}
NUMBERS = {
    "parameters of SimpleRNN(1) for a series of one feature": None,
    "parameters of LSTM(10) for five features": None,
    "outputs of a Conv1D of size 4, stride 2, no padding, for 50 steps": None,
    "receptive field of size-2 layers with dilations 1, 2, 4, ..., 512": None,
}
STATEMENTS = dict.fromkeys("abcdefghijklmnop")  # True or False
KINDS = dict(zip(KINDS, ("seq2seq", "seq2vec", "vec2seq", "encoder-decoder"), strict=True))
NUMBERS = dict(zip(NUMBERS, (3, 640, 24, 1024), strict=True))
STATEMENTS = {letter: letter in "bfgjknop" for letter in "abcdefghijklmnop"}
'''
