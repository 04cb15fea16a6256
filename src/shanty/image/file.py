"""One entry of an image's file system."""

import tarfile
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file, folder or link, as one layer has it.

    `path` is absolute. `kind` is `file`, `folder`, `link` or `other`; `target` is a link's.
    `mode` holds permission bits, `size` bytes, `mtime` seconds. `layer` counts from 0, and
    `offset` is where in the layer the content begins.
    """

    path: str
    kind: str
    mode: int
    uid: int
    gid: int
    size: int
    mtime: float
    target: str
    layer: int
    offset: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def read_files(archive: tarfile.TarFile, layer: int) -> list[File]:
    """Return the entries of one layer in its order; a hard link is the file that it links to."""
    found: dict[str, File] = {}
    for member in archive:
        path = _absolute(member.name)
        same = found.get(_absolute(member.linkname)) if member.islnk() else None
        found[path] = File(
            path=path,
            kind=same.kind if same else _kind(member),
            mode=member.mode & 0o7777,
            uid=member.uid,
            gid=member.gid,
            size=same.size if same else member.size,
            mtime=member.mtime,
            target=member.linkname if member.issym() else "",
            layer=layer,
            offset=same.offset if same else member.offset_data,
        )
    return list(found.values())


def _absolute(name: str) -> str:
    return f"/{name.removeprefix('./').strip('/')}"


def _kind(member: tarfile.TarInfo) -> str:
    if member.isfile():
        return "file"
    if member.isdir():
        return "folder"
    return "link" if member.issym() else "other"
