"""Projects as nobody means them: with bytes, values, files and links that are wrong."""

import datetime as dt
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import strategies as st

PROJECTS = Path(__file__).parent / "projects"
NAMES = sorted(path.parent.name for path in PROJECTS.glob("*/poetry.lock"))
TOML = ("pyproject.toml", "poetry.lock")
TEXTS = st.sampled_from(
    [
        *("", "x", "^", "a b ;; '", "\0", "a\nb", "../..", "/", "***", "é", "$(x)", "x:y", "x:y()"),
        *(
            ">=3,",
            "* || ^",
            "[x",
            "x @ file:///y",
            "extra == 'x",
            "python_version < 'x'",
            "x.y:z.w",
        ),
        *(
            "sha256:x",
            "x-1-py3-none-any.whl",
            "--x",
            "1.0",
            "2.1",
            "3.13",
            "3",
            "٣",
            "-",
            "x" * 5000,
        ),
        *(
            "x:" + "f(" * 500,
            "x:" + "-" * 5000 + "1",
            "git@x:y",
            "ssh://[x",
            "~~1",
            "1!2+x",
            "\x1b",
        ),
    ]
)
SCALARS: st.SearchStrategy[Any] = st.one_of(
    TEXTS,
    st.sampled_from([0, 1, -1, 10**30, 1.5, float("nan"), float("inf"), True, False]),
    st.sampled_from([dt.date(2020, 1, 1), dt.time(1), dt.datetime(1, 1, 1)]),  # noqa: DTZ001
)
KEYS = st.sampled_from(
    ["x", "include", "from", "name", "version", "path", "git", "file", "", "a.b"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)
# Keys that a project may lack, so that there is nothing to change.
MORE = st.sampled_from(
    [
        *("project.license", "project.readme", "project.urls", "project.dynamic"),
        *("project.optional-dependencies", "project.license-files", "project.classifiers"),
        *("tool.poetry.include", "tool.poetry.packages", "tool.poetry.group", "tool.poetry.build"),
        *("tool.poetry.source", "tool.poetry.extras", "tool.poetry.urls", "tool.poetry.scripts"),
        *("tool.poetry.requires-poetry", "tool.poetry.requires-plugins", "tool.poetry.readme"),
        *("tool.poetry.dev-dependencies", "tool.poetry-dynamic-versioning", "tool.shanty.app"),
        *("tool.shanty.port", "tool.shanty.serve", "tool.shanty.groups", "tool.shanty.base-image"),
        *("tool.shanty.ship", "tool.shanty.prestart", "tool.shanty.image", "tool.shanty.extras"),
        *("tool.shanty.python-version", "tool.shanty.poetry-version", "tool.shanty.size-budget"),
        *("tool.shanty.project", "tool.shanty.test-gate", "dependency-groups", "extras", "package"),
        *("build-system.requires", "build-system.build-backend", "tool.shanty.env-file"),
        *("metadata.files", "metadata.lock-version", "metadata.content-hash"),
    ]
)
JUNK = st.sampled_from(
    [
        *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b'"""', b"[[", b"{", b"}", b"=", b"\n\n", b"'"),
        *(
            b"(" * 300,
            b"[" * 5000,
            b"-" * 9000,
            b"\n<<<<<<< x\n",
            b"\x0c",
            b"\xe2\x80\xa8",
            b"9" * 5000,
        ),
        *(b"\n)\n", b"\n  x\n", b"# coding: x\n", b" type X = int\n", b"\\", b"*", b"\nARG X='\n"),
    ]
)
SOURCES = st.sampled_from(
    [
        "app = app\n",
        "from . import app\nfrom .... import *\n",
        "from app import *\nfrom main import *\nfrom wsgi import app\n",
        "x = " + "(" * 90 + "1" + ")" * 90 + "\n",
        "app = " + "f(" * 90 + ")" * 90 + "\n",
        "app = x" + ".a" * 3000 + "\n",
        "app = 1" + " + 1" * 3000 + "\n",
        "if 1: app = 1\n" + "elif 2: app = 2\n" * 900,
        "".join("  " * depth + "if 1:\n" for depth in range(90)) + "  " * 90 + "app = 1\n",
        "".join(f"def f{n}(): return f{n + 1}()\n" for n in range(900)) + "app = f0()\n",
        "class A(A): pass\napp = A()\nclass B(C): pass\nclass C(B): pass\napplication = C()\n",
        "def app(scope, receive, send=lambda: app): return app\napp.x.y = app\n",
        "from flask import Flask\n(app, *b), c = [[Flask(), 1], 2]\napp: 'Flask[' = app\n",
        "daemon = True\nWSGI_APPLICATION = '.'\nASGI_APPLICATION = 'é.\0'\n",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '.x..')\nx: 'a' * 3\n",
    ]
)
# What else is read, by its name.
STAGES = b"".join(b"FROM x AS %s\n" % one for one in (b"staging", b"development", b"build"))
STAGES += b"FROM x AS production\n"
OTHERS = {
    ".flaskenv": st.sampled_from(
        [
            *(
                b"FLASK_APP=:\n",
                b"FLASK_APP=/:x\n",
                b"FLASK_APP=a\0b:c\n",
                b"FLASK_APP=app.py:f(\n",
            ),
            *(b"FLASK_APP=x/\xff\n", b"FLASK_APP=../x.py:app\n", b"FLASK_APP=" + b"x" * 5000),
            *(b"FLASK_APP=/tmp/x.py:app\n", b"FLASK_APP=.\n", b"FLASK_APP=app:" + b"f(" * 300),
        ]
    ),
    "Dockerfile": st.sampled_from(
        [
            *(b"FROM x AS staging\nARG X='\n", b'FROM x AS staging\nARG POETRY_VERSION="1\n'),
            *(b"FROM x AS staging\n# \xff\n", b"\xff", b"", b"FROM x AS staging\nARG X=\\\n"),
            STAGES,
            STAGES + b"ARG A='\nARG POETRY_VERSION=1\r\n\x0c ARG PYTHON_VERSION='3'\n",
        ]
    ),
    "Dockerfile.dockerignore": st.sampled_from([b"*\n!/x\n", b"*\n!/\0\n", b"\xff", b"[\n!\n"]),
    ".gitignore": st.sampled_from([b"*\n", b"\xff\n!\n", b"[\n\\\n/\n//\n!!x\n", b"\0"]),
}
PLACES = st.sampled_from(
    [
        *("app.py", "main.py", "wsgi.py", "manage.py", "src", "app/__init__.py", "src/app/main.py"),
        *("gunicorn.conf.py", ".flaskenv", ".flaskenv", "docker/Dockerfile", "docker/Dockerfile"),
        *("docker/Dockerfile.dockerignore", "docker/Dockerfile", ".gitignore"),
        *(
            "settings.py",
            ".gitignore",
            "tests",
            "docker",
            "pyproject.toml",
            "poetry.lock",
            "x/y.py",
        ),
    ]
)


def paths_of(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a value."""
    if path:
        yield path
    named = value if isinstance(value, dict) else {}
    for key, one in enumerate(value) if isinstance(value, list) else named.items():
        yield from paths_of(one, (*path, key))


def put(values: Any, path: tuple[Any, ...], value: object) -> None:  # noqa: ANN401
    """Put a value at a path, which leads through new tables where there are none."""
    *parents, last = path
    for key in parents:
        if isinstance(values, dict) and not isinstance(values.get(key), dict | list):
            values[key] = {}
        values = values[key]
        if isinstance(values, list) and isinstance(last, str):
            return
    values[last] = value


@st.composite
def with_values(draw: st.DrawFn, root: Path) -> None:
    """Swap values of a project's TOML files for others, of other kinds too."""
    file = root / draw(st.sampled_from(TOML))
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 2))):
        paths = list(paths_of(values))
        more = tuple(draw(MORE).split("."))
        path = draw(st.sampled_from(paths)) if draw(st.booleans()) else more
        put(values, path, draw(VALUES))
    file.write_text(tomlkit.dumps(values), encoding="utf-8")


@st.composite
def with_bytes(draw: st.DrawFn, root: Path) -> None:
    """Change bytes of a project's file: some more, some less, some others."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    file = draw(st.sampled_from([*files, *(root / name for name in TOML)]))
    content = file.read_bytes()
    at = draw(st.integers(0, len(content)))
    length = draw(st.integers(0, 40))
    ways = [content[:at], content[:at] + content[at + length :], content[:at] + content[at:] * 2]
    ways += [content[:at] + draw(JUNK) + content[at:], b"", content[: at // 2]]
    flipped = bytes(one ^ (1 << draw(st.integers(0, 7))) for one in content[at : at + 1])
    file.write_bytes(draw(st.sampled_from([*ways, content[:at] + flipped + content[at + 1 :]])))


@st.composite
def with_files(draw: st.DrawFn, root: Path) -> None:
    """Put a file, a folder or a link where none is meant to be, once or twice."""
    for _ in range(draw(st.integers(1, 2))):
        files = sorted(path for path in root.rglob("*") if path.is_file())
        place = draw(st.sampled_from([*files, *(root / draw(PLACES) for _ in range(20))]))
        make_room(place)
        draw(something_at(place))


def make_room(place: Path) -> None:
    """Take away what is at a place, and what is in the way to it."""
    for one in (place.parent, place):
        if one.is_symlink() or (one.exists() and not one.is_dir()):
            one.unlink()
    if place.is_dir():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)


@st.composite
def something_at(draw: st.DrawFn, place: Path) -> None:
    """Put something at a place."""
    match draw(st.sampled_from(["source", "source", "folder", "loop", "nowhere", "up", "none"])):
        case "source":
            place.write_bytes(draw(OTHERS.get(place.name, SOURCES.map(str.encode))))
        case "folder":
            place.mkdir()
        case "loop":
            place.symlink_to(place)
        case "nowhere":
            place.symlink_to("nowhere")
        case "up":
            place.symlink_to("..")
        case _:
            pass
