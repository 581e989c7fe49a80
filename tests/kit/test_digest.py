"""The quick way to canonical bytes gives the bytes of RFC 8785."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from trueline.kit.digest import canonical

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text()
    | st.text(st.characters(max_codepoint=0x7F))
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_canonical_bytes_are_those_of_the_standard(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "text",
    ["".join(map(chr, range(0x80))), "\u20ac\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\u2028"],
)
def test_every_escape_is_the_one_of_the_standard(text: str) -> None:
    assert canonical({text: text}) == rfc8785.dumps({text: text})


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_say_exactly_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical({"x": value})
