"""Wheels: which releases of Python a locked package can be installed on without a compiler."""

from functools import lru_cache

from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag

from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.marker import machine

# The libc of base images: that of the oldest Debian among the supported Pythons' own.
GLIBC = (2, 36)
OLDER_NAMES = ("manylinux2014", "manylinux2010", "manylinux1")
SOURCES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")


def has_wheel(package: LockedPackage, minor: str) -> bool:
    """Tell whether a package installs on a minor release as it is.

    What comes from a repository or a folder is built wherever it goes, and counts as having one.
    """
    supported = _supported(minor, machine())
    return not package.files or any(_tags(file) & supported for file in package.files)


def installed_file(package: LockedPackage, minor: str) -> str | None:
    """Return the file that a package is installed from, `None` where several might be.

    An installer weighs wheels that fit alike by what the machine has; nothing of that is known
    here.
    """
    supported = _supported(minor, machine())
    wheels = [file for file in package.files if _tags(file) & supported]
    fitting = wheels or [file for file in package.files if file.endswith(SOURCES)]
    return fitting[0] if len(fitting) == 1 else None


def has_source(package: LockedPackage) -> bool:
    """Tell whether a package can be built where it has no wheel."""
    return any(file.endswith(SOURCES) for file in package.files)


def newest_before(package: LockedPackage, minor: str) -> str | None:
    """Return the newest Python before a minor release that a package has a compiled wheel for."""
    major, before = _numbers(minor)
    releases = (f"{major}.{number}" for number in range(before - 1, 4, -1))
    return next((one for one in releases if package.files and has_wheel(package, one)), None)


@lru_cache(maxsize=8192)
def _tags(file: str) -> frozenset[Tag]:
    if not file.endswith(".whl"):
        return frozenset()
    try:
        return parse_tag("-".join(file.removesuffix(".whl").split("-")[-3:]))
    except ValueError:
        # Some releases of packaging refuse a name that no wheel has, others make something of it.
        return frozenset()


@lru_cache
def _supported(minor: str, architecture: str) -> frozenset[Tag]:
    """Return the tags that CPython of a minor release installs on a glibc Linux."""
    version = _numbers(minor)
    interpreter = f"cp{version[0]}{version[1]}"
    platforms = [
        *(f"manylinux_{GLIBC[0]}_{number}_{architecture}" for number in range(GLIBC[1], 4, -1)),
        *(f"{name}_{architecture}" for name in OLDER_NAMES),
        f"linux_{architecture}",
    ]
    # Python 3.7 and older marked their builds with an m.
    abi = interpreter if version[1] > 7 else f"{interpreter}m"  # noqa: PLR2004
    return frozenset(
        (
            *cpython_tags(version, abis=[abi], platforms=platforms),
            *compatible_tags(version, interpreter, platforms),
        )
    )


def _numbers(minor: str) -> tuple[int, int]:
    major, number = minor.split(".")[:2]
    return int(major), int(number)
