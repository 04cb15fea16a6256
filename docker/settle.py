"""Leave what a build step wrote as every build of the same sources leaves it.

`settle.py SINCE ROOT FOLDER…` drops what uv notes of its cache beside the packages of the folders,
gives what was written below ROOT since then, in seconds since 1970, one time: SOURCE_DATE_EPOCH, or
one that follows from what was written; and compiles the Python files below the folders that have no
bytecode, but for the tests of a package. ROOT is where the root of an image's files lies by now:
what is in it is named by where it will be. Where a build mounts a cache for it, what was compiled
is not compiled again.
"""

import os
import sys

# The order of a set shows in bytecode.
SEED = "0"
if os.environ.get("PYTHONHASHSEED") != SEED:
    words = [sys.executable, "-s", "-S", "-B", *sys.argv]
    os.execve(sys.executable, words, {**os.environ, "PYTHONHASHSEED": SEED})  # noqa: S606

import hashlib  # noqa: E402 - by the process that goes on
import py_compile  # noqa: E402
import struct  # noqa: E402
import zlib  # noqa: E402
from importlib.util import cache_from_source  # noqa: E402
from pathlib import Path  # noqa: E402
from time import clock_gettime  # noqa: E402

# What a process has compiled before shows in what it writes, and so each compiles the same few.
CHUNK_FILES = 64
# Packages that lie below another folder of Python's are compiled for themselves.
APART = {"__pycache__", "dist-packages", "site-packages"}
# What a package tests itself with is rarely imported where it serves: then its source does.
TESTS = {"test", "testing", "tests"}
ROOT = sys.argv[2]
KEPT = Path("/tmp/bytecode")  # noqa: S108 - a mount
NOTE = "uv_cache.json"
# Where the time of the source is in bytecode: https://peps.python.org/pep-0552/
TIME = slice(8, 12)
# CLOCK_REALTIME_COARSE of Linux, a little behind the one that tells the time.
CLOCK_OF_FILES = 5
# Half a year of 2025: in the past, and not so far back that a browser keeps for years what it was
# not told to look at again.
FIRST_SECOND = 1_735_689_600
SECONDS = 1 << 24


def forget(folders: list) -> None:
    """Drop the file that says what uv had in its cache and when, and its line in the RECORD."""
    for note in (note for folder in folders for note in Path(folder).glob(f"*.dist-info/{NOTE}")):
        record = note.with_name("RECORD")
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if f"/{NOTE}," not in line]
        record.write_text("".join(kept), encoding="utf-8")
        note.unlink()


def compile_all(folders: list) -> None:
    """Compile what has no bytecode, in the same groups and orders on any machine."""
    found = [group for folder in folders for group in groups(folder)]
    # From here on every process of them is as the first one was.
    processors = os.cpu_count() or 1
    for number, files in enumerate(found):
        if number >= processors:
            wait()
        if not os.fork():
            compile_these(files)
            sys.stdout.flush()
            os._exit(0)
    for _ in found[:processors]:
        wait()


def groups(folder: str) -> list:
    """Return what has no bytecode below a folder, a few files each, no package's with another's."""
    packages: dict = {}
    for file in sources(folder):
        if not is_compiled(file):
            package = file[len(folder) + 1 :].partition("/")[0]
            packages.setdefault(package, []).append(file)
    return [
        files[start : start + CHUNK_FILES]
        for files in packages.values()
        for start in range(0, len(files), CHUNK_FILES)
    ]


def wait() -> None:
    """Wait for the end of a process; raise `SystemExit` for one that failed."""
    _, status = os.wait()
    if status:
        sys.exit(f"compiling failed: {status}")


def sources(folder: str) -> list:
    """Return the Python files below a folder that are compiled, in order."""
    found = []
    for path, folders, files in os.walk(folder):
        left = APART if path == folder else APART | TESTS
        folders[:] = [name for name in folders if name not in left]
        found += [f"{path}/{name}" for name in files if name.endswith(".py")]
    return sorted(found)


def named(path: str) -> str:
    """Return what a path below ROOT is called in the image."""
    return f"/{os.path.relpath(path, ROOT)}"


def is_compiled(file: str) -> bool:
    """Tell whether a file has bytecode."""
    return os.path.exists(cache_from_source(file))  # noqa: PTH110 - called for thousands


def compile_these(files: list) -> None:
    """Compile files, or take what was made of them before; leave those that are no Python."""
    kept = KEPT / name_of(files)
    if kept.exists():
        found = [read(kept / str(number)) for number in range(len(files))]
    else:
        found = [bytecode(file) for file in files]
    for file, content in zip(files, found):  # noqa: B905 - no older Python is told `strict`
        if content is None:
            print(f"{named(file)!r} does not compile: it stays as it is")
        else:
            write(file, content)
    if KEPT.is_dir() and not kept.exists():
        keep(kept, found)


def keep(folder: Path, found: list) -> None:
    """Write bytecode into a folder that is there only once it is whole."""
    part = folder.with_suffix(f".{os.urandom(8).hex()}")
    part.mkdir()
    for number, content in enumerate(found):
        if content is not None:
            (part / str(number)).write_bytes(content)
    try:
        part.rename(folder)
    except OSError:
        # Another build was first.
        for file in part.iterdir():
            file.unlink()
        part.rmdir()


def read(file: Path) -> object:
    """Return what a file holds, `None` where there is none."""
    return file.read_bytes() if file.exists() else None


def name_of(files: list) -> str:
    """Return a name that follows from all that bytecode is made of."""
    flags = (sys.version, sys.flags, os.environ.get("PYTHONNODEBUGRANGES"))
    # What this script imports shows in bytecode too.
    digest = hashlib.sha256(repr(flags).encode() + Path(__file__).read_bytes())
    for file in files:
        content = Path(file).read_bytes()
        digest.update(b"%s\0%d\0" % (os.fsencode(named(file)), len(content)))
        digest.update(content)
    return digest.hexdigest()


def bytecode(file: str) -> object:
    """Return the bytecode of a file, `None` for one that is no Python."""
    # By hash, Python would read each source at each start. The time in it is written later.
    mode = py_compile.PycInvalidationMode.TIMESTAMP
    try:
        target = py_compile.compile(file, dfile=named(file), doraise=True, invalidation_mode=mode)
    except (py_compile.PyCompileError, ValueError, RecursionError):
        return None
    return Path(target).read_bytes()


def write(file: str, content: bytes) -> None:
    """Write the bytecode of a file, made for the time that it has, as readable as that is."""
    target, status = Path(cache_from_source(file)), Path(file).stat()
    target.parent.mkdir(parents=True, exist_ok=True)
    time = struct.pack("<I", int(status.st_mtime) & 0xFFFFFFFF)
    target.write_bytes(content[: TIME.start] + time + content[TIME.stop :])
    target.chmod(status.st_mode & 0o444 | 0o200)


def stamp(paths: list, time: int) -> None:
    """Give paths one time."""
    for path in paths:
        os.utime(path, (time, time), follow_symlinks=False)


def written(top: str, since: int) -> list:
    """Return what was written since a time below a folder, and that folder itself.

    What a mount lies in was written to before the step knew the time.
    """
    mounted = mounts()
    written_to = set(map(os.path.dirname, mounted))
    found, waiting = [], [top]
    while waiting:
        folder = waiting.pop()
        if folder in written_to or os.lstat(folder).st_mtime >= since:
            found.append(folder)
        for entry in os.scandir(folder):
            if entry.path in mounted:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.stat(follow_symlinks=False).st_mtime >= since:
                found.append(entry.path)
    return found


def mounts() -> set:
    """Return where something is mounted: such a place is no part of what a step leaves."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return {line.split()[4] for line in lines}


def derived(paths: list) -> int:
    """Return a time that follows from names and contents.

    Servers and browsers take a file for unchanged by its size and its time.
    """
    digest = 0
    for path in map(Path, paths):
        digest = zlib.crc32(os.fsencode(named(str(path))), digest)
        if path.is_file() and not path.is_symlink():
            digest = zlib.crc32(path.read_bytes(), digest)
    return FIRST_SECOND + digest % SECONDS


def settle(since: int, folders: list) -> None:
    """Leave all that was written since a time as every build leaves it."""
    forget(folders)
    found = sorted(written(ROOT, since))
    time = int(os.environ.get("SOURCE_DATE_EPOCH") or derived(found))
    stamp(found, time)
    began = max(since, int(clock_gettime(CLOCK_OF_FILES)))
    compile_all(folders)
    if folders:
        stamp(written(ROOT, began), time)


settle(int(sys.argv[1]), sys.argv[3:])
