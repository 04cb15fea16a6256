"""What a build reads besides the packages: names that agree, a readme, licence files."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from packaging.utils import canonicalize_name

from shanty.errors import UsageError
from shanty.path_fault import is_text, link_fault, renaming
from shanty.project import Project
from shanty.pyproject import table

# Folders of modules that no wheel is for.
NO_PACKAGES = ("tests", "test", "docs")


def check_project(project: Project) -> None:
    """Raise `UsageError` for what no release of Poetry builds, or builds under another name."""
    check_names(project)
    if project.package_mode:
        check_packages(project)
        check_readmes(project)
        check_licences(project)
    if project.has_package:
        check_links(project)
        check_file_names(project)


def read_by_build(project: Project) -> tuple[str, ...] | None:
    """Return the paths, and patterns for some, that a wheel of the project is made from.

    They are relative to the root. `None` where that is not known: its build runs a script, or is
    not Poetry's.
    """
    poetry = table(project.pyproject, "tool.poetry")
    if poetry.get("build") or not project.is_built_by_poetry:
        return None
    return (
        *(_relative(project, package.path) for package in project.packages),
        *(name for _, name in readmes(project)),
        *(pattern.lstrip("/") for pattern in _licence_patterns(project)),
        *_included(poetry.get("include", ())),
        str(table(project.pyproject, "project.license").get("file", "LICENSES")),
        *_linked(project),
    )


def _linked(project: Project) -> Iterator[str]:
    """Yield where in the project the links of its packages lead to."""
    for package in project.packages:
        for link in _links(package.path):
            target = Path(os.path.realpath(link))
            if target.is_relative_to(project.root):
                yield target.relative_to(project.root).as_posix()


def _links(top: Path) -> Iterator[Path]:
    """Yield the links at and below a path."""
    if top.is_symlink():
        yield top
    yield from (Path(entry.path) for entry in _entries(top) if entry.is_symlink())


def _entries(top: Path) -> Iterator["os.DirEntry[str]"]:
    """Yield what lies below a folder; a package may have a great many files, so none is asked."""
    waiting = [os.fspath(top)] if top.is_dir() else []
    while waiting:
        with suppress(PermissionError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _included(entries: Iterable[object]) -> Iterator[str]:
    """Yield the patterns of `include`, but for those of the source distribution alone."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, Mapping) and entry.get("format") not in ("sdist", ["sdist"]):
            yield str(entry.get("path", ""))


def check_names(project: Project) -> None:
    """Refuse two names: Poetry takes the one under `[project]`, older releases the other."""
    first = table(project.pyproject, "project").get("name")
    second = table(project.pyproject, "tool.poetry").get("name")
    if first and second and canonicalize_name(str(first)) != canonicalize_name(str(second)):
        raise UsageError(
            f"{project.pyproject_file} has two names: {first!r} under [project], "
            f"{second!r} under [tool.poetry]",
            "take the name out of [tool.poetry]",
        )


def check_packages(project: Project) -> None:
    """Refuse a declared package that is missing, and two that Poetry would choose between."""
    declared = table(project.pyproject, "tool.poetry").get("packages")
    for package in project.places:
        if declared and not package.path.exists():
            raise UsageError(
                f"{project.pyproject_file}: packages names {_relative(project, package.path)}, "
                "and there is no such folder or module",
                f"name {_there_is(project)}, or set package-mode = false",
            )
    found = [one.path for one in project.places if _holds_code(one.path)]
    if not declared and len(found) > 1:
        first, second = (_relative(project, path) for path in found[:2])
        raise UsageError(
            f"{project.root} has both {first} and {second}, and either may be the package",
            f"say which in {project.pyproject_file}: [tool.poetry] packages = "
            f'[{{ include = "{found[0].name}"{_from(project, found[0].parent)} }}]',
        )


def _there_is(project: Project) -> str:
    """Return what `packages` may name: the folders of code that there are, by their markers."""
    markers = sorted((*project.root.glob("*/__init__.py"), *project.root.glob("src/*/__init__.py")))
    folders = [file.parent for file in markers if file.parent.name not in NO_PACKAGES]
    entries = [f'{{ include = "{one.name}"{_from(project, one.parent)} }}' for one in folders]
    return f"the one that there is: packages = [{', '.join(entries)}]" if entries else "another"


def check_links(project: Project) -> None:
    """Refuse a link in a package that leads nowhere, or to what Poetry puts into no wheel."""
    for package in project.packages:
        within = package.import_root if project.is_built_by_poetry else project.root
        for link in _links(package.path):
            if fault := link_fault(link, within):
                raise fault


def check_file_names(project: Project) -> None:
    """Refuse a file name in a package that no wheel can hold, for it is no text."""
    for package in project.packages:
        for entry in _entries(package.path):
            if not is_text(entry.name):
                shown = os.fsencode(entry.path).decode(errors="replace")
                raise UsageError(
                    f"{shown} is a file name that is not UTF-8: no wheel can be built with it",
                    renaming(Path(entry.path)),
                )


def _holds_code(path: Path) -> bool:
    return path.is_file() or any(path.rglob("*.py"))


def _from(project: Project, folder: Path) -> str:
    return "" if folder == project.root else f', from = "{_relative(project, folder)}"'


def _relative(project: Project, path: Path) -> str:
    return path.relative_to(project.root).as_posix()


def readmes(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the readme files, with the key that names each."""
    standard = table(project.pyproject, "project").get("readme")
    poetry = table(project.pyproject, "tool.poetry").get("readme")
    file = standard.get("file") if isinstance(standard, dict) else standard
    if file:
        yield "[project] readme", str(file)
    elif poetry and not standard:
        for name in poetry if isinstance(poetry, list) else [poetry]:
            yield "[tool.poetry] readme", str(name)


def check_readmes(project: Project) -> None:
    """Refuse a readme that is not there."""
    for key, name in readmes(project):
        _check_file(project, key, name)


def _check_file(project: Project, key: str, name: str) -> None:
    if not (project.root / name).is_file():
        raise UsageError(
            f"{project.pyproject_file}: {key} = {name!r}, and there is no such file: "
            "Poetry does not build the project without it",
            f"write {name}, or take the key out",
        )


def check_licences(project: Project) -> None:
    """Refuse a licence file, or a pattern for some, that matches nothing."""
    standard = table(project.pyproject, "project")
    file = table(standard, "license").get("file")
    if file:
        _check_file(project, "[project] license", str(file))
    for pattern in _licence_patterns(project):
        try:
            found = any(project.root.glob(pattern.lstrip("/") or "*"))
        except ValueError:
            # "***", say.
            found = False
        if not found:
            _check_file(project, "[project] license-files", pattern)


def _licence_patterns(project: Project) -> list[str]:
    patterns = table(project.pyproject, "project").get("license-files", ())
    return [str(one) for one in (patterns if isinstance(patterns, list) else ())]
