"""An image, read from what `docker save` gives."""

import json
import sys
import tarfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from shanty.errors import MachineError
from shanty.image.archive import saved
from tests.fakes import Fakes, no_image, ready, reply
from tests.images import Entry, archive, image, layer

BASE = [Entry("bin/"), Entry("bin/sh", b"shell", 0o4755)]
APP = [Entry("opt/"), Entry("opt/app.py", b"app = 1", uid=10001)]


def test_a_file_is_known_by_its_path_and_what_the_layer_says_of_it(tmp_path: Path) -> None:
    with image(tmp_path, BASE, APP) as found:
        file, shell = found.files["/opt/app.py"], found.files["/bin/sh"]
        assert (file.kind, file.mode, file.uid, file.size, file.layer) == (
            "file",
            0o644,
            10001,
            7,
            1,
        )
        assert (file.mtime, shell.mode, shell.name) == (1_000_000_000, 0o4755, "sh")
        assert found.files["/bin"].kind == "folder"
        assert [found.read(one) for one in (shell, file)] == [b"shell", b"app = 1"]


def test_links_and_devices_are_what_they_are(tmp_path: Path) -> None:
    entries = [
        *BASE,
        Entry("bin/bash", target="sh"),
        Entry("bin/dash", target="bin/sh", kind=tarfile.LNKTYPE),
        Entry("dev/null", target="-", kind=tarfile.CHRTYPE),
    ]
    with image(tmp_path, entries) as found:
        files = found.files
        assert (files["/bin/bash"].kind, files["/bin/bash"].target) == ("link", "sh")
        assert found.read(files["/bin/dash"]) == b"shell"
        assert files["/dev/null"].kind == "other"
        # The hard link takes no place of its own.
        assert found.layers[0].size == len(b"shell")


def test_a_layer_has_the_command_that_made_it_and_may_be_the_bases(tmp_path: Path) -> None:
    history = ("ADD rootfs", "ENV A=1", "COPY app.py /opt/")
    with image(tmp_path, BASE, APP, [], below=1, history=history) as found:
        assert [one.command for one in found.layers] == ["ADD rootfs", "COPY app.py /opt/", ""]
        assert [one.from_base for one in found.layers] == [True, False, False]
        assert [one.digest for one in found.layers] == ["sha256:0", "sha256:1", "sha256:2"]
        assert list(found.added) == ["/opt", "/opt/app.py"]


def test_a_packed_layer_is_read_like_any(tmp_path: Path) -> None:
    with image(tmp_path, layer(BASE), layer(APP, "gz")) as found:
        assert found.read(found.files["/opt/app.py"]) == b"app = 1"
        assert found.read(found.files["/bin/sh"]) == b"shell"


def test_the_settings_of_its_containers_are_known(tmp_path: Path) -> None:
    config: dict[str, Any] = {
        "Env": ["A=1=2", "B="],
        "Labels": {"shanty.project": "1"},
        "User": "10001",
    }
    with image(tmp_path, BASE, **config) as found:
        assert found.environment == {"A": "1=2", "B": ""}
        assert (found.labels, found.settings["User"]) == ({"shanty.project": "1"}, "10001")


def test_an_image_without_settings_has_empty_ones(tmp_path: Path) -> None:
    with image(tmp_path, BASE) as found:
        assert (found.labels, found.environment) == ({}, {})


# From the engine


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return an engine with an image of two layers and one that it is based on."""
    monkeypatch.setattr(sys, "argv", ["shanty"])
    fakes = ready(tmp_path / "fakes", monkeypatch)
    layers = {"base": ["sha256:0"], "other": ["sha256:9"], "app": ["sha256:0", "sha256:1"]}
    for name, digests in layers.items():
        found = json.dumps([{"Id": name, "RootFS": {"Type": "layers", "Layers": digests}}])
        fakes.answer(reply(f"docker image inspect {name}", found))
    fakes.answer(no_image("gone"))
    return fakes


def test_a_saved_image_stands_on_the_first_base_that_it_has_the_layers_of(
    tmp_path: Path, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = archive([layer(BASE), layer(APP)], {}, [])
    monkeypatch.setattr("shanty.engine.save", lambda _name, path: path.write_bytes(content))
    with saved("app", ["gone", "other", "base"]) as found:
        assert [one.from_base for one in found.layers] == [True, False]
        assert found.read(found.files["/opt/app.py"]) == b"app = 1"
    assert not list(tmp_path.glob("shanty-*"))
    assert fakes.changes == []


@pytest.mark.usefixtures("fakes")
def test_an_image_whose_base_is_gone_is_refused_by_the_bases_name() -> None:
    with pytest.raises(MachineError) as error, ExitStack() as stack:
        stack.enter_context(saved("app", ["gone", "other"]))
    assert str(error.value) == (
        "the image that app was built on is not here: gone\nfix: shanty build"
    )
