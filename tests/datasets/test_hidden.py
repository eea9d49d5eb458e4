"""Hidden seeds: unguessable without the secret, stable with it, absent in a student's process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graders import datasets
from graders.datasets import hidden


@pytest.fixture
def course_secret() -> Iterator[None]:
    hidden._set_secret(b"a course secret")
    yield
    hidden._secret = None


def test_a_process_without_the_secret_is_told_so() -> None:
    with pytest.raises(RuntimeError, match="only while grading"):
        datasets.hidden_seed("ch02 split")


@pytest.mark.usefixtures("course_secret")
def test_the_same_label_always_gives_the_same_seed() -> None:
    assert datasets.hidden_seed("ch02 split") == 524241430  # openssl dgst -sha256 -hmac, first 4 bytes


@pytest.mark.usefixtures("course_secret")
def test_seeds_differ_by_label_and_fit_numpy_and_keras() -> None:
    seeds = {datasets.hidden_seed(f"label {i}") for i in range(200)}
    assert len(seeds) == 200
    assert all(type(s) is int and 0 <= s < 2**32 for s in seeds)


@pytest.mark.usefixtures("course_secret")
def test_seeds_depend_on_the_secret() -> None:
    before = datasets.hidden_seed("ch02 split")
    hidden._set_secret(b"the secret of another course")
    assert datasets.hidden_seed("ch02 split") != before


@pytest.mark.parametrize("secret", [b"", "text"])
def test_an_empty_or_textual_secret_is_refused(secret: object) -> None:
    with pytest.raises(ValueError, match="non-empty bytes"):
        hidden._set_secret(secret)  # type: ignore[arg-type]
