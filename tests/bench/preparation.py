"""What is made before anything is timed: the checkouts, the lists, the images that are served."""

import json
import re
import shlex
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.project import LOCKS, Copy, make_copy
from tests.bench.shapes import ALL, BARE, BLOG_POST, OTHERS, SHANTY, UV_GUIDE, Shape, Versions

LOCK, ONE_MORE = "twenty", "one_more"
# The official images have none of the standard library's; the base that `setup` makes has.
WITHOUT_BYTECODE = "bench-base:without-bytecode"
FORGET = "find / -xdev -name __pycache__ -prune -exec rm -rf {} +"
INSTALLED = """
import json, platform
from importlib.metadata import distributions
# What comes first on the path is what is imported.
found = {one.name.lower().replace("_", "-"): one.version for one in [*distributions()][::-1]}
print(json.dumps({"python": platform.python_version(), **found}))
"""


@dataclass(frozen=True)
class Prepared:
    """The shapes, each with a checkout; the same on a base without bytecode; Flask alone."""

    shapes: dict[str, Shape]
    without_bytecode: dict[str, Shape]
    flask: Shape | None


def prepare(folder: Path, only: Collection[str]) -> Prepared:
    """Make what is measured, every version asserted to be the same."""
    copy = make_copy(folder / SHANTY, "bench-shanty", LOCK)
    shanty = Shape(SHANTY, copy, _versions(copy))
    shanty.run(shanty.build("staging"))
    lists = folder / "lists"
    for lock in (LOCK, ONE_MORE):
        _export(shanty, lock, lists / lock)
    copy.take_lock(LOCK)
    shapes = {SHANTY: shanty} | {
        name: Shape(name, _copy(folder, name, lists), shanty.versions) for name in ALL[1:]
    }
    for shape in shapes.values():
        shape.run(shape.build())
    for name in (SHANTY, BLOG_POST):
        shapes[name].run(shapes[name].build("development"))
    assert_equal(shapes)
    return Prepared(
        shapes,
        _without_bytecode(folder, shapes) if "serve" in only else {},
        _flask(folder, shanty.versions) if "weight" in only else None,
    )


def _copy(folder: Path, name: str, lists: Path) -> Copy:
    image = f"bench-{name.replace('_', '-')}"
    return make_copy(folder / name, image, LOCK, lists if name in OTHERS else None)


def _versions(copy: Copy) -> Versions:
    """Return the versions that Shanty's own build has."""
    line = Shape(SHANTY, copy, Versions("", "", "")).announced("build")[-1]
    values = dict(word.split("=", 1) for word in line if re.match(r"[A-Z_]+=", word))
    dockerfile = Path(line[line.index("--file") + 1]).read_text(encoding="utf-8")
    found = re.search(r"^ARG UV_VERSION=(\S+)", dockerfile, re.MULTILINE)
    assert found, "the Dockerfile has no UV_VERSION"
    return Versions(values["BASE_IMAGE"], values["POETRY_VERSION"], found[1])


def _export(shanty: Shape, lock: str, folder: Path) -> None:
    """Write the lists that the other shapes need in place of a lock, by Poetry's own plugin."""
    folder.mkdir(parents=True)
    shanty.copy.take_lock(lock)
    words = ["docker", "run", "--rm", "--volume", f"{shanty.copy.folder}:/project"]
    words += ["--workdir", "/project", "--entrypoint", "poetry", shanty.image("staging")]
    for name, further in (("requirements.txt", []), ("constraints.txt", ["--without-hashes"])):
        line = [*words, "export", "--quiet", *further, "--output", name]
        shanty.run(line)
        (shanty.copy.folder / name).replace(folder / name)


def assert_equal(shapes: dict[str, Shape]) -> None:
    """Fail where a shape has another version of anything than the rest."""
    lock = tomllib.loads((LOCKS / LOCK / "poetry.lock").read_text(encoding="utf-8"))
    locked = {one["name"]: one["version"] for one in lock["package"]}
    pythons = set()
    for shape in shapes.values():
        found = installed(shape)
        pythons.add(found["python"])
        differing = {
            name: (version, found.get(name))
            for name, version in locked.items()
            if found.get(name) != version
        }
        assert not differing, f"{shape.name} has other versions: {differing}"
    assert len(pythons) == 1, pythons
    _assert_tools(shapes)


def installed(shape: Shape) -> dict[str, str]:
    """Return the version of Python and of each distribution in a shape's production image."""
    words = ["docker", "run", "--rm", "--entrypoint", "python", shape.image()]
    found: dict[str, str] = json.loads(shape.run([*words, "-c", INSTALLED]).said)
    return found


def _assert_tools(shapes: dict[str, Shape]) -> None:
    """Ask each image that has a tool for its version."""
    versions = shapes[SHANTY].versions
    asked = [(SHANTY, "staging", "poetry"), (BLOG_POST, "staging", "poetry")]
    asked += [("poetry_faq", "production", "poetry"), (SHANTY, "staging", "uv")]
    asked += [(UV_GUIDE, "builder", "uv")]
    for name, target, tool in asked:
        shape = shapes[name]
        line = shape.build() if name != SHANTY else shape.build(target)
        if name in {BLOG_POST, UV_GUIDE}:
            line = _targeted(line, target, shape.image(target))
        shape.run(line)
        words = ["docker", "run", "--rm", "--entrypoint", tool, shape.image(target), "--version"]
        said = shape.run(words).said
        wanted = versions.poetry if tool == "poetry" else versions.uv
        assert re.search(rf"\b{re.escape(wanted)}\b", said), f"{name}: {shlex.join(words)}: {said}"


def _targeted(line: list[str], target: str, tag: str) -> list[str]:
    """Return a build line for another target."""
    line = list(line)
    line[line.index("--tag") + 1] = tag
    if "--target" in line:
        line[line.index("--target") + 1] = target
        return line
    return [*line[:-1], "--target", target, line[-1]]


def _without_bytecode(folder: Path, shapes: dict[str, Shape]) -> dict[str, Shape]:
    """Build each shape on a base whose standard library has no bytecode."""
    base = folder / "base"
    base.mkdir()
    text = f"FROM {shapes[SHANTY].versions.base}\nRUN {FORGET}\n"
    (base / "Dockerfile").write_text(text, encoding="utf-8")
    shapes[SHANTY].run(["docker", "build", "--tag", WITHOUT_BYTECODE, str(base)])
    found = {}
    for name, shape in shapes.items():
        if name == BARE:
            continue
        copy = replace(shape.copy, image=f"{shape.copy.image}-source")
        versions = replace(shape.versions, base=WITHOUT_BYTECODE)
        variables = {"SHANTY_BASE_IMAGE": WITHOUT_BYTECODE}
        found[name] = Shape(name, copy, versions, variables)
        found[name].run(found[name].build())
    return found


def _flask(folder: Path, versions: Versions) -> Shape:
    """Build production with Flask and gunicorn alone."""
    copy = make_copy(folder / "flask", "bench-flask", "flask")
    shape = Shape(SHANTY, copy, versions)
    shape.run(shape.build())
    return shape
