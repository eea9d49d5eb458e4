"""Arrays, frames, sparse matrices and random generators on the wire."""

import copy
import json
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from graders.bridge.arrays import update_in_place
from graders.bridge.wire import Decoder, Encoder, WireError
from graders.errors import BridgeError


def seeded(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


def there_and_back(value):
    tree, buffers = sent(value)
    return Decoder(buffers).decode(tree)


def sent(value):
    encoder = Encoder()
    return json.loads(json.dumps(encoder.encode(value), allow_nan=False)), encoder.buffers


def array_tree(array, number):
    return ["array", array.dtype.str, list(array.shape), number]


def rows(stop):
    return ["rangeindex", 0, stop, 1, ["list", [None]]]


# -- arrays ---------------------------------------------------------------------------------------

DTYPES = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(endianness="?"),
    npst.unsigned_integer_dtypes(endianness="?"),
    npst.floating_dtypes(endianness="?"),
    npst.complex_number_dtypes(endianness="?"),
    npst.unicode_string_dtypes(endianness="?", min_len=1, max_len=5),
    npst.byte_string_dtypes(min_len=1, max_len=5),
    npst.datetime64_dtypes(endianness="?"),
    npst.timedelta64_dtypes(endianness="?"),
)


@seeded(250)
@given(npst.arrays(DTYPES, npst.array_shapes(min_dims=0, min_side=0, max_side=4)))
def test_arrays_come_back_bit_for_bit(array):
    back = there_and_back(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(24).reshape(2, 3, 4)[:, ::-2, 1:],
        np.asfortranarray(np.eye(3)),
        np.broadcast_to(np.float32(2), (2, 3)),
        np.zeros((0, 3)),
        np.array(5),
    ],
    ids=["transposed", "strided", "fortran", "broadcast", "empty", "0-d"],
)
def test_views_arrive_with_their_values_and_can_be_written(array):
    back = there_and_back(array)
    np.testing.assert_array_equal(back, array)
    assert back.shape == array.shape
    assert back.flags.writeable


@pytest.mark.parametrize(
    "value",
    [np.float32(1.5), np.int8(-3), np.True_, np.str_("é"), np.datetime64("2020-01-02"), np.complex64(1j)],
    ids=repr,
)
def test_numpy_scalars_stay_numpy_scalars(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


def test_a_list_of_arrays_of_text_is_text():
    names = there_and_back(np.array(["MedInc", "Age"], dtype=object))
    assert names.dtype.kind == "U"
    assert names.tolist() == ["MedInc", "Age"]


@pytest.mark.parametrize("value", [np.str_(""), np.bytes_(b"")], ids=repr)
def test_an_empty_text_is_one(value):
    assert there_and_back(value) == value


def test_a_masked_array_arrives_as_its_data():
    back = there_and_back(np.ma.masked_array([1.0, 2.0], mask=[True, False]))
    assert type(back) is np.ndarray


@pytest.mark.parametrize(
    "value",
    [
        np.array([1, "a", None], dtype=object),
        np.array([object()]),
        np.array([[1, 2], 3], dtype=object),
        np.zeros(2, dtype=[("a", "f8"), ("b", "i4")]),
        pd.Series([object()]),
        pd.DataFrame({"a": [[1, 2]]}),
    ],
    ids=["mixed", "objects", "ragged", "fields", "series", "frame"],
)
def test_python_objects_inside_arrays_do_not_cross(value):
    with pytest.raises(WireError, match="cannot cross"):
        Encoder().encode(value)


def test_a_subclass_of_array_with_its_own_comparison_does_not_cross():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

        __hash__ = None

    with pytest.raises(WireError, match="cannot cross"):
        Encoder().encode(np.arange(3).view(Liar))


@pytest.mark.parametrize(
    ("dtype", "shape", "payload"),
    [
        ("|O", [1], b"x" * 8),
        ("O", [1], b"x" * 8),
        ("|V8", [1], b"x" * 8),
        ("f8,i4", [1], b"x" * 12),
        ("(2,)f8", [1], b"x" * 16),
        ("[('a', 'O')]", [1], b"x" * 8),
        ("<f8", [2], b"x" * 8),
        ("<f8", [1], b"x" * 16),
        ("<f8", [], b""),
        ("<f8", [2**40], b"x" * 8),
        ("<f8", [2**47, 2**47, 2**47], b"x" * 8),
        ("<f8", [0, 2**47, 2**47], b""),
        ("<f8", [-1], b"x" * 8),
        ("<f8", [-1, -1], b"x" * 8),
        ("<f8", [True], b"x" * 8),
        ("<f8", [1.0], b"x" * 8),
        ("<f8", 1, b"x" * 8),
        ("<f8", [1] * 33, b"x" * 8),
        ("<f8", [2**70], b"x" * 8),
        ("<U0", [2**30], b""),
        ("<U999999999", [1], b"x" * 8),
        ("<f3", [1], b"xxx"),
        ("<M8[fortnights]", [1], b"x" * 8),
        (None, [1], b"x" * 8),
        (["<f8"], [1], b"x" * 8),
    ],
    ids=str,
)
def test_an_array_that_does_not_add_up_is_refused_without_allocating(dtype, shape, payload):
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            Decoder([payload]).decode(["array", dtype, shape, 0])
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


# -- tables ---------------------------------------------------------------------------------------

FRAME = pd.DataFrame(
    {
        "income": [1.5, np.nan, 3.0],
        "rooms": [1, 2, 3],
        "coast": [True, False, True],
        "city": ["Aix", None, "Bonn"],
        "when": pd.to_datetime(["2020-01-01", None, "2021-05-05"]),
        "local": pd.to_datetime(["2020-01-01", "2020-02-01", None]).tz_localize("Europe/Paris"),
        "took": pd.to_timedelta([1, 2, None], unit="h"),
        "kind": pd.Categorical(["a", None, "b"], categories=["b", "a"], ordered=True),
        "count": pd.array([1, None, 3], dtype="Int64"),
        "flag": pd.array([True, None, False], dtype="boolean"),
        "mixed": pd.Series(["a", 1, None], dtype=object, index=[10, 20, 40]),
    },
    index=[10, 20, 40],
)


@pytest.mark.parametrize("column", FRAME.columns)
def test_columns_of_every_kind_come_back(column):
    pd.testing.assert_series_equal(there_and_back(FRAME[column]), FRAME[column])


def test_a_missing_number_among_texts_stays_one():
    series = pd.Series(["a", np.nan], dtype=object)
    pd.testing.assert_series_equal(there_and_back(series), series)


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME.iloc[:0],
        FRAME[[]],
        pd.DataFrame(),
        pd.DataFrame([[1, 2], [3, 4]], columns=["same", "same"]),
        pd.DataFrame(np.eye(2), columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"])),
        pd.DataFrame({"a": [1, 2]}, index=pd.Index(["u", "v"], name="key")),
        pd.DataFrame({"a": [1, 2]}, index=pd.date_range("2020", periods=2, name="day")),
        pd.DataFrame({"a": [1, 2]}, index=pd.CategoricalIndex(["u", "v"])),
        pd.DataFrame({0: [1], 1: [2]}).rename_axis(columns="n"),
    ],
    ids=["all", "no rows", "no columns", "empty", "same names", "multi", "named", "dates", "kinds", "numbers"],
)
def test_frames_come_back_with_their_labels(frame):
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_freq=False)


@seeded(60)
@given(
    st.lists(
        st.tuples(
            st.floats(),
            st.integers(-(2**63), 2**63 - 1),
            st.text() | st.none(),
            st.booleans(),
            st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01")),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_frame_comes_back(table):
    frame = pd.DataFrame(table, columns=["x", "n", "text", "flag", "when"])
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_exact=True)


@pytest.mark.parametrize(
    "value",
    [pd.Timestamp("2020-01-02 03:04:05.678"), pd.Timedelta("3h"), pd.Timestamp("2020-01-01", tz="UTC")],
    ids=str,
)
def test_moments_come_back(value):
    assert there_and_back(value) == value


def test_missing_values_are_themselves():
    assert there_and_back(pd.NaT) is pd.NaT
    assert there_and_back(pd.NA) is pd.NA


@pytest.mark.parametrize("name", [None, "price", 3, ("a", 1)])
def test_a_series_keeps_its_name(name):
    assert there_and_back(pd.Series([1.0], name=name)).name == name


# -- sparse matrices ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csr", "csc", "coo"])
@pytest.mark.parametrize("make", [sp.csr_matrix, sp.csr_array], ids=["matrix", "array"])
def test_sparse_matrices_come_back_in_their_format(make, name):
    dense = np.array([[0, 1.5, 0], [0, 0, 0], [2.5, 0, -1]])
    value = make(dense).asformat(name)
    back = there_and_back(value)
    assert back.format == name
    assert isinstance(back, sp.sparray) == isinstance(value, sp.sparray)
    np.testing.assert_array_equal(back.toarray(), dense)


@pytest.mark.parametrize("name", ["lil", "dok", "bsr", "dia"])
def test_other_sparse_formats_come_back_with_their_values(name):
    dense = np.array([[0, 1.5], [2.5, 0]])
    np.testing.assert_array_equal(there_and_back(sp.csr_array(dense).asformat(name)).toarray(), dense)


def forged_sparse(shape, data, indices, indptr, name="csr"):
    parts = [np.array(data, float), np.array(indices, np.int32), np.array(indptr, np.int32)]
    trees = [array_tree(part, number) for number, part in enumerate(parts)]
    return ["sparse", True, name, shape, *trees], [part.tobytes() for part in parts]


@pytest.mark.parametrize(
    ("shape", "data", "indices", "indptr"),
    [
        ([2, 2], [1.0], [7], [0, 1, 1]),
        ([2, 2], [1.0], [-1], [0, 1, 1]),
        ([2, 2], [1.0], [0], [0, 9, 9]),
        ([2, 2], [1.0], [0], [0, -5, 1]),
        ([2, 2], [1.0], [0], [1, 1, 1]),
        ([2, 2], [1.0], [0, 1], [0, 1, 2]),
        ([2**30, 2], [1.0], [0], [0, 1]),
        ([2, 2], [1.0], [0], [0, 1]),
        ([2], [1.0], [0], [0, 1, 1]),
        ([2, -2], [1.0], [0], [0, 1, 1]),
        ([2, 2.0], [1.0], [0], [0, 1, 1]),
        ([2, 2**31], [1.0], [0], [0, 1, 1]),
    ],
    ids=str,
)
def test_sparse_structure_that_compiled_code_would_trip_over_is_refused(shape, data, indices, indptr):
    tree, buffers = forged_sparse(shape, data, indices, indptr)
    with pytest.raises(WireError):
        Decoder(buffers).decode(tree)


def test_an_unknown_sparse_format_is_refused():
    tree, buffers = forged_sparse([1, 1], [1.0], [0], [0, 1], name="toarray")
    with pytest.raises(WireError, match="unknown format"):
        Decoder(buffers).decode(tree)


@pytest.mark.parametrize("name", ["csc", "lil", "dok", "bsr", "dia"])
def test_a_costly_format_is_not_made_of_a_huge_empty_matrix(name):
    tree, buffers = forged_sparse([1, 2**31 - 1], [], [], [0, 0], name=name)
    tracemalloc.start()
    try:
        assert Decoder(buffers).decode(tree).format == "csr"
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


# -- random generators ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_a_generator_goes_on_where_it_was(kind):
    rng = np.random.Generator(getattr(np.random, kind)(7))
    rng.random(5)
    back = there_and_back(rng)
    assert back.random(100).tolist() == rng.random(100).tolist()


def test_a_random_state_goes_on_where_it_was():
    random = np.random.RandomState(7)
    random.normal(size=3)
    assert there_and_back(random).normal(size=9).tolist() == random.normal(size=9).tolist()


@pytest.mark.parametrize("kind", ["__class__", "default_rng", "RandomState", "BitGenerator", 3, None])
def test_a_generator_of_another_kind_is_refused(kind):
    with pytest.raises(WireError):
        Decoder([]).decode(["generator", Encoder().encode({"bit_generator": kind, "state": {}})])


def forged_position(kind, place, position):
    """The tree of a generator whose state says it is at a position in its buffer."""
    state = getattr(np.random, kind)(1).state
    holder = state["state"] if place in state["state"] else state
    assert place in holder
    holder[place] = position
    encoder = Encoder()
    return encoder.encode(state), encoder.buffers


@pytest.mark.parametrize("position", [10**9, 625, -1, -5, True, 3.0, None])
@pytest.mark.parametrize("tag", ["generator", "randomstate"])
@pytest.mark.parametrize(("kind", "place"), [("MT19937", "pos"), ("Philox", "buffer_pos")])
def test_a_generator_that_would_read_beyond_its_buffer_is_refused(tag, kind, place, position):
    state, buffers = forged_position(kind, place, position)
    with pytest.raises(WireError):
        Decoder(buffers).decode([tag, state])


@pytest.mark.parametrize("position", [10**9, 625, -1, -5])
def test_a_random_state_of_the_old_form_is_not_believed_either(position):
    state = ["tuple", ["MT19937", ["array", "<u4", [624], 0], position]]
    with pytest.raises(WireError):
        Decoder([bytes(2496)]).decode(["randomstate", state])


# -- forged trees ---------------------------------------------------------------------------------

TWO = np.zeros((2, 2))


@pytest.mark.parametrize(
    "tree",
    [
        ["array"],
        ["array", "<f8", [2, 2], 0, 0],
        ["array", "<f8", [2, 2], 1],
        ["array", "<f8", [2, 2], -1],
        ["scalar", "<f8", 0],
        ["dtype", "O"],
        ["dtype", "<U999999999"],
        ["index"],
        ["index", ["array", "<f8", [2, 2], 0], ["list", [None]]],
        ["rangeindex", 0, 2**50, 1, ["list", [None]]],
        ["rangeindex", 0, 9, 0, ["list", [None]]],
        ["rangeindex", 0, "9", 1, ["list", [None]]],
        ["rangeindex", 0, 9, 1, None],
        ["multiindex", ["list", [1]], ["list", []]],
        ["frame", rows(1), [["texts", "str", ["a"]]], rows(2)],
        ["frame", rows(2), [["texts", "str", ["a", "b"]]], rows(2)],
        ["frame", rows(1), [["array", "<f8", [2, 2], 0]], rows(2)],
        ["frame", rows(1), [["remote", 1, ["x"], True]], rows(1)],
        ["frame", rows(1), [["series", ["texts", "str", ["a"]], rows(1), None]], rows(1)],
        ["series", ["texts", "str", ["a"]], rows(2), None],
        ["series", ["texts", "str", [["list", []]]], rows(1), None],
        ["series", ["texts", "str", ["a"]], rows(1), ["list", []]],
        ["series", ["zoned", ["array", "<M8[ns]", [4], 0], "Nowhere/Land"], rows(4), None],
        ["series", ["zoned", ["array", "<M8[ns]", [4], 0], "/etc/passwd"], rows(4), None],
        ["series", ["zoned", ["array", "<M8[ns]", [4], 0], "America"], rows(4), None],
        ["series", ["zoned", ["array", "<M8[ns]", [4], 0], "Europe"], rows(4), None],
        ["series", ["zoned", ["array", "<M8[ns]", [4], 0], "dateutil//dev/zero"], rows(4), None],
        ["series", ["nullable", "object", ["array", "<f8", [4], 0], ["array", "|b1", [32], 0]], rows(4), None],
        ["series", ["nullable", "Int64", ["array", "<f8", [4], 0], ["array", "|b1", [32], 0]], rows(4), None],
        ["series", ["category", ["array", "<i8", [4], 0], ["texts", "str", []], False], rows(4), None],
        [
            "series",
            ["category", ["array", "<i8", [4], 0], ["texts", "str", ["a", "a"]], False],
            rows(4),
            None,
        ],
        ["moment", "Timestamp", "9" * 60],
        ["moment", "read_pickle", "/etc/passwd"],
        ["missing", "None"],
        ["generator", None],
        ["randomstate", None],
        ["randomstate", ["tuple", ["MT19937", ["array", "<u4", [8], 0], 0]]],
    ],
    ids=str,
)
def test_a_malformed_array_or_table_is_refused(tree):
    with pytest.raises(WireError):
        Decoder([TWO.tobytes()]).decode(tree)


SEEDS = [
    sent(value)
    for value in (
        np.arange(6.0).reshape(2, 3),
        FRAME[["income", "city", "kind", "count", "when"]],
        FRAME["rooms"],
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
        sp.csr_array(np.eye(3)),
        np.float32(1),
    )
]


@st.composite
def tampered(draw):
    """A valid tree and its buffers with a few places changed."""
    tree, buffers = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        _tamper(draw, tree)
    if buffers and draw(st.booleans()):
        number = draw(st.integers(0, len(buffers) - 1))
        buffers[number] = draw(st.binary(max_size=len(buffers[number])).map(buffers[number].__class__))
    return tree, buffers


def _tamper(draw, tree):
    while True:
        place = draw(st.integers(0, len(tree) - 1))
        if type(tree[place]) is not list or not tree[place] or draw(st.integers(0, 3)) == 0:
            tree[place] = draw(
                st.sampled_from(
                    [None, True, 2**20, 2**40, 1.5, "", "<i8", "<f4", "<U3", "coo", [], ["list", []]]
                )
                | st.integers(-5, 5)
            )
            return
        tree = tree[place]


@seeded(500)
@given(tampered())
def test_a_tampered_table_is_a_value_or_refused(case):
    tree, buffers = case
    try:
        Decoder(buffers).decode(tree)
    except BridgeError:
        pass


# -- what a call leaves in its arguments ----------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([1, 2], [3]),
        ({"a": 1, "b": 2}, {"b": 3}),
        ({1, 2}, {3}),
        (bytearray(b"ab"), bytearray(b"xyz")),
        (np.arange(3.0), np.zeros(3)),
        (np.arange(3), np.full(3, 7.0)),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1], "b": ["x"]}, index=[5])),
        (pd.Series([1, 2], name="a"), pd.Series([9.5])),
    ],
    ids=["list", "dict", "set", "bytearray", "array", "array of ints", "frame", "series"],
)
def test_an_argument_takes_over_what_the_call_left_in_it(old, new):
    alias = old
    update_in_place(old, new)
    assert alias is old
    if isinstance(new, pd.DataFrame):
        pd.testing.assert_frame_equal(old, new)
    elif isinstance(new, pd.Series):
        assert old.tolist() == new.tolist()
    else:
        assert np.array_equal(old, new) if isinstance(new, np.ndarray) else old == new


@pytest.mark.parametrize("name", ["csr", "csc"])
def test_a_sparse_matrix_takes_over_what_the_call_left_in_it(name):
    old = sp.csr_array(np.eye(2)).asformat(name)
    update_in_place(old, sp.csr_array([[0.0, 5.0], [7.0, 0.0]]).asformat(name))
    assert old.toarray().tolist() == [[0, 5], [7, 0]]


@pytest.mark.parametrize("new", [[1, 2], np.zeros(4), np.zeros((3, 1)), 0, None, "abc"], ids=repr)
def test_an_array_takes_nothing_that_does_not_fit(new):
    old = np.arange(3.0)
    update_in_place(old, new)
    assert old.tolist() == [0, 1, 2]


def test_an_array_that_may_not_be_written_stays():
    old = np.arange(3.0)
    old.flags.writeable = False
    update_in_place(old, np.zeros(3))
    assert old.tolist() == [0, 1, 2]


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_generators_take_over_a_state_that_lies_ahead_and_no_other(make):
    old, ahead = make(1), make(1)
    ahead.normal(size=5000)
    update_in_place(old, copy.deepcopy(ahead))
    assert old.normal() == ahead.normal()
    twin = copy.deepcopy(old)
    update_in_place(old, make(2))
    assert old.normal() == twin.normal()
