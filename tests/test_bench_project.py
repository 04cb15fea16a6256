"""The project that the benchmark builds, its sizes, and what is asked of its servers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from shanty.dependencies.lock import check_fresh, read_lock
from shanty.project import find_project
from tests.bench import growth, servers, throughput
from tests.bench.arguments import MEASURES, RESULTS, TRIALS, parse
from tests.bench.growth import write_modules
from tests.bench.project import LOCKS, PACKAGE, make_copy
from tests.engine.support import command, free_port

PACKAGES = {"twenty": 20, "one_more": 21, "flask": 8} | {
    f"packages_{count}": count for count in growth.PACKAGES
}


@contextmanager
def serving(status: int) -> Iterator[int]:
    """Serve one answer to everybody; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", PACKAGES)
def test_each_lock_has_its_number_of_packages_and_fits_its_pyproject(
    tmp_path: Path, name: str
) -> None:
    project = find_project(make_copy(tmp_path / "copy", "bench", name).folder)
    lock = read_lock(project)
    check_fresh(project, lock)
    assert len(lock.packages) == PACKAGES[name]
    assert "[package.source]" not in lock.path.read_text(encoding="utf-8")
    assert {file.name for file in LOCKS.iterdir()} == set(PACKAGES)


def test_a_copy_is_a_checkout_that_a_person_changes(tmp_path: Path) -> None:
    copy = make_copy(tmp_path / "copy", "bench", "twenty")
    status = ["git", "status", "--porcelain"]
    assert not command(status, cwd=copy.folder).stdout
    before = copy.needed_bytes()
    copy.edit_line("edited")
    copy.take_lock("twenty", "1.0.7")
    assert command(status, cwd=copy.folder).stdout.splitlines() == [
        "M pyproject.toml",
        f" M {PACKAGE}/pages.py",
    ]
    assert copy.needed_bytes() == before + len("edited") - len("none")


def test_a_copy_has_the_lists_that_others_need_of_its_lock(tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    for name in ("twenty", "one_more"):
        (lists / name).mkdir(parents=True)
        (lists / name / "requirements.txt").write_text(name, encoding="utf-8")
    copy = make_copy(tmp_path / "copy", "bench", "twenty", lists)
    copy.take_lock("one_more")
    assert (copy.folder / "requirements.txt").read_text(encoding="utf-8") == "one_more"


def test_as_many_modules_are_committed_as_wanted(tmp_path: Path) -> None:
    copy = make_copy(tmp_path / "copy", "bench", "flask")
    write_modules(copy, 250)
    listed = command(["git", "ls-files", f"{PACKAGE}/part_*"], cwd=copy.folder).stdout
    assert len(listed.splitlines()) == 250


def test_a_page_is_one_that_is_answered_with_200() -> None:
    with serving(200) as port:
        assert servers.page(port)
        assert throughput.rate(port, "/", 2, 0.1) > 0
    with serving(503) as port:
        assert not servers.page(port)
    assert not servers.page(free_port())


def test_the_command_line_says_how_often_and_what() -> None:
    usual = parse([])
    assert (usual.runs, usual.only, usual.folder) == (10, MEASURES, RESULTS)
    assert not usual.write_readme
    assert parse(["--quick"]).runs == 2
    assert parse(["--quick", "--runs", "3", "--only", "build", "serve"]).runs == 3
    assert parse(["--only", "build", "serve"]).only == ("build", "serve")


def test_a_part_and_a_few_runs_leave_the_results_alone() -> None:
    assert parse(["--draw"]).folder == RESULTS
    assert parse(["--runs", "9"]).folder == TRIALS
    assert parse(["--only", "build"]).folder == TRIALS
    assert parse(["--only", "build", "--results", "there"]).folder == Path("there")
