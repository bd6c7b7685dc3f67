"""YAML mappings: nothing is dropped, and nothing grows unseen."""

import pytest

from baselines.runs.yaml_mapping import YAMLError, parse_mapping


def test_a_mapping_is_read_as_it_stands() -> None:
    text = "{a: 1, b: [1.5, yes, null], c: {a: x}}"
    assert parse_mapping(text) == {"a": 1, "b": [1.5, True, None], "c": {"a": "x"}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\nb: 2\na: 3", "the key 'a' is given twice, line 3"),
        ("a: {b: 1, b: 1}", "the key 'b' is given twice, line 1"),
        ("a: [{b: 1, b: 1}]", "the key 'b' is given twice"),
        ("1: 2", "a key must be text, got 1, line 1"),
        ("? [1]\n: 2", "a key must be text"),
        ("a: &x [1]\nb: *x", "aliases are not supported"),
        ("a: " + "[" * 5000, "nested too deeply"),
        ("a: 2020-99-99", "month must be in 1..12"),
        ("a: " + "9" * 5000, "integer string"),
        ("a: !!python/name:os.system", "could not determine a constructor"),
        ("{", "expected the node content"),
        ("a: \0", "special characters are not allowed"),
        ("[1, 2]", "must hold a mapping"),
        ("", "must hold a mapping"),
    ],
)
def test_what_is_no_plain_mapping_is_refused(text, reason) -> None:
    with pytest.raises(YAMLError, match=reason):
        parse_mapping(text)
