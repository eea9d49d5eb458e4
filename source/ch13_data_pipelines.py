# %% [markdown]
# # 13. Loading and preprocessing data
#
# So far all data fitted into memory, and somebody had made numbers of it. Here you build what comes before the
# model: pipelines that read, shuffle and batch with `tf.data`, files that many readers can share, TensorFlow's own
# record format, and layers that turn raw columns and sentences into numbers *inside* the model.
#
# All data is invented here, with a seed, and small, so that everything runs offline in seconds. Where the real thing
# differs, and how to get it, stands at the end.
#
# Write your code where it says `YOUR CODE HERE` and delete the line that raises `NotImplementedError`. The
# cells with checks tell you how far you are; run them as often as you like.

# %% given="setup"
import logging
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # keeps TensorFlow's start-up notes out of the notebook

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import load_digits

from graders import check, datasets

keras.config.disable_interactive_logging()  # no progress bars from predict
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many small graphs: no warning about that

# %% [markdown]
# ## Exercise 1 — The order of a pipeline
#
# A `tf.data.Dataset` is a recipe: where the rows come from, and what happens to them, step by step, when somebody asks
# for them. Each method returns a new dataset; nothing is read before a loop (or `fit`) runs over it.
#
# ```
# tf.data.Dataset.from_tensor_slices((X, y)).map(f).batch(32)      # one (row, label) at a time, f, then in 32s
# ```
#
# The *order* of the steps decides what you get. `shuffle(buffer_size, seed=...)` mixes what arrives: rows if it comes
# before `batch`, whole batches if it comes after. It draws a new order each time the dataset is run through. After
# `repeat` it no longer knows where an epoch ends, and rows of two epochs mix. And `prefetch(1)` at the end prepares
# the next batch while the model is busy with this one.
#
# **Task.** `make_dataset` returns a dataset of pairs (rows, labels). In each of the `epochs` every row comes exactly
# once; an epoch ends with its own last batch, which may be smaller. With `shuffle`, all rows are mixed thoroughly, in
# another order each epoch, and `seed` decides which orders. Without (for validation), the rows keep their order. The
# last step is `prefetch`.
# <!-- covers: 13.1 13.N1 13.N4 -->

# %% answer="dataset"
def make_dataset(X, y, batch_size=32, shuffle=False, epochs=1, seed=None):
    """Return a tf.data.Dataset of (X (<= batch_size, ...), y (<= batch_size,)) batches, for so many epochs."""
    ### BEGIN SOLUTION
    rows = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        rows = rows.shuffle(len(X), seed=seed)
    return rows.batch(batch_size).repeat(epochs).prefetch(1)
    ### END SOLUTION

# %% checks="dataset_test" points=1
check.equal(
    "Seven rows in batches of three make batches of 3, 3 and 1 rows",
    [len(labels) for _, labels in make_dataset(np.eye(7), np.arange(7), 3)],
    [3, 3, 1],
    hint="drop_remainder would lose the last rows.",
)

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch13 dataset") % 10_000
n = 145 + 16 * (seed % 3) + seed % 13  # never a multiple of 16


def epochs_of(**options):
    """Sizes of the batches, and the row numbers in three epochs; a row that lost its label counts as -1."""
    X = np.stack([np.arange(n), np.arange(n) ** 2], axis=1)
    made = make_dataset(X, 3 * np.arange(n), 16, epochs=3, **options)
    batches = [(np.asarray(a), np.asarray(b)) for a, b in made]
    numbers = [np.where((b == 3 * a[:, 0]) & (a[:, 1] == a[:, 0] ** 2), a[:, 0], -1) for a, b in batches]
    numbers = np.concatenate([*numbers, np.full(3 * n, -1)])[: 3 * n]  # -1 for rows that never came
    return [len(b) for _, b in batches], numbers.reshape(3, n)


def mixed(order):
    return np.mean(np.abs(order - np.arange(n))) / n > 0.24 and np.mean(np.diff(order) == 1) < 0.1


sizes = ([16] * (n // 16) + [n % 16] * (n % 16 > 0)) * 3
# The mean way of a row in 20,000 random orders of 150: 0.333 n, sd 0.017 n, least 0.255 n.
check.true("Shuffled, all rows of an epoch are mixed with each other",
           bool(all(mixed(order) for order in epochs_of(shuffle=True, seed=seed)[1])),
           hint="The buffer must hold all rows, and rows are mixed before they are put into batches.")
check.equal("Each epoch has every row once, with its label, and ends with its own last batch",
            [epochs_of(shuffle=True, seed=seed)[0], np.sort(epochs_of(shuffle=True, seed=seed)[1]).tolist()],
            [sizes, [list(range(n))] * 3], hint="Shuffle before you repeat, and batch before you repeat.")
check.true("The order is another one in each epoch", 
           bool((epochs_of(shuffle=True, seed=seed)[1][0] != epochs_of(shuffle=True, seed=seed)[1][1]).mean() > 0.5))
check.true("The seed decides the order, and only the seed", bool(
    (epochs_of(shuffle=True, seed=seed)[1] == epochs_of(shuffle=True, seed=seed)[1]).all()
    and (epochs_of(shuffle=True, seed=seed)[1] != epochs_of(shuffle=True, seed=seed + 1)[1]).mean() > 0.5))
check.equal("Without shuffle the rows keep their order", epochs_of()[1].tolist(), [list(range(n))] * 3)
### END HIDDEN TESTS

# %% [markdown]
# ### Windows of a sequence
#
# To forecast, a model gets the last `length` values of a series and learns the next one. `window(size, shift=1,
# drop_remainder=True)` makes a dataset of *datasets*, one per window; `flat_map` with `batch` turns each into a tensor.
#
# **Task.** `make_windows` gets several series of different length, say one per machine. It returns a dataset of pairs
# ((batch, length), (batch,)): the values of a window, and the value after it, series after series, in order. No
# window reaches from one series into the next; a series of at most `length` values has none.
# <!-- covers: 13.1 -->

# %% answer="windows"
def make_windows(series, length, batch_size=32):
    """Return a tf.data.Dataset of windows and their next values; series is a list of float arrays (steps,)."""
    ### BEGIN SOLUTION
    whole = tf.data.Dataset.from_generator(lambda: iter(series), output_signature=tf.TensorSpec((None,), tf.float32))

    def cut(values):
        pieces = tf.data.Dataset.from_tensor_slices(values).window(length + 1, shift=1, drop_remainder=True)
        return pieces.flat_map(lambda piece: piece.batch(length + 1))

    return whole.flat_map(cut).map(lambda piece: (piece[:-1], piece[-1])).batch(batch_size)
    ### END SOLUTION

# %% checks="windows_test" points=1
check.close(
    "Five values have two windows of three with a value after them",
    [np.asarray(part) for part in next(iter(make_windows([np.arange(5.0)], 3)))],
    [np.array([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]), np.array([3.0, 4.0])],
)

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch13 windows"))
machines = [rng.normal(size=steps) for steps in (9, 4, 17, 5, 3, 12)]


def by_numpy(series, length):
    cut = [np.lib.stride_tricks.sliding_window_view(s, length + 1) for s in series if len(s) > length]
    return np.concatenate(cut)


def found(series, length, batch_size):
    batches = [(np.asarray(a), np.asarray(b)) for a, b in make_windows(series, length, batch_size)]
    return [len(b) for _, b in batches], np.concatenate([np.column_stack(pair) for pair in batches])


check.close("One series: every window is there, with the value that follows", found(machines[2:3], 5, 4)[1],
            by_numpy(machines[2:3], 5), rtol=1e-4, atol=1e-5, hint="A window and its target are length + 1 values.")
check.close("Several series: no window reaches into the next one", found(machines, 4, 7)[1], by_numpy(machines, 4),
            rtol=1e-4, atol=1e-5, hint="Cut each series by itself, then join the windows.")
check.equal("The windows come in batches of the size asked for", found(machines, 4, 7)[0],
            [7] * 3 + [6], hint="The last batch may be smaller.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2 — How far does a row travel?
#
# Ten million rows do not fit into memory, so `shuffle` keeps only a *buffer*. It fills the buffer with the first rows.
# Then, again and again, it hands out one row of the buffer, drawn at random, and puts the next row that arrives in its
# place. When no more rows arrive, it hands out what is left, in random order.
#
# **Task.** `buffer_shuffle` does this as a Python generator (`yield`). It never holds more than `size` rows that were
# not yet handed out, so it works for an endless stream too. Draw from `rng` alone.
# <!-- covers: 13.N1 -->

# %% answer="buffer"
def buffer_shuffle(items, size, rng):
    """Yield the items of any iterable, mixed with a buffer of so many items; rng is a numpy Generator."""
    ### BEGIN SOLUTION
    held = []
    for item in items:
        if len(held) < size:
            held.append(item)
            continue
        chosen = rng.integers(size)
        yield held[chosen]
        held[chosen] = item
    rng.shuffle(held)
    yield from held
    ### END SOLUTION

# %% given="streams"
def many_orders(size, n, runs, seed):
    """Return runs orders of n numbers, each from buffer_shuffle with that buffer, as an array (runs, n)."""
    rng = np.random.default_rng(seed)
    return np.array([list(buffer_shuffle(range(n), size, rng)) for _ in range(runs)])


def first_of_stream(size, k, seed):
    """Return the first k of a long stream of numbers, shuffled, and how many numbers were read for them."""
    stream = iter(range(10_000))
    mixed = buffer_shuffle(stream, size, np.random.default_rng(seed))
    return [next(mixed) for _ in range(k)], next(stream)

# %% checks="buffer_test" points=1
check.equal(
    "Every row is handed out once",
    sorted(buffer_shuffle(range(20), 4, np.random.default_rng(1))),
    list(range(20)),
    hint="What is left in the buffer at the end belongs to the result.",
)

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch13 buffer")


def shares(orders):
    """How often number i comes at place k, as an array (8, 8)."""
    return np.array([[np.mean(orders[:, k] == i) for k in range(8)] for i in range(8)])


def by_the_rule(size, runs):
    rng, orders = np.random.default_rng(seed + 1), []
    for _ in range(runs):
        held, order = list(range(size)), []
        for item in range(size, 8):
            at = rng.integers(size)
            order.append(held[at])
            held[at] = item
        orders.append(order + list(rng.permutation(held)))
    return np.array(orders)


# A share of 4000 orders has a standard deviation of at most 0.0079, a difference of two of 0.011.
check.close("A buffer of three: each number comes at each place as often as it should",
            shares(many_orders(3, 8, 4000, seed)), shares(by_the_rule(3, 4000)), rtol=0, atol=0.05, weight=2,
            hint="One goes out at random, the next one takes its place; what is left at the end is mixed too.")
check.equal("No number comes before it can have been read",
            bool((many_orders(5, 60, 50, seed) <= np.arange(60) + 4).all()), True,
            hint="At place k, at most k + size numbers have been in the buffer.")
check.true("It reads the stream only as far as it has to", first_of_stream(7, 3, seed)[1] <= 10,
           hint="Use yield, and do not turn items into a list.")
check.equal("A buffer of one mixes nothing, and a buffer larger than the data is no problem",
            [many_orders(1, 9, 1, seed).tolist(), np.sort(many_orders(50, 9, 1, seed)).tolist()],
            [[list(range(9))]] * 2)
check.equal("The generator decides the order", [many_orders(4, 30, 2, seed + i).tolist() for i in (0, 0)],
            [many_orders(4, 30, 2, seed).tolist()] * 2, hint="Draw from rng only.")
### END HIDDEN TESTS

# %% [markdown]
# **Task.** See it. `plot_orders` gets a dict from buffer size to the order in which `buffer_shuffle` handed out the
# numbers 0, 1, 2, … It returns the Axes of a new figure with one set of points per buffer size: at the place in the
# result (0 first) the number that came there. Label both axes; the legend names the buffer sizes. Draw points
# (`scatter`), no lines.
#
# A buffer that is large enough fills the square evenly. What does a small one look like? If the rows of your file
# are sorted by class, what do the first batches look like then?

# %% answer="plot"
def plot_orders(orders):
    """Return an Axes with a scatter for each entry of orders, {buffer size: list of numbers}."""
    ### BEGIN SOLUTION
    _, ax = plt.subplots()
    for size, order in orders.items():
        ax.scatter(np.arange(len(order)), order, s=9, label=f"buffer {size}")
    ax.set(xlabel="place in the result", ylabel="number of the row")
    ax.legend()
    return ax
    ### END SOLUTION

# %% checks="plot_test" points=1
rng = np.random.default_rng(3)
figure = plot_orders({size: list(buffer_shuffle(range(200), size, rng)) for size in (1, 20, 200)})
check.figure("The axes are labelled and the legend names the buffer sizes", figure, xlabel=True, ylabel=True,
             legend=["1", "20", "200"])

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch13 plot"))
drawn = {size: rng.permutation(size + 11).tolist() for size in (17, 4, 30)}
other = plot_orders(drawn)
check.figure("Each order is drawn as points: place to the right, number upwards", other,
             points=[(np.arange(len(order)), np.array(order)) for order in drawn.values()],
             hint="The first place is 0.")
check.equal("There is one set of points for each buffer size, named in the legend, and no line",
            [["".join(filter(str.isdigit, text.get_text())) for text in other.get_legend().get_texts()],
             len(other.get_lines()), [len(part.get_offsets()) for part in other.collections]],
            [["17", "4", "30"], 0, [28, 15, 41]], hint="One scatter for each entry, with its own label=.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 3 — Many files, read side by side
#
# Large tables come in many files, and each is often about one thing: a day, a season, a city. Read one after the
# other, the first hundred batches are all winter. `interleave(f, cycle_length=4)` makes a dataset of each element
# (here: a file name) and takes from four of them in turn, so the files mix, and with `num_parallel_calls` they are
# read in parallel.
#
# `tf.data.TextLineDataset(path)` gives the lines of a file, `skip(1)` leaves out the header, and
# `tf.io.decode_csv(lines, defaults)` makes one tensor per column of them. It takes a single line or a whole *batch* of
# lines; one call for a batch costs hardly more than one for a line. A default of type `tf.constant([], tf.float32)`
# says that the field must be there; `[np.nan]` says what stands for an empty one.
#
# The data: gauges in a river. Each row has the rain (mm), the snow (cm), the air temperature (°C) and the level
# upstream (cm); the last column is the level here, a day later. Some fields are empty.
#
# **Task.** Write three functions. Batches are (inputs (rows, 4), levels (rows,)), both float32.
#
# - `parse_lines(lines)`: turns a batch of lines into inputs, NaN where a field is empty, and levels. A line
#   without level is an error.
# - `column_stats(paths)`: mean and standard deviation of each input over all files, leaving out what is missing. Do not
#   collect the rows: read batches and keep sums.
# - `csv_dataset(paths, mean, std, batch_size, cycle)`: reads `cycle` files side by side, one line of each in turn;
#   inputs are standardised with the numbers passed in, and what was missing is 0 then, the mean.
# <!-- covers: 13.1 13.N2 13.N3 -->

# %% given="gauges"
def make_gauges(n, seed, missing=0.05):
    """Return X (n, 4), NaN where a value is missing, and y (n,), levels in cm; the seasons follow each other."""
    rng = np.random.default_rng(seed)
    season = np.linspace(0, 2 * np.pi, n)
    warmth = 4 - 12 * np.cos(season) + rng.normal(0, 4, n)
    snow = np.clip(30 + 30 * np.cos(season) + rng.normal(0, 12, n), 0, None)
    rain, upstream = rng.gamma(0.8, 6.0, n), 120 + 20 * np.sin(season) + rng.normal(0, 25, n)
    level = 0.6 * upstream + 2 * rain + 0.25 * snow * np.clip(warmth, 0, None) + rng.normal(0, 4, n)
    X = np.column_stack([rain, snow, warmth, upstream])
    X[rng.random(X.shape) < missing] = np.nan
    return X, level


def gauge_csv(X, y, n_files):
    """Return the texts of n_files CSV files with a header each, one part of the year after the other."""
    def line(row):
        return ",".join("" if np.isnan(value) else f"{value:.4f}" for value in row)

    parts = np.array_split(np.column_stack([X, y]), n_files)
    return ["rain,snow,warmth,upstream,level\n" + "\n".join(map(line, part)) + "\n" for part in parts]


gauge_texts = gauge_csv(*make_gauges(400, seed=13), n_files=5)
print(gauge_texts[0][:150])

# %% answer="csv"
def parse_lines(lines):
    """Return (inputs (rows, 4), levels (rows,)), float32, of a tensor of lines (rows,)."""
    ### BEGIN SOLUTION
    *inputs, levels = tf.io.decode_csv(lines, [[np.nan]] * 4 + [tf.constant([], tf.float32)])
    return tf.stack(inputs, axis=1), levels
    ### END SOLUTION


def column_stats(paths):
    """Return (mean, std), arrays (4,), of the inputs in all files."""
    ### BEGIN SOLUTION
    count, total, squares = np.zeros(4), np.zeros(4), np.zeros(4)
    for path in paths:
        for lines in tf.data.TextLineDataset(path).skip(1).batch(1000):
            inputs = parse_lines(lines)[0].numpy().astype(float)
            count += (~np.isnan(inputs)).sum(axis=0)
            total += np.nansum(inputs, axis=0)
            squares += np.nansum(inputs**2, axis=0)
    mean = total / count
    return mean, np.sqrt(squares / count - mean**2)
    ### END SOLUTION


def csv_dataset(paths, mean, std, batch_size=32, cycle=4):
    """Return a tf.data.Dataset of (standardised inputs, levels) batches of all rows of the files."""
    ### BEGIN SOLUTION
    def lines_of(path):
        return tf.data.TextLineDataset(path).skip(1)

    def prepare(lines):
        inputs, levels = parse_lines(lines)
        scaled = (inputs - tf.cast(mean, tf.float32)) / tf.cast(std, tf.float32)
        return tf.where(tf.math.is_nan(scaled), 0.0, scaled), levels

    files = tf.data.Dataset.from_tensor_slices(list(paths))
    lines = files.interleave(lines_of, cycle_length=cycle, num_parallel_calls=tf.data.AUTOTUNE)
    return lines.batch(batch_size).map(prepare, num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)
    ### END SOLUTION

# %% given="files"
def with_files(texts, work):
    """Write each text to a file, call work(paths), and return what it returns."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/part_{number:02}.csv" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            Path(path).write_text(text)
        return work(paths)


def stats_of(texts):
    """Return (mean, std) of CSV texts, by column_stats."""
    return with_files(texts, column_stats)


def batches_of(texts, mean, std, batch_size, cycle):
    """Return the list of batches that csv_dataset reads from CSV texts, as pairs of arrays."""
    def read(paths):
        return [(X.numpy(), y.numpy()) for X, y in csv_dataset(paths, mean, std, batch_size, cycle)]

    return with_files(texts, read)

# %% checks="csv_test" points=2
few = ["rain,snow,warmth,upstream,level\n1,0,5,100,70\n3,,7,100,80\n"]
check.close("An empty field is NaN, and the header is no row",
            batches_of(few, np.zeros(4), np.ones(4), 2, 1)[0],
            (np.array([[1.0, 0, 5, 100], [3, 0, 7, 100]]), np.array([70.0, 80.0])))

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch13 csv")
X_gauge, y_gauge = make_gauges(350, seed, missing=0.1)
texts, center, spread = gauge_csv(X_gauge, y_gauge, 7), np.array([3.0, 20, -1, 500]), np.array([5.0, 20, 9, 40])


def rows_of(cycle=4, size=32):
    return [np.concatenate(parts) for parts in zip(*batches_of(texts, center, spread, size, cycle), strict=True)]


def in_order(X, y):
    return np.column_stack([X, y])[np.argsort(y)]


def files_met(cycle):
    """How many files the first rows are from."""
    return len({int(np.argmin(np.abs(y_gauge - level))) // 50 for level in rows_of(cycle)[1][:cycle]})


def larger(seed):
    head, rows = gauge_csv(*make_gauges(1500, seed), 1)[0].split("\n", 1)
    return [head + "\n" + rows * 8] * 2, center, spread, 256, 2


check.close("Mean and standard deviation are those of all files, without what is missing", stats_of(texts),
            (np.nanmean(X_gauge, axis=0), np.nanstd(X_gauge, axis=0)), rtol=2e-3, weight=2,
            hint="Count the values of each column that are there; sums of squares in float32 are too coarse.")
check.close("All rows of all files come once, standardised with the numbers passed in", in_order(*rows_of()),
            in_order(np.nan_to_num((X_gauge - center) / spread), y_gauge), rtol=1e-3, atol=1e-3, weight=2,
            hint="Skip each file's header. Where a value is missing, 0 stands after scaling, not before.")
check.equal("Files are read side by side", [files_met(3), files_met(5)], [3, 5],
            hint="interleave, with cycle_length=cycle and block_length 1.")
check.equal("The batches have the size asked for", [len(y) for _, y in batches_of(texts, center, spread, 100, 3)],
            [100, 100, 100, 50])
check.raises("A line without level is an error", Exception, batches_of, args=(["h\n1,0,5,9,\n"], center, spread, 8, 1),
             hint="Give decode_csv an empty default for a field that must be there.")
check.faster("Lines are parsed a batch at a time", batches_of, inputs=larger, times=3,
             agrees=lambda a, b: np.isclose(*[sum(float(y.sum()) for _, y in part) for part in (a, b)], rtol=1e-3))
### END HIDDEN TESTS

# %% [markdown]
# ### From files to weights, by hand
#
# `fit` takes a dataset as it is: `model.fit(dataset, epochs=5)`. To see that nothing else is behind it, do it without
# Keras once: weights are `tf.Variable`s, a `tf.GradientTape` records the forward pass, and each batch moves the weights
# a little against the gradient. Put the step into an inner function with `@tf.function`; it runs several times faster.
#
# **Task.** `train_by_hand(batches, epochs, rate)` trains a network with one hidden ReLU layer of 24 neurons and one
# linear output, from (inputs, levels) batches, by gradient descent on the mean squared error (levels are about 100: let
# the output bias begin at `start`). It returns a function that maps inputs (rows, 4) to predictions (rows,). Use
# no Keras; draw the starting weights with `tf.random.stateless_normal`, or with a seeded NumPy generator.
# <!-- covers: 13.6 -->

# %% answer="by_hand"
def train_by_hand(batches, epochs=20, rate=0.001, start=100.0):
    """Return predict(inputs (rows, 4)) -> (rows,), trained on a dataset of (inputs, levels) batches."""
    ### BEGIN SOLUTION
    W1 = tf.Variable(tf.random.stateless_normal((4, 24), (1, 2)) * 0.7)
    w2 = tf.Variable(tf.random.stateless_normal((24, 1), (3, 4)) * 0.3)
    b1, b2 = tf.Variable(tf.zeros(24)), tf.Variable(start)
    weights = [W1, b1, w2, b2]

    def forward(inputs):
        hidden = tf.nn.relu(tf.cast(inputs, tf.float32) @ W1 + b1)
        return (hidden @ w2)[:, 0] + b2

    @tf.function(reduce_retracing=True)
    def step(inputs, levels):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((forward(inputs) - levels) ** 2)
        for weight, slope in zip(weights, tape.gradient(loss, weights), strict=True):
            weight.assign_sub(rate * slope)

    for _ in range(epochs):
        for inputs, levels in batches:
            step(inputs, levels)
    return forward
    ### END SOLUTION

# %% given="hand_training"
def gauge_model(X, y, **options):
    """Return (predict, mean, std): trained by hand on the rows, standardised, missing values at the mean."""
    mean, std = np.nanmean(X, axis=0), np.nanstd(X, axis=0)
    inputs = np.nan_to_num((X - mean) / std).astype(np.float32)
    rows = tf.data.Dataset.from_tensor_slices((inputs, y.astype(np.float32))).shuffle(len(y), seed=3)
    return train_by_hand(rows.batch(32), **options), mean, std

# %% checks="by_hand_test" points=1
predict, mean, std = gauge_model(*make_gauges(2000, seed=13))
check.shape("The returned function gives one level per row", predict(np.zeros((3, 4), np.float32)), (3,))

### BEGIN HIDDEN TESTS
X_year, y_year = make_gauges(1500, datasets.hidden_seed("ch13 year"))
X_year = np.nan_to_num((X_year - mean) / std).astype(np.float32)


def after_one_step(rate):
    """What a row of means gets after one step, from a start at 0, on a batch whose levels are 50."""
    two_rows, levels = np.tile([[1.0, 2, 0, 5], [3, 0, 1, 9]], (16, 1)), np.full(32, 50.0)
    moved, _, _ = gauge_model(two_rows, levels, epochs=1, rate=rate, start=0.0)
    return float(np.ravel(moved(np.zeros((1, 4), np.float32)))[0])


check.score("The levels of another year are predicted", y_year,
            np.asarray(predict(X_year), dtype=float).ravel(), metric="r2", at_least=0.8,
            hint="Does every weight get its gradient, and does the ReLU stand between the two layers?")
check.true("A rate of zero changes nothing, and a small one moves towards the levels",
           bool(0.003 < after_one_step(1e-4) - after_one_step(0.0) < 1.0), hint="Use the arguments.")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4 — Records
#
# CSV is slow to read and cannot hold an image. TensorFlow's own format is a file of *records*, each a string of
# bytes, whatever is in it. Usually that is a *protocol buffer*, a compact form with named fields that any language
# can read. The one called `Example` is a dict from names to lists, of bytes, of floats or of whole numbers:
#
# ```
# whole = tf.train.Feature(int64_list=tf.train.Int64List(value=[7]))
# words = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"north", b"gate"]))
# example = tf.train.Example(features=tf.train.Features(feature={"label": whole, "tags": words}))
# data = example.SerializeToString()
# ```
#
# `tf.io.TFRecordWriter(path, options=tf.io.TFRecordOptions(compression_type="GZIP"))` writes records (`write(data)`)
# into a compressed file, `tf.data.TFRecordDataset(paths, compression_type="GZIP")` reads them; a reader must be told
# what the writer did (without compression: `""`). `tf.io.parse_example` parses a whole batch in one go, by a
# description of the features: `FixedLenFeature([], tf.string)` for exactly one value, `RaggedFeature(tf.string)` for
# any number.
#
# **Task.** Each item is an 8×8 image (uint8), a label and a list of tags, which may be empty.
#
# - `write_records` writes item `i` into file number `i % n_files` in the folder, and returns the list of paths.
#   Features: `image`, the 64 bytes of the image (`image.tobytes()`); `label`; `tags`, in UTF-8.
# - `read_records` returns a dataset of batches, file after file: dicts with `image` (rows, 8, 8) uint8 (see
#   `tf.io.decode_raw`), `label` (rows,) and `tags`, ragged. Batch first, then parse.
# <!-- covers: 13.2 13.N5 13.N6 13.N7 13.N8 -->

# %% given="photos"
def make_photos(n, seed):
    """Return (images (n, 8, 8) uint8, labels, tags): digits from scikit-learn with 0 to 4 tags each."""
    rng = np.random.default_rng(seed)
    bunch, names = load_digits(), ["ink", "ball-pen", "blurred", "señal", "1997", "left hand"]
    rows = rng.permutation(1797)[:n] if n <= 1797 else rng.integers(0, 1797, n)
    tags = [[names[i] for i in rng.choice(6, rng.integers(0, 5), replace=False)] for _ in rows]
    return bunch.images[rows].astype(np.uint8) * 15, [int(label) for label in bunch.target[rows]], tags

# %% answer="write"
def write_records(images, labels, tags, folder, n_files=1, gzip=False):
    """Write the items to n_files TFRecord files in the folder and return their paths."""
    ### BEGIN SOLUTION
    def feature_of(values):
        if isinstance(values[0] if values else b"", bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    options = tf.io.TFRecordOptions(compression_type="GZIP" if gzip else "")
    paths = [f"{folder}/photos_{number:02}.tfrecord" for number in range(n_files)]
    writers = [tf.io.TFRecordWriter(path, options=options) for path in paths]
    for number, (image, label, words) in enumerate(zip(images, labels, tags, strict=True)):
        feature = {"image": feature_of([np.asarray(image, np.uint8).tobytes()]), "label": feature_of([int(label)]),
                   "tags": feature_of([word.encode() for word in words])}
        example = tf.train.Example(features=tf.train.Features(feature=feature))
        writers[number % n_files].write(example.SerializeToString())
    for writer in writers:
        writer.close()
    return paths
    ### END SOLUTION

# %% given="written_files"
def written(images, labels, tags, **options):
    """Return the contents of the files that write_records writes, as a list of bytes."""
    with tempfile.TemporaryDirectory() as folder:
        return [Path(path).read_bytes() for path in write_records(images, labels, tags, folder, **options)]

# %% checks="write_test" points=1
check.equal("Three items make two files, none of them empty",
            [len(content) > 100 for content in written(*make_photos(3, seed=4), n_files=2)], [True, True])

### BEGIN HIDDEN TESTS
seed, n = datasets.hidden_seed("ch13 write"), 41
photos = make_photos(n, seed)


def unframed(content):
    """The items in a TFRecord file, each (image, label, tags): every record is framed by 12 and 4 bytes."""
    at, items = 0, []
    while at < len(content):
        size = int.from_bytes(content[at : at + 8], "little")
        found = tf.train.Example.FromString(content[at + 12 : at + 12 + size]).features.feature
        items.append((list(found["image"].bytes_list.value), list(found["label"].int64_list.value),
                      [tag.decode() for tag in found["tags"].bytes_list.value]))
        at += size + 16
    return items


def asked(part, n_files):
    items = [([image.tobytes()], [label], tags) for image, label, tags in zip(*photos, strict=True)]
    return [[item[part] for item in items[number::n_files]] for number in range(n_files)]


def told(part, n_files):
    return [[item[part] for item in unframed(content)] for content in written(*photos, n_files=n_files)]


def packed():
    import gzip

    plain, small = written(*photos), written(*photos, gzip=True)
    return [len(small[0]) < 0.7 * len(plain[0]), gzip.decompress(small[0]) == plain[0]]


check.equal("Images are there byte by byte", told(0, 1), asked(0, 1), hint="64 bytes of type uint8 each.")
check.equal("Labels are whole numbers, dealt out to the files in turn", told(1, 3), asked(1, 3),
            hint="Item i belongs into file i % n_files.")
check.equal("Tags are there in UTF-8, as many as each item has", told(2, 2), asked(2, 2))
check.equal("With gzip=True the same records take much less room", packed(), [True, True],
            hint="Pass the compression type to the writer.")
### END HIDDEN TESTS

# %% answer="read"
def read_records(paths, gzip=False, batch_size=32):
    """Return a tf.data.Dataset of dicts: image (rows, 8, 8) uint8, label (rows,), tags (ragged strings)."""
    ### BEGIN SOLUTION
    features = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64),
                "tags": tf.io.RaggedFeature(tf.string)}

    def parse(records):
        found = tf.io.parse_example(records, features)
        found["image"] = tf.reshape(tf.io.decode_raw(found["image"], tf.uint8), (-1, 8, 8))
        return found

    records = tf.data.TFRecordDataset(list(paths), compression_type="GZIP" if gzip else "")
    return records.batch(batch_size).map(parse, num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)
    ### END SOLUTION

# %% given="files_read"
def read_back(contents, gzip, batch_size):
    """Return (images, labels, tags) for each batch that read_records reads from files with these contents."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{number}" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            Path(path).write_bytes(content)
        batches = [(batch["image"].numpy(), batch["label"].numpy(), batch["tags"].to_list())
                   for batch in read_records(paths, gzip, batch_size)]
    return [(image, label, [[tag.decode() for tag in tags] for tags in words]) for image, label, words in batches]

# %% checks="read_test" points=1
check.equal("Five labels come back in two batches",
            [batch[1].tolist() for batch in read_back(written(*make_photos(5, seed=4)), False, 3)],
            [make_photos(5, seed=4)[1][:3], make_photos(5, seed=4)[1][3:]])

### BEGIN HIDDEN TESTS
photos, many = make_photos(50, datasets.hidden_seed("ch13 read")), {}


def framed(items, gzip):
    """The contents of a file with these items, written by TensorFlow."""
    with tempfile.TemporaryDirectory() as folder:
        with tf.io.TFRecordWriter(f"{folder}/a", "GZIP" if gzip else None) as writer:
            for image, label, tags in zip(*items, strict=True):
                lists = {"image": {"bytes_list": {"value": [image.tobytes()]}},
                         "label": {"int64_list": {"value": [label]}},
                         "tags": {"bytes_list": {"value": [tag.encode() for tag in tags]}}}
                feature = {name: tf.train.Feature(**values) for name, values in lists.items()}
                writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
        return Path(f"{folder}/a").read_bytes()


def came(part, gzip=False):
    files = [framed([column[:30] for column in photos], gzip), framed([column[30:] for column in photos], gzip)]
    return [row for batch in read_back(files, gzip, 8) for row in batch[part]]


def inputs(seed):
    if not many:
        many["file"] = framed(make_photos(5000, seed), False)
    return [many["file"]], False, 256


check.equal("Images come back as they were, file after file", np.array(came(0)), photos[0],
            hint="decode_raw gives one row of 64 numbers per image.")
check.equal("Labels come back from compressed files", [int(label) for label in came(1, gzip=True)], photos[1],
            hint="Tell the reader what the writer did.")
check.equal("Tags come back, as many as each item has", came(2), photos[2], hint="RaggedFeature")
check.faster("Records are parsed a batch at a time", read_back, inputs=inputs, times=2,
             agrees=lambda found, right: len(found) == len(right) and np.array_equal(found[-1][0], right[-1][0]))
### END HIDDEN TESTS

# %% [markdown]
# ### What is in the bytes?
#
# Formats stop being magic once you have read one. A TFRecord file is record after record, each made of
#
# - 8 bytes: the length $n$ of the data, a whole number, lowest byte first (*little endian*);
# - 4 bytes: a check sum of these 8; then the $n$ bytes of data; then 4 bytes: a check sum of the data.
#
# Inside a protocol buffer, whole numbers are *varints*: seven bits per byte, lowest first, and the highest bit of
# a byte says that another one follows. So 5 takes one byte, and 300 the two bytes `b"\xac\x02"`.
#
# And a `SequenceExample` is a protocol buffer for items that are *lists of lists*: a `context` (like the features of an
# Example), and `feature_lists`, from names to lists of features, here one feature per line of a poem.
#
# **Task.** `split_records` returns the data of each record of an uncompressed file's content (check sums need not be
# verified), and raises `ValueError` if the content is cut off in the middle of one. `varint(n)` returns the bytes of a
# number that is not negative. `poem_record` returns a serialised `SequenceExample`: context `title` (one bytes value),
# feature list `lines`, whose features are the words of one line each (`tf.train.SequenceExample`,
# `tf.train.FeatureLists`, `tf.train.FeatureList`).
# <!-- covers: 13.2 13.N6 13.N7 -->

# %% answer="bytes"
def split_records(content):
    """Return a list of bytes, the data of each record in the content (bytes) of a TFRecord file."""
    ### BEGIN SOLUTION
    records, at = [], 0
    while at < len(content):
        start = at + 12
        end = start + int.from_bytes(content[at : at + 8], "little")
        if start > len(content) or end + 4 > len(content):
            raise ValueError("The content ends in the middle of a record.")
        records.append(content[start:end])
        at = end + 4
    return records
    ### END SOLUTION


def varint(n):
    """Return the bytes of a whole number n >= 0, seven bits in each, lowest first."""
    ### BEGIN SOLUTION
    found = []
    while n > 127:
        found.append(n % 128 + 128)
        n //= 128
    return bytes([*found, n])
    ### END SOLUTION


def poem_record(title, lines):
    """Return the bytes of a SequenceExample: title is a str, lines a list of lists of words (str)."""
    ### BEGIN SOLUTION
    def words_of(words):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[word.encode() for word in words]))

    context = tf.train.Features(feature={"title": words_of([title])})
    listed = tf.train.FeatureLists(
        feature_list={"lines": tf.train.FeatureList(feature=[words_of(line) for line in lines])}
    )
    return tf.train.SequenceExample(context=context, feature_lists=listed).SerializeToString()
    ### END SOLUTION

# %% checks="bytes_test" points=1
check.equal("300 is written as two bytes", varint(300), b"\xac\x02")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch13 bytes"))
payloads = [rng.bytes(int(size)) for size in [0, *rng.integers(1, 2000, 6), 70_000]]
numbers = [0, 1, 127, 128, 16_383, 16_384, *(int(n) for n in rng.integers(2**20, 2**60, 5))]
lines = [[f"word{int(w)}" for w in rng.integers(0, 99, size)] for size in (3, 0, 5)]


def content():
    with tempfile.TemporaryDirectory() as folder:
        with tf.io.TFRecordWriter(f"{folder}/a") as writer:
            for payload in payloads:
                writer.write(payload)
        return Path(f"{folder}/a").read_bytes()


def poem():
    found = tf.train.SequenceExample.FromString(poem_record("Über", lines))
    rows = found.feature_lists.feature_list["lines"].feature
    return found.context.feature["title"].bytes_list.value[0].decode(), [
        [word.decode() for word in row.bytes_list.value] for row in rows]


check.equal("All records of a file are found, empty ones too", split_records(content()), payloads,
            hint="12 bytes before the data, 4 behind it.")
for lost in (1, 4, 100, len(content()) - 6):
    check.raises("Content that is cut off raises ValueError", ValueError, split_records, args=(content()[:-lost],))
check.equal("Any number is written as protocol buffers do", [varint(n) for n in numbers],
            [tf.train.Int64List(value=[n]).SerializeToString()[2:] for n in numbers],
            hint="The highest bit is set in all bytes but the last.")
check.equal("The poem has its title and one feature for each line", poem(), ("Über", lines))
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5 — Preprocessing inside the model
#
# A network wants numbers of similar size. Keras has layers for that. Some learn from data first, by `adapt`:
#
# | layer | makes of it |
# |---|---|
# | `Normalization` | numbers with mean 0 and standard deviation 1 (adapt) |
# | `Discretization(bin_boundaries)` | the number of the bin; bins suit effects that jump |
# | `CategoryEncoding(n, output_mode="one_hot")` | one-hot columns of whole numbers 0 to n - 1 |
# | `IntegerLookup`, `StringLookup` | the place of a code or word in a vocabulary (adapt, or given) |
# | `Hashing(n)` | one of n numbers for any text, without a vocabulary; different texts may share one |
#
# What a lookup has never seen is *out of vocabulary* and gets the number 0; several (`num_oov_indices`) are possible.
#
# One-hot columns treat all categories as equally different. An *embedding* gives each category a short vector that is
# *trained* with the rest of the network, so that similar categories come to lie close: `Embedding(n, 4)` is a one-hot
# vector times a trained matrix (n, 4), only faster. Take few dimensions for few categories.
#
# The data: trips of bicycle couriers. A trip has a distance in `metres`, an `hour` (0 to 23), a `temperature`, a
# `district` and a `street`; how many `minutes` did it take?
#
# **Task.** `encoders(train)` returns a dict of five layers, those that need it adapted to the frame `train`. Each
# takes a column (rows, 1). `metres`: Normalization. `hour`: one-hot, 24 columns. `temperature`: one-hot, four columns,
# for the bins below 0, 0 to 10, 10 to 20 and 20 or more (`output_mode="one_hot"`). `district`: StringLookup, whole
# numbers. `street`: Hashing into 50 numbers.
# <!-- covers: 13.3 13.N9 13.N11 -->

# %% given="trips"
def make_trips(n, seed, unknown=0.0):
    """Return a frame of n trips; a share of them, unknown, goes to new districts, where nothing is special."""
    rng = np.random.default_rng(seed)
    delays = np.random.default_rng(13).normal(0, 6, 30)
    hour, area, metres = rng.integers(0, 24, n), rng.integers(0, 30, n), rng.gamma(4.0, 900.0, n)
    new, temperature = rng.random(n) < unknown, rng.normal(9, 9, n)
    pace = 4.0 + 2.0 * np.isin(hour, [7, 8, 12, 16, 17, 18]) - 1.0 * (hour < 6)  # minutes per kilometre
    minutes = 8 + pace * metres / 1000 + np.where(new, 0, delays[area]) + 8 * (temperature < 0) + rng.normal(0, 2, n)
    named = [f"New town {number}" if is_new else f"District {number}" for number, is_new in zip(area, new, strict=True)]
    street = [f"Street {number}" for number in rng.integers(0, 2000, n)]
    return pd.DataFrame({"metres": metres, "hour": hour, "temperature": temperature, "district": named,
                         "street": street, "minutes": minutes})


def as_inputs(frame):
    """Return {name: tensor (rows, 1)} for the five columns that are known before a trip."""
    return {name: tf.constant(frame[name].tolist(), kind, (len(frame), 1))
            for name, kind in {"metres": tf.float32, "hour": tf.int32, "temperature": tf.float32,
                               "district": tf.string, "street": tf.string}.items()}


def as_batches(frame):
    """Return a tf.data.Dataset of (inputs, minutes (rows, 1)) batches, shuffled, for fit."""
    rows = tf.data.Dataset.from_tensor_slices((as_inputs(frame), frame[["minutes"]].to_numpy()))
    return rows.shuffle(len(frame), seed=1).batch(32)


trips = make_trips(2500, seed=5)

# %% answer="encoders"
def encoders(train):
    """Return {name: layer} for metres, hour, temperature, district and street."""
    ### BEGIN SOLUTION
    metres, district = keras.layers.Normalization(), keras.layers.StringLookup()
    metres.adapt(train[["metres"]].to_numpy())
    district.adapt(train["district"].tolist())
    return {
        "metres": metres,
        "hour": keras.layers.CategoryEncoding(24, output_mode="one_hot"),
        "temperature": keras.layers.Discretization([0.0, 10.0, 20.0], output_mode="one_hot"),
        "district": district,
        "street": keras.layers.Hashing(50),
    }
    ### END SOLUTION

# %% given="encoded"
def encoded(train, frame):
    """Return {name: array} of what the five layers, adapted to train, make of the columns of frame."""
    layers, inputs = encoders(train), as_inputs(frame)
    return {name: np.asarray(layers[name](inputs[name])) for name in inputs}

# %% checks="encoders_test" points=1
check.equal("Hours and temperatures become 24 and 4 columns",
            [encoded(trips, trips[:3])[name].shape for name in ("hour", "temperature")], [(3, 24), (3, 4)])

### BEGIN HIDDEN TESTS
seed = datasets.hidden_seed("ch13 encoders")
old, new, memo = make_trips(400, seed), make_trips(300, seed + 1, unknown=0.3), {}
old["metres"] = old["metres"] * 3 + 5000


def got(name):
    if not memo:
        memo.update(encoded(old, new))
    return memo[name]


def lookup():
    """Numbers of new districts; and whether those of the others are 1, 2, ... in a one-to-one manner."""
    found, known = np.ravel(got("district")), new["district"].isin(old["district"]).to_numpy()
    pairs = set(zip(new["district"][known], found[known].tolist(), strict=True))
    sizes = len({name for name, _ in pairs}), len({number for _, number in pairs})
    return set(found[~known].tolist()), len(pairs) == sizes[0] == sizes[1] and 1 <= found[known].min()


check.close("Metres are normalised with the mean and standard deviation of the training frame", got("metres"),
            (new[["metres"]].to_numpy() - old["metres"].mean()) / old["metres"].std(ddof=0), rtol=1e-3, atol=1e-3)
check.equal("The hour is one-hot", [np.argmax(got("hour"), axis=1).tolist(), got("hour").sum(axis=1).tolist()],
            [new["hour"].tolist(), [1.0] * 300])
check.equal("The temperature falls into one of four bins", np.argmax(got("temperature"), axis=1).tolist(),
            np.digitize(new["temperature"], [0, 10, 20]).tolist(), hint="Three boundaries make four bins.")
check.equal("Each district has its number, and those never seen share 0", lookup(), ({0}, True),
            hint="Adapt the lookup to the training frame.")
check.equal("Streets are hashed into 50 numbers, all of them used, the same for the same street",
            [len(np.unique(got("street"))) > 40, int(got("street").min()) >= 0, int(got("street").max()) < 50,
             np.array_equal(encoded(new, new)["street"], got("street"))], [True] * 4)
### END HIDDEN TESTS

# %% [markdown]
# ### One file that knows it all
#
# With the layers inside, the model takes raw columns, and `model.save` keeps vocabularies and means with the weights.
# Whoever loads the file cannot prepare the data in another way than you did.
#
# **Task.** `train_model(train)` builds a model with the functional API, trains it for at most ten epochs on
# `as_batches(train)` (already shuffled, so `fit(..., shuffle=False)`) and returns it. Its inputs are called like the
# columns and have the shape (1,): `metres`, `hour` (`dtype="int32"`), `temperature`, `district` and `street`
# (`dtype="string"`). Pass them as a dict to `keras.Model`. Use your encoders, an `Embedding` for the district, then
# hidden layers as you see fit. Streets tell nothing about the time (try it): take the input, and leave it out of the
# network, or give its numbers a small embedding. Seed Keras.

# %% answer="model"
def train_model(train):
    """Return a trained Keras model from raw columns, a dict of (rows, 1), to minutes (rows, 1)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(5)
    kinds = {"hour": "int32", "district": "string", "street": "string"}
    names = ("metres", "hour", "temperature", "district", "street")
    inputs = {name: keras.layers.Input((1,), dtype=kinds.get(name, "float32"), name=name) for name in names}
    layers = encoders(train)
    found = {name: layers[name](inputs[name]) for name in names[:4]}
    place = keras.layers.Embedding(layers["district"].vocabulary_size(), 4)(found.pop("district"))
    joined = keras.layers.concatenate([*found.values(), keras.layers.Flatten()(place)])
    hidden = keras.layers.Dense(48, activation="relu")(joined)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.01))
    model.fit(as_batches(train), epochs=10, shuffle=False, verbose=0)
    return model
    ### END SOLUTION

# %% given="model_files"
def guesses(model, frame):
    """Return the minutes that a model predicts for the raw columns of a frame, as an array (rows,)."""
    return np.asarray(model(as_inputs(frame)))[:, 0]


def loaded_again(model):
    """Return the model that comes back from a .keras file."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/trips.keras")
        return keras.models.load_model(f"{folder}/trips.keras")


def trained(frame):
    """Return what train_model makes of a frame."""
    return train_model(frame)

# %% checks="model_test" points=1
trip_model = trained(trips)
check.score("The trips it was trained on are predicted to 4 minutes", trips["minutes"][:400].to_numpy(),
            guesses(trip_model, trips[:400]), metric="rmse", at_most=4.0, hint="Which of the columns reaches the hidden layers? Is metres normalised?")

### BEGIN HIDDEN TESTS
seed, memo = datasets.hidden_seed("ch13 model"), {}
later, one = make_trips(1500, seed), make_trips(1, seed + 1)
one["metres"], one["temperature"] = 3000.0, 15.0
odd = pd.concat([one] * 26, ignore_index=True)
odd.loc[:23, "hour"] = np.arange(24)
odd.loc[24:, "district"] = ["Atlantis", "Xanadu"]


def asked():
    if not memo:
        found = np.asarray(guesses(trip_model, pd.concat([later, odd], ignore_index=True)))
        memo.update(found=found, odd=found[1500:])
    return memo


def rush_hours():
    """Minutes more in the hours of the rush than next to them; the truth for 3 km is 6."""
    return asked()["odd"][[7, 8, 12, 16, 17, 18]].mean() - asked()["odd"][[6, 10, 11, 13, 14, 19, 20]].mean()


check.score("New trips are predicted", later["minutes"].to_numpy(), asked()["found"][:1500], metric="rmse",
            at_most=3.0, weight=2, hint="District, hour and ice each explain several minutes.")
check.true("Each hour of the day counts by itself", bool(3.5 < rush_hours() < 8.5),
           hint="The hour is no quantity: its one-hot columns go into the network.")
check.true("Districts it has never heard of are all treated alike", bool(asked()["odd"][24] == asked()["odd"][25]))
check.close("Loaded from its file, the model makes the same of raw trips", guesses(loaded_again(trip_model), odd),
            asked()["odd"], rtol=1e-4, atol=1e-3, hint="Everything that was adapted has to be a part of the model.")
### END HIDDEN TESTS

# %% [markdown]
# **Think.** A team prepares its data in a notebook (means, vocabularies, bins) and trains on the result. The app that
# uses the model does the same steps again, rewritten in another language. In the notebook the error is 2.4 minutes, in
# the app 5. Nobody finds a bug in the model.
#
# Write a few sentences: Name two ways in which such a *training/serving skew* comes about, and how you would look for
# it. How do layers inside the model prevent it, and at what price in training time? What would you put into the
# pipeline (`dataset.map`) all the same, and why not into the model?

# %% [markdown] essay="skew" points=2
# ### BEGIN SOLUTION
# Skew comes about when the two programs differ: another rounding or unit, a bin boundary that belongs to the other
# side, words split or lower-cased in another way, means computed again on the app's own data, a vocabulary in another
# order or of an older date, missing values filled differently. To find it, send the same raw rows through both
# programs and compare what reaches the network, column by column; log raw inputs of the app and replay
# them. (1 point)
#
# If the layers belong to the model, there is one program and one file, so nothing can differ. The price: the work is
# done again for every row in every epoch, on the machine that trains. Applying the same layers in `dataset.map` while
# training (in parallel on the CPU, once and then cached), and putting them in front of the trained network afterwards
# for export, avoids that without a second program; TF Transform does so for very large data. What belongs to training
# only, such as shuffling and random changes of images, stays in the pipeline, for nobody wants it when
# predicting. (1 point)
# ### END SOLUTION

# %% [markdown]
# ## Exercise 6 — Sentences
#
# `TextVectorization` splits text into words, looks them up, and gives a row of numbers (`output_mode="int"`, filled
# with 0 to equal length) or one column per word: `"multi_hot"`, `"count"`, or `"tf_idf"`, counts with a weight that
# is small for words that are everywhere. In Keras, with $N$ documents, of which $d_w$ have the word $w$:
#
# $$\text{tf-idf}(w, \text{text}) = \text{count}(w, \text{text}) \cdot \ln\Big(1 + \frac{N}{1 + d_w}\Big)$$
#
# **Task.** Compute it yourself, for texts in lower case with words separated by blanks. `idf_weights(texts, words)`
# returns the weights, the logarithms, of the words; `tf_idf(texts, words, idf)` the table (texts, words). Words that
# are not in `words` do not count. There may be thousands of both, so look words up in a dict.
# <!-- covers: 13.N9 -->

# %% answer="tf_idf"
def idf_weights(texts, words):
    """Return an array (words,): ln(1 + N / (1 + number of texts that have the word))."""
    ### BEGIN SOLUTION
    places, having = {word: place for place, word in enumerate(words)}, np.zeros(len(words))
    for text in texts:
        for word in set(text.split()):
            if word in places:
                having[places[word]] += 1
    return np.log(1 + len(texts) / (1 + having))
    ### END SOLUTION


def tf_idf(texts, words, idf):
    """Return an array (texts, words) of counts times weights."""
    ### BEGIN SOLUTION
    places, counts = {word: place for place, word in enumerate(words)}, np.zeros((len(texts), len(words)))
    for row, text in enumerate(texts):
        for word in text.split():
            if word in places:
                counts[row, places[word]] += 1
    return counts * idf
    ### END SOLUTION

# %% checks="tf_idf_test" points=1
check.close("A word in one of three texts weighs ln(1 + 3/2), one in all three ln(1 + 3/4)",
            idf_weights(["a b", "a a", "a c"], ["b", "a"]), np.log([2.5, 1.75]))

### BEGIN HIDDEN TESTS
def invented(seed, texts, length, words):
    rng = np.random.default_rng(seed)
    return [" ".join(f"w{int(n)}" for n in rng.geometric(4 / words, rng.integers(1, length))) for _ in range(texts)]


seed = datasets.hidden_seed("ch13 tf-idf")
known, new = invented(seed, 60, 30, 80), invented(seed + 1, 40, 30, 120)
layer = keras.layers.TextVectorization(output_mode="tf_idf")
layer.adapt(known)
words = layer.get_vocabulary()[1:]
weights = np.array([np.log(1 + 60 / (1 + sum(word in text.split() for text in known))) for word in words])


def many(draw):
    return invented(draw, 600, 60, 1500), [f"w{n}" for n in range(1500)], np.linspace(1, 2, 1500)


check.close("The weights are the logarithms of the formula", idf_weights(known, words), weights,
            hint="Natural logarithm; a text counts once, however often it has the word.")
check.close("The table is that of Keras' own layer", tf_idf(new, words, idf_weights(known, words)),
            np.asarray(layer(tf.constant(new)))[:, 1:], rtol=1e-4, atol=1e-4,
            hint="Counts of the words in each text, times the weights; unknown words have no column.")
check.close("The table uses the weights it is given", tf_idf(new, words, weights + 1), tf_idf(new, words, weights)
            + tf_idf(new, words, np.ones(len(words))))
check.faster("Thousands of words are counted in one pass over each text", tf_idf, inputs=many, times=4)
### END HIDDEN TESTS

# %% [markdown]
# ### A sentence as a mean of vectors
#
# With an embedding, a sentence of any length becomes one vector: the mean of the vectors of its words. But the rows of
# numbers are filled up with 0, and the fill must not count: a sentence is the same sentence however long the others in
# its batch are.
#
# **Task.** `sentence_vectors(ids, vectors)` returns the means, (texts, dim), without Python loops. A text without
# words is the vector 0.
# <!-- covers: 13.3 13.N11 -->

# %% answer="sentences"
def sentence_vectors(ids, vectors):
    """Return the mean vector of each text: ids (texts, length) whole numbers, 0 for fill; vectors (words, dim)."""
    ### BEGIN SOLUTION
    real = (ids > 0)[:, :, None]
    return (vectors[ids] * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)
    ### END SOLUTION

# %% checks="sentences_test" points=1
check.close("Word 1 and word 2 have the mean of their vectors",
            sentence_vectors(np.array([[1, 2, 0]]), np.array([[9.0, 9.0], [1.0, 0.0], [3.0, 4.0]])),
            np.array([[2.0, 2.0]]), hint="Vector number 0 belongs to the fill, and counts for nothing.")

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch13 sentences"))
vectors, ids = rng.normal(size=(50, 6)), rng.integers(1, 50, (40, 12))
ids[np.arange(12) >= rng.integers(1, 13, 40)[:, None]] = 0
ids[7] = 0


def one_hot_times_matrix(ids, vectors):
    rows = [np.eye(len(vectors))[row[row > 0]] @ vectors for row in ids]
    return np.array([row.mean(axis=0) if len(row) else np.zeros(vectors.shape[1]) for row in rows])


def longer(draw):
    rng = np.random.default_rng(draw)
    return rng.integers(0, 500, (6000, 40)), rng.normal(size=(500, 16))


check.close("Each text has the mean of one-hot rows times the matrix", sentence_vectors(ids[:7], vectors),
            one_hot_times_matrix(ids[:7], vectors), hint="Divide by the number of words, not by the length of the row.")
check.invariant("More fill at the end changes nothing", sentence_vectors, args=(ids[:7], vectors),
                changed=(np.pad(ids[:7], ((0, 0), (0, 9))), vectors))
check.close("A text without words is the vector 0", sentence_vectors(ids, vectors)[7], np.zeros(6),
            hint="Do not divide by zero.")
check.unchanged("The vectors stay as they are", sentence_vectors, args=(ids, vectors))
check.faster("No loop over texts", sentence_vectors, inputs=longer, times=3)
### END HIDDEN TESTS

# %% [markdown]
# ### Good or bad?
#
# `make_reviews` invents short reviews in the manner of the famous 50,000 of the Internet Movie Database (IMDB): a few
# opinions among many words that say nothing, and some opinions are denied: "not awful". A bag of single words
# cannot tell who is denied; pairs of neighbouring words can (`ngrams=2`: single words and pairs).
#
# **Task.** `train_reviews(texts, labels)` returns a trained Keras model that takes raw texts, a tensor of strings
# (rows, 1), and gives the probability of a good review, (rows, 1). The vectorisation is a layer of the model, adapted
# to the texts. It has eight seconds.
# <!-- covers: 13.N9 13.N12 -->

# %% given="reviews"
def make_reviews(n, seed, denied=0.35):
    """Return n texts and labels (n,): 1 for a good review, 0 for a bad one; a share of the opinions is denied."""
    rng = np.random.default_rng(seed)
    good = "great fine lovely superb funny moving brilliant charming".split()
    bad = "awful dull weak boring clumsy silly terrible flat".split()
    plain = "the a film actor plot scene it was with and of camera story music end very while she he they saw".split()
    texts, labels = [], rng.integers(0, 2, n)
    for label in labels:
        words = list(rng.choice(plain, rng.integers(8, 25)))
        for kind in rng.permutation([label] * int(rng.integers(2, 4)) + [1 - label]):
            deny = rng.random() < denied
            word = str(rng.choice(good if kind != deny else bad))
            words.insert(int(rng.integers(len(words))), f"not {word}" if deny else word)
        texts.append(" ".join(words))
    return texts, labels


review_texts, review_labels = make_reviews(1500, seed=6)

# %% answer="review_model"
def train_reviews(texts, labels):
    """Return a trained Keras model from texts, a string tensor (rows, 1), to probabilities (rows, 1)."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(6)
    vectorize = keras.layers.TextVectorization(max_tokens=2000, ngrams=2, output_mode="count")
    vectorize.adapt(list(texts))
    model = keras.Sequential([keras.layers.Input((1,), dtype="string"), vectorize])
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02))
    rows = tf.data.Dataset.from_tensor_slices((tf.constant(list(texts))[:, None], np.asarray(labels)[:, None]))
    model.fit(rows.shuffle(len(texts), seed=6).batch(32), epochs=8, shuffle=False, verbose=0)
    return model
    ### END SOLUTION

# %% given="review_answers"
def opinions(train_texts, train_labels, texts):
    """Return the probabilities (rows,) that train_reviews, trained on the first texts, gives for the last."""
    model = train_reviews(train_texts, train_labels)
    return np.asarray(model(tf.constant(list(texts))[:, None]))[:, 0]

# %% checks="reviews_test" points=1
asked = ["a great film", "the plot was not great", "it was not awful and she was superb"]
answered = opinions(review_texts, review_labels, asked)
check.probabilities("Each text has a probability", answered)

### BEGIN HIDDEN TESTS
new_texts, new_labels = make_reviews(1500, datasets.hidden_seed("ch13 reviews"), denied=0.4)
answered_new = opinions(review_texts, review_labels, new_texts)
check.score("New reviews are told apart, denied opinions too", new_labels, (answered_new > 0.5).astype(int),
            at_least=0.85, weight=2, hint="Pairs of words know what is denied.")
check.score("The probabilities can be trusted", new_labels, answered_new, metric="log_loss", at_most=0.4)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 7 — Do the work once
#
# A GPU that waits for its data is an expensive heater. Four steps help: `num_parallel_calls=tf.data.AUTOTUNE` lets `map`
# use all cores; `cache()` keeps what came through it in memory (or in a file), so that everything *before* it is done
# in the first epoch only; mapping batches instead of rows; and `prefetch`. Mind what stands before `cache`: an order
# that was shuffled before it, or a picture that was changed at random, stays the same for ever.
#
# For images, some layers belong to the preparation of every image (`Resizing`, `Rescaling`, `CenterCrop`), others
# change images at random while training (`RandomTranslation`, `RandomRotation`, `RandomFlip`, ...). When predicting
# they do nothing: `predict` sees to that; whoever calls them directly must say `training=False`. Only changes that
# leave the label true make sense: a digit may move a little, but must not be mirrored.
#
# **Task.** `image_layers(size)` returns a `keras.Sequential` for grey images (rows, height, width, 1) with values
# from 0 to 255, of any size: resized to (size, size), rescaled to 0…1, and in training moved at random, by up to a
# tenth in each direction (the gap filled with a constant 0).
#
# `fast_pipeline` puts the steps in the right order: `prepare` is slow, and always gives the same for the same item;
# `change` is quick, and random. The items are mixed anew in each epoch, all of them with each other.
# <!-- covers: 13.1 13.N1 13.N4 13.N10 -->

# %% answer="image_layers"
def image_layers(size):
    """Return a keras.Sequential from grey images (rows, h, w, 1) to (rows, size, size, 1)."""
    ### BEGIN SOLUTION
    return keras.Sequential([
        keras.layers.Resizing(size, size),
        keras.layers.Rescaling(1 / 255),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
    ])
    ### END SOLUTION

# %% checks="images_test" points=1
check.shape("Images of 20 by 20 become images of 10 by 10",
            image_layers(10)(np.zeros((2, 20, 20, 1), np.float32)), (2, 10, 10, 1))

### BEGIN HIDDEN TESTS
rng = np.random.default_rng(datasets.hidden_seed("ch13 images"))
pictures = rng.integers(0, 256, (3, 24, 24, 1)).astype(np.float32)
spot = np.zeros((60, 30, 30, 1), np.float32)
spot[:, 8:12, 19:23] = 200.0  # above and to the right of the middle
layers, moved = image_layers(12), {}


def called(images, training=False):
    return layers(images, training=training)


def centers():
    """How far the spot moved, (60, 2) rows and columns, and its sum, each time as a share of the side or of before."""
    if not moved:
        found = np.asarray(image_layers(30)(spot, training=True))[..., 0]
        total = found.sum(axis=(1, 2))
        places = [np.tensordot(found, grid, 2) / np.maximum(total, 1e-6) for grid in np.mgrid[:30, :30]]
        moved.update(by=(np.stack(places, axis=1) - [9.5, 20.5]) / 30, total=total / (16 * 200 / 255))
    return moved


check.dropout("Images change at random in training only", called, pictures)
check.close("Predicting, an image is only resized and rescaled to 0…1", np.asarray(called(pictures)),
            pictures.reshape(3, 12, 2, 12, 2, 1).mean(axis=(2, 4)) / 255, rtol=0, atol=0.01)
# A move of up to a tenth, evenly: sd 0.0577 of the side; over 60 images its sd has an error of 0.003.
check.close("In training it moves up to a tenth of its side, both ways", [*centers()["by"].std(axis=0),
            *np.abs(centers()["by"]).max(axis=0)], [0.0577, 0.0577, 0.095, 0.095], rtol=0, atol=0.02,
            hint="RandomTranslation takes the share of the height, then of the width.")
check.close("It is never mirrored, turned over or faded", [*centers()["by"].mean(axis=0), centers()["total"].mean()],
            [0.0, 0.0, 1.0], rtol=0, atol=0.04, hint="Which changes leave a digit the same digit?")
### END HIDDEN TESTS

# %% answer="fast"
def fast_pipeline(items, prepare, change, batch_size):
    """Return a tf.data.Dataset of batches: items is a dataset, prepare and change are functions of one item."""
    ### BEGIN SOLUTION
    prepared = items.map(prepare, num_parallel_calls=tf.data.AUTOTUNE).cache()
    mixed = prepared.shuffle(10_000).map(change, num_parallel_calls=tf.data.AUTOTUNE)
    return mixed.batch(batch_size).prefetch(1)
    ### END SOLUTION

# %% given="workload"
def three_epochs(n, size, batch_size=8):
    """Run three epochs over n items; return {orders (3, n), noise (3, n), prepared: calls of prepare, kind, sizes}."""
    calls = []

    def work(i):
        calls.append(int(i))
        return np.float32(i)

    def prepare(i):
        matrix = tf.random.stateless_normal((size, size), (i, 7))
        return tf.ensure_shape(tf.numpy_function(work, [i], tf.float32), ()), tf.linalg.svd(matrix, compute_uv=False)[0]

    def change(number, value):
        return number, value * tf.random.uniform(())

    batches = fast_pipeline(tf.data.Dataset.range(n), prepare, change, batch_size)
    epochs = [[(number.numpy(), value.numpy()) for number, value in batches] for _ in range(3)]
    orders, noise = (np.array([np.concatenate([batch[i] for batch in epoch]) for epoch in epochs]) for i in (0, 1))
    return {"orders": orders.astype(int), "noise": noise, "prepared": len(calls), "kind": type(batches).__name__,
            "sizes": [len(batch[0]) for batch in epochs[0]]}

# %% checks="fast_test" points=1
check.equal("Eleven items make a batch of eight and one of three", three_epochs(11, 2)["sizes"], [8, 3])

### BEGIN HIDDEN TESTS
n = 60 + datasets.hidden_seed("ch13 fast") % 20
seen = three_epochs(n, 3)


def same_work(found, right):
    return np.array_equal(np.sort(found["orders"]), np.sort(right["orders"]))


def noise_by_item():
    return np.array([noise[np.argsort(order)] for noise, order in zip(seen["noise"], seen["orders"], strict=True)])


check.equal("Every epoch has every item once", np.sort(seen["orders"]).tolist(), [list(range(n))] * 3)
check.equal("Three epochs prepare each item once", seen["prepared"], n, hint="cache, right behind prepare.")
# The mean way of an item in 20,000 random orders of 60: 0.333 n, sd 0.028 n, least 0.224 n.
check.true("Each epoch has an order of its own, all items mixed", bool(
    all(np.mean(np.abs(order - np.arange(n))) > 0.2 * n for order in seen["orders"])
    and (seen["orders"][0] != seen["orders"][1]).mean() > 0.8), hint="What is shuffled before cache stays as it is.")
check.true("Each epoch changes each item anew", bool((np.abs(np.diff(noise_by_item(), axis=0)) > 1e-9).mean() > 0.9),
           hint="Random changes belong behind cache.")
check.true("The next batch is prepared while the model is busy with this one", "Prefetch" in seen["kind"],
           hint="prefetch is the last step.")
check.faster("Three epochs take the time of one", three_epochs, inputs=lambda seed: (24 + seed % 3, 130), times=1.8,
             agrees=same_work)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 8 — What goes where
#
# **TensorFlow Datasets** (TFDS) loads hundreds of public data sets as `tf.data` pipelines: `tfds.load(name,
# split=..., as_supervised=True)` gives pairs (input, label). A split can be cut: `"train[:80%]"`, `"train[80%:]"`,
# `"test[:100]"`; `+` joins two.
#
# **TF Transform** runs your preprocessing over all of a very large data set before training, on a cluster (Apache
# Beam), and writes a graph with what it learned, means and vocabularies, for the serving model. Since preprocessing
# layers can do the same inside the model, it is needed for huge data only.
#
# **What is gone.** Queues and file readers with coordinator threads (TensorFlow 1) gave way to `tf.data`. Feature
# columns (`tf.feature_column`, the "Features API") gave way to preprocessing layers: a bucketised column is
# `Discretization`, an embedding column a lookup and `Embedding`.
#
# **Prefetching** helps as long as the pipeline is faster than the model; if it is slower, the model waits all the same
# (it is *input-bound*), and parallel reading, parallel `map` and `cache` are what to try.
#
# **Task.** Fill in the three dicts; the comments and the next cell say what may stand there.
# <!-- covers: 13.3 13.4 13.5 13.7 13.N4 13.N5 13.N7 13.N9 -->

# %% [markdown]
# `LAYERS`: one of `Normalization`, `Discretization`, `CategoryEncoding`, `IntegerLookup`, `StringLookup`, `Hashing`,
# `TextVectorization`, `Embedding`, for
#
# - A: bus line numbers 4, 17, 230, … of which a list exists;
# - B: web addresses, millions of them, new ones every minute, memory for 10,000;
# - C: the age, where something changes abruptly at 18 and 65;
# - D: what turns the number of a word into a vector that is learned.
#
# `SPLITS`: with 60,000 rows in `train` and 10,000 in `test`, how many rows are in A: `"train[:80%]"`, B:
# `"train[-5000:]"`, C: `"train[10%:15%]+test"`?
#
# `STATEMENTS`: `True` or `False`.
#
# - a: Preprocessing with TF Transform and a different program in the app cannot lead to skew.
# - b: With `as_supervised=True`, TFDS gives pairs of input and label.
# - c: New code needs queues and coordinators to read files in parallel.
# - d: Feature columns are the way to feed categories to a Keras 3 model.
# - e: A gzip file of records is read without telling the reader, as it starts with a magic number.
# - f: An article with a list of comments, each a list of words, fits a SequenceExample.
# - g: `prefetch` makes a pipeline that is slower than the model fast enough.
# - h: A random change of images that stands behind `cache` is the same in every epoch.
# - i: Two categories that always matter alike tend to get similar embeddings.

# %% answer="concepts"
LAYERS = {"A": None, "B": None, "C": None, "D": None}
SPLITS = {"A": None, "B": None, "C": None}  # numbers of rows
STATEMENTS = dict.fromkeys("abcdefghi")  # True or False
### BEGIN SOLUTION
LAYERS = {"A": "IntegerLookup", "B": "Hashing", "C": "Discretization", "D": "Embedding"}
SPLITS = {"A": 48_000, "B": 5_000, "C": 13_000}
STATEMENTS = {letter: letter in "bfi" for letter in "abcdefghi"}
### END SOLUTION

# %% checks="concepts_test" points=1
check.true("Everything has an answer", None not in [*LAYERS.values(), *SPLITS.values(), *STATEMENTS.values()])

### BEGIN HIDDEN TESTS
def told(letters):
    return [STATEMENTS[letter] for letter in letters]


check.equal("Layers for codes and addresses, A and B", [LAYERS[letter] for letter in "AB"],
            ["IntegerLookup", "Hashing"], hint="Is there a vocabulary?")
check.equal("Layers for ages and words, C and D", [LAYERS[letter] for letter in "CD"], ["Discretization", "Embedding"],
            hint="Which one has weights that training changes?")
check.equal("Splits of TFDS", SPLITS, {"A": 48_000, "B": 5_000, "C": 13_000}, hint="They are cut like Python lists.")
check.equal("TF Transform and TFDS, a and b", told("ab"), [False, True], hint="See the text of this exercise.")
check.equal("What is gone, c and d", told("cd"), [False, False], hint="See What is gone.")
check.equal("Records, e and f", told("ef"), [False, True], hint="See Exercise 4.")
check.equal("Fast pipelines and embeddings, g to i", told("ghi"), [False, False, True],
            hint="See Prefetching, and Exercises 5 and 7.")
### END HIDDEN TESTS

# %% [markdown]
# ## At full size
#
# Everything here works the same with data that does not fit into memory; only the numbers change. With a network,
# `keras.datasets.imdb` and `tfds.load("imdb_reviews")` give 25,000 real reviews to train on and 25,000 to test on.
# Expect an accuracy of about 0.86 to 0.90 from word pairs, in a minute; the reviews invented here use 40 words and
# are far easier. `datasets.load_fashion_mnist` fetches 60,000 images: write them as 20 compressed files of records,
# read five at a time, and a small network reaches about 0.89.
#
# On a GPU, look first whether the model waits: if an epoch over `dataset.take(1).repeat(1000)` is much faster than
# one over the real thing, the input is too slow. Files of 100 to 200 MB, parallel `interleave` and `map`, batches
# parsed as a whole, and `cache` for what fits into memory usually bring the waiting below a tenth of the time. Text
# and lookups run on the CPU: keep them in the pipeline while training and join them with the model for export.
