"""Leave what a build step wrote as every build of the same sources leaves it.

`settle.py SINCE TOP FOLDER…` drops what uv notes of its cache beside the packages of the folders,
compiles the Python files below them that have no bytecode, and then gives what was written below
TOP since then, in seconds since 1970, one time: SOURCE_DATE_EPOCH, else one that follows from what
was written.
"""

import os
import py_compile
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from importlib.util import cache_from_source
from pathlib import Path

# What a process has compiled before shows in what it writes, and so each compiles the same few.
CHUNK_FILES = 64
# Packages that lie below another folder of Python's are compiled for themselves.
APART = {"__pycache__", "dist-packages", "site-packages"}
COMPILE = "compile"
NOTE = "uv_cache.json"
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
    files = [file for folder in folders for file in sources(folder) if not is_compiled(file)]
    chunks = [files[start : start + CHUNK_FILES] for start in range(0, len(files), CHUNK_FILES)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for said in pool.map(compile_apart, chunks):
            sys.stdout.write(said)


def sources(folder: str) -> list:
    """Return the Python files below a folder in order."""
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in APART]
        found += [f"{path}/{name}" for name in files if name.endswith(".py")]
    return sorted(found)


def is_compiled(file: str) -> bool:
    """Tell whether a file has bytecode."""
    return Path(cache_from_source(file)).exists()


def compile_apart(files: list) -> str:
    """Compile files in a process of their own; return what it says."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-s", "-S", __file__, COMPILE]
    names = "\0".join(files).encode(errors="surrogateescape")
    done = subprocess.run(words, input=names, stdout=subprocess.PIPE, env=environment, check=True)
    return done.stdout.decode(errors="replace")


def compile_these(files: list) -> None:
    """Compile files in this process; those that are no Python are left as they are."""
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    for file in files:
        try:
            py_compile.compile(file, doraise=True, invalidation_mode=mode)
        except (py_compile.PyCompileError, ValueError, RecursionError):
            print(f"{file!r} does not compile: it stays as it is")


def stamp(since: int, top: str) -> None:
    """Give everything that was written since a time the same one."""
    found = sorted(written(top, since))
    time = int(os.environ.get("SOURCE_DATE_EPOCH") or derived(found))
    for path in found:
        os.utime(path, (time, time), follow_symlinks=False)


def written(top: str, since: int) -> list:
    """Return what was written since a time below a folder, and that folder itself.

    What a mount lies in was written to before the step knew the time.
    """
    mounted, found, waiting = mounts(), [], [top]
    while waiting:
        folder = waiting.pop()
        entries = list(os.scandir(folder))
        if os.lstat(folder).st_mtime >= since or any(one.path in mounted for one in entries):
            found.append(folder)
        for entry in entries:
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
        digest = zlib.crc32(os.fsencode(path), digest)
        if path.is_file() and not path.is_symlink():
            digest = zlib.crc32(path.read_bytes(), digest)
    return FIRST_SECOND + digest % SECONDS


if sys.argv[1] == COMPILE:
    compile_these([os.fsdecode(name) for name in sys.stdin.buffer.read().split(b"\0") if name])
else:
    forget(sys.argv[3:])
    compile_all(sys.argv[3:])
    stamp(int(sys.argv[1]), sys.argv[2])
