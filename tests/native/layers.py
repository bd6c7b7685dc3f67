"""Layers of the native engine, read from its folders and includes."""

from __future__ import annotations

import re
from pathlib import Path

# From the lowest to the highest; a file may include its own layer and lower ones.
LAYERS = ("math", "physics", "env", "render", "batch", "kernels", "wasm", "host", "python")
CORE = LAYERS[:6]  # runs on a GPU, too
MAX_FILES = 15
SOURCES = (".h", ".cpp", ".cu")
CONTAINERS = (
    *("array", "deque", "forward_list", "functional", "list", "map", "memory", "optional"),
    *("queue", "set", "span", "stack", "string", "string_view", "tuple", "unordered_map"),
    *("unordered_set", "utility", "variant", "vector"),
)

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def faults(native: Path) -> list[str]:
    """Each breach of the layers under ``native``, as a sentence."""
    out = [f"{path.name} is in no folder" for path in _sources(native)]
    for folder in sorted(path for path in native.iterdir() if path.is_dir()):
        if folder.name not in LAYERS:
            out.append(f"{folder.name} is no layer")
            continue
        files = _sources(folder)
        if len(files) > MAX_FILES:
            out.append(f"{folder.name} has {len(files)} source files, {MAX_FILES} are allowed")
        for path in files:
            out += _faults_of(path)
    return out


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in SOURCES)


def _faults_of(path: Path) -> list[str]:
    layer, out = path.parent.name, []
    name = f"{layer}/{path.name}"
    for kind, included in _INCLUDE.findall(path.read_text()):
        if kind == "<":
            if layer in CORE and included in CONTAINERS:
                out.append(f"{name} includes <{included}>, a container")
            continue
        folder = included.split("/")[0]
        if folder not in LAYERS or "/" not in included:
            out.append(f"{name} includes {included!r}, which is no path from the root")
        elif LAYERS.index(folder) > LAYERS.index(layer):
            out.append(f"{name} includes {included!r}, which is a higher layer")
    return out
