"""Seeds of hidden draws, derived from a secret that only the judge process is given.

Knowing a chapter's source, and even the label of a draw, does not give the data: the seed is a keyed
hash (HMAC-SHA256, RFC 2104). Imports nothing from the package.
"""

from __future__ import annotations

import hashlib
import hmac

_secret: bytes | None = None


def _set_secret(secret: bytes) -> None:
    """Give this process the course secret; only the judge does so, before the first checks cell."""
    global _secret
    if not isinstance(secret, bytes) or not secret:
        raise ValueError("the course secret is a non-empty bytes object")
    _secret = secret


def hidden_seed(label: str) -> int:
    """Return the seed of a hidden draw: the same for the same course and label, 0 <= seed < 2**32.

    Use it in the hidden part of a checks cell. Raises RuntimeError where there is no course secret,
    that is everywhere but in the judge.
    """
    if _secret is None:
        raise RuntimeError(
            "hidden_seed() works only while grading: this process has no course secret. "
            "In your own notebook choose a seed yourself, for example 0."
        )
    digest = hmac.new(_secret, label.encode("utf-8"), hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big")
