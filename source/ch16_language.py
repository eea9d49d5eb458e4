# %% [markdown]
# # 16. Natural language with RNNs and attention
#
# A text is a sequence of symbols, and much of what we want from a machine is a question about the next one. Here you
# cut texts into characters, words and pieces of words, teach a small network to write, let another judge opinions, and
# build attention, the part that made recurrent networks optional. A translator of dates brings it all together.
#
# All texts are generated here, so that everything runs offline in seconds. Where the real thing differs, and how to
# get it, stands at the end.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import datetime
import logging
import os
from collections import Counter

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from graders import check, datasets

keras.config.disable_interactive_logging()  # no progress bars from predict
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small networks are many graphs: no warning about that

# %% [markdown]
# ## Exercise 1 — A text as numbers
#
# In 2015 Andrej Karpathy trained a recurrent network to do one thing: read Shakespeare character by character and
# guess the next one. It learned words, verse and who speaks, and it could write. Such a *character model* needs three
# things done to the text.
#
# **Tokenise.** Every character gets a number. `keras.layers.TextVectorization(split="character")` does it (it took the
# place of the older `Tokenizer(char_level=True)`); 0 is kept for padding there and 1 for what is unknown.
#
# **Split.** There is only one text, and neighbours in it belong together. Draw validation windows at random, and
# nearly every one overlaps a training window: a leak. So cut *across time*, the first part for training, the last for
# validation. That takes for granted that the text is *stationary*: that what holds in the first part holds in the
# last. Mostly it does; after a change of language it does not.
#
# **Cut windows.** A network cannot be unrolled over a million characters. It gets windows of, say, 100, and learns at
# each place the character that follows: the target is the window, one place further. Gradients end at the edge of
# the window (*truncated backpropagation through time*), so nothing further apart than a window can be learned, and
# long windows are slow and hard to train.
#
# **Task.**
#
# - `encode(text, alphabet)`: for each character 1 + its place in the alphabet, and 0 if it is not in it.
# - `windows(ids, length, share)`: the first `round(share * n)` of the n numbers are for training. Return
#   `(X, Y), (X_valid, Y_valid)`: all windows of each part that have a target, in order, each one place after the last
#   (in `tf.data`: `window(length + 1, shift=1)`). No window and no target reaches over the cut. It is timed:
#   `np.lib.stride_tricks.sliding_window_view` copies nothing.
# <!-- covers: 16.1 16.3 16.4 16.5 -->

# %% answer="windows"
def encode(text, alphabet):
    """Return an integer array (characters,) for a text and an alphabet, a str without repetitions."""
    ### BEGIN SOLUTION
    numbers = {character: number for number, character in enumerate(alphabet, start=1)}
    return np.array([numbers.get(character, 0) for character in text], dtype=int)
    ### END SOLUTION


def windows(ids, length, share):
    """Return (X, Y), (X_valid, Y_valid), integer arrays (windows, length), for an array ids (n,)."""
    ### BEGIN SOLUTION
    cut = round(share * len(ids))
    parts = [np.lib.stride_tricks.sliding_window_view(part, length + 1) for part in (ids[:cut], ids[cut:])]
    return tuple((part[:, :-1], part[:, 1:]) for part in parts)
    ### END SOLUTION

# %% given="windows_tools"
def sums_of_windows(ids, length):
    """Return the sums of every thousandth window of your four arrays, for a share of 0.8."""
    return [int(np.sum(part[::1000])) for pair in windows(ids, length, 0.8) for part in pair]

# %% checks="windows_test" points=1
check.equal("The letters of cabx, for the alphabet abc", encode("cabx", "abc"), np.array([3, 1, 2, 0]))
check.equal("Five numbers for training have three windows of two with targets",
            [np.asarray(part).tolist() for part in windows(np.arange(10), 2, 0.5)[0]],
            [[[0, 1], [1, 2], [2, 3]], [[1, 2], [2, 3], [3, 4]]], hint="Cut first, then make windows of length + 1.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 windows"))
letters = "".join(rng.permutation(list("abcdefghij éß\n")))
some_text = "".join(rng.choice(list(letters + "XYZ"), 80))
numbers = rng.integers(0, 1000, 75 + int(rng.integers(10)))


def part_of(which):
    return [np.asarray(part) for part in windows(numbers, 6, 0.7)[which]]


def by_loop(part):
    starts = range(len(part) - 6)
    return [np.array([part[i + shift : i + shift + 6] for i in starts]) for shift in (0, 1)]


cut = round(0.7 * len(numbers))
check.equal("Any text is encoded, unknown characters as 0", np.asarray(encode(some_text, letters)).tolist(),
            [letters.find(character) + 1 for character in some_text], hint="The place in this alphabet counts.")
check.equal("The training part gives all its windows, each target one place further", part_of(0),
            by_loop(numbers[:cut]),
            hint="The last window is the one whose last target is the last number before the cut.")
check.equal("The validation part begins after the cut", part_of(1), by_loop(numbers[cut:]),
            hint="Its first window begins with the first number after the cut.")
check.faster("Half a million windows take no time", sums_of_windows, times=3, repeats=3,
             inputs=lambda seed: (np.random.default_rng(seed).integers(0, 50, 500_000, "int16"), 50),
             agrees=lambda found, expected: list(found) == list(expected),
             hint="A loop over all windows copies fifty times the text.")
### END HIDDEN TESTS

# %% [markdown]
# ### Batches that continue each other
#
# A *stateless* network begins each window with a state of zeros. A *stateful* one keeps the state of the last batch, so
# it can learn from further back than a window, although gradients still end at the edge. That only makes sense if row
# $r$ of a batch continues row $r$ of the batch before. So windows must not overlap (shift = length), must not be
# shuffled, and a batch is not made of neighbours: the text is cut into as many long strips as the batch has rows.
#
# **Task.** `stateful_batches(ids, length, batch)` returns X and Y of shape (steps, batch, length): `X[i]` is the
# $i$-th batch. Each row is a strip of the text, the strips follow each other in the text, and are as long as
# possible; what is left over at the end is not used (all strips have `steps * length` inputs, and every input has a
# target).
# <!-- covers: 16.2 16.5 16.6 -->

# %% answer="stateful"
def stateful_batches(ids, length, batch):
    """Return (X, Y), integer arrays (steps, batch, length), for an array ids (n,)."""
    ### BEGIN SOLUTION
    steps = (len(ids) - 1) // (batch * length)
    used = batch * steps * length
    return tuple(part.reshape(batch, steps, length).swapaxes(0, 1) for part in (ids[:used], ids[1 : used + 1]))
    ### END SOLUTION

# %% checks="stateful_test" points=1
check.equal("Thirteen numbers make two strips, each of two windows of three",
            np.asarray(stateful_batches(np.arange(13), 3, 2)[0]).tolist(),
            [[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]], hint="X[1] goes on where X[0] ended, row by row.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 stateful"))
sizes = [(int(rng.integers(100, 180)), 7, 4), (61, 5, 3), (60, 5, 3), (59, 4, 1), (90, 3, 29)]
texts = [rng.integers(0, 99, n) for n, _, _ in sizes]


def strips(ids, length, batch):
    steps = (len(ids) - 1) // (batch * length)
    starts = [[(r * steps + i) * length for r in range(batch)] for i in range(steps)]
    return [np.array([[ids[s + shift : s + shift + length] for s in row] for row in starts]) for shift in (0, 1)]


made = [[np.asarray(part) for part in stateful_batches(ids, *size[1:])] for ids, size in zip(texts, sizes, strict=True)]
right = [strips(ids, *size[1:]) for ids, size in zip(texts, sizes, strict=True)]
check.equal("Every batch continues the batch before, row by row", [X for X, _ in made], [X for X, _ in right], weight=2,
            hint="First one long row for each strip, then cut the strips into windows.")
check.equal("The targets are the inputs, one place further in the text", [Y for _, Y in made], [Y for _, Y in right],
            hint="The target of a window's last character is the next window's first.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — A network that reads and guesses
#
# Our text is written in a language with few rules, an *embedded Reber grammar*. A line is `B`, then `T` or `P`, then a
# word, then the same `T` or `P` again, then `E`. To spell a word, start in state 0 and follow `RULES`: state 1, for
# example, has `T2 P3`, so write `T` and go to state 2 or write `P` and go to 3, with equal chance. State 7 ends
# the word.
#
# The good thing about such a text: we know how well it can be guessed at all. Many characters are certain, others
# are a coin toss, and no model can do better than the grammar itself. Only one thing needs a long memory, the last
# `T` or `P`.

# %% given="reber"
RULES = {0: "B1", 1: "T2 P3", 2: "S2 X4", 3: "T3 V5", 4: "X3 S6", 5: "P4 V6", 6: "E7"}
ALPHABET = "\nBEPSTVX"


def reber_text(lines, seed):
    """Return a text of so many lines, each with its line break."""
    rng = np.random.default_rng(seed)
    text = ""
    for _ in range(lines):
        word, state = "", 0
        while state < 7:
            chosen = rng.choice(RULES[state].split())
            word, state = word + chosen[0], int(chosen[1])
        outer = rng.choice(["T", "P"])
        text += f"B{outer}{word}{outer}E\n"
    return text


corpus = reber_text(1600, seed=16)
print(corpus[:60])

# %% [markdown]
# ### With and without a memory of the last batch
#
# `char_net` builds a network for it. With `batch`, it is stateful, and must know from the start how many rows a
# batch has, because it keeps one state for each. That is a nuisance once it is trained: you want to ask it about one
# text, or seven. The way out is a *stateless twin* with the same weights.
#
# **Task.**
#
# - `train_stateful(model, X, Y, epochs)`: in each epoch call `model.train_on_batch(X[i], Y[i])` for all batches in
#   their order. At the beginning of an epoch the text begins anew, so forget the states: the recurrent layers have
#   `reset_state()` (in older books `model.reset_states()`, which is gone). Return the mean loss of each epoch.
# - `stateless_twin(model)`: a new network made with `char_net`, of the same sizes, for any number of rows, with copies
#   of the weights. The model's own state and weights stay as they are.
# <!-- covers: 16.1 16.2 16.6 -->

# %% given="char_net"
def char_net(n_ids, units, batch=None):
    """Return an uncompiled network from numbers (rows, steps) to chances (rows, steps, n_ids) of the next one."""
    return keras.Sequential([
        layers.Input(batch_shape=(batch, None), dtype="int32"),
        layers.Embedding(n_ids, 8, name="vectors"),
        layers.GRU(units, return_sequences=True, stateful=batch is not None, name="memory"),
        layers.Dense(n_ids, activation="softmax", name="guess"),
    ])

# %% answer="twin"
def train_stateful(model, X, Y, epochs):
    """Return a list with the mean loss of each epoch; X and Y are (steps, batch, length), the model is compiled."""
    ### BEGIN SOLUTION
    means = []
    for _ in range(epochs):
        model.get_layer("memory").reset_state()
        losses = [float(model.train_on_batch(inputs, targets)) for inputs, targets in zip(X, Y, strict=True)]
        means.append(sum(losses) / len(losses))
    return means
    ### END SOLUTION


def stateless_twin(model):
    """Return a stateless network that has the weights of a stateful one made by char_net."""
    ### BEGIN SOLUTION
    twin = char_net(model.get_layer("vectors").input_dim, model.get_layer("memory").units)
    twin.set_weights(model.get_weights())
    return twin
    ### END SOLUTION

# %% given="twin_tools"
DIARY = []


class Diary(keras.Sequential):
    """A network that does not train, but writes down each batch and how large its state was before."""

    def train_on_batch(self, x, y=None, **_):
        size = float(np.abs(keras.ops.convert_to_numpy(self.get_layer("memory").states[0])).max())
        DIARY.append([int(np.asarray(x)[0, 0]), int(np.asarray(y)[0, 0]), size])
        self(x)
        return float(len(DIARY))


def diary_of(X, Y, epochs):
    """Return what your train_stateful returns for a Diary, and what that wrote down."""
    net = char_net(9, 3, batch=X.shape[1])
    spy = Diary([layers.Input(batch_shape=(X.shape[1], None), dtype="int32"), *net.layers])
    spy(X[0])  # leaves a state behind
    DIARY.clear()
    return train_stateful(spy, X, Y, epochs), np.array(DIARY)


def twin_says(weights, ids, other):
    """Return the chances a twin gives for other, and those of the model for ids, the second time it sees them."""
    model = char_net(len(weights[0]), len(weights[2]), batch=len(ids))
    model.set_weights(weights)
    model(ids)
    twin = stateless_twin(model)
    says = np.asarray(twin(other))
    twin.set_weights([0 * w for w in weights])  # a copy may change without changing the model
    return says, np.asarray(model(ids))

# %% checks="twin_test" points=1
tiny = char_net(9, 4, batch=2)
check.shape("The twin takes any number of rows", twin_says(tiny.get_weights(), np.ones((2, 3), "int32"),
                                                           np.ones((5, 3), "int32"))[0], (5, 3, 9))

### BEGIN HIDDEN TESTS
rng, memo = np.random.default_rng(datasets.hidden_seed("ch16 twin")), {}
X_some, Y_some = rng.integers(1, 9, (2, 4, 3, 5)).astype("int32")
ids, other = rng.integers(0, 11, (3, 6)).astype("int32"), rng.integers(0, 11, (7, 9)).astype("int32")
own = char_net(11, 6)
own.set_weights([rng.normal(0.0, 1.0, w.shape) for w in own.get_weights()])


def noted():
    if not memo:
        losses, diary = diary_of(X_some, Y_some, 3)
        memo.update(losses=losses, diary=np.asarray(diary))
    return memo


def says():
    if "twin" not in memo:
        memo["twin"] = twin_says(own.get_weights(), ids, other)
    return memo["twin"]


check.equal("All batches come in their order, in each epoch", noted()["diary"][:, :2].astype(int).tolist(),
            np.stack([X_some[:, 0, 0], Y_some[:, 0, 0]], axis=1).tolist() * 3, hint="No shuffling.")
check.equal("The state is forgotten at the beginning of each epoch, and only there",
            (noted()["diary"][:, 2] > 0).tolist(), [False, True, True, True] * 3,
            hint="reset_state before the first batch of an epoch.")
check.close("The mean loss of each epoch is returned", noted()["losses"], [2.5, 6.5, 10.5])
check.close("The twin guesses what the model would, from an empty state", says()[0], np.asarray(own(other)), rtol=1e-3,
            atol=1e-4, hint="A new network has random weights: give it the model's.")
check.close("The model keeps its state and its weights", says()[1], np.asarray(own(np.tile(ids, 2)))[:, 6:], rtol=1e-3,
            atol=1e-4, hint="The twin has weights of its own, and the model is not reset.")
### END HIDDEN TESTS

# %% [markdown]
# ### Trained
#
# **Task.** `train_char_model(text)` returns a trained stateless network with 9 outputs (numbers as `encode` gives them
# for `ALPHABET`), of the shape of `char_net`. How you train is up to you: windows of your functions or batches that
# continue each other. On a text that it has never seen, its loss may be at most a quarter above that of the grammar.
# A table of which character follows which has three times the grammar's loss. A few seconds of training are enough.

# %% answer="char_model"
def train_char_model(text):
    """Return a trained stateless network from numbers (rows, steps) to chances (rows, steps, 9)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(16)
    ids, length = encode(text, ALPHABET), 30
    rows = (len(ids) - 1) // length
    X, Y = (part.reshape(rows, length) for part in (ids[: rows * length], ids[1 : rows * length + 1]))
    model = char_net(len(ALPHABET) + 1, 32)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit(X, Y, batch_size=32, epochs=6, verbose=0)
    return model
    ### END SOLUTION

# %% given="char_model_demo"
char_model = None
char_model = train_char_model(corpus)

# %% checks="char_model_test" points=2
check.true("The cell above has trained a network", char_model is not None)
check.probabilities("After each of five characters there are nine chances",
                    np.asarray(char_model(np.array([[2, 6, 2, 6, 5]])))[0], (5, 9), atol=1e-4)

### BEGIN HIDDEN TESTS
lines = reber_text(150, datasets.hidden_seed("ch16 reber")).splitlines()
line_of = np.concatenate([[i] * (len(line) + 1) for i, line in enumerate(lines)])
padded = np.zeros((len(lines), max(map(len, lines)) + 2), int)
for row, line in zip(padded, lines, strict=True):
    row[: len(line) + 2] = [ALPHABET.index(c) + 1 for c in f"\n{line}\n"]


def by_grammar(line):
    """The grammar's chance of each character to come next, from the line break before a line to its last E."""
    options, state = ["B", "TP", "B"], 0
    for character in line[2:-2]:
        state = next(int(way[1]) for way in RULES[state].split() if way[0] == character)
        options.append("".join(way[0] for way in RULES[state].split()) if state < 7 else line[1])
    return np.array([[0.0] + [(c in few) / len(few) for c in ALPHABET] for few in [*options, "E", "\n"]])


truth = np.concatenate([by_grammar(line) for line in lines])
guesses = np.asarray(char_model(padded[:, :-1]))[padded[:, 1:] > 0]
check.score("It guesses a new text nearly as well as the grammar", padded[:, 1:][padded[:, 1:] > 0], guesses,
            metric="log_loss", baseline=truth, at_most=1.25, partial=1.45, groups=line_of, weight=2,
            hint="Is the target the next character, and does the loss still fall?")
check.score("It gives little chance to characters that cannot follow", np.zeros(len(truth)),
            (guesses * (truth == 0)).sum(axis=1), metric="mean", at_most=0.09, partial=0.15, groups=line_of)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Writing
#
# A character model writes by guessing, adding the guess to the text, and guessing again. Always taking the most
# likely character makes dull loops; drawing by the chances makes surprises, some of them mistakes. The
# *temperature* $T$ is in between. From the logits $z$ (scores before the softmax, or logarithms of chances),
#
# $$p_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}} .$$
#
# Near 0 only the largest is left, 1 changes nothing, and a large $T$ makes all equally likely. *Nucleus* or *top-p*
# sampling (Holtzman et al., 2019) cuts off the long tail of bad guesses: keep the most likely ones until their
# chances (after the temperature) reach $p$ together, the one that reaches it included, and drop the rest.
#
# **Task.**
#
# - `next_chances(logits, temperature=1.0, top_p=1.0)`: the chances, which sum to one. At temperature 0, all of it goes
#   to the first largest logit. Logits may be in the thousands; subtract the largest before `np.exp`.
# - `write(next_logits, start, length, rng, temperature=1.0, top_p=1.0)`: a list of `start` and `length` more numbers.
#   `next_logits(ids)` gets the list so far and returns the logits. Draw with `rng`, a NumPy generator.
# <!-- covers: 16.1 16.N1 16.N3 -->

# %% answer="sampling"
def next_chances(logits, temperature=1.0, top_p=1.0):
    """Return an array (n,) of chances for logits (n,)."""
    ### BEGIN SOLUTION
    logits = np.asarray(logits, dtype=float)
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    chances = np.exp((logits - logits.max()) / temperature)
    chances /= chances.sum()
    order = np.argsort(-chances)
    before = np.cumsum(chances[order]) - chances[order]
    chances[order[before >= top_p]] = 0.0
    return chances / chances.sum()
    ### END SOLUTION


def write(next_logits, start, length, rng, temperature=1.0, top_p=1.0):
    """Return a list of numbers: those of the list start, and length more, drawn one after the other."""
    ### BEGIN SOLUTION
    ids = list(start)
    for _ in range(length):
        chances = next_chances(next_logits(ids), temperature, top_p)
        ids.append(int(rng.choice(len(chances), p=chances)))
    return ids
    ### END SOLUTION

# %% given="sampling_demo"
def guess_logits(ids):
    """Return the logarithms of the character model's chances for what follows ids."""
    return np.log(np.asarray(char_model(np.array([ids[-12:]])))[0, -1] + 1e-9)


for warmth in (0.3, 3.0):
    written = write(guess_logits, [1], 15, np.random.default_rng(1), warmth)
    print(f"temperature {warmth}:", "".join(ALPHABET[i - 1] for i in written if i).replace("\n", " "))

# %% given="sampling_tools"
def long_text(table, length, seed, **how):
    """Return numbers written with logits table[i, j], where i and j are the last two of those so far."""
    return write(lambda ids: table[ids[-2], ids[-1]], [0, 0], length, np.random.default_rng(seed), **how)

# %% checks="sampling_test" points=1
check.close("Equal logits have equal chances", next_chances(np.zeros(4)), np.full(4, 0.25))
check.equal("Four numbers follow the start", len(long_text(np.zeros((2, 2, 2)), 4, 1)), 6)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 sampling"))
z, table = rng.normal(0.0, 2.0, (6, 12)), rng.normal(0.0, 1.0, (3, 3, 3))


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


def nucleus(logits, temperature, top_p):
    p = softmax(logits / temperature)
    kept = [v for v in p if p[p > v].sum() < top_p]
    return np.where(p >= min(kept), p, 0) / sum(kept)


def frequencies(expected, **how):
    ids = np.array(long_text(table, 4000, datasets.hidden_seed("ch16 written"), **how))
    counts = np.zeros((3, 3, 3))
    np.add.at(counts, (ids[:-2], ids[1:-1], ids[2:]), 1)
    often = counts.sum(axis=2, keepdims=True)
    return np.where(often > 200, counts / np.maximum(often, 1), expected)  # rare pairs say too little


warm = [next_chances(row, T) for row in z for T in (0.25, 1.0, 4.0)]
check.close("Temperature divides the logits", warm, [softmax(row / T) for row in z for T in (0.25, 1.0, 4.0)],
            hint="Divide before the softmax.")
check.close("Huge logits and temperature 0 make no trouble",
            [next_chances(400 * z[0]), next_chances(np.array([2000.0, 1999.0])), next_chances(z[1], 0),
             next_chances(np.array([1.0, 3.0, 3.0]), 0)],
            [softmax(400 * (z[0] - z[0].max())), softmax(np.array([1.0, 0.0])), np.eye(12)[z[1].argmax()],
             np.eye(3)[1]], hint="Subtract the largest logit first.")
check.close("The nucleus is the smallest set of the most likely that reaches top_p",
            [next_chances(row, T, p) for row in z for T, p in ((1.0, 0.6), (2.0, 0.9), (0.5, 0.05))],
            [nucleus(row, T, p) for row in z for T, p in ((1.0, 0.6), (2.0, 0.9), (0.5, 0.05))],
            hint="The one that reaches top_p belongs to it; the temperature comes first.")
cut = np.array([[nucleus(row, 3.0, 0.6) for row in rows] for rows in table])
# A share among 200 draws or more has a standard deviation of at most 0.035.
check.close("What is written follows the chances", frequencies(softmax(table)), softmax(table), rtol=0, atol=0.15,
            hint="Each new number is drawn, given all numbers so far.")
check.close("Temperature and top_p count for what is written", frequencies(cut, temperature=3.0, top_p=0.6), cut,
            rtol=0, atol=0.15)
### END HIDDEN TESTS

# %% [markdown]
# **Task.** See what temperature does. `plot_temperatures(logits, temperatures)` returns the Axes of a new figure with
# one line for each temperature, labelled with the number: the chances from the largest to the smallest, over the
# ranks 1, 2, 3 … Name both axes and draw a legend.

# %% answer="plot"
def plot_temperatures(logits, temperatures):
    """Return an Axes with a line for each temperature: sorted chances over their rank."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for temperature in temperatures:
        chances = np.sort(next_chances(logits, temperature))[::-1]
        ax.plot(np.arange(1, len(chances) + 1), chances, ".-", label=f"{temperature}")
    ax.set(xlabel="rank", ylabel="chance")
    ax.legend(title="temperature")
    return ax
    ### END SOLUTION

# %% given="plot_demo"
plot_temperatures(np.random.default_rng(3).normal(size=12), [0.2, 0.5, 1.0, 3.0])
plt.show()

# %% checks="plot_test" points=1
drawn = plot_temperatures(np.arange(3.0), [0.5, 2.0])
check.figure("Both axes have names, and the legend tells the lines apart", drawn, xlabel=True, ylabel=True,
             legend=["0.5", "2.0"])

### BEGIN HIDDEN TESTS
scores = np.random.default_rng(datasets.hidden_seed("ch16 plot")).normal(0.0, 2.0, 9)
several = plot_temperatures(scores, [0.3, 1.5, 4.0])
sorted_chances = {T: np.sort(np.exp(scores / T) / np.exp(scores / T).sum())[::-1] for T in (0.3, 1.5, 4.0)}
check.figure("Each line falls from the most likely to the least likely, over the ranks from 1", several,
             lines=[(np.arange(1, 10), chances) for chances in sorted_chances.values()], hint="Sort, then turn round.")
check.true("There is one line for each temperature, with its own label", bool(
    len(several.get_lines()) == 3 and all(
        str(T) in line.get_label() for line, T in zip(several.get_lines(), sorted_chances, strict=True))))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Words in pieces
#
# Characters make long sequences. Whole words make huge vocabularies, and still any name or compound is unknown. Modern
# models read *pieces* of words: frequent words whole, rare ones in parts, and nothing is ever unknown.
#
# - **Byte pair encoding**, BPE (Sennrich et al., 2016): start with characters, and merge the most frequent pair of
#   neighbours, again and again. GPT models use it, over bytes.
# - **WordPiece** (BERT): the vocabulary is learned in a similar way. To split a word, take the longest piece of the
#   vocabulary it begins with, then the longest one that continues it. Pieces inside a word begin with `##`.
# - **SentencePiece** (Kudo and Richardson, 2018) treats a text as raw characters, blanks included (written `▁`), so
#   it needs no rules for what a word is, works for languages without blanks, and can be undone exactly.
#
# TF Text (`tensorflow_text`), Keras Hub and Hugging Face's `tokenizers` have them all, trained.
#
# **Task.**
#
# - `merge(pieces, pair)`: a tuple of pieces in which each place where the two stand next to each other has become one
#   piece, from left to right.
# - `learn_bpe(counts, n_merges)`: `counts` says how often each word occurs. A word begins as its characters and a last
#   piece `_`. Count the pairs of neighbours over all words, as often as the words occur; merge the most frequent
#   pair everywhere (of equally frequent ones the first in Python's order of tuples); repeat. Return the list of
#   pairs, fewer than `n_merges` if no word has two pieces any more.
# - `bpe(word, merges)`: the list of pieces of a word, seen before or not: all merges, in the order they were learned.
# <!-- covers: 16.8 16.N5 -->

# %% answer="bpe"
def merge(pieces, pair):
    """Return a tuple of pieces, for a tuple of pieces and a pair of them that become one."""
    ### BEGIN SOLUTION
    merged, i = [], 0
    while i < len(pieces):
        width = 2 if pieces[i : i + 2] == pair else 1
        merged.append("".join(pieces[i : i + width]))
        i += width
    return tuple(merged)
    ### END SOLUTION


def learn_bpe(counts, n_merges):
    """Return a list of at most n_merges pairs, for counts, a dict from words to how often they occur."""
    ### BEGIN SOLUTION
    split, merges = {word: (*word, "_") for word in counts}, []
    for _ in range(n_merges):
        pairs = Counter()
        for word, pieces in split.items():
            for pair in zip(pieces[:-1], pieces[1:], strict=True):
                pairs[pair] += counts[word]
        if not pairs:
            break
        merges.append(min(pairs, key=lambda pair: (-pairs[pair], pair)))
        split = {word: merge(pieces, merges[-1]) for word, pieces in split.items()}
    return merges
    ### END SOLUTION


def bpe(word, merges):
    """Return the list of pieces of a word, the last of which ends with _."""
    ### BEGIN SOLUTION
    pieces = (*word, "_")
    for pair in merges:
        pieces = merge(pieces, pair)
    return list(pieces)
    ### END SOLUTION

# %% given="bpe_demo"
known_words = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
print(bpe("lowest", learn_bpe(known_words, 10)))

# %% checks="bpe_test" points=1
check.equal("Three a's have one pair and a rest", merge(("a", "a", "a"), ("a", "a")), ("aa", "a"))
check.equal("In hug, hugs and pug, u and g are merged first", learn_bpe({"hug": 3, "hugs": 1, "pug": 2}, 1),
            [("u", "g")], hint="Six times, more often than any other pair.")

### BEGIN HIDDEN TESTS
import functools
rng = np.random.default_rng(datasets.hidden_seed("ch16 bpe"))
syllables = ["an", "na", "a", "ban", "s"]  # with many pairs that look alike
lexicon = {"".join(rng.choice(syllables, rng.integers(1, 5))): int(rng.integers(1, 30)) for _ in range(25)}
unseen = ["".join(rng.choice(syllables, rng.integers(2, 6))) for _ in range(20)]


def joined(pieces, pair):
    done = []
    for piece in pieces:
        ready = done and done[-1] == [pair[0]] and piece == pair[1]
        done[-1:] = [["".join(pair), ""]] if ready else [*done[-1:], [piece]]
    return tuple(part[0] for part in done)


def learned(counts, n):
    spelled, found = {w: (*w, "_") for w in counts}, []
    while len(found) < n and any(len(p) > 1 for p in spelled.values()):
        tally = Counter()
        for w, p in spelled.items():
            tally.update({pair: counts[w] * list(zip(p, p[1:])).count(pair) for pair in set(zip(p, p[1:]))})
        found.append(sorted(tally, key=lambda pair: (-tally[pair], pair))[0])
        spelled = {w: joined(p, found[-1]) for w, p in spelled.items()}
    return found


rows = [tuple(map(str, rng.choice(["a", "b", "ab"], 9))) for _ in range(20)]
check.equal("Pairs are merged from left to right, and never across each other",
            [tuple(merge(row, pair)) for row in rows for pair in (("a", "b"), ("a", "a"))],
            [joined(row, pair) for row in rows for pair in (("a", "b"), ("a", "a"))])
check.equal("The most frequent pairs are learned, frequent words count more",
            [tuple(p) for p in learn_bpe(lexicon, 30)], learned(lexicon, 30),
            hint="Count after each merge again, each word as often as it occurs.")
check.equal("It ends when nothing is left to merge", [tuple(p) for p in learn_bpe({"ab": 2, "b": 1}, 9)],
            learned({"ab": 2, "b": 1}, 9), hint="A pair that occurs nowhere is not merged.")
check.equal("Unknown words are split by the merges in their order",
            [list(bpe(word, learned(lexicon, 30))) for word in unseen],
            [list(functools.reduce(joined, learned(lexicon, 30), (*word, "_"))) for word in unseen],
            hint="Early merges come first.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** WordPiece. `wordpiece(word, vocabulary)` returns the list of pieces, or `["[UNK]"]` for the whole word if
# nothing continues it; a long piece is not taken back to try a shorter one. `join_pieces(pieces)` puts the pieces of a
# text together again: one blank between words, none before a piece that begins with `##`.

# %% answer="wordpiece"
def wordpiece(word, vocabulary):
    """Return the list of longest pieces from the left; vocabulary is a set, pieces inside words begin with ##."""
    ### BEGIN SOLUTION
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces
    ### END SOLUTION


def join_pieces(pieces):
    """Return a text: words with single blanks between them, for a list of pieces."""
    ### BEGIN SOLUTION
    return " ".join(pieces).replace(" ##", "")
    ### END SOLUTION

# %% checks="wordpiece_test" points=1
check.equal("unable begins with una, not with un", wordpiece("unable", {"un", "una", "##able", "##ble"}),
            ["una", "##ble"], hint="The longest piece comes first.")
check.equal("The pieces become words again", join_pieces(["un", "##able", "to"]), "unable to")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 wordpiece"))
stock = {"".join(rng.choice(list("abc"), n)) for n in (1, 2, 2, 3, 3, 4)} | {"a", "x", "xy"}
inside = {"##" + "".join(rng.choice(list("abc"), n)) for n in (2, 2, 3, 3, 3, 4)} | {"##a", "##b", "##yz"}
words = ["xyz", *["".join(rng.choice(list("abc"), n)) for n in rng.integers(1, 10, 80)]]


def longest_first(word, marked=False):
    options = [p.removeprefix("##") for p in (inside if marked else stock)]
    options = [p for p in options if word.startswith(p)]
    if not word or not options:
        return [] if not word else None
    best = max(options, key=len)
    rest = longest_first(word[len(best):], True)
    return None if rest is None else ["##" * marked + best, *rest]


expected = [longest_first(word) or ["[UNK]"] for word in words]
def pieces_of(lost):
    return [list(wordpiece(word, stock | inside)) for word, pieces in zip(words, expected, strict=True)
            if (pieces == ["[UNK]"]) == lost]


text_pieces = [piece for pieces in expected if pieces != ["[UNK]"] for piece in pieces]
check.equal("The longest piece is taken, again and again", pieces_of(lost=False),
            [p for p in expected if p != ["[UNK]"]],
            hint="Pieces inside a word are looked up with ##, the first one without.")
check.equal("A word that cannot be completed is unknown as a whole", pieces_of(lost=True),
            [p for p in expected if p == ["[UNK]"]], hint="No piece is taken back for a shorter one.")
check.equal("A text comes back from its pieces", join_pieces(text_pieces),
            " ".join(w for w, pieces in zip(words, expected, strict=True) if pieces != ["[UNK]"]),
            hint="A word may also end, or begin, with other signs: look at ## only.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Opinions, and what is not there
#
# Reviews have different lengths, batches are rectangles, so short ones are filled up with zeros. A recurrent network
# that reads twenty zeros after the last word forgets what it has read: its state drifts to the same point for all of
# them. A *mask* says which steps are real. `Embedding(..., mask_zero=True)` makes one (number 0 is padding, so no word
# may have it; `TextVectorization` keeps it free), and Keras hands it on from layer to layer: recurrent layers skip
# masked steps, attention and pooling leave them out, the loss does not count them. A layer of your own has to do
# something with it (`call(self, inputs, mask=None)`), and only passes it on if it says so (`supports_masking`).
#
# **Embeddings from elsewhere.** Words that were counted in billions of sentences come with vectors (word2vec, GloVe)
# or whole encoders. The book takes them from TF Hub, whose models now live at Kaggle; `tensorflow_hub` layers were made
# for Keras 2 and need care. Often a table is enough: put it into an `Embedding` layer, and do not train it, at least
# not at first.
#
# **Task.**
#
# - `frozen_embedding(vocabulary, vectors)`: a Keras `Embedding` layer whose number `i` stands for `vocabulary[i]`, the
#   list that `TextVectorization.get_vocabulary()` gives. `vectors` is a dict from words to arrays (d,); words without a
#   vector get zeros. It masks 0, is built, and has nothing to train.
# - `masked_mean(X, mask)`: the mean vector of the real steps of each row, zeros if it has none. Use `keras.ops`.
# <!-- covers: 16.9 16.10 16.N2 -->

# %% answer="vectors"
def frozen_embedding(vocabulary, vectors):
    """Return a built keras Embedding for a list of words, with the vectors of a dict, none of them trainable."""
    ### BEGIN SOLUTION
    size = len(next(iter(vectors.values())))
    table = np.array([vectors.get(word, np.zeros(size)) for word in vocabulary])
    layer = layers.Embedding(len(vocabulary), size, mask_zero=True, trainable=False)
    layer.build()
    layer.set_weights([table])
    return layer
    ### END SOLUTION


def masked_mean(X, mask):
    """Return a tensor (rows, d) for X (rows, steps, d) and a mask (rows, steps) of bools."""
    ### BEGIN SOLUTION
    weights = keras.ops.cast(mask, "float32")[:, :, None]
    return keras.ops.sum(X * weights, axis=1) / keras.ops.maximum(keras.ops.sum(weights, axis=1), 1.0)
    ### END SOLUTION

# %% given="vectors_tools"
def looked_up(vocabulary, vectors, ids):
    """Return the output of your embedding for ids (rows, steps), its mask, and how many weights can be trained."""
    layer = frozen_embedding(vocabulary, vectors)
    mask = layer.compute_mask(ids)
    return np.asarray(layer(ids)), None if mask is None else np.asarray(mask), len(layer.trainable_weights)

# %% checks="vectors_test" points=1
check.close("The mean of 1 and 3, not of the padding",
            masked_mean(np.array([[[1.0], [3.0], [9.0]]], "float32"), np.array([[True, True, False]])), [[2.0]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 vectors"))
names = ["", "[UNK]", *rng.permutation([f"w{i}" for i in range(9)]).tolist()]
known = {f"w{i}": rng.normal(size=4).astype("float32") for i in (12, 3, 0, 7, 5, 11, 8)}
found_ids = np.array([np.r_[1:7, 0, 0], np.r_[7:11, 0, 0, 0, 0]])
X_any, mask_any = rng.normal(size=(5, 6, 3)).astype("float32"), np.arange(6) < np.array([[6], [1], [0], [4], [3]])


def right_vectors():
    return np.array([[known.get(names[i], np.zeros(4)) for i in row] for row in found_ids])


check.close("Each word has its vector, a word without one has zeros", looked_up(names, known, found_ids)[0],
            right_vectors(), hint="Row i of the table belongs to vocabulary[i].")
check.equal("Padding is masked, and nothing else", looked_up(names, known, found_ids)[1], found_ids != 0,
            hint="mask_zero=True")
check.equal("The vectors are not trained", looked_up(names, known, found_ids)[2], 0)
check.close("Means leave padding out, wherever it stands, and a row without words gives zeros",
            [masked_mean(X_any, m) for m in (mask_any, mask_any[:, ::-1])],
            [np.array([x[k].mean(axis=0) if k.any() else np.zeros(3) for x, k in zip(X_any, m, strict=True)])
             for m in (mask_any, mask_any[:, ::-1])], rtol=1e-4, atol=1e-6, weight=2,
            hint="Sum of the real steps over their number; divide by at least 1.")
### END HIDDEN TESTS

# %% [markdown]
# ### A critic
#
# In the reviews below people change their minds: only the last opinion counts, and `not` turns the word after it
# round. Counting words does not help much (logistic regression on words gets 0.61, on words and pairs of words 0.77).
# A recurrent network that reads to the end can do better, but not reach 1: one reviewer in twenty ticks the wrong box,
# so an honest critic is never certain.
#
# **Task.** `train_sentiment(texts, labels)` returns a *function* that takes a list of texts and returns an array of
# chances that they are positive. Inside are a `TextVectorization`, adapted to these texts, and a network, say
# `Embedding`, `LSTM` or `GRU`, `Dense`. A review's chance does not depend on the reviews that come with it, however
# long they are, and words never seen are no trouble. A `Bidirectional` layer reads from both ends; that is allowed
# where the whole text is there before the answer, not where the next word is to be guessed: that would not be
# *causal*. If the accuracy stays at one half: what does the network see last?
# <!-- covers: 16.7 16.9 16.12 16.N2 -->

# %% given="reviews"
def make_reviews(n, seed, longest=6):
    """Return n texts and their labels, an array (n,) of 0 and 1: the last opinion in the text, 0.05 of them wrong."""
    rng = np.random.default_rng(seed)
    words = ["awful dull weak boring clumsy".split(), "great lovely superb funny moving".split()]
    plain = "the a film actor plot scene it was and of camera story music end she he they saw".split()
    texts, labels = [], []
    for _ in range(n):
        text, count = [], int(rng.integers(1, 4))
        for _ in range(count):
            label, denied = int(rng.integers(2)), bool(rng.random() < 0.3)
            text += [*rng.choice(plain, rng.integers(2, longest + 1)), *["not"] * denied]
            text += [rng.choice(words[label ^ denied])]
        texts.append(" ".join([*text, *rng.choice(plain, rng.integers(0, 4))]))
        labels.append(label ^ int(rng.random() < 0.05))
    return texts, np.array(labels)


review_texts, review_labels = make_reviews(1500, seed=16)
print(review_texts[0], review_labels[0])

# %% answer="sentiment"
def train_sentiment(texts, labels):
    """Return a function from a list of texts to an array (texts,) of chances, learned from texts and labels (n,)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(16)
    vectorize = layers.TextVectorization(max_tokens=1000)
    vectorize.adapt(list(texts))
    model = keras.Sequential([
        layers.Input((None,)), layers.Embedding(1000, 8, mask_zero=True), layers.GRU(16),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit(np.asarray(vectorize(list(texts))), np.asarray(labels), epochs=5, batch_size=64, verbose=0)
    return lambda texts: np.asarray(model(np.asarray(vectorize(list(texts)))))[:, 0]
    ### END SOLUTION

# %% given="sentiment_demo"
opinion = None
opinion = train_sentiment(review_texts, review_labels)
print(opinion(["the plot was great and the end was awful", "it was not dull"]))

# %% checks="sentiment_test" points=2
check.true("The cell above has trained a critic", opinion is not None)
check.probabilities("Two texts have two chances", opinion(["a great film", "it was dull and the end was great"]), (2,))

### BEGIN HIDDEN TESTS
new_texts, new_labels = make_reviews(1000, datasets.hidden_seed("ch16 reviews"), longest=7)
chances_new = opinion(new_texts)
alone = np.array([opinion([text])[0] for text in new_texts[:6]])
check.score("New reviews are judged by their last opinion", new_labels, (chances_new > 0.5).astype(int), at_least=0.9,
            partial=0.8, weight=2, hint="Is the padding masked?")
check.score("The chances can be trusted", new_labels, chances_new, metric="log_loss", at_most=0.3, partial=0.5)
check.close("A review gets the same alone and among longer ones", chances_new[:6], alone, rtol=1e-3, atol=1e-3,
            hint="Padding at the end must not be read.")
check.probabilities("Words never seen, and no words at all, are no trouble",
                    opinion(["zounds the xylophone was great", "", "qwerty"]), (3,))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6 — Attention
#
# A translator that squeezes a sentence into one state has forgotten half of it when it begins to write. Bahdanau et
# al. (2014) let it look back: at each output step, an *alignment model* gives every input step a score, softmax makes
# weights of the scores, and the weighted mean of the inputs' vectors is what the decoder gets to see.
#
# - **Additive** (Bahdanau): $s(q, k) = v^\top \tanh(W_q^\top q + W_k^\top k)$, a small network.
# - **Multiplicative** (Luong et al., 2015): $s(q, k) = q^\top k$, or $q^\top W k$. Faster, and as good.
# - **Scaled**: $q^\top k / \sqrt d$, where $d$ is the size of $q$ and $k$; without the root, the scores of long vectors
#   are so large that softmax is flat nearly everywhere and nothing is learned. (`keras.layers.Attention` does not
#   divide unless you say `use_scale`, and then by something learned.)
#
# A *query* $q$ asks, a *key* $k$ answers how well it fits, and the *value* $v$ is what is passed on. A mask sets
# forbidden scores to something hugely negative *before* the softmax; set to zero after it, weights no longer sum to 1.
#
# **Task.** With `keras.ops`:
#
# - `additive_scores(Q, K, W_q, W_k, v)`: scores (rows, queries, keys).
# - `attend(Q, K, V, mask=None)`: scaled attention; return outputs and weights. The mask is True where a query may
#   look at a key, (rows, queries, keys) or (queries, keys). A query that may look nowhere gets weights and outputs of
#   zero, not NaN.
# - `causal_mask(n)`: (n, n), True where step i may look at step j: at itself and before.
# <!-- covers: 16.14 16.19 -->

# %% answer="attention"
def additive_scores(Q, K, W_q, W_k, v):
    """Return (rows, queries, keys) for Q (rows, queries, d), K (rows, keys, d), W_q and W_k (d, units), v (units,)."""
    ### BEGIN SOLUTION
    asked, offered = keras.ops.matmul(Q, W_q), keras.ops.matmul(K, W_k)
    return keras.ops.sum(keras.ops.tanh(asked[:, :, None, :] + offered[:, None, :, :]) * v, axis=-1)
    ### END SOLUTION


def attend(Q, K, V, mask=None):
    """Return outputs (..., queries, d_v) and weights (..., queries, keys); Q, K, V are (..., steps, d)."""
    ### BEGIN SOLUTION
    scores = keras.ops.matmul(Q, keras.ops.swapaxes(K, -1, -2)) / Q.shape[-1] ** 0.5
    if mask is None:
        weights = keras.ops.softmax(scores, axis=-1)
    else:
        weights = keras.ops.where(mask, keras.ops.softmax(keras.ops.where(mask, scores, -1e9), axis=-1), 0.0)
    return keras.ops.matmul(weights, V), weights
    ### END SOLUTION


def causal_mask(n):
    """Return an array (n, n) of bools: True on the diagonal and below it."""
    ### BEGIN SOLUTION
    return np.tri(n, dtype=bool)
    ### END SOLUTION

# %% checks="attention_test" points=1
check.close("Equal scores give the mean of the values",
            attend(np.zeros((1, 1, 4), "float32"), np.ones((1, 2, 4), "float32"),
                   np.array([[[1.0], [3.0]]], "float32"))[0], [[[2.0]]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 attention"))
Q, K, V = (rng.normal(0.0, 2.0, (3, n, d)).astype("float32") for n, d in ((4, 9), (6, 9), (6, 5)))
W_q, W_k, v = (rng.normal(size=shape).astype("float32") for shape in ((9, 7), (9, 7), (7,)))
seen = rng.random((3, 4, 6)) < 0.5
seen[:, :, 0] = True
seen[1, 2] = False


def right(mask):
    scores = np.einsum("rqd,rkd->rqk", Q.astype(float), K) / 3.0
    weights = np.exp(scores - scores.max()) * mask
    weights /= np.maximum(weights.sum(axis=-1, keepdims=True), 1e-300)
    return [weights @ V, weights]


def both(mask):
    outputs, weights = attend(Q, K, V, *([] if mask is None else [mask]))
    return [np.asarray(outputs), np.asarray(weights)]


additive = [[[v @ np.tanh(q @ W_q + k @ W_k) for k in keys] for q in queries]
            for queries, keys in zip(Q, K, strict=True)]
check.close("Additive scores are those of the formula", additive_scores(Q, K, W_q, W_k, v), additive, rtol=1e-3,
            atol=1e-4, hint="Every query with every key: give the queries and the keys an axis of their own.")
check.close("Scaled attention without a mask", both(None), right(1.0), rtol=1e-3, atol=1e-4,
            hint="Divide by the root of the size of a query; softmax over the keys.")
check.close("Masked keys get nothing, and the others' weights sum to one", [part[[0, 2]] for part in both(seen)],
            [part[[0, 2]] for part in right(seen)], rtol=1e-3, atol=1e-4, hint="Mask the scores, not the weights.")
check.close("A query that may look nowhere gets zeros", [part[1] for part in both(seen)],
            [part[1] for part in right(seen)], rtol=1e-3, atol=1e-4,
            hint="The softmax of equal scores is not zero, and that of minus infinity is NaN.")
check.equal("The causal mask lets a step see itself and the past", np.asarray(causal_mask(5)).tolist(),
            [[j <= i for j in range(5)] for i in range(5)])
check.close("A causal mask serves all rows", attend(Q, Q, Q, causal_mask(4))[1][:, 0], np.eye(4)[[0] * 3], atol=1e-6)
check.faster("All queries meet all keys at once", attend, times=5, repeats=3,
             inputs=lambda seed: tuple(np.random.default_rng(seed).normal(size=(3, 4, 150, 16)).astype("float32")),
             agrees=lambda found, expected: bool(np.allclose(found[0], expected[0], atol=1e-3)),
             hint="One matrix product; no loop over queries.")
### END HIDDEN TESTS

# %% [markdown]
# ### Many heads
#
# One set of weights can follow one question: where is the verb? *Multi-head attention* asks several at once. Queries,
# keys and values are multiplied by matrices; the result is cut into `heads` equal parts, each part attends by itself,
# the outputs are put side by side again and multiplied by one more matrix.
#
# **Task.** `multi_head(Q, K, V, W_q, W_k, W_v, W_o, heads, mask=None)`, with your `attend`. All matrices are (d, d),
# there are no biases, and head 0 gets the first d / heads columns. A mask holds for all heads. Mind the reshape:
# (rows, steps, d) becomes (rows, steps, heads, d / heads), and only then may axes change places.
# <!-- covers: 16.14 16.17 -->

# %% answer="multi_head"
def multi_head(Q, K, V, W_q, W_k, W_v, W_o, heads, mask=None):
    """Return (rows, queries, d) for Q (rows, queries, d), K and V (rows, keys, d), matrices (d, d), mask of attend."""
    ### BEGIN SOLUTION
    def split(X, W):
        parts = keras.ops.reshape(keras.ops.matmul(X, W), (X.shape[0], X.shape[1], heads, -1))
        return keras.ops.transpose(parts, (0, 2, 1, 3))

    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    outputs, _ = attend(split(Q, W_q), split(K, W_k), split(V, W_v), mask)
    return keras.ops.matmul(keras.ops.reshape(keras.ops.transpose(outputs, (0, 2, 1, 3)), Q.shape), W_o)
    ### END SOLUTION

# %% checks="multi_head_test" points=1
check.shape("Two heads give what has the shape of the queries", multi_head(
    *[np.ones((2, 3, 4), "float32")] * 3, *[np.eye(4, dtype="float32")] * 4, 2), (2, 3, 4))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 heads"))
Q, K, V = (rng.normal(size=(3, n, 12)).astype("float32") for n in (4, 5, 5))
matrices = rng.normal(0.0, 0.5, (4, 12, 12)).astype("float32")
seen = rng.random((3, 4, 5)) < 0.6
seen[:, :, 1] = True


def by_keras(heads, mask):
    layer = layers.MultiHeadAttention(heads, 12 // heads, use_bias=False)
    layer(Q, V, K)
    shapes = [w.shape for w in layer.get_weights()]
    layer.set_weights([matrix.reshape(shape) for matrix, shape in zip(matrices, shapes, strict=True)])
    return np.asarray(layer(Q, V, K, attention_mask=mask))


check.close("One head is attention with four matrices", multi_head(Q, K, V, *matrices, 1), by_keras(1, None), rtol=1e-3,
            atol=1e-3)
check.close("Several heads each have their own columns", [multi_head(Q, K, V, *matrices, n) for n in (2, 3, 6)],
            [by_keras(n, None) for n in (2, 3, 6)], rtol=1e-3, atol=1e-3, hint="Reshape first, then transpose.")
check.close("A mask holds for all heads", [multi_head(Q, K, V, *matrices, 3, seen),
                                           multi_head(Q, K, V, *matrices, 2, seen[0])],
            [by_keras(3, seen), by_keras(2, np.stack([seen[0]] * 3))], rtol=1e-3, atol=1e-3,
            hint="A mask (rows, queries, keys) needs an axis for the heads.")
### END HIDDEN TESTS

# %% [markdown]
# ### A Transformer block
#
# *Attention is all you need* (Vaswani et al., 2017): a **Transformer** has no recurrent layers. All steps of a sequence
# are computed at once, and each is only a few multiplications away from every other. A *block* is attention of the
# sequence to itself, then two dense layers for each step by itself. Both are *added* to what they got, and in the
# *pre-norm* form used today, each is given a normalised input:
#
# $$X_1 = X + \text{dropout}(\text{attention}(\text{norm}(X))), \quad
# X_2 = X_1 + \text{dropout}(\text{dense}(\text{relu}(\text{dense}(\text{norm}(X_1))))).$$
#
# Attention does not know what comes first: shuffle the steps, and the outputs are shuffled alike. So a table of
# *positions* is added to the embeddings, learned or fixed. The fixed one has, for position $p$ and column $j$ of $d$,
#
# $$P_{p, 2i} = \sin(p / 10000^{2i/d}), \quad P_{p, 2i+1} = \cos(p / 10000^{2i/d}).$$
#
# **Task.** Write `positions(n, d)` (d may be odd), and complete `Block`, with `layers.MultiHeadAttention(heads,
# width // heads)`, `LayerNormalization`, `Dense` and `Dropout`. `mask` (rows, steps) is True at real steps; nobody
# looks at the others (`attention_mask=`). Say `self.supports_masking = True`, so that the mask is handed
# on. If `causal`, no step looks ahead (`use_causal_mask=True`).
# <!-- covers: 16.12 16.17 -->

# %% answer="block"
def positions(n, d):
    """Return an array (n, d): the sines in the even columns, the cosines in the odd ones."""
    ### BEGIN SOLUTION
    column = np.arange(d)
    angles = np.arange(n)[:, None] / 10_000 ** ((column - column % 2) / d)
    return np.where(column % 2 == 0, np.sin(angles), np.cos(angles))
    ### END SOLUTION


class Block(layers.Layer):
    """A pre-norm Transformer block for inputs (rows, steps, width) with so many inner units."""

    def __init__(self, heads, width, inner, rate=0.0, causal=False, **kwargs):
        super().__init__(**kwargs)
        ### BEGIN SOLUTION
        self.causal = causal
        self.supports_masking = True
        self.attention = layers.MultiHeadAttention(heads, width // heads)
        self.norms = [layers.LayerNormalization(), layers.LayerNormalization()]
        self.wide = layers.Dense(inner, activation="relu")
        self.narrow = layers.Dense(width)
        self.drop = layers.Dropout(rate)
        ### END SOLUTION

    def call(self, X, mask=None, training=False):
        """Return a tensor of the shape of X; mask is (rows, steps) or None."""
        ### BEGIN SOLUTION
        seen = None if mask is None else mask[:, None, :]
        Z = self.norms[0](X)
        Z = self.attention(Z, Z, attention_mask=seen, use_causal_mask=self.causal)
        X = X + self.drop(Z, training=training)
        Z = self.narrow(self.wide(self.norms[1](X)))
        return X + self.drop(Z, training=training)
        ### END SOLUTION

# %% given="block_tools"
def block_says(cases, causal=False):
    """Return what one Block(2, 8, 20) gives for the cases, pairs of X (rows, steps, 8) and a mask or None, with random
    weights, and at last what it gives for the first X when all its weights are zero."""
    block = Block(2, 8, 20, causal=causal)
    block(cases[0][0])
    rng = np.random.default_rng(1)
    block.set_weights([rng.normal(0.0, 0.5, w.shape) for w in block.get_weights()])
    says = [np.asarray(block(X) if mask is None else block(X, mask=mask)) for X, mask in cases]
    block.set_weights([0 * w for w in block.get_weights()])
    return [*says, np.asarray(block(cases[0][0]))]


def built_block(X):
    """Return a Block that has seen X (rows, steps, 8), with dropout."""
    block = Block(2, 8, 20, 0.5)
    block(X)
    return block

# %% checks="block_test" points=1
check.close("Position 0 has the sine 0 and the cosine 1", positions(3, 4)[0], [0.0, 1.0, 0.0, 1.0])
check.shape("The output has the shape of the input", Block(2, 6, 9)(np.ones((3, 5, 6), "float32")), (3, 5, 6))

### BEGIN HIDDEN TESTS
rng, memo = np.random.default_rng(datasets.hidden_seed("ch16 block")), {}
X = rng.normal(0.0, 2.0, (3, 6, 8)).astype("float32")
mask, order, changed = np.arange(6) < np.array([[6], [4], [1]]), rng.permutation(6), X.copy()
changed[:, 4] *= -1.0  # a constant added would be normalised away
padded = np.where(mask[:, :, None], X, 9.0).astype("float32")


def table(n, d):
    waves = [np.sin, np.cos]
    return np.array([[waves[j % 2](p / 10_000 ** (2 * (j // 2) / d)) for j in range(d)] for p in range(n)])


def says(causal=False):
    if causal not in memo:
        cases = [(X, None), (changed, None), (X[:, order], None), (X, mask), (padded, mask)]
        memo[causal] = block_says(cases[: 2 if causal else 5], causal)
    return memo[causal]


def moved(causal):
    return np.abs(says(causal)[0] - says(causal)[1]).max(axis=(0, 2)) > 1e-3


check.close("The table of positions is that of the formula", [positions(9, 6), positions(30, 7)],
            [table(9, 6), table(30, 7)], hint="Columns 2i and 2i + 1 share an angle.")
check.parameters("Four matrices, two dense layers, two normalisations", built_block(X),
                 exactly=4 * 72 + 9 * 20 + 21 * 8 + 4 * 8,
                 hint="Attention for the first part, width to inner to width.")
check.close("What a block computes is added to its input", says()[-1], X, atol=1e-5,
            hint="Nothing is normalised on the way round, only on the way into attention and dense layers.")
check.close("Steps in another order give the same outputs in that order", says()[2], says()[0][:, order],
            rtol=1e-3, atol=1e-3)
check.equal("Every step looks at all steps, or with causal only at itself and the past",
            [moved(False).tolist(), moved(True).tolist()], [[True] * 6, [False] * 4 + [True] * 2],
            hint="Is X added again after attention, and is use_causal_mask passed on?")
check.close("Nobody looks at padding", says()[4][mask], says()[3][mask], rtol=1e-3,
            atol=1e-3, hint="attention_mask needs an axis for the queries.")
check.dropout("Dropout is for training only", built_block(X), X)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — From one sequence to another
#
# Translators have two parts. The *encoder* reads the source and gives a vector for each token. The *decoder* writes the
# target, one token after the other, and looks back at the encoder's vectors by attention. While training, it is given
# the right tokens so far, not its own (*teacher forcing*), so all steps are trained at once: its input is the target,
# moved one place to the right, with a start token in front. When it is used, there is no right target; it gets what it
# has written itself. So the accuracy of training says little: one wrong token, and all that follow may be wrong.
#
# (Older books use the samplers and decoders of TensorFlow Addons for this. The project has ended, and no version works
# with Keras 3; a loop of your own does.)
#
# Our source language are dates as people write them, `7 july 1969` or `july 7 , 1969`; numbers in digits, each a token,
# and each month a token. The target is always `19690707`, digit by digit.
#
# **Task.**
#
# - `teacher_inputs(targets)`: what the decoder is given while training.
# - `translate(model, sources, length)`: an array (rows, length) of target tokens. `model([sources, written])` returns
#   chances (rows, steps, tokens), of the token that follows each step of `written`. Take the most likely one (*greedy*
#   decoding), all rows at a time.
# <!-- covers: 16.11 16.19 16.N4 -->

# %% given="dates"
MONTHS = "january february march april may june july august september october november december".split()
SOURCE = ["", *"0123456789,", *MONTHS]  # token i of a source; 0 is padding
START = 11  # of a target: token 1 is the digit 0, token 10 the digit 9


def make_dates(n, seed):
    """Return sources (n, 8), padded with 0, and targets (n, 8), arrays of tokens."""
    rng = np.random.default_rng(seed)
    sources, targets = [], []
    for days in rng.integers(0, 36_500, n):
        date = datetime.date(1960, 1, 1) + datetime.timedelta(int(days))
        day, month, year = [*str(date.day)], MONTHS[date.month - 1], [*str(date.year)]
        words = [*day, month, *year] if rng.random() < 0.5 else [month, *day, ",", *year]
        sources.append([SOURCE.index(word) for word in words] + [0] * (8 - len(words)))
        targets.append([int(digit) + 1 for digit in date.strftime("%Y%m%d")])
    return np.array(sources, "int32"), np.array(targets, "int32")


date_sources, date_targets = make_dates(3000, seed=16)
print([SOURCE[token] for token in date_sources[0]], date_targets[0] - 1)

# %% answer="decoding"
def teacher_inputs(targets):
    """Return an array like targets (rows, length): START, and the targets without their last token."""
    ### BEGIN SOLUTION
    return np.concatenate([np.full((len(targets), 1), START), targets[:, :-1]], axis=1)
    ### END SOLUTION


def translate(model, sources, length):
    """Return an integer array (rows, length): what the model writes by itself for sources (rows, steps)."""
    ### BEGIN SOLUTION
    written = np.full((len(sources), 1), START)
    for _ in range(length):
        chances = np.asarray(model([sources, written]))
        written = np.concatenate([written, chances[:, -1].argmax(axis=-1)[:, None]], axis=1)
    return written[:, 1:]
    ### END SOLUTION

# %% checks="decoding_test" points=1
check.equal("The decoder is given START and the first tokens",
            np.asarray(teacher_inputs(np.array([[3, 4, 5]]))).tolist(), [[11, 3, 4]])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 decoding"))
some_targets, calls = rng.integers(1, 11, (6, 5)), []
some_sources, secret = rng.integers(1, 20, (9, 4)), rng.normal(size=(20, 12, 12))


def parrot(pair):
    """Chances that follow from the second source token and from the last two tokens written, at each step."""
    sources, written = (np.asarray(part) for part in pair)
    calls.append(len(sources))
    before = np.concatenate([written[:, :1], written[:, :-1]], axis=1)
    return np.exp(secret[sources[:, 1:2], before] + 2 * secret[(written + 3) % 20, before])


def by_loop(length):
    rows = []
    for source in some_sources:
        written = [11]
        for _ in range(length):
            last, before = written[-1], written[-2] if len(written) > 1 else 11
            written.append(int(np.argmax(secret[source[1], before] + 2 * secret[(last + 3) % 20, before])))
        rows.append(written[1:])
    return rows


def asked(length):
    calls.clear()
    translate(parrot, some_sources, length)
    return list(calls)


check.equal("Teacher forcing moves the targets one place to the right",
            np.asarray(teacher_inputs(some_targets)).tolist(), [[11, *row[:-1]] for row in some_targets.tolist()],
            hint="START in front, the last token left out.")
check.equal("The decoder continues what it has written itself",
            [np.asarray(translate(parrot, some_sources, n)).tolist() for n in (1, 6)], [by_loop(1), by_loop(6)],
            weight=2,
            hint="Take the last step's chances, add the most likely token, ask again; START is not part of the result.")
check.equal("One call per step serves all rows", asked(4), [9] * 4, hint="Do not go through the rows one by one.")
### END HIDDEN TESTS

# %% [markdown]
# ### The translator
#
# **Task.** `train_translator(sources, targets)` returns a trained model that takes `[sources, written]` as above and
# has 12 outputs. A plan that works: `Embedding` with mask and a GRU that returns its sequence and its last state for
# the source (it might be `Bidirectional`: the encoder has all of the source, so it may look ahead); an embedding and a
# GRU that begins with that state for what is written (the decoder may not look ahead); `layers.Attention()([decoder,
# encoder])`, which respects the mask; both concatenated, then `Dense`. It is judged by the dates it translates by
# itself, all eight digits right.
# <!-- covers: 16.11 16.12 16.14 16.N4 -->

# %% answer="translator"
def train_translator(sources, targets):
    """Return a trained model from [sources (rows, steps), written (rows, length)] to chances (rows, length, 12)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(16)
    source, written = layers.Input((None,), dtype="int32"), layers.Input((None,), dtype="int32")
    vectors = layers.Embedding(len(SOURCE), 32, mask_zero=True)(source)
    vectors, last = layers.GRU(32, return_sequences=True, return_state=True)(vectors)
    states = layers.GRU(32, return_sequences=True)(layers.Embedding(12, 32)(written), initial_state=last)
    found = layers.Attention()([states, vectors])
    outputs = layers.Dense(12, activation="softmax")(layers.Concatenate()([states, found]))
    model = keras.Model([source, written], outputs)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    model.fit([sources, teacher_inputs(targets)], targets, batch_size=64, epochs=6, verbose=0)
    return model
    ### END SOLUTION

# %% given="translator_demo"
translator = None
translator = train_translator(date_sources, date_targets)
print(translate(translator, date_sources[:3], 8) - 1)

# %% checks="translator_test" points=1
check.true("The cell above has trained a translator", translator is not None)
check.shape("For each step there are twelve chances",
            np.asarray(translator([date_sources[:2], date_targets[:2, :3]])), (2, 3, 12))

### BEGIN HIDDEN TESTS
new_sources, new_targets = make_dates(400, datasets.hidden_seed("ch16 dates"))
powers, written_new = 10 ** np.arange(7, -1, -1), np.full((400, 1), 11)
for _ in range(8):
    following = np.asarray(translator([new_sources, written_new]))[:, -1].argmax(axis=-1)
    written_new = np.concatenate([written_new, following[:, None]], axis=1)
check.score("New dates are translated without a mistake", (new_targets - 1) @ powers, (written_new[:, 1:] - 1) @ powers,
            at_least=0.9, partial=0.5, hint="Teacher forcing while training, attention to the source, enough epochs?")
### END HIDDEN TESTS

# %% [markdown]
# ### Beam search
#
# Greedy decoding regrets nothing: a token that looks best now may lead nowhere. *Beam search* keeps the `width` best
# beginnings. Each is continued by every token; of all continuations the `width` most likely are kept, and so on. The
# chance of a sequence is the product of its tokens' chances, so logarithms are *added*.
#
# A beam that ended with the end token is finished: it is not continued, but keeps its place and competes with the
# others. (Long sequences have small chances; translators therefore often divide the sum by the length. We do not.)
#
# **Task.** `beam_search(log_chances, start, end, width, longest)` returns the best sequence, a list of numbers without
# start, but with end if it is there, and its logarithm. `log_chances(beams)` takes a list of lists that begin with
# `start`, all unfinished, and returns an array (beams, tokens); ask once per step, for all of them. It stops after
# `longest` tokens, or when all beams that are kept are finished.
# <!-- covers: 16.13 -->

# %% answer="beam"
def beam_search(log_chances, start, end, width, longest):
    """Return (sequence, log chance) of the best beam: a list of int and a float."""
    ### BEGIN SOLUTION
    beams = [([start], 0.0)]
    for _ in range(longest):
        going = [beam for beam in beams if beam[0][-1] != end]
        if not going:
            break
        rows = np.asarray(log_chances([ids for ids, _ in going]))
        grown = [([*ids, token], total + row[token]) for (ids, total), row in zip(going, rows, strict=True)
                 for token in range(len(row))]
        finished = [beam for beam in beams if beam[0][-1] == end]
        beams = sorted(finished + grown, key=lambda beam: beam[1], reverse=True)[:width]
    return beams[0][0][1:], float(beams[0][1])
    ### END SOLUTION

# %% given="beam_tools"
def beam_on(table, width, longest):
    """Return (sequence, log chance, beams of each call) of your search, where table[i, j] (n, n, n) holds the log
    chances of the next token after i and j; start is 0, end is 1."""
    calls = []

    def log_chances(beams):
        calls.append([list(beam) for beam in beams])
        return np.array([table[([0] + list(beam))[-2], beam[-1]] for beam in beams])

    return *beam_search(log_chances, 0, 1, width, longest), calls

# %% given="beam_demo"
def date_log_chances(beams):
    """Return the translator's logarithms for what follows the beams, for the first date."""
    sources = np.repeat(date_sources[:1], len(beams), axis=0)
    return np.log(np.asarray(translator([sources, np.array(beams)]))[:, -1] + 1e-9)


print(beam_search(date_log_chances, START, 0, 3, 8))

# %% checks="beam_test" points=1
certain = np.log(np.eye(3)[[[2, 2, 1]] * 3] + 1e-9)
check.equal("After start comes 2, then the end", beam_on(certain, 2, 5)[0], [2, 1])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch16 beam"))
tables = np.log(rng.dirichlet(np.full(5, 0.7), (12, 5, 5)) + 1e-6)


def all_ways(table, ids, total, longest):
    if len(ids) == longest + 2 or ids[-1] == 1:
        return [(total, ids[2:])]
    return [way for k in range(5) for way in all_ways(table, [*ids, k], total + table[ids[-2], ids[-1], k], longest)]


def searched(table, width, longest):
    kept = [(0.0, [0, 0])]
    for _ in range(longest):
        kept = [(s + table[i[-2], i[-1], k], [*i, k]) for s, i in kept if i[-1] != 1 for k in range(5)] + [
            beam for beam in kept if beam[1][-1] == 1]
        kept = sorted(kept, reverse=True)[:width]
    return kept[0][1][2:], kept[0][0]


def found(width, longest):
    return [list(beam_on(table, width, longest)[:2]) for table in tables]


def sizes_and_ends(width):
    calls = [call for table in tables for call in beam_on(table, width, 6)[2]]
    return bool(max(map(len, calls)) <= width and all(1 not in beam for call in calls for beam in call))


check.close("Width 1 is greedy", [part[1] for part in found(1, 6)], [searched(t, 1, 6)[1] for t in tables])
check.close("The best beam has the logarithm it should", [part[1] for part in found(3, 6)],
            [searched(t, 3, 6)[1] for t in tables], hint="Logarithms are added; finished beams stay in the race.")
check.equal("The best sequence is returned", [list(part[0]) for part in found(3, 6)],
            [searched(t, 3, 6)[0] for t in tables], hint="Without start, with the end.")
check.close("A very wide beam finds the best of all sequences", [part[1] for part in found(2000, 4)],
            [max(all_ways(t, [0, 0], 0.0, 4))[0] for t in tables])
check.true("Only unfinished beams are continued, at most width of them", sizes_and_ends(3))
check.equal("There is one call per step", max(len(beam_on(t, 4, 5)[2]) for t in tables) <= 5, True,
            hint="Ask for all beams at once.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — Where language models went
#
# **Pictures.** The encoder may as well be a convolutional network: for each word of a caption, attention picks places
# of the image (Xu et al., 2015). This *visual attention* shows where the model looked when it wrote "frisbee", which
# helps to find out why it errs.
#
# **Explaining.** Sometimes an explanation is required by law: who is refused a loan may ask why. Attention weights are
# no proof of reasons, but a place to look; one can also fit a simple model around a single decision.
#
# **Pretraining.** ELMo (2018) trained recurrent language models in both directions and used their states as vectors of
# words in context. ULMFiT showed that a pretrained language model, fine-tuned with few labels, beats training from
# nothing. GPT stacks *causal* Transformer blocks, the decoder, and guesses the next token. BERT stacks blocks that see
# both sides, the encoder, and guesses words that were masked. T5 keeps both parts and makes every task text to text.
# Larger models, trained on more text and then on instructions and human judgements, became assistants that solve tasks
# they are told in words.
#
# **Using one.** Hugging Face's `transformers` loads a model and its tokenizer by name: `pipeline("sentiment-analysis")`
# in one line, `AutoTokenizer` and `AutoModelForSequenceClassification` in three. Its TensorFlow classes are gone, so
# it needs PyTorch; Keras Hub has many of the same models for all backends. Model and tokenizer must belong together.
#
# **Task.** Fill in the dicts. `MODELS`: one of `encoder`, `decoder`, `both`. `PIECES`: one of `bpe`, `wordpiece`,
# `sentencepiece`. `STATEMENTS`: `True` or `False`.
#
# - a: Windows for training a stateful network should be shuffled.
# - b: A split across time is honest as long as the text is roughly stationary.
# - c: With truncated backpropagation, no gradient goes further back than a window.
# - d: A bidirectional layer can guess the next word of a text that is being written.
# - e: At temperature 2, rare characters come more often than at temperature 1.
# - f: Additive attention has weights of its own, the plain dot product has none.
# - g: A wider beam always finds the most likely sequence.
# - h: Without positions, a Transformer encoder gives each word of a sentence the same vector in any order of words.
# - i: Teacher forcing is also used when the trained translator is asked.
# - j: Attention weights prove why a model decided as it did.
# - k: In visual attention the keys are places of an image.
# - l: A pretrained model works with any tokenizer of the same vocabulary size.
# <!-- covers: 16.2 16.4 16.8 16.10 16.12 16.13 16.14 16.15 16.16 16.17 16.18 16.19 16.N5 -->

# %% answer="concepts"
MODELS = {"BERT": None, "GPT": None, "T5": None, "the translator of dates": None}
PIECES = {
    "merges the most frequent pair, again and again": None,
    "takes the longest piece that fits, and marks those inside a word": None,
    "treats blanks as characters, and needs no words": None,
}
STATEMENTS = dict.fromkeys("abcdefghijkl")  # True or False
### BEGIN SOLUTION
MODELS = dict(zip(MODELS, ("encoder", "decoder", "both", "both"), strict=True))
PIECES = dict(zip(PIECES, ("bpe", "wordpiece", "sentencepiece"), strict=True))
STATEMENTS = {letter: letter in "bcefhk" for letter in "abcdefghijkl"}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*MODELS.values(), *PIECES.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Which part of a Transformer a model has", list(MODELS.values()), ["encoder", "decoder", "both", "both"],
            hint="See Pretraining, and Exercise 7.")
check.equal("Ways to make pieces of words", list(PIECES.values()), ["bpe", "wordpiece", "sentencepiece"],
            hint="See Exercise 4.")
check.equal("Character models, a to e", told("abcde"), [False, True, True, False, True],
            hint="See Exercises 1 to 3 and 5.")
check.equal("Attention and search, f to i", told("fghi"), [True, False, True, False], hint="See Exercises 6 and 7.")
check.equal("Language models, j to l", told("jkl"), [False, True, False], hint="See the text of this exercise.")
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A bank lets a Transformer read letters of people who ask for a loan. It refuses Mr Adler, and its largest
# attention weight is on the name of his street. "So that is the reason", says a colleague, "and it is easily explained
# in the answer to him." Give two reasons why the weight alone does not show this, and say how you would find out
# whether the street matters. Also name one thing about the tokens or the padding that you would check first.

# %% [markdown] essay="why" points=1
# ### BEGIN SOLUTION
# A weight says how much of a value went into one head of one layer; the vectors it weighs are already mixtures of
# other tokens, and other heads, layers and the way round the block also count. Very different weights can give the same
# output. So it is a hint where to look, no cause. (half a point for two such reasons)
#
# Change the letter and watch the output: another street, the street removed, the same change for many letters; or fit
# a simple model around this decision. If the chance changes, the street (or what it stands for) matters, and that may
# be unlawful. First check that the street is not cut into strange pieces, that padding is masked, and that training and
# use have the same tokenizer. (half a point)
# ### END SOLUTION

# %% [markdown]
# ## At full size
#
# - **Data.** With a network, `keras.utils.get_file` fetches Shakespeare's plays (1.1 million characters),
#   `keras.datasets.imdb` 50,000 film reviews, and Tatoeba's pairs of sentences (118,000 for English and Spanish) are
#   what translators are taught with. Our grammar, reviews and dates have small vocabularies and few rules.
# - **Model.** For Shakespeare, 128 GRU units and windows of 100 guess 0.55 of the characters right; the masked GRU on
#   real reviews reaches 0.86 to 0.87, and stays at 0.50 without a mask; a translator with LSTM layers gets 0.68 of the
#   tokens right with teacher forcing, 0.71 with attention, and a Transformer 0.73 (figures others published).
#   Thresholds: 0.5, 0.84 and 0.68 are fair.
# - **Time.** Each of these takes hours on a CPU and minutes on a GPU. Keras uses the fast kernel for GRU and LSTM only
#   with the default activations and padding at the end. Transformers gain most, since all steps are computed at
#   once: batches of 128 and more, `keras.mixed_precision.set_global_policy("mixed_float16")`, and sequences of similar
#   length in one batch. Allow ten minutes for each model.
