"""Leave what a build step wrote as every build of the same sources leaves it.

`settle.py compile FOLDER…` compiles the Python files below the folders that have no bytecode.
`settle.py forget FOLDER…` drops what uv notes of its cache beside the packages of the folders.
`settle.py stamp SINCE PATH…` gives what was written below the paths since then, in seconds since
1970, one time: SOURCE_DATE_EPOCH, else one that follows from what was written.
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
NOTE = "uv_cache.json"
# 2025, and half a year from there: later than what was written would be odd, much earlier a
# reason for browsers to keep it for years.
FIRST_SECOND = 1_735_689_600
SECONDS = 1 << 24


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
    words = [sys.executable, "-s", "-S", __file__, "compile-these"]
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


def forget(folders: list) -> None:
    """Drop the file that says what uv had in its cache and when, and its line in the RECORD."""
    for note in (note for folder in folders for note in Path(folder).glob(f"*.dist-info/{NOTE}")):
        record = note.with_name("RECORD")
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if f"/{NOTE}," not in line]
        record.write_text("".join(kept), encoding="utf-8")
        note.unlink()


def stamp(since: int, paths: list) -> None:
    """Give everything that was written since a time the same one."""
    found = sorted(one for path in paths for one in written(path, since))
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


if sys.argv[1] == "compile":
    compile_all(sys.argv[2:])
elif sys.argv[1] == "compile-these":
    compile_these([os.fsdecode(name) for name in sys.stdin.buffer.read().split(b"\0") if name])
elif sys.argv[1] == "forget":
    forget(sys.argv[2:])
else:
    stamp(int(sys.argv[2]), sys.argv[3:])
