"""Docstrings of the package: every example runs, and everything public has one."""

import ast
import doctest
import importlib
import inspect
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import lander_envs
import lander_envs.envs
import lander_envs.vector
import lander_envs.wrappers
import lander_envs.wrappers.vector

ROOT = Path(lander_envs.__file__).parent


def module_names() -> list[str]:
    """Names of the modules, those apart that need an optional dependency that is missing."""
    paths = [path.relative_to(ROOT.parent).with_suffix("") for path in sorted(ROOT.rglob("*.py"))]
    names = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    optional = {"lander_envs.sb3": "stable_baselines3", "lander_envs.jax": "jax"}
    optional["lander_envs.tianshou"] = "tianshou"
    optional |= dict.fromkeys(["lander_envs.cuda.driver", "lander_envs.vector.device"], "torch")
    missing = tuple(name for name, package in optional.items() if not find_spec(package))
    return [name for name in names if not name.startswith(missing)]


def public_objects() -> list[object]:
    """Environments, wrappers, and the methods that clone states."""
    packages = (
        lander_envs.envs,
        lander_envs.vector,
        lander_envs.wrappers,
        lander_envs.wrappers.vector,
    )
    members = [getattr(package, name) for package in packages for name in package.__all__]
    classes = [member for member in members if inspect.isclass(member)]
    clones = [
        getattr(env, name)
        for env in (lander_envs.envs.LanderEnv, lander_envs.vector.LanderVectorEnv)
        for name in ("clone_state", "restore_state")
    ]
    if find_spec("stable_baselines3"):
        sb3 = importlib.import_module("lander_envs.sb3")
        classes += [sb3.LanderVecEnv, sb3.native_batch]
    if find_spec("tianshou"):
        classes.append(importlib.import_module("lander_envs.tianshou").NativeVectorEnv)
    return classes + clones


@pytest.mark.parametrize("name", module_names())
def test_the_examples_of_a_module_run(name) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("member", public_objects(), ids=lambda member: member.__qualname__)
def test_a_public_object_has_an_example_that_shows_a_result(member) -> None:
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(member))
    assert any(example.want for example in examples)


# "How often an action is repeated" makes a reader wait for the term; "Action repeat" does not.
WAITS = re.compile(r"(What|How|Which|Of|As|Those|That)\b")
PROJECT = Path(__file__).parents[1]


def strings(source: Path) -> list[str]:
    """Docstrings of a file, and the strings that describe its constants and settings."""
    statements = [
        node for node in ast.walk(ast.parse(source.read_text())) if type(node) is ast.Expr
    ]
    values = [node.value.value for node in statements if isinstance(node.value, ast.Constant)]
    return [value for value in values if isinstance(value, str)]


@pytest.mark.parametrize("folder", ["baselines", "tests"])
def test_a_docstring_outside_the_package_begins_with_its_term(folder) -> None:
    told = {path: strings(path) for path in (PROJECT / folder).rglob("*.py")}
    assert len(told) > 50
    found = [(path.name, text) for path in told for text in told[path] if WAITS.match(text)]
    assert found == []


@pytest.mark.parametrize("name", module_names())
def test_a_docstring_begins_with_its_term(name) -> None:
    module = importlib.import_module(name)
    found = [
        test.name
        for test in doctest.DocTestFinder(exclude_empty=False).find(module)
        if WAITS.match(test.docstring)
    ]
    assert found == []
