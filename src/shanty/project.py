"""The Poetry project: where it is and what its `pyproject.toml` says of it."""

import hashlib
import shlex
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from packaging.utils import canonicalize_name

from shanty.checkout import is_committed
from shanty.errors import UsageError
from shanty.forms import check_forms, check_values
from shanty.pyproject import Table, read_toml, table


@dataclass(frozen=True)
class Package:
    """A package or a module of the wheel: its path, and the folder it is imported from."""

    path: Path
    import_root: Path


@dataclass(frozen=True)
class Project:
    """A folder whose `pyproject.toml` Poetry can build.

    `root` holds that file; `workspace` is the folder whose `[tool.shanty] project` handed over
    to it, the root itself where nothing did.
    """

    root: Path
    workspace: Path
    pyproject: Table

    @property
    def pyproject_file(self) -> Path:
        """The project's `pyproject.toml`."""
        return self.root / "pyproject.toml"

    @property
    def lock_file(self) -> Path:
        """The project's `poetry.lock`, there or not."""
        return self.root / "poetry.lock"

    @property
    def quoted_root(self) -> str:
        """The root as one word of a command that is to be pasted."""
        return shlex.quote(str(self.root))

    @property
    def settings(self) -> Table:
        """The `[tool.shanty]` table."""
        return table(self.pyproject, "tool.shanty")

    @property
    def name(self) -> str:
        """The distribution's name."""
        for place in ("project", "tool.poetry"):
            name = table(self.pyproject, place).get("name")
            if isinstance(name, str) and name and "/" not in name:
                return name
        raise UsageError(
            f"{self.pyproject_file} gives the project no name",
            'write name = "…" under [project]',
        )

    @property
    def requires_python(self) -> str:
        """The Python releases the project admits, as it writes them; `*` where it says nothing."""
        for place, key in (("tool.poetry.dependencies", "python"), ("project", "requires-python")):
            constraint = table(self.pyproject, place).get(key)
            if isinstance(constraint, str):
                return constraint
        return "*"

    @property
    def package_mode(self) -> bool:
        """Tell whether Poetry builds it: `package-mode = false` is for dependencies alone."""
        return table(self.pyproject, "tool.poetry").get("package-mode", True) is not False

    @property
    def has_package(self) -> bool:
        """Tell whether it has anything that a wheel is made of."""
        return self.package_mode and any(place.path.exists() for place in self.places)

    @property
    def is_built_by_poetry(self) -> bool:
        """Tell whether its build backend is Poetry's own, as it is where none is named."""
        backend = table(self.pyproject, "build-system").get("build-backend", "poetry.")
        return str(backend).startswith("poetry.")

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """The packages and modules that go into the wheel, by `packages` or by Poetry's default.

        Raises `UsageError` when there is none.
        """
        declared = table(self.pyproject, "tool.poetry").get("packages")
        found = tuple(place for place in self.places if place.path.exists())
        if not found:
            looked = ", ".join(str(place.path.relative_to(self.root)) for place in self.places)
            raise UsageError(
                f"{self.pyproject_file}: no package found (looked for {looked})",
                "name the folder under [tool.poetry] packages",
            )
        return found if declared else found[:1]

    @cached_property
    def places(self) -> list[Package]:
        """Where its packages and modules are declared to be, or are by default."""
        declared = table(self.pyproject, "tool.poetry").get("packages")
        return self._declared(declared) if declared else self._by_default()

    def _declared(self, declared: object) -> list[Package]:
        """Return the places of `packages`; of a pattern, the folder before its first wildcard."""
        try:
            found = [
                Package(
                    (self.root / entry.get("from", "")).joinpath(
                        *takewhile(
                            lambda part: not set(part) & set("*?["), Path(entry["include"]).parts
                        )
                    ),
                    self.root / entry.get("from", ""),
                )
                for entry in declared  # type: ignore[attr-defined]
            ]
            # One that lies elsewhere has no place in a wheel.
            for place in found:
                place.path.relative_to(self.root)
                place.import_root.relative_to(self.root)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{self.pyproject_file}: packages = {declared!r} is no list of packages",
                'write it as packages = [{ include = "…", from = "src" }]',
            ) from error
        return found

    def _by_default(self) -> list[Package]:
        module = canonicalize_name(self.name).replace("-", "_")
        return [
            Package(folder / name, folder)
            for folder in (self.root, self.root / "src")
            for name in (module, f"{module}.py")
        ]

    @cached_property
    def id(self) -> str:
        """Twelve characters that tell this project from others on the machine, by its path."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:12]


def find_project(start: Path) -> Project:
    """Return the nearest Poetry project at `start` or above it.

    Raises `UsageError` when there is none, naming the nearest thing that was found instead.
    """
    start = start.resolve()
    others: list[Path] = []
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        values = read_toml(file)
        handed_over = table(values, "tool.shanty").get("project")
        if handed_over is not None:
            check_values(file, table(values, "tool.shanty"))
            return _hand_over(folder, values, handed_over)
        if _is_poetry(folder, values):
            check_forms(file, values)
            return Project(folder, folder, values)
        others.append(file)
    fix = _way_to_a_project(start)
    if others:
        backend = table(read_toml(others[0]), "build-system").get("build-backend")
        found = [str(backend) if backend else "no build backend", *_of_others(others[0].parent)]
        raise UsageError(
            f"{others[0]} is not a Poetry project: it has {', '.join(found)} and no [tool.poetry]",
            fix,
        )
    found = _of_others(start)
    beside = f", only {', '.join(found)}" if found else ""
    raise UsageError(f"no pyproject.toml in {start} or above it{beside}", fix)


def _is_poetry(folder: Path, values: Table) -> bool:
    backend = str(table(values, "build-system").get("build-backend", ""))
    # Without a build system Poetry is its own, and its lock is what tells.
    locked = not backend and (folder / "poetry.lock").is_file()
    return "poetry" in table(values, "tool") or backend.startswith("poetry.") or locked


def _way_to_a_project(start: Path) -> str:
    """Return the fix for a folder that is in no project: one further down, where there is one."""
    missing = start / "pyproject.toml"
    if not missing.exists() and is_committed(missing):
        return f"git checkout HEAD -- {shlex.quote(str(missing))}"
    for file in sorted(start.glob("*/pyproject.toml")):
        with suppress(UsageError):
            if _is_poetry(file.parent, read_toml(file)):
                return f"cd {shlex.quote(file.parent.name)}"
    return "go to the folder of a Poetry project, or make one here with: poetry init"


def _of_others(folder: Path) -> list[str]:
    """Return the files in a folder by which other tools keep a project."""
    names = (
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "Pipfile",
        "setup.py",
        "requirements.txt",
        "environment.yml",
    )
    return [name for name in names if (folder / name).is_file()]


def _hand_over(workspace: Path, values: Table, folder: object) -> Project:
    file = workspace / "pyproject.toml"
    others = sorted(set(table(values, "tool.shanty")) - {"project"})
    if others:
        raise UsageError(
            f"{file}: [tool.shanty] hands over to {folder!r}, so {others[0]} has no meaning in it",
            f"move {others[0]} to [tool.shanty] in {folder}/pyproject.toml",
        )
    root = (workspace / str(folder)).resolve()
    if not (root / "pyproject.toml").is_file() or workspace not in root.parents:
        raise UsageError(
            f"{file}: [tool.shanty] project = {folder!r} names no project below {workspace}",
            "name the folder of a Poetry project, relative to this file",
        )
    handed = read_toml(root / "pyproject.toml")
    check_forms(root / "pyproject.toml", handed)
    if not _is_poetry(root, handed):
        raise UsageError(
            f"{root / 'pyproject.toml'} is not a Poetry project: it has no [tool.poetry]",
            f"name another folder under [tool.shanty] project in {file}",
        )
    return Project(root, workspace, handed)
