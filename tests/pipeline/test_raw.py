import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import raw

KEYS: Final = st.sampled_from(["email", 'x"email', "email\\", '"email":null,', "a", "müll"])
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def without(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: without(inner, key) for name, inner in value.items() if name != key}
    return [without(inner, key) for inner in value] if isinstance(value, list) else value


@given(items=st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=3), key=KEYS)
def test_a_page_is_its_items_without_the_keys_that_are_taken_out(items: list[dict[str, Any]], key: str) -> None:
    page = raw.page(items, [raw.written(item) for item in items], [key])

    assert json.loads(page) == without(items, key)


@pytest.mark.parametrize(
    "value", [{"id": 2**80, "at": 1e16, "text": "Müll 🙂\u2028\x7f"}, ["half \ud800"], {"nothing": None, "not": True}]
)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    assert json.loads(raw.written(value).decode("utf-8", "surrogatepass")) == value


def test_a_fingerprint_tells_items_readers_and_sources_apart() -> None:
    one = raw.fingerprint("desk", "r", b"{}")

    assert one == raw.fingerprint("desk", "r", b"{}")
    assert (
        len(
            {
                one,
                raw.fingerprint("other", "r", b"{}"),
                raw.fingerprint("desk", "s", b"{}"),
                raw.fingerprint("desk", "r", b"[]"),
            }
        )
        == 4
    )
