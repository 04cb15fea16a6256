"""Layers on top of each other."""

from shanty.image.file import File
from shanty.image.merge import merge


def files(*names: str, layer: int) -> list[File]:
    """Return entries of one layer; a name that ends with `/` is a folder."""
    return [
        File(
            path=f"/{name.rstrip('/')}",
            kind="folder" if name.endswith("/") else "file",
            mode=0o644,
            uid=0,
            gid=0,
            size=0,
            mtime=0,
            target="",
            layer=layer,
            offset=0,
        )
        for name in names
    ]


def seen(*layers: list[str]) -> dict[str, int]:
    """Return the paths that are seen of layers, and the layer that each is from."""
    entries = [files(*names, layer=number) for number, names in enumerate(layers)]
    return {path: file.layer for path, file in merge(entries).items()}


def test_what_is_above_is_seen() -> None:
    assert seen(["a", "b"], ["b", "c"]) == {"/a": 0, "/b": 1, "/c": 1}


def test_a_folder_that_is_met_again_keeps_what_it_holds() -> None:
    assert seen(["a/", "a/b"], ["a/"]) == {"/a": 1, "/a/b": 0}


def test_what_a_layer_takes_away_is_gone_with_all_below() -> None:
    assert seen(["a/", "a/b", "ab"], [".wh.a"]) == {"/ab": 0}
    assert seen(["a/", "a/b", "a/c"], ["a/", "a/.wh.b"]) == {"/a": 1, "/a/c": 0}
    assert seen(["a"], [".wh.never"]) == {"/a": 0}


def test_a_folder_made_anew_shows_only_what_its_own_layer_has() -> None:
    assert seen(["a/", "a/b"], ["a/", "a/.wh..wh..opq", "a/c"]) == {"/a": 1, "/a/c": 1}


def test_a_file_takes_the_place_of_a_folder() -> None:
    assert seen(["a/", "a/b"], ["a"]) == {"/a": 1}
