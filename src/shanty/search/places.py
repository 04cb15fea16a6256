"""Where the Python modules of a project lie, and how each is imported."""

import ast
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from shanty.errors import UsageError
from shanty.project import Package, Project
from shanty.pyproject import table
from shanty.search.source import Module, Source

USUAL = ("app", "application", "main", "wsgi", "asgi", "server", "api", "run")

# Folders and modules that stand beside an application and never are one.
BESIDE = re.compile(
    r"tests?|testing|docs?|migrations|alembic|scripts?|tools|examples?|samples?|benchmarks?"
    r"|build|dist|node_modules|site-packages|v?env|__main__|__pycache__|\..*|test_.*|.*_tests?"
    r"|conftest|setup|noxfile|tasks|fabfile|manage",
    re.IGNORECASE,
)


class Places:
    """The modules of a project: those of its packages, and those beside them."""

    def __init__(self, project: Project) -> None:
        self.root = project.root
        self.packages = _packages(project)
        src = self.root / "src"
        roots = [package.import_root for package in self.packages]
        roots += [self.root] if (src / "__init__.py").is_file() else [self.root, src]
        self.source = Source(dict.fromkeys(roots))

    @cached_property
    def usual(self) -> tuple[Module, ...]:
        """The modules that an application is looked for in first, in that order.

        They are each package and its modules of the usual names, those at the root, and those of
        the folders that no wheel has.
        """
        paths = [path for package in self.packages for path in _usual_in(package.path)]
        folders = (self.root, self.root / "src")
        paths += [folder / name for folder in folders for name in USUAL]
        beside = sorted(
            (one for folder in folders for one in _folders(folder)),
            key=lambda one: _rank(one.name),
        )
        paths += [path for folder in beside for path in _usual_in(folder)]
        files = [file for path in paths for file in (path / "__init__.py", _module_file(path))]
        return tuple(self.module(file) for file in dict.fromkeys(files) if file.is_file())

    @cached_property
    def others(self) -> tuple[Path, ...]:
        """The files of all other modules, those of the packages first, nearest the top first."""
        seen = {module.file for module in self.usual}
        files = [file for file in self._files() if file not in seen]
        return tuple(sorted(files, key=lambda file: (*self.rank(file), str(file))))

    def rank(self, file: Path) -> tuple[bool, int, int]:
        """Return how early a file is looked at: files of one rank are told apart by nothing."""
        return not self.in_wheel(file), len(file.parts), _rank(file.stem)[0]

    def managers(self) -> list[Path]:
        """Return the files called `manage.py`, nearest the top first."""
        found = [file for folder in self._walk() if (file := folder / "manage.py").is_file()]
        return sorted(found, key=lambda file: (len(file.parts), str(file)))

    def in_wheel(self, file: Path) -> bool:
        """Tell whether the wheel has a file."""
        return self._package(file) is not None

    def module(self, file: Path) -> Module:
        """Return a file as the module that it is imported as."""
        package = self._package(file)
        root = package.import_root if package else self._import_root(file)
        path = file.parent if file.name == "__init__.py" else file.with_suffix("")
        return Module(".".join(path.relative_to(root).parts), file, root)

    def find(self, name: str) -> Module | None:
        """Return a module by its name, from wherever in the project it can be imported."""
        last = name.rpartition(".")[2]
        files = [module.file for module in self.usual] + [*self.others]
        likely = [one for one in files if last in {one.stem, one.parent.name}]
        return self.source.module(name) or next(
            (module for file in likely if (module := self.module(file)).name == name), None
        )

    def root_of(self, name: str) -> Path | None:
        """Return the folder below which a module of this name would have to be."""
        top = name.partition(".")[0]
        return next((root for root in self.source.roots if _has(root, top)), None)

    def _package(self, file: Path) -> Package | None:
        return next((one for one in self.packages if file.is_relative_to(one.path)), None)

    def _import_root(self, file: Path) -> Path:
        """Return the folder that has the most of what a file imports, the nearest of equals.

        A folder with an `__init__.py` is none, unless a package of the wheel lies in it.
        """
        tops, level = _imports(self.source.tree(file))
        depth = level if file.name != "__init__.py" else level - 1
        folder, candidates = file.parent, []
        while folder != self.root and self.root in folder.parents:
            package = (folder / "__init__.py").is_file() and folder not in self.source.roots
            if not package and depth <= 0:
                candidates.append(folder)
            folder, depth = folder.parent, depth - 1
        return max((*candidates, self.root), key=lambda root: sum(_has(root, top) for top in tops))

    def _files(self) -> Iterator[Path]:
        for folder in self._walk():
            for file in folder.glob("*.py"):
                if file.is_file() and not BESIDE.fullmatch(file.stem):
                    yield file

    def _walk(self) -> Iterator[Path]:
        """Yield the project's folders that may hold its code; another project's are its own."""
        kept = {package.path for package in self.packages}
        for path, folders, _ in os.walk(self.root):
            yield Path(path)
            inner = [(name, Path(path) / name) for name in sorted(folders)]
            folders[:] = [name for name, one in inner if one in kept or _may_hold_code(one)]


def _packages(project: Project) -> tuple[Package, ...]:
    """Return what the wheel has, nothing where there is none to be built."""
    if table(project.pyproject, "tool.poetry").get("package-mode") is False:
        return ()
    try:
        packages = project.packages
    except UsageError:
        return ()
    return tuple(one for one in packages if not BESIDE.fullmatch(one.path.name)) or packages


def _may_hold_code(folder: Path) -> bool:
    return not (
        BESIDE.fullmatch(folder.name)
        or (folder / "pyproject.toml").is_file()
        or (folder / "pyvenv.cfg").is_file()
    )


def _folders(root: Path) -> list[Path]:
    return [one for one in sorted(root.glob("*")) if one.is_dir() and _may_hold_code(one)]


def _usual_in(package: Path) -> list[Path]:
    """Return the paths, without their endings, of a package and its modules of the usual names."""
    if package.suffix == ".py":
        return [package.with_suffix("")]
    return [package, *(package / name for name in USUAL)]


def _module_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.py")


def _rank(name: str) -> tuple[int, str]:
    return (USUAL.index(name) if name in USUAL else len(USUAL), name)


def _has(root: Path, top: str) -> bool:
    return (root / top).is_dir() or (root / f"{top}.py").is_file()


def _imports(tree: ast.Module) -> tuple[set[str], int]:
    """Return the first parts of what a file imports, and how far up it goes by dots."""
    nodes = [*ast.walk(tree)]
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    found = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    names += [node.module for node in found if node.module and not node.level]
    tops = {name.partition(".")[0] for name in names}
    return tops, max((node.level for node in found), default=0)
