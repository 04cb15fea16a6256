"""`dev --debug`: an editor attaches, breaks, goes on, and stays attached when an edit reloads."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tests.engine.dap import Session, attached_child
from tests.engine.projects import PROJECTS, checked_out, greeting, shanty
from tests.engine.support import Workspace, docker, edit, free_port, get, inspect, wait_for

PAGES = Path("src/coach_planner/pages.py")
SECONDS = 30


def line_of(file: Path, text: str) -> int:
    """Return the number of the line that has a text."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def break_once(child: Session, port: int, path: str, place: str, line: int) -> str:
    """Ask for a page, see it stop at a breakpoint, go on, and return the page."""
    with ThreadPoolExecutor() as pool:
        # While they start anew, some servers do not answer at all.
        asked = pool.submit(lambda: next(page for _ in count() if (page := get(port, path))[0]))
        stopped = child.event("stopped")
        assert stopped["reason"] == "breakpoint"
        thread = stopped["threadId"]
        frame = child.ask("stackTrace", threadId=thread, levels=1)["body"]["stackFrames"][0]
        assert (frame["source"]["path"], frame["line"]) == (place, line)
        child.send("continue", threadId=thread)
        status, text = asked.result(SECONDS)
    assert status == 200
    return text


def test_a_breakpoint_is_hit_and_again_after_an_edit_has_reloaded(workspace: Workspace) -> None:
    port, debug = free_port(), free_port()
    options = ("--port", str(port), "--debug", "--debug-port", str(debug))
    done = workspace.invoke("dev", "--detach", *options)
    assert done.stdout.splitlines()[-1] == f"debugger: 127.0.0.1:{debug} (attach)"
    file, place = workspace.sample / PAGES, f"/opt/app/{PAGES}"
    line = line_of(file, '"ok"')
    with Session(debug) as session:
        session.attach({place: [line]})
        with attached_child(session, debug, {place: [line]}) as child:
            assert '"ok"' in break_once(child, port, "/health", place, line)
            edit(file, '"ok"', '"edited"')
            with attached_child(session, debug, {place: [line]}) as reloaded:
                assert '"edited"' in break_once(reloaded, port, "/health", place, line)
    # With nobody attached it goes on as ever.
    edit(file, '"edited"', '"gone"')
    wait_for(lambda: '"gone"' in get(port, "/health")[1])


# Multiprocessing, which uvicorn reloads with, starts a process of its own first.
@pytest.mark.parametrize(("name", "processes"), [("django_wsgi", 1), ("fastapi_uvicorn", 2)])
def test_the_servers_of_other_frameworks_are_debugged_too(
    name: str, processes: int, tmp_path: Path
) -> None:
    root, port, debug = PROJECTS / name, free_port(), free_port()
    project = checked_out(root, tmp_path)
    options = ("--port", str(port), "--debug-port", str(debug))
    shanty(project, "dev", "--detach", *options)
    try:
        file = next(one for one in project.rglob("*.py") if greeting(root) in one.read_text())
        place = f"/opt/app/{file.relative_to(project)}"
        line = line_of(file, greeting(root))
        with Session(debug) as session:
            session.attach({place: [line]})
            with attached_child(session, debug, {place: [line]}, processes) as child:
                assert greeting(root) in break_once(child, port, "/", place, line)
                edit(file, greeting(root), "edited")
                with attached_child(session, debug, {place: [line]}) as reloaded:
                    assert "edited" in break_once(reloaded, port, "/", place, line)
    finally:
        shanty(project, "clean", "--images")


def test_the_debugger_listens_on_loopback_alone_whatever_the_host(workspace: Workspace) -> None:
    """And the console in the browser is off where others reach it."""
    port = free_port()
    options = ("--port", str(port), "--debug", "--host", "0.0.0.0")  # noqa: S104
    done = workspace.invoke("dev", "--detach", *options)
    name = f"{workspace.image}-dev-{port}"
    bindings = inspect(name, ".HostConfig.PortBindings")
    assert isinstance(bindings, dict)
    debug = int(re.findall(r"debugger: 127\.0\.0\.1:(\d+)", done.stdout)[0])
    assert [one["HostIp"] for one in bindings[f"{debug}/tcp"]] == ["127.0.0.1"]
    assert "no debugger in the browser" in done.stderr
    edit(workspace.sample / PAGES, '{"status": "ok"}', "1 / 0")
    wait_for(lambda: get(port, "/health")[0] == 500)
    assert "EVALEX" not in get(port, "/health")[1]
    assert "Debugger PIN" not in docker("logs", name).stderr


def test_the_debugger_takes_another_port_where_the_usual_one_is_taken(workspace: Workspace) -> None:
    ports = [free_port(), free_port()]
    for port in ports:
        workspace.invoke("dev", "--detach", "--port", str(port), "--debug")
    taken = [inspect(f"{workspace.image}-dev-{port}", ".HostConfig.PortBindings") for port in ports]
    assert all(isinstance(one, dict) and len(one) == 2 for one in taken)
    refused = workspace.invoke(
        *("dev", "--detach", "--port", str(free_port()), "--debug-port", str(ports[0])), code=3
    )
    assert "choose another: --debug-port" in refused.stderr
