"""Reading PHP's serialize()."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magento_api.options import choices, read_options
from magento_api.php import NotSerialized, unserialize


def serialize(value: Any) -> str:
    """What PHP writes."""
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{value:d};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, float):
        return f"d:{value!r};"
    if isinstance(value, str):
        return f's:{len(value.encode())}:"{value}";'
    items = value.items() if isinstance(value, dict) else enumerate(value)
    inside = "".join(serialize(key) + serialize(item) for key, item in items)
    return f"a:{len(value)}:{{{inside}}}"


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\r"))
)
keys = st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda key: not key.lstrip("-").isdigit())
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, min_size=1, max_size=5)
)


@given(values)
def test_what_was_written_is_read(value: Any) -> None:
    assert unserialize(serialize(value)) == value


@given(st.text() | st.builds(lambda value, cut: serialize(value)[:cut], values, st.integers(0, 200)))
def test_anything_else_is_refused_and_nothing_else_raised(text: str) -> None:
    with suppress(NotSerialized):
        unserialize(text)


@given(values, st.text(max_size=4), st.integers(0, 300))
def test_damage_never_raises_anything_else(value: Any, noise: str, at: int) -> None:
    text = serialize(value)
    assert isinstance(read_options(text[:at] + noise + text[at:]), dict)


@given(st.dictionaries(st.sampled_from(["options", "attributes_info", "bundle_options", "links", "x"]), values))
def test_choices_of_anything(options: dict[str, Any]) -> None:
    for label, value in choices(options):
        assert isinstance(label, str)
        assert isinstance(value, str)


def test_control_characters_that_came_as_text() -> None:
    """PHP counted one byte where we get five."""
    assert unserialize('a:1:{s:1:"k";s:3:"a&#11;b";}') == {"k": "a\x0bb"}


def test_counts_that_do_not_fit() -> None:
    """Line ends and broken characters are replaced on the way."""
    assert unserialize('a:2:{s:1:"k";s:9:"one\ntwo";s:1:"l";i:2;}') == {"k": "one\ntwo", "l": 2}


def test_objects_are_their_fields() -> None:
    assert unserialize('O:8:"stdClass":1:{s:1:"a";i:1;}') == {"a": 1}


def test_depth_and_size_are_limited() -> None:
    with pytest.raises(NotSerialized):
        unserialize("a:1:{i:0;" * 1000 + "N;" + "}" * 1000)
    with pytest.raises(NotSerialized):
        unserialize("s:5000000:" + "x" * 5_000_000)
    with pytest.raises(NotSerialized):
        unserialize('a:999999999:{s:1:"a";i:1;}')


def test_options_as_text() -> None:
    text = serialize(
        {
            "options": [
                {"label": "Engraving", "value": "To Zo&euml; &lt;3", "print_value": "To Zoë <3"},
                {"label": "File", "option_type": "file", "print_value": '<a href="x">me &amp; you.png</a>'},
                {"label": "Old", "value": "a &amp; b"},
            ],
            "attributes_info": [{"label": "Size", "value": "M"}],
            "bundle_options": {
                "7": {"label": "Disk", "value": [{"title": "SSD", "qty": 2, "price": 10.5}, {"title": "HDD", "qty": 1}]}
            },
            "links": ["1", "3"],
        }
    )
    assert choices(read_options(text)) == (
        ("Engraving", "To Zoë <3"),
        ("File", "me & you.png"),
        ("Old", "a & b"),
        ("Size", "M"),
        ("Disk", "2 x SSD (10.50), 1 x HDD"),
        ("Downloads", "#1, #3"),
    )
