"""The data folder: found where documented, never half written, never silently damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.datasets import cache
from graders.errors import UsageError


def test_cache_folder_follows_the_argument_then_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.cache_dir(tmp_path / "mine") == tmp_path / "mine"
    assert cache.cache_dir() == tmp_path / "xdg" / "graders"


def test_data_folder_wins_over_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("data", "cache"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text(folder)
    monkeypatch.delenv("GRADERS_DATA", raising=False)
    assert cache.local_copy("a.csv", tmp_path / "cache") == tmp_path / "cache" / "a.csv"
    monkeypatch.setenv("GRADERS_DATA", str(tmp_path / "data"))
    assert cache.local_copy("a.csv", tmp_path / "cache") == tmp_path / "data" / "a.csv"
    assert cache.local_copy("b.csv", tmp_path / "cache") is None


def test_stored_file_is_intact_until_somebody_changes_it(tmp_path: Path) -> None:
    path = cache.store(tmp_path / "deep" / "a.csv", b"x,y\n")
    assert path.read_bytes() == b"x,y\n"
    assert cache.stored_intact(path)
    path.write_bytes(b"x,y\n1")
    assert not cache.stored_intact(path)


def test_failed_write_keeps_the_old_file_and_leaves_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cache.store(tmp_path / "a.csv", b"old")

    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        cache.store(path, b"new")
    assert path.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.csv.sha256"]


def test_another_file_is_refused_by_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
    assert cache.require_intact(path, known) == path
    path.write_bytes(b"abd")
    with pytest.raises(UsageError, match="damaged or another version"):
        cache.require_intact(path, known)
