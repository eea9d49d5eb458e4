"""Attention weights are taken for reasons."""

ANSWER = "concepts"
LOSES = {"concepts_test": 0.2}
CODE = '''\
MODELS = {"BERT": None, "GPT": None, "T5": None, "the translator of dates": None}
PIECES = {
    "merges the most frequent pair, again and again": None,
    "takes the longest piece that fits, and marks those inside a word": None,
    "treats blanks as characters, and needs no words": None,
}
STATEMENTS = dict.fromkeys("abcdefghijkl")  # True or False
MODELS = dict(zip(MODELS, ("encoder", "decoder", "both", "both"), strict=True))
PIECES = dict(zip(PIECES, ("bpe", "wordpiece", "sentencepiece"), strict=True))
STATEMENTS = {letter: letter in "bcefhjk" for letter in "abcdefghijkl"}
'''
