"""Images as `docker save` writes them, made of what a test says."""

import hashlib
import io
import json
import tarfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shanty.image.archive import Image, read_archive

SITE = "opt/venv/lib/python3.13/site-packages"


@dataclass(frozen=True)
class Entry:
    """One entry of a layer: a folder when its name ends with `/`, a link when it has a target."""

    name: str
    content: bytes = b""
    mode: int = 0o644
    uid: int = 0
    target: str = ""
    kind: bytes = field(default=tarfile.SYMTYPE)


def layer(entries: Iterable[Entry], compression: str = "") -> bytes:
    """Return a layer as a tar file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]
        for entry in entries:
            member = tarfile.TarInfo(entry.name.rstrip("/"))
            member.mode, member.uid, member.mtime = entry.mode, entry.uid, 1_000_000_000
            if entry.target:
                member.type, member.linkname = entry.kind, entry.target
            elif entry.name.endswith("/"):
                member.type = tarfile.DIRTYPE
            member.size = len(entry.content)
            archive.addfile(member, io.BytesIO(entry.content))
    return file.getvalue()


def archive(layers: Iterable[bytes], config: Mapping[str, Any], history: Iterable[str]) -> bytes:
    """Return what `docker save` writes of an image with these layers."""
    named = {f"blobs/{number}": content for number, content in enumerate(layers)}
    whole = {
        "config": config,
        "rootfs": {"diff_ids": [f"sha256:{number}" for number in range(len(named))]},
        "history": [
            {"created_by": command, "empty_layer": command.startswith("ENV")} for command in history
        ],
    }
    manifest = [{"Config": "blobs/config", "Layers": list(named)}]
    files = {
        **named,
        "blobs/config": json.dumps(whole).encode(),
        "manifest.json": json.dumps(manifest).encode(),
    }
    return layer(Entry(name, content) for name, content in files.items())


@contextmanager
def image(
    folder: Path,
    *layers: Iterable[Entry] | bytes,
    below: int = 0,
    history: Iterable[str] = (),
    **config: Any,  # noqa: ANN401 - as Docker has it
) -> Iterator[Image]:
    """Yield an image of layers, the first `below` of them its base's, with this configuration."""
    packed = [one if isinstance(one, bytes) else layer(one) for one in layers]
    file = folder / "image.tar"
    file.write_bytes(archive(packed, config, history))
    with ExitStack() as stack, file.open("rb") as stream:
        yield read_archive("harbour:production", stream, below, stack)


def distribution(
    name: str, version: str, files: Mapping[str, bytes], metadata: str = "", site: str = SITE
) -> list[Entry]:
    """Return the entries of an installed distribution, its RECORD true."""
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n"
    contents = {**files, f"{folder}/METADATA": head.encode()}
    lines = [f"{path},{record_hash(content)},{len(content)}" for path, content in contents.items()]
    contents[f"{folder}/RECORD"] = "\n".join([*lines, f"{folder}/RECORD,,"]).encode()
    return [Entry(f"{site}/{path}", content) for path, content in contents.items()]


def record_hash(content: bytes) -> str:
    """Return a hash as RECORD has it."""
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"
