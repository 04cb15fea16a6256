"""An editor's debugger: a client of the Debug Adapter Protocol, bare."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

SECONDS = 20

Message = dict[str, Any]


class Session:
    """One connection to a debugger, attached to one process; a process of its own has its own."""

    def __init__(self, port: int, **attach: object) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._file = self._connection.makefile("rb")
        self._number = 0
        self._kept: list[Message] = []
        self._attach = {"justMyCode": False, **attach}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        # A process that has ended takes no leave.
        with suppress(AssertionError, OSError):
            self.ask("disconnect", terminateDebuggee=False)
        self._connection.close()

    def attach(self, breakpoints: dict[str, list[int]]) -> None:
        """Do what an editor does: initialize, attach, set breakpoints, and have it go on."""
        assert self.ask("initialize", adapterID="shanty", pathFormat="path")["success"]
        number = self.send("attach", **self._attach)
        self.event("initialized")
        for path, lines in breakpoints.items():
            found = self.ask(
                "setBreakpoints", source={"path": path}, breakpoints=[{"line": n} for n in lines]
            )
            assert found["success"], found
        assert self.ask("configurationDone")["success"]
        assert self.answer(number)["success"]

    def send(self, command: str, **arguments: object) -> int:
        """Send a request and return its number."""
        self._number += 1
        message = {"seq": self._number, "type": "request", "command": command}
        body = json.dumps({**message, "arguments": arguments}).encode()
        self._connection.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        return self._number

    def ask(self, command: str, **arguments: object) -> Message:
        """Send a request and return the answer to it."""
        return self.answer(self.send(command, **arguments))

    def answer(self, number: int) -> Message:
        """Return the answer to a request."""
        return self._first("response", "request_seq", number)

    def event(self, name: str) -> Message:
        """Return what the next event of a name says."""
        body: Message = self._first("event", "event", name).get("body", {})
        return body

    def _first(self, kind: str, key: str, value: object) -> Message:
        deadline = time.monotonic() + SECONDS
        for message in self._kept:
            if message["type"] == kind and message[key] == value:
                self._kept.remove(message)
                return message
        while (message := self._read())["type"] != kind or message[key] != value:
            self._kept.append(message)
            assert time.monotonic() < deadline, f"no {value}, but {self._kept}"
        return message

    def _read(self) -> Message:
        length = 0
        while line := self._file.readline().strip():
            name, _, value = line.partition(b": ")
            length = int(value) if name == b"Content-Length" else length
        assert length, f"the debugger is gone, after {self._kept}"
        message: Message = json.loads(self._file.read(length))
        return message


@contextmanager
def attached_child(
    parent: Session, port: int, breakpoints: dict[str, list[int]], among: int = 1
) -> Iterator[Session]:
    """Yield a session with the last of the next processes that a debugged one starts.

    Its event says how an editor opens that.
    """
    started = [parent.event("debugpyAttach") for _ in range(among)]
    configuration = max(started, key=lambda one: int(one["subProcessId"]))
    with Session(port, **configuration) as child:
        child.attach(breakpoints)
        yield child
