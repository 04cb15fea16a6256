"""Making a machine ready, on machines that are folders: what is asked, what is run, in which order.

Nothing here installs or starts anything. Every command is a fake one, alone on `PATH`.
"""

import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from shanty import engine
from shanty.dependencies.lock import read_lock
from shanty.errors import MachineError, ShantyError, UsageError
from shanty.own_base import own_base_image
from shanty.project import Project
from shanty.settings import Given
from shanty.setup import apt, machine
from shanty.setup.apt import family_of
from shanty.setup.base_image import ensure_base_image, made_here
from shanty.setup.compose import ensure_compose
from shanty.setup.consent import Setup
from shanty.setup.machine import ensure_engine
from tests.fakes import (
    NOT_LET_IN,
    Fakes,
    Reply,
    no_image,
    no_server,
    reply,
    server,
    set_up,
    write_project,
)

BASE_IMAGE = "python:3.13-slim"
INSTALL = "apt-get install --yes --no-install-recommends"
START = "setsid --fork dockerd"
MIRROR = "http://mirror.example/debian/"
ASK_MIRROR = (
    "apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages'"
)
SEPARATE = (
    "-o Dir::Etc::SourceList=FOLDER/sources.list -o Dir::Etc::SourceParts=- "
    "-o Dir::State::Lists=FOLDER/lists -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "
    "-o APT::Sandbox::User=root"
)


@dataclass(frozen=True)
class Machine:
    """A machine with its commands, what was asked of the person, and what was said."""

    fakes: Fakes
    root: Path
    questions: list[str]
    said: list[str]

    def be(self, release: str, *, systemd: bool = False) -> None:
        """Be a system of some kind, with systemd in charge or without."""
        (self.root / "etc").mkdir(exist_ok=True)
        (self.root / "etc/os-release").write_text(release, encoding="utf-8")
        if systemd:
            (self.root / "run/systemd/system").mkdir(parents=True)

    def setup(self, *, agree: bool = True, dry: bool = False) -> Setup:
        """Return the way to go about it for a person who agrees, or does not."""

        def confirm(question: str) -> bool:
            self.questions.append(question)
            return agree

        return Setup(say=self.said.append, confirm=confirm, dry=dry)

    @property
    def changes(self) -> list[str]:
        """The lines of the calls that do more than look, temporary folders by one name."""
        looking = ("apt-cache ", "apt-get indextargets ")
        lines = [line for line in self.fakes.changes if not line.startswith(looking)]
        return [re.sub(r"/\S*?/shanty-\w+", "FOLDER", line) for line in lines]


@pytest.fixture(autouse=True)
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a Debian machine, root at its keyboard, that has apt and nothing of Docker."""
    root = tmp_path / "root"
    root.mkdir()

    def rooted(path: str) -> Path:
        return root / path[1:] if path.startswith(("/etc/", "/run/")) else Path(path)

    monkeypatch.setattr(machine, "Path", rooted)
    monkeypatch.setattr(apt, "Path", rooted)
    monkeypatch.setattr(machine, "ENGINE_LOG", tmp_path / "dockerd.log")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "POLL_SECONDS", 0)
    monkeypatch.setattr("sys.argv", ["shanty"])
    fakes = set_up(tmp_path / "fakes", monkeypatch)
    fakes.install("apt-get", "apt-cache", "setsid", "systemctl", "sudo")
    fakes.answer(
        reply("apt-get update"),
        reply(INSTALL),
        reply(INSTALL + " docker.io", makes=("docker", "dockerd")),
        reply(ASK_MIRROR, f"Debian main {MIRROR}\n"),
        no_server(),
        reply("docker buildx version", "github.com/docker/buildx 0.13.1 1\n"),
        reply(START, then=(server("26.1.5"),)),
        reply("systemctl", then=(server("26.1.5"),)),
        no_image(),
        reply("docker pull", code=1),
        reply("docker import"),
    )
    found = Machine(fakes, root, [], [])
    found.be("ID=debian\nVERSION_CODENAME=bookworm\n")
    return found


@pytest.fixture
def complete(computer: Machine) -> Machine:
    """Return a machine with client and engine installed, and the engine running."""
    computer.fakes.install("docker", "dockerd")
    computer.fakes.answer(server("26.1.5"))
    return computer


def policy(options: str = "", **candidates: str) -> Reply:
    """Return what apt says it would install of each package."""
    text = "".join(
        f"{name.replace('_', '.', 1) if name == 'docker_io' else name.replace('_', '-')}:\n"
        f"  Installed: (none)\n  Candidate: {version}\n  Version table:\n     {version} 500\n"
        for name, version in candidates.items()
    )
    return reply(f"apt-cache {options}", text)


NEW_ENOUGH = policy(docker_io="26.1.5+dfsg1-9", docker_buildx="0.13.1", docker_cli="26.1.5+dfsg1-9")
TOO_OLD = policy(docker_io="20.10.24+dfsg1-1", docker_buildx="(none)", docker_cli="(none)")
NEWER = policy(
    "-o",
    docker_io="26.1.5+dfsg1-9",
    docker_buildx="0.13.1+ds1-3",
    docker_cli="26.1.5+dfsg1-9",
    containerd="1.7.24~ds1-6",
)


# The engine


def test_a_machine_with_all_of_it_is_left_as_it_is(complete: Machine) -> None:
    ensure_engine(complete.setup(agree=False))
    assert complete.said == ["engine: Docker 26.1.5, buildx 0.13.1"]
    assert complete.questions == complete.changes == []


def test_a_suite_with_a_new_enough_engine_gives_it_and_it_is_started(computer: Machine) -> None:
    computer.fakes.answer(NEW_ENOUGH)
    ensure_engine(computer.setup())
    assert computer.questions == [
        "Install a Docker engine with buildx?",
        "Start the Docker engine?",
    ]
    assert computer.changes == [
        "apt-get update --quiet",
        f"{INSTALL} docker.io docker-buildx docker-cli",
        START,
    ]
    assert computer.fakes.environment("apt-get install")["DEBIAN_FRONTEND"] == "noninteractive"
    assert computer.said == ["engine: Docker 26.1.5, buildx 0.13.1"]


def test_every_change_is_announced_before_it_is_made(
    computer: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    computer.fakes.answer(NEW_ENOUGH)
    ensure_engine(computer.setup())
    said = capfd.readouterr()
    assert [f"shanty > {line}" for line in computer.changes] == said.err.splitlines()
    assert said.out == ""


def test_a_second_run_changes_nothing(computer: Machine) -> None:
    computer.fakes.answer(NEW_ENOUGH)
    ensure_engine(computer.setup())
    before = computer.changes
    ensure_engine(computer.setup(agree=False))
    assert computer.changes == before
    assert computer.said[0] == computer.said[1]


def test_nothing_is_installed_without_consent(computer: Machine) -> None:
    computer.fakes.answer(NEW_ENOUGH)
    with pytest.raises(MachineError) as refused:
        ensure_engine(computer.setup(agree=False))
    assert str(refused.value) == (
        "Install a Docker engine with buildx: not done\nfix: shanty setup --yes"
    )
    assert computer.changes == []


def test_an_engine_is_not_started_without_consent(complete: Machine) -> None:
    complete.fakes.answer(no_server())
    with pytest.raises(MachineError, match=r"^Start the Docker engine: not done"):
        ensure_engine(complete.setup(agree=False))
    assert complete.changes == []


def test_a_dry_run_asks_nothing_and_runs_nothing(
    computer: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    ensure_engine(computer.setup(agree=False, dry=True))
    assert capfd.readouterr().out.splitlines() == [
        "shanty > apt-get update --quiet",
        f"shanty > {INSTALL} docker.io docker-buildx docker-cli",
        f"shanty > {START}",
    ]
    assert computer.fakes.calls == []
    assert computer.questions == []


def test_a_client_without_buildx_is_completed(complete: Machine) -> None:
    complete.fakes.answer(
        reply("docker buildx version", code=1),
        NEW_ENOUGH,
        reply(INSTALL, then=(reply("docker buildx version", "buildx 0.13.1\n"),)),
    )
    ensure_engine(complete.setup())
    assert complete.changes == ["apt-get update --quiet", f"{INSTALL} docker.io docker-buildx"]


def test_an_engine_that_is_too_old_is_replaced(complete: Machine) -> None:
    complete.fakes.answer(server("20.10.24"), NEW_ENOUGH, reply(INSTALL, then=(server("26.1.5"),)))
    ensure_engine(complete.setup())
    assert complete.changes == ["apt-get update --quiet", f"{INSTALL} docker.io docker-buildx"]


def test_a_person_who_is_not_let_in_is_told_so_and_no_engine_is_started(complete: Machine) -> None:
    complete.fakes.answer(no_server(NOT_LET_IN))
    with pytest.raises(MachineError, match=r"^the Docker engine does not let you in"):
        ensure_engine(complete.setup())
    assert complete.changes == complete.questions == []


def test_a_person_whom_the_new_engine_does_not_let_in_is_told_so(
    complete: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "START_SECONDS", 0)
    complete.fakes.answer(no_server(), reply(START, then=(no_server(NOT_LET_IN),)))
    with pytest.raises(MachineError, match=r"^the Docker engine does not let you in"):
        ensure_engine(complete.setup())


def test_a_command_for_root_alone_is_run_by_sudo(
    computer: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    computer.fakes.answer(
        NEW_ENOUGH,
        reply("sudo apt-get update"),
        reply(f"sudo {INSTALL}", makes=("docker", "dockerd")),
        reply(f"sudo {START}", then=(server("26.1.5"),)),
    )
    ensure_engine(computer.setup())
    assert computer.changes == [
        "sudo apt-get update --quiet",
        f"sudo {INSTALL} docker.io docker-buildx docker-cli",
        f"sudo {START}",
    ]


def test_an_engine_that_hangs_is_ended_and_started_anew(
    complete: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_SECONDS", 0.5)
    looks = iter(["dockerd", "containerd"])

    def processes(_fields: list[str]) -> list[SimpleNamespace]:
        return [SimpleNamespace(info={"name": next(looks)})]

    monkeypatch.setattr(psutil, "process_iter", processes)
    hung = Reply(("docker", "version"), holds=True)
    complete.fakes.answer(hung, reply("pkill", then=(no_server(),)), reply(START))
    complete.fakes.install("pkill")
    ends = Reply(("setsid",), then=(server("26.1.5"),))
    complete.fakes.answer(ends)
    ensure_engine(complete.setup())
    assert complete.changes == ["pkill -KILL -x dockerd", START]
    assert next(looks, None) is None
    assert complete.questions == [
        "The Docker engine does not answer. End it, and start it anew?",
        "Start the Docker engine?",
    ]


def test_an_engine_that_is_slow_at_its_start_is_waited_for(
    complete: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_SECONDS", 0.5)
    slow = Reply(("docker", "version"), holds=True, then=(server("26.1.5"),))
    complete.fakes.answer(no_server(), reply(START, then=(slow,)))
    ensure_engine(complete.setup())
    assert complete.said == ["engine: Docker 26.1.5, buildx 0.13.1"]


def test_no_engine_is_set_up_here_in_place_of_one_elsewhere(
    complete: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://harbour:2375")
    complete.fakes.answer(no_server("Cannot connect to tcp://harbour:2375\n"))
    with pytest.raises(MachineError) as fault:
        ensure_engine(complete.setup())
    assert str(fault.value) == (
        "no Docker engine answers: Cannot connect to tcp://harbour:2375 (DOCKER_HOST leads there)\n"
        "fix: unset DOCKER_HOST  # or start the engine there"
    )
    complete.fakes.answer(server("20.10"))
    with pytest.raises(MachineError) as fault:
        ensure_engine(complete.setup())
    assert str(fault.value) == (
        "the Docker engine of tcp://harbour:2375 (DOCKER_HOST) is 20.10; 25 or newer is needed\n"
        "fix: unset DOCKER_HOST  # or renew the engine there"
    )
    assert complete.changes == []


def test_systemd_starts_the_engine_where_it_is_in_charge(complete: Machine) -> None:
    complete.be("ID=debian\n", systemd=True)
    complete.fakes.answer(no_server())
    ensure_engine(complete.setup())
    assert complete.changes == ["systemctl enable --now docker"]


@pytest.mark.parametrize(
    ("user", "fix"), [(0, "read {log}"), (1000, "sudo dockerd  # and read what it says")]
)
def test_an_engine_that_does_not_come_up_is_told_with_where_to_look(
    user: int, fix: str, complete: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(machine, "START_SECONDS", 0)
    complete.fakes.answer(no_server(), reply(START), reply("sudo"))
    with pytest.raises(MachineError) as fault:
        ensure_engine(complete.setup())
    assert fault.value.what == "the Docker engine does not answer 0 s after its start"
    assert fault.value.fix == fix.format(log=machine.ENGINE_LOG)


def test_the_wait_goes_on_until_the_engine_answers(complete: Machine) -> None:
    starting = no_server()
    again = Reply(starting.to, starting.stdout, starting.stderr, 1, then=(server("26.1.5"),))
    complete.fakes.answer(starting, reply(START, then=(again,)))
    ensure_engine(complete.setup())
    assert complete.said == ["engine: Docker 26.1.5, buildx 0.13.1"]


def test_an_engine_that_cannot_be_started_is_a_fault_with_a_fix(complete: Machine) -> None:
    complete.fakes.answer(no_server(), reply(START, code=1))
    with pytest.raises(MachineError, match=f"^{START} failed with exit code 1"):
        ensure_engine(complete.setup())


def test_what_apt_refuses_is_told_with_its_exit_code(computer: Machine) -> None:
    computer.fakes.answer(reply("apt-get update", code=100))
    with pytest.raises(MachineError) as fault:
        ensure_engine(computer.setup())
    assert str(fault.value) == (
        "apt-get update --quiet failed with exit code 100\n"
        "fix: mend what it says above, then run the same command again"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda computer: computer.fakes.remove("apt-get"),
        lambda computer: computer.be("ID=fedora\n"),
        lambda computer: (computer.root / "etc/os-release").unlink(),
    ],
)
def test_a_system_without_apt_is_told_what_to_install(
    change: Callable[[Machine], None], computer: Machine
) -> None:
    change(computer)
    with pytest.raises(MachineError) as refused:
        ensure_engine(computer.setup())
    assert str(refused.value) == (
        "no Docker engine answers, and this system is neither Debian nor Ubuntu\n"
        "fix: install Docker 25 or newer with buildx, start it, then: shanty setup"
    )
    assert computer.questions == computer.changes == []


# The engine of a newer suite


@pytest.fixture
def old(computer: Machine) -> Machine:
    """Return a machine whose suite is too old, and whose mirror has a newer one."""
    fakes = computer.fakes
    fakes.answer(
        TOO_OLD,
        NEWER,
        Reply(("apt-get", "-o"), word="update"),
        Reply(
            ("apt-get", "-o"), word="download", writes=("docker.io_26.deb", "containerd_1.7.deb")
        ),
        reply(INSTALL, makes=("docker", "dockerd")),
    )
    return computer


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where the person stands."""
    folder = tmp_path / "workplace"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_suite_that_is_too_old_leaves_the_engine_to_a_newer_one(old: Machine) -> None:
    ensure_engine(old.setup())
    update, download = (
        f"apt-get {SEPARATE} {verb}"
        for verb in (
            "update --quiet",
            "download --quiet docker.io docker-buildx docker-cli containerd",
        )
    )
    assert old.changes == [
        "apt-get update --quiet",
        update,
        download,
        f"{INSTALL} FOLDER/containerd_1.7.deb FOLDER/docker.io_26.deb",
        START,
    ]
    assert old.said == ["engine: Docker 26.1.5, buildx 0.13.1"]


def test_the_newer_suite_comes_from_the_same_mirror_and_is_verified(old: Machine) -> None:
    ensure_engine(old.setup())
    sources = next(one["files"]["sources.list"] for one in old.fakes.records if one["files"])
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert sources == f"deb [signed-by={keyring}] {MIRROR} trixie main\n"


def test_the_newer_suite_of_ubuntu_has_its_docker_in_universe(old: Machine) -> None:
    old.be("ID=ubuntu\n")
    old.fakes.answer(
        reply(
            ASK_MIRROR,
            "Ubuntu universe http://mirror.example/\nUbuntu main http://mirror.example/\n",
        )
    )
    ensure_engine(old.setup())
    sources = next(one["files"]["sources.list"] for one in old.fakes.records if one["files"])
    assert sources.split("] ")[1].split() == ["http://mirror.example/", "noble", "main", "universe"]


def test_apt_is_understood_in_any_language(old: Machine) -> None:
    ensure_engine(old.setup())
    asked = [one for one in old.fakes.records if one["words"][0] == "apt-cache"]
    assert {one["environment"].get("LC_ALL") for one in asked} <= {"C", "C.UTF-8"}


def test_the_next_suite_is_tried_where_one_is_too_old_too(old: Machine) -> None:
    still_too_old = policy("-o", docker_io="24.0.5-1", docker_buildx="0.11")
    old.fakes.answer(Reply(still_too_old.to, still_too_old.stdout, then=(NEWER,)))
    ensure_engine(old.setup())
    suites = [one["files"]["sources.list"].split()[-2] for one in old.fakes.records if one["files"]]
    assert list(dict.fromkeys(suites)) == ["trixie", "forky"]


@pytest.mark.parametrize(
    "offered",
    [
        policy("-o", docker_io="24.0.5-1", docker_buildx="0.11"),
        policy("-o", docker_io="26.1.5-1"),
        policy("-o", docker_io="not:a-version", docker_buildx="0.13.1"),
        reply("apt-cache -o"),
    ],
)
def test_a_mirror_without_a_new_enough_engine_is_told_so(offered: Reply, old: Machine) -> None:
    old.fakes.answer(offered)
    with pytest.raises(MachineError) as fault:
        ensure_engine(old.setup())
    assert str(fault.value) == (
        "no suite of this machine's mirror has Docker 25 or newer with buildx\n"
        "fix: install them by hand, start the engine, then: shanty setup"
    )
    assert not any(line.startswith(INSTALL) for line in old.changes)


def test_a_download_that_fails_is_a_fault_with_a_fix(old: Machine) -> None:
    old.fakes.answer(Reply(("apt-get", "-o"), word="download", code=100))
    with pytest.raises(MachineError, match="failed with exit code 100"):
        ensure_engine(old.setup())


@pytest.mark.parametrize(
    "targets", ["", "Debian contrib http://mirror.example/\nOther main http://other.example/\n"]
)
def test_a_machine_without_a_mirror_is_told_to_look_for_one(targets: str, old: Machine) -> None:
    old.fakes.answer(reply(ASK_MIRROR, targets))
    with pytest.raises(MachineError) as fault:
        ensure_engine(old.setup())
    assert str(fault.value) == "apt knows no mirror of this system\nfix: apt-get update"


def test_an_apt_that_cannot_tell_its_mirror_is_a_fault_with_a_fix(old: Machine) -> None:
    old.fakes.answer(reply(ASK_MIRROR, stderr="E: broken\n", code=100))
    with pytest.raises(ShantyError, match="indextargets"):
        ensure_engine(old.setup())


def test_nothing_is_left_where_the_person_stands(old: Machine, workplace: Path) -> None:
    ensure_engine(old.setup())
    assert list(workplace.iterdir()) == []


# Compose


HAS_COMPOSE = reply("docker compose version", "2.26.1-4\n")
NO_COMPOSE = reply("docker compose version", stderr="docker: unknown command", code=1)


@pytest.fixture
def bare(complete: Machine) -> Machine:
    """Return a machine whose docker command has no plugin for services, until apt installs one."""
    complete.fakes.answer(NO_COMPOSE, reply(INSTALL, then=(HAS_COMPOSE,)))
    return complete


def test_compose_that_is_there_is_left_as_it_is(complete: Machine) -> None:
    complete.fakes.answer(HAS_COMPOSE)
    ensure_compose(complete.setup())
    assert complete.said == ["compose: Docker Compose 2.26.1"]
    assert complete.questions == complete.changes == []


@pytest.mark.parametrize("plugin", [NO_COMPOSE, reply("docker compose version", "v2.3.3\n")])
def test_compose_comes_from_a_suite_that_has_it(plugin: Reply, bare: Machine) -> None:
    bare.fakes.answer(plugin, policy(docker_compose="2.26.1-4"))
    ensure_compose(bare.setup())
    assert bare.questions == ["Install Docker Compose?"]
    assert bare.changes == ["apt-get update --quiet", f"{INSTALL} docker-compose"]
    assert bare.said == ["compose: Docker Compose 2.26.1"]


def test_dockers_own_compose_goes_first(bare: Machine) -> None:
    bare.fakes.answer(policy(docker_compose="2.26.1-4", docker_compose_plugin="5:2.40.0-1"))
    ensure_compose(bare.setup())
    assert bare.changes[-1] == f"{INSTALL} docker-compose-plugin"


def test_compose_of_ubuntu_has_another_name(bare: Machine) -> None:
    bare.be("ID=ubuntu\n")
    bare.fakes.answer(policy(docker_compose_v2="2.24.6+ds1-0ubuntu2"))
    ensure_compose(bare.setup())
    assert bare.changes[-1] == f"{INSTALL} docker-compose-v2"


def test_a_compose_that_is_no_plugin_leaves_it_to_a_newer_suite(bare: Machine) -> None:
    bare.fakes.answer(
        policy(docker_compose="1.29.2-3"),
        policy("-o", docker_compose="2.26.1-4"),
        Reply(("apt-get", "-o"), word="update"),
        Reply(("apt-get", "-o"), word="download", writes=("docker-compose_2.deb",)),
    )
    ensure_compose(bare.setup())
    assert bare.changes[1:] == [
        f"apt-get {SEPARATE} update --quiet",
        f"apt-get {SEPARATE} download --quiet docker-compose",
        f"{INSTALL} FOLDER/docker-compose_2.deb",
    ]


def test_a_mirror_without_compose_is_told_so(bare: Machine) -> None:
    bare.fakes.answer(
        policy(docker_compose="1.29.2-3"),
        reply("apt-cache -o"),
        Reply(("apt-get", "-o"), word="update"),
    )
    with pytest.raises(MachineError) as fault:
        ensure_compose(bare.setup())
    assert str(fault.value) == (
        "docker has no compose plugin, and no suite of this machine's mirror has one that is new "
        "enough\nfix: install Docker Compose 2.20 or newer, then: shanty setup"
    )


def test_a_system_without_apt_is_told_to_install_compose(bare: Machine) -> None:
    bare.be("ID=fedora\n")
    with pytest.raises(MachineError, match="this system is neither Debian nor Ubuntu"):
        ensure_compose(bare.setup())


def test_a_dry_run_says_how_compose_would_be_installed(
    bare: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    ensure_compose(bare.setup(dry=True))
    assert capfd.readouterr().out.splitlines() == [
        "shanty > apt-get update --quiet",
        f"shanty > {INSTALL} docker-compose",
    ]
    assert bare.changes == bare.questions == []


def test_compose_is_not_installed_without_consent(bare: Machine) -> None:
    with pytest.raises(MachineError, match="Install Docker Compose: not done"):
        ensure_compose(bare.setup(agree=False))
    assert bare.changes == []


# The base image


def test_a_base_image_that_is_there_is_used(complete: Machine) -> None:
    complete.fakes.answer(reply(f"docker image inspect {BASE_IMAGE}", '[{"Id": "sha256:1"}]'))
    ensure_base_image(complete.setup(agree=False), BASE_IMAGE, "3.13")
    assert complete.said == [f"base image: {BASE_IMAGE}"]
    assert complete.changes == complete.questions == []


def test_a_pinned_base_image_is_made_here_like_any_official_one(complete: Machine) -> None:
    complete.fakes.answer(reply("docker image inspect shanty/python:3.13", '[{"Id": "sha256:1"}]'))
    ensure_base_image(complete.setup(agree=False), f"{BASE_IMAGE}@sha256:{'0a' * 32}", "3.13")
    assert complete.said == ["base image: shanty/python:3.13"]


def test_a_base_image_that_was_made_here_is_used(complete: Machine) -> None:
    complete.fakes.answer(reply("docker image inspect shanty/python:3.13", '[{"Id": "sha256:1"}]'))
    ensure_base_image(complete.setup(agree=False), BASE_IMAGE, "3.13")
    assert complete.said == ["base image: shanty/python:3.13"]
    assert complete.changes == complete.questions == []


@pytest.mark.usefixtures("complete")
@pytest.mark.parametrize(
    ("newest", "version", "more"),
    [("3.12", "3.11", "; 3.12 suits better and cannot be had here"), ("3.13", "3.13", "")],
)
def test_the_python_that_would_suit_better_than_the_one_made_here_is_named(
    make_project: Callable[..., Project], newest: str, version: str, more: str
) -> None:
    constraint = f">=3.11,<={newest}"
    project = write_project(
        make_project,
        f'[project]\nname = "harbour"\nrequires-python = "{constraint}"\n[tool.poetry]\n',
    )
    made = made_here(Given(project, read_lock(project), {}, {}))
    assert made is not None
    assert made.settings.base_image == f"shanty/python:{version}"
    reason = f"newest that requires-python {constraint} admits{more}"
    assert made.sources["python-version"] == reason


def test_one_that_was_made_here_does_not_stand_in_for_an_image_of_ones_own(
    complete: Machine,
) -> None:
    complete.fakes.answer(
        reply("docker image inspect shanty/python:3.13", '[{"Id": "sha256:1"}]'),
        reply("docker pull"),
    )
    ensure_base_image(complete.setup(), "harbour/base:1", "3.13")
    assert complete.said == ["base image: harbour/base:1, pulled"]


def test_a_base_image_is_pulled_where_there_is_a_registry(
    complete: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    complete.fakes.answer(reply("docker pull"))
    ensure_base_image(complete.setup(agree=False), BASE_IMAGE, "3.13")
    assert complete.changes == [f"docker pull {BASE_IMAGE}"]
    assert capfd.readouterr().err == f"shanty > docker pull {BASE_IMAGE}\n"
    assert complete.said == [f"base image: {BASE_IMAGE}, pulled"]
    assert complete.questions == []


def test_a_dry_run_says_the_pull_alone(
    complete: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    ensure_base_image(complete.setup(dry=True), BASE_IMAGE, "3.13")
    assert capfd.readouterr().out == f"shanty > docker pull {BASE_IMAGE}\n"
    assert complete.fakes.calls == []


def test_a_base_image_is_made_where_none_can_be_pulled(complete: Machine) -> None:
    complete.fakes.answer(
        reply(f"{INSTALL} mmdebstrap", makes=("mmdebstrap",)), reply("mmdebstrap")
    )
    ensure_base_image(complete.setup(), BASE_IMAGE, "3.13")
    assert complete.questions == ["Make a base image with Python 3.13 from this system's packages?"]
    pull, update, install, bootstrap, taken_in = complete.changes
    assert pull == f"docker pull {BASE_IMAGE}"
    assert update == "apt-get update --quiet"
    assert install == f"{INSTALL} mmdebstrap"
    assert shlex.split(bootstrap) == [
        "mmdebstrap",
        "--variant=minbase",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        "--components=main",
        "--include=ca-certificates,python3,python3-venv,python3-pip",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        '--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
        '--customize-hook=rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED',
        '--customize-hook=rm -f "$1/etc/resolv.conf" "$1/etc/hostname"',
        "trixie",
        "FOLDER/base.tar",
        MIRROR,
    ]
    assert shlex.split(taken_in) == [
        *("docker", "import", "--change", 'CMD ["python"]', "FOLDER/base.tar"),
        "shanty/python:3.13",
    ]
    assert complete.said == [
        f"{BASE_IMAGE} cannot be pulled: no registry answers",
        "base image: shanty/python:3.13, made here",
    ]


def test_the_base_image_of_ubuntu_takes_its_python_from_universe_too(complete: Machine) -> None:
    complete.be("ID=ubuntu\n")
    complete.fakes.install("mmdebstrap")
    complete.fakes.answer(
        reply("mmdebstrap"), reply(ASK_MIRROR, "Ubuntu main http://mirror.example/\n")
    )
    ensure_base_image(complete.setup(), "python:3.12-slim", "3.12")
    bootstrap = shlex.split(complete.changes[1])
    assert bootstrap[-3:] == ["noble", "FOLDER/base.tar", "http://mirror.example/"]
    assert "--components=main,universe" in bootstrap


def test_mmdebstrap_that_is_there_is_not_installed_again(complete: Machine) -> None:
    complete.fakes.install("mmdebstrap")
    complete.fakes.answer(reply("mmdebstrap"))
    ensure_base_image(complete.setup(), BASE_IMAGE, "3.13")
    assert not any(line.startswith("apt-get") for line in complete.changes)


def test_no_base_image_is_made_without_consent(complete: Machine) -> None:
    with pytest.raises(MachineError, match=r"^Make a base image with Python 3\.13 .* not done"):
        ensure_base_image(complete.setup(agree=False), BASE_IMAGE, "3.13")
    assert complete.changes == [f"docker pull {BASE_IMAGE}"]


def test_a_python_that_no_suite_carries_is_told_with_those_that_one_does(
    complete: Machine,
) -> None:
    with pytest.raises(UsageError) as fault:
        ensure_base_image(complete.setup(), "python:3.12-slim", "3.12")
    assert str(fault.value) == (
        "no registry answers, and no suite carries Python 3.12\n"
        "fix: set [tool.shanty] python-version to one of 3.9, 3.11, 3.13, 3.14"
    )
    assert complete.changes == ["docker pull python:3.12-slim"]
    assert complete.questions == []


def test_a_system_without_apt_is_told_of_the_image_and_not_of_an_engine(complete: Machine) -> None:
    complete.be("ID=fedora\n")
    with pytest.raises(MachineError) as fault:
        ensure_base_image(complete.setup(), BASE_IMAGE, "3.13")
    assert BASE_IMAGE in fault.value.what
    assert "no Docker engine answers" not in fault.value.what


# Names


@pytest.mark.parametrize(
    ("release", "name"),
    [
        ('PRETTY_NAME="Debian"\nID=debian\n', "debian"),
        ("ID=ubuntu\nID_LIKE=debian\n", "ubuntu"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "ubuntu"),
        ('ID=raspbian\n\nID_LIKE="debian"\n', "debian"),
        ("ID=fedora\n", None),
        ("", None),
    ],
)
def test_a_system_is_known_by_its_name_or_its_parents(release: str, name: str | None) -> None:
    assert family_of(release) == name


def test_the_base_image_that_is_made_here_has_no_official_name() -> None:
    assert own_base_image("3.13") == "shanty/python:3.13"
