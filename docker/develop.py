"""Serve a Flask app, and start it anew when a file of the project has changed.

`develop.py` watches from a process that imports nothing of the app's and holds the socket: no edit
is missed while the app starts, no request is refused, and the app finds no package but the lock's.
`develop.py NUMBER`, with that of a pipe, is the server that it starts: Flask's own, which takes
itself for one under Werkzeug's reloader, and so shows in the browser why an app cannot start.
"""

import atexit
import errno
import fnmatch
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib.util import cache_from_source

# What is there for the sake of this script, and never on the app's path.
TOOLS = "/opt/development"
SOURCES = "/opt/app"
PASSED_OVER = {"__pycache__", "node_modules", "site-packages"}
ENVIRONMENTS = {".env", ".flaskenv"}
# Where what happens on the other side is no event on this one.
SILENT = ("9p", "afs", "ceph", "cifs", "drvfs", "fakeowner", "fuse", "grpcfuse", "lustre", "nfs")
SILENT += ("osxfs", "prl_fs", "smb", "vboxsf", "virtiofs", "vmhgfs")
# Further files and patterns, as Flask itself has them.
EXTRA = [
    os.path.abspath(one)
    for one in os.environ.get("FLASK_RUN_EXTRA_FILES", "").split(os.pathsep)
    if one
]
EXCLUDED = os.environ.get("FLASK_RUN_EXCLUDE_PATTERNS", "").split(os.pathsep)
POLL_SECONDS = 0.25
# A save may be several events.
SETTLE_MILLISECONDS = 15
END_SECONDS = 0.4
REQUEST_SECONDS = 0.05
# Until the next server is made ready, which is when this one has no work with its start.
SPARE_SECONDS = 0.8
# What a server is told.
FIRST, AGAIN = "first", "again"


def mounts() -> dict:
    """Return the type of each file system that is mounted, by its place."""
    found = {}
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            before, _, after = line.partition(" - ")
            place = before.split()[4].replace("\\040", " ")
            found[place] = after.split()[0]
    return found


def watched(found: dict) -> list:
    """Return the project's folder, and the others that are mounted beside it."""
    here = os.getcwd()
    beside = [one for one in found if one.startswith(SOURCES + "/") and os.path.isdir(one)]
    return [here, *(one for one in beside if not (one + "/").startswith(here + "/"))]


def is_silent(folder: str, found: dict) -> bool:
    """Tell whether a folder lies on a file system that has no events."""
    above = [one for one in found if (folder + "/").startswith(one.rstrip("/") + "/")]
    return found[max(above, key=len)].startswith(SILENT) if above else False


def walk(top: str):  # noqa: ANN201
    """Yield the folders below one with their files, but for environments and what tools keep."""
    for path, folders, files in os.walk(top):
        folders[:] = [name for name in folders if is_walked(name)]
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        yield path, files


def is_walked(name: str) -> bool:
    """Tell whether a folder of this name may hold what the app is made of."""
    return not name.startswith(".") and name not in PASSED_OVER


def is_source(path: str) -> bool:
    """Tell whether the app has to start anew for a file: it reads all others when it is asked."""
    known = path.endswith(".py") or os.path.basename(path) in ENVIRONMENTS or path in EXTRA
    return known and not any(fnmatch.fnmatch(path, pattern) for pattern in EXCLUDED)


class Events:
    """What the kernel says of the files below some folders."""

    name = "inotify"

    def __init__(self, tops: list) -> None:
        sys.path.append(TOOLS)
        from inotify_simple import INotify, flags  # noqa: PLC0415 - absent where Python is too old

        self.flags = flags
        self.mask = flags.CLOSE_WRITE | flags.CREATE | flags.DELETE | flags.ONLYDIR
        self.mask |= flags.MOVED_FROM | flags.MOVED_TO
        self.inotify = INotify()
        self.paths: dict = {}
        for top in tops:
            self.add(top)
        for folder in map(os.path.dirname, EXTRA):
            self.paths[self.inotify.add_watch(folder, self.mask)] = folder

    def add(self, top: str) -> list:
        """Watch a folder and those below it; return the files that are there."""
        found = []
        for path, files in walk(top):
            with suppress(FileNotFoundError, PermissionError):
                self.paths[self.inotify.add_watch(path, self.mask)] = path
            found += [f"{path}/{name}" for name in files]
        return found

    def changed(self) -> list:
        """Wait until something happens and return the files that it happened to."""
        found = []
        for event in self.inotify.read(read_delay=SETTLE_MILLISECONDS):
            path = f"{self.paths.get(event.wd, '')}/{event.name}"
            if event.mask & self.flags.Q_OVERFLOW:
                found.append("more files than the kernel tells of.py")
            elif event.mask & self.flags.ISDIR:
                if event.mask & (self.flags.CREATE | self.flags.MOVED_TO) and is_walked(event.name):
                    found += self.add(path)
            elif not event.mask & self.flags.CREATE:
                found.append(path)
        return found


class Polling:
    """What a look at the files below some folders shows, now and then."""

    name = "polling"

    def __init__(self, tops: list) -> None:
        self.tops = tops
        self.seconds = POLL_SECONDS
        self.before = self.look()

    def look(self) -> dict:
        """Return what tells each file from what it was before."""
        found = {}
        files = [
            f"{path}/{name}" for top in self.tops for path, names in walk(top) for name in names
        ]
        for path in filter(is_source, [*files, *EXTRA]):
            with suppress(OSError):
                state = os.stat(path)
                found[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
        return found

    def changed(self) -> list:
        """Wait a moment, longer where a look takes long; return the files that have changed."""
        time.sleep(self.seconds)
        started = time.monotonic()
        before, self.before = self.before, self.look()
        self.seconds = max(POLL_SECONDS, time.monotonic() - started)
        return [path for path, _ in before.items() ^ self.before.items()]


def watcher():  # noqa: ANN201
    """Return what watches the project: events where there are any, else looks."""
    found = mounts()
    tops = watched(found)
    if os.environ.get("SHANTY_RELOAD") == "polling" or any(is_silent(top, found) for top in tops):
        return Polling(tops)
    try:
        return Events(tops)
    except (ImportError, OSError) as error:
        say_no_events(error)
        return Polling(tops)


def say_no_events(error: Exception) -> None:
    """Say why there are no events."""
    is_full = getattr(error, "errno", None) in {errno.ENOSPC, errno.EMFILE}
    reason = "this machine's fs.inotify.max_user_watches is used up" if is_full else error
    say(f"Polling, for there are no events: {reason}")


def listen(port: int) -> socket.socket:
    """Return the socket that every server takes over, so that requests wait while there is none."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))  # noqa: S104 - a container's own
    listener.listen(128)
    return listener


class Server:
    """The server as a process, which has Flask at hand and takes the app once it is told to."""

    def __init__(self, listener: socket.socket) -> None:
        number = listener.fileno()
        environment = {**os.environ, "WERKZEUG_RUN_MAIN": "true", "WERKZEUG_SERVER_FD": str(number)}
        told, self.tell = os.pipe()
        line = [sys.executable, __file__, str(told)]
        self.process = subprocess.Popen(line, env=environment, pass_fds=[number, told])
        os.close(told)

    def go(self, turn: str, put) -> None:  # noqa: ANN001
        """Take the app and serve it; hand on this server once it has ended."""
        with suppress(BrokenPipeError):
            os.write(self.tell, turn.encode())
        os.close(self.tell)
        threading.Thread(target=lambda: put((self.process.wait(), self)[1]), daemon=True).start()

    @property
    def code(self) -> int:
        """The exit code, as a shell gives it."""
        code = self.process.returncode
        return code if code >= 0 else 128 - code

    def end(self) -> None:
        """End it, though it may have threads that do not."""
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def say(text: str) -> None:
    """Say something in the log, as Werkzeug would."""
    print(f" * {text}", file=sys.stderr, flush=True)


def watch(watching, put) -> None:  # noqa: ANN001
    """Hand on each change that the app has to start anew for."""
    while True:
        try:
            changed = watching.changed()
        except OSError as error:
            # A new folder may be one too many.
            say_no_events(error)
            watching, changed = Polling(watched(mounts())), []
        for path in filter(is_source, changed):
            put(path)


def develop() -> None:
    """Serve until told to stop; what ends by itself at the first start ends this, with its code.

    A server that takes the place of another has had its first start.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    port = int(os.environ.get("PORT") or 8888)
    listener, watching, said = listen(port), watcher(), queue.Queue()
    say(f"Running on http://127.0.0.1:{port}, reloading by {watching.name}")
    threading.Thread(target=watch, args=(watching, said.put), daemon=True).start()
    turn = AGAIN if os.environ.get("SHANTY_AGAIN") else FIRST
    restore, spare = terminal(), None
    while True:
        server, spare = spare or Server(listener), None
        server.go(turn, said.put)
        try:
            changed = next_change(said, server, turn, SPARE_SECONDS)
            if not changed:
                # A debugger would show that it is there.
                spare = None if "SHANTY_DEBUG_PORT" in os.environ else Server(listener)
                changed = next_change(said, server, turn)
        finally:
            server.end()
        say(f"Detected change in {changed!r}, reloading")
        forget_bytecode([changed, *drained(said)])
        restore()
        turn = AGAIN


def next_change(said: queue.Queue, server: Server, turn: str, seconds=None) -> str:  # noqa: ANN001
    """Wait for a change of a file, whether the server goes on until then or not.

    Return nothing where there is none for so many seconds.
    """
    with suppress(queue.Empty):
        while not isinstance(one := said.get(timeout=seconds), str):
            if one is server and turn == FIRST:
                sys.exit(server.code)
            if one is server:
                say(f"The app ended with exit code {server.code}; the next edit starts it again")
        return one
    return ""


def drained(said: queue.Queue) -> list:
    """Return the changes that are known of by now."""
    found = []
    with suppress(queue.Empty):
        while True:
            found.append(said.get_nowait())
    return [one for one in found if isinstance(one, str)]


def forget_bytecode(paths: list) -> None:
    """Drop the bytecode of files: Python knows no two texts of a second and a length apart."""
    for path in paths:
        with suppress(OSError, ValueError):
            os.remove(cache_from_source(path))


def terminal():  # noqa: ANN201
    """Return what gives the terminal back as it is now, after a debugger that was ended in it."""
    if not sys.stdin.isatty():
        return lambda: None
    import termios  # noqa: PLC0415

    before = termios.tcgetattr(sys.stdin)
    return lambda: termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


class Ended(SystemExit):
    """The server was told to end."""


def leave(*_) -> None:  # noqa: ANN002
    """End the server."""
    raise Ended


def finish_requests() -> None:
    """Wait for what is about to be answered, and for nothing that takes its time."""
    deadline = time.monotonic() + REQUEST_SECONDS
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0, deadline - time.monotonic()))


def serve(told: int) -> None:
    """Be `flask run`, once told to. What no edit mends ends the first start, to be told why."""
    signal.signal(signal.SIGTERM, leave)
    # An interrupt from the terminal is for the one who watches, and who then ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError):
        # This script's own folder is no part of the app.
        sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
    from flask import cli  # noqa: PLC0415

    if not (turn := os.read(told, len(FIRST)).decode()):
        return
    # What Flask before 2.2 needs to be told.
    os.environ.setdefault("FLASK_RUN_EAGER_LOADING", "true" if turn == FIRST else "false")
    if turn == FIRST:
        cli.is_running_from_reloader = lambda: isinstance(sys.exc_info()[1], SyntaxError)
    port = os.environ.get("PORT") or "8888"
    sys.argv = ["flask", "run", "--host", "0.0.0.0", "--port", port, "--no-reload"]  # noqa: S104
    try:
        cli.main()
    except Ended:
        finish_requests()
        # Taking every module apart takes as long as half a start.
        atexit._run_exitfuncs()  # noqa: SLF001
        os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1])) if sys.argv[1:] else develop()
