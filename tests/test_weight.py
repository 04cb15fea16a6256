"""What of an image weighs what, and how that is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from shanty.image.report import weight_json, weight_svg, weight_table
from shanty.image.weight import Part, Weight, weigh
from tests.images import SITE, Entry, distribution, image

BASE = [Entry("usr/bin/su", b"s" * 700), Entry("etc/passwd", b"root")]
FLASK = distribution("Flask", "3.1.3", {"flask/app.py": b"a" * 3000})
GUNICORN = distribution("gunicorn", "27.0.1", {"gunicorn.py": b"g" * 50}, site="opt/server")
SETTINGS = {"WorkingDir": "/opt/app", "Env": ["VIRTUAL_ENV=/opt/venv"]}


def parsed(svg: str) -> ET.Element:
    """Return an SVG as elements; fail on what is no XML."""
    return ET.fromstring(svg)  # noqa: S314 - made here


@pytest.fixture
def weight(tmp_path: Path) -> Iterator[Weight]:
    """Return what an image with a part of every kind weighs."""
    first = [
        *FLASK,
        *GUNICORN,
        Entry(f"{SITE}/flask/__pycache__/app.cpython-313.pyc", b"p" * 1000),
        Entry("opt/venv/pyvenv.cfg", b"c" * 40),
        Entry("usr/local/lib/python3.13/__pycache__/os.cpython-313.pyc", b"o" * 900),
        Entry("usr/local/bin/healthcheck.py", b"h" * 30),
        Entry("opt/app/static/harbour.png", b"i" * 2000),
        Entry("opt/app/static/pictures/quay.png", b"i" * 500),
        Entry("opt/app/wsgi.py", b"w" * 10),
        Entry("usr/lib/x86_64-linux-gnu/big/libpq.so", b"l" * 600),
        Entry("usr/lib/x86_64-linux-gnu/libpq.so", target="big/libpq.so"),
        Entry("usr/bin/su", b"t" * 700),
    ]
    second = [Entry("opt/app/wsgi.py", b"v" * 20)]
    history = ("FROM", "COPY /made/packages / # buildkit", "RUN /bin/sh -c cp -R /tmp/app/. .")
    with image(tmp_path, BASE, first, second, below=1, history=history, **SETTINGS) as found:
        yield weigh(found, "python:3.13-slim")


def test_every_byte_on_the_base_is_in_one_layer_and_in_one_part(weight: Weight) -> None:
    assert weight.base == 704
    assert weight.added == sum(part.size for part in weight.parts)
    assert weight.size == weight.base + weight.added
    assert [layer.made for layer in weight.layers] == [
        "the packages of the lock, and the server that it lacks",
        "the files of the project",
    ]
    assert weight.layers[1].size == 20


def test_the_parts_are_distributions_and_what_belongs_to_none_heaviest_first(
    weight: Weight,
) -> None:
    sizes = [part.size for part in weight.parts]
    assert sizes == sorted(sizes, reverse=True)
    named = {part.name: part for part in weight.parts}
    flask = named.pop("flask 3.1.3")
    assert (flask.kind, flask.bytecode) == ("distribution", 1000)
    assert flask.size == sum(len(entry.content) for entry in FLASK) + 1000
    assert named.pop("gunicorn 27.0.1 (fetched)").kind == "distribution"
    assert list(named.values()) == [
        Part("/opt/app/static", "project", 2500),
        Part("bytecode of the standard library", "bytecode", 900, 900),
        Part("files of the base, changed", "changed", 700),
        Part("/usr/lib/x86_64-linux-gnu", "files", 600),
        Part("/opt/venv, no distribution's", "environment", 40),
        Part("entrypoint, health check and settings", "shanty", 30),
        Part("/opt/app", "project", 20),
        Part("hidden by a later layer", "hidden", 10),
    ]


def test_a_second_name_of_a_file_weighs_nothing(tmp_path: Path) -> None:
    entries = [
        Entry("data/one", b"x" * 100),
        Entry("data/two", target="data/one", kind=b"1"),
    ]
    with image(tmp_path, BASE, entries, below=1) as found:
        weight = weigh(found, "base")
    assert weight.parts == (Part("/data", "files", 100),)
    assert weight.added == 100


def test_the_table_has_layers_then_parts_with_their_share(weight: Weight) -> None:
    lines = weight_table(weight).splitlines()
    assert lines[0] == "     704 B          python:3.13-slim"
    assert lines[2] == "      20 B  layer   the files of the project"
    assert lines[3].endswith("  all of harbour:production")
    parts = lines[lines.index("") + 2 :]
    share = weight.parts[0].size / weight.added
    assert parts[0] == f"    4.2 kB  {share:6.1%}  flask 3.1.3  (1.0 kB bytecode)"
    assert parts[2].endswith("%  bytecode of the standard library")
    assert len(parts) == len(weight.parts)


def test_an_image_that_adds_nothing_has_a_table_too(tmp_path: Path) -> None:
    with image(tmp_path, BASE, [Entry("opt/app/")], below=1) as found:
        weight = weigh(found, "base")
    assert weight_table(weight).splitlines() == [
        "     704 B          base",
        "     704 B  all of harbour:production",
        "",
        "       0 B  added to the base",
    ]
    assert parsed(weight_svg(weight)).tag.endswith("svg")


def test_a_script_is_given_the_same_in_bytes(weight: Weight) -> None:
    values = json.loads(weight_json(weight))
    assert values["base"] == {"image": "python:3.13-slim", "size": 704}
    assert values["size"] - 704 == values["added"] == sum(one["size"] for one in values["layers"])
    assert values["parts"][0] == {
        "name": "flask 3.1.3",
        "kind": "distribution",
        "size": weight.parts[0].size,
        "bytecode": 1000,
    }


def test_the_picture_has_an_area_for_every_part(weight: Weight) -> None:
    svg = parsed(weight_svg(weight))
    tooltips = [one.text or "" for one in svg.iterfind(".//{*}g/{*}title")]
    assert [one.partition(": ")[0] for one in tooltips] == [part.name for part in weight.parts]
    assert tooltips[-1].startswith("hidden by a later layer: 10 B, 0.")
