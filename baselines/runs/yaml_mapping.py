"""YAML mappings without surprises: no key twice, no aliases."""

from __future__ import annotations

from typing import Any

import yaml
from yaml import YAMLError

__all__ = ["YAMLError", "parse_mapping"]


class _Loader(yaml.SafeLoader):
    """Safe loader that refuses what would be lost or grow without being seen."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node; a few aliases of aliases would expand to gigabytes."""
        if self.check_event(yaml.AliasEvent):
            raise YAMLError("aliases are not supported")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Construct a mapping; the first of two equal keys would be dropped."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise YAMLError(f"a key must be text, got {key!r}, {_line(key_node.start_mark)}")
            if key in seen:
                raise YAMLError(f"the key {key!r} is given twice, {_line(key_node.start_mark)}")
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse_mapping(text: str) -> dict[str, Any]:
    """Mapping of keys to values in a YAML text.

    Raises:
        YAMLError: if it is broken, too deep, or holds something else.
    """
    try:
        content = yaml.load(text, _Loader)  # a safe loader
    except RecursionError:
        raise YAMLError("it is nested too deeply") from None
    except ValueError as unreadable:  # a date or number that Python does not have
        raise YAMLError(str(unreadable)) from None
    if not isinstance(content, dict):
        raise YAMLError("it must hold a mapping of keys to values")
    return content


def _line(mark: yaml.Mark) -> str:
    return f"line {mark.line + 1}"
