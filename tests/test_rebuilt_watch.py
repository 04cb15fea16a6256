"""Why a build did again what it did: one line that is true, or none."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shanty.errors import MachineError
from shanty.project import Project
from shanty.rebuilt.progress import Progress
from shanty.rebuilt.watch import Watch
from shanty.request import Request
from tests.fakes import person, ready, reply, write_project

MakeProject = Callable[..., Project]
DOCKERFILE = """\
ARG BASE=python:3.13
ARG GATE=no
FROM ${BASE} AS tools
ARG VERSION=1
RUN install $VERSION
FROM scratch AS gate-no
FROM scratch AS gate-yes
COPY --from=tools /a ./
FROM gate-${GATE} AS gate
FROM tools AS production
COPY src/ ./
RUN --mount=from=gate,target=/gate build
ADD https://example.com/a ./
"""
TOOLS, COPY, RUN, ADD = "tools 2/2", "production 1/3", "production 2/3", "production 3/3"


@dataclass
class Builds:
    """The builds of one project, on an engine that has a base image of this digest."""

    project: Project
    digest: str | None = "sha256:1"
    asked: list[str] = field(default_factory=list)

    def build(self, *anew: str, words: str = "") -> str:
        """Return what is told of a build which did these steps anew."""
        line = f"docker buildx build --file Dockerfile --target production {words} ."
        watch, progress = Watch(self.project, Request(tuple(line.split()))), Progress()
        for number, key in enumerate((TOOLS, COPY, RUN)):
            end = "DONE 0.1s" if key in anew else "CACHED"
            progress.add(f"#{number} [{key}] RUN x\n#{number} {end}\n".encode())
        for key in set(anew) - {TOOLS, COPY, RUN}:
            progress.add(f"#9 [{key}] RUN x\n#9 DONE 0.1s\n".encode())
        return watch.told(progress, self._ask)

    def _ask(self, name: str) -> str | None:
        self.asked.append(name)
        if self.digest == "none answers":
            raise MachineError(self.digest, "start the engine")
        return self.digest


@pytest.fixture
def builds(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Builds:
    """Return a project, entered, whose first build is over."""
    files = {"Dockerfile": DOCKERFILE, "src/a.py": "a", "src/b.py": "b", "src/c.py": "c"}
    project = make_project(files)
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("DOCKER_CONFIG", str(project.root))
    found = Builds(project)
    assert found.build(TOOLS, COPY, RUN) == (
        "built from [tools 2/2] RUN install $VERSION (the first build of production on record)"
    )
    assert found.asked == ["python:3.13"]
    return found


def write(path: str, text: str) -> None:
    """Write a file of the project."""
    Path(path).write_text(text, encoding="utf-8")


def test_nothing_is_told_where_all_was_cached(builds: Builds) -> None:
    assert builds.build() == ""
    assert builds.asked == ["python:3.13"]


def test_a_file_that_changed_is_named(builds: Builds) -> None:
    write("src/a.py", "other")
    assert builds.build(COPY, RUN) == (
        "rebuilt from [production 1/3] COPY src/ ./ (src/a.py changed)"
    )


def test_of_several_files_the_first_is_named(builds: Builds) -> None:
    write("src/d.py", "new")
    Path("src/b.py").unlink()
    write("src/c.py", "other")
    assert builds.build(COPY).endswith("(src/b.py is gone and 2 more)")
    write("src/e.py", "new")
    assert builds.build(COPY).endswith("(src/e.py is new)")


def test_what_changed_back_was_no_change_since(builds: Builds) -> None:
    """Every build is the last one, cached or not."""
    write("src/a.py", "other")
    builds.build(COPY)
    write("src/a.py", "a")
    assert builds.build() == ""
    write("src/b.py", "other")
    assert builds.build(COPY).endswith("(src/b.py changed)")


def test_a_file_that_the_step_does_not_read_is_not_blamed(builds: Builds) -> None:
    write("src/a.py", "other")
    assert builds.build(TOOLS) == "rebuilt from [tools 2/2] RUN install $VERSION"
    write("src/a.py", "once more")
    assert builds.build(RUN) == "rebuilt from [production 2/3] RUN build"


def test_a_build_argument_is_told_with_what_it_was(builds: Builds) -> None:
    assert builds.build(TOOLS, words="--build-arg VERSION=2").endswith("(VERSION is 2, was 1)")
    assert builds.build(TOOLS, words="--build-arg VERSION=").endswith("(VERSION is not set, was 2)")
    assert builds.build(TOOLS).endswith("(VERSION is 1, was not set)")


def test_what_a_choice_of_stages_hangs_on_is_told(builds: Builds) -> None:
    told = builds.build("gate-yes 1/1", words="--build-arg GATE=yes")
    assert told == "rebuilt from [gate-yes 1/1] COPY --from=tools /a ./ (GATE is yes, was no)"


def test_the_dockerfile_is_told_for_a_step_that_it_changes(builds: Builds) -> None:
    write("Dockerfile", DOCKERFILE.replace("RUN install", "RUN mount"))
    assert builds.build(TOOLS).endswith("RUN mount $VERSION (the Dockerfile changed)")


def test_the_base_image_is_told_by_its_name_and_by_its_digest(builds: Builds) -> None:
    builds.digest = "sha256:2"
    assert builds.build(TOOLS).endswith("(the base image python:3.13 changed)")
    told = builds.build(TOOLS, words="--build-arg BASE=python:3.14")
    assert told.endswith("(the base image is python:3.14, was python:3.13)")


def test_the_base_image_is_known_though_another_step_came_first(
    builds: Builds, cache_folder: Path
) -> None:
    (record,) = cache_folder.rglob("built-*")
    record.unlink()
    docker = "FROM scratch AS docker\nCOPY src /\nFROM ${BASE}"
    text = DOCKERFILE.replace("FROM ${BASE}", docker).replace(
        "COPY src/", "COPY --from=docker src/"
    )
    write("Dockerfile", text)
    builds.build("docker 1/1", TOOLS)
    builds.digest = "sha256:2"
    assert builds.build(TOOLS).endswith("(the base image python:3.13 changed)")


@pytest.mark.parametrize("digest", [None, "none answers"])
def test_of_a_base_image_that_is_not_known_nothing_is_told(
    builds: Builds, digest: str | None
) -> None:
    builds.digest = digest
    write("Dockerfile", DOCKERFILE.replace("3.13", "3.12"))
    builds.build(TOOLS)
    builds.digest = "sha256:3"
    assert builds.build(TOOLS) == "rebuilt from [tools 2/2] RUN install $VERSION"


def test_a_cache_that_is_lost_is_told_as_that(builds: Builds) -> None:
    lost = "(nothing changed here: the engine's cache had lost it)"
    assert builds.build(TOOLS).endswith(lost)
    os.utime("src/a.py", ns=(1, 1))
    assert builds.build(COPY).endswith(lost)
    # What lies elsewhere may have changed there.
    assert builds.build(ADD) == "rebuilt from [production 3/3] ADD https://example.com/a ./"


def test_what_was_asked_is_told_as_that(builds: Builds) -> None:
    told = builds.build(TOOLS, COPY, words="--no-cache")
    assert told == "rebuilt from [tools 2/2] RUN install $VERSION (--no-cache)"
    first = builds.build(TOOLS, words="--no-cache --target tools")
    assert first == "built from [tools 2/2] RUN install $VERSION (--no-cache)"
    assert builds.build(TOOLS, words="--pull").endswith("$VERSION (--pull)")
    write("src/a.py", "other")
    assert builds.build(COPY, words="--pull").endswith("(src/a.py changed)")


def test_another_engine_has_another_cache(builds: Builds) -> None:
    told = builds.build(TOOLS, words="--builder far")
    assert told.endswith("(the last build was not on this engine)")
    assert builds.asked == ["python:3.13"]


def test_a_new_ignore_file_takes_what_it_names_away(builds: Builds) -> None:
    write("Dockerfile.dockerignore", "src/c.py\n")
    assert builds.build(COPY).endswith("(src/c.py is gone)")


@pytest.mark.parametrize("anew", [(), (TOOLS,)])
def test_a_build_that_cannot_be_read_is_told_nothing_of(
    builds: Builds, anew: tuple[str, ...]
) -> None:
    Path("Dockerfile").write_bytes(b"\xff")
    assert builds.build(*anew) == ""
    Path("Dockerfile").unlink()
    assert builds.build(*anew) == ""


# A task


def test_a_build_says_it_after_docker_and_a_dry_one_never(
    make_project: MakeProject,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    cache_folder: Path,
) -> None:
    fakes, shanty = ready(tmp_path / "fakes", monkeypatch), person(monkeypatch, capfd)
    monkeypatch.chdir(write_project(make_project).root)
    said = "#9 [staging 2/2] COPY ./ ./\n#9 DONE 0.1s\n"
    fakes.answer(reply("docker buildx build", stderr=said))
    shanty("--dry", "build")
    assert not list(cache_folder.rglob("built-*"))
    step = "[staging 2/2] COPY ./ ./"
    assert shanty("build").stderr.endswith(
        f"{said}shanty: built from {step} (the first build of production on record)\n"
    )
    Path("src/harbour/more.py").touch()
    assert shanty("build").stderr.endswith(
        f"{said}shanty: rebuilt from {step} (src/harbour/more.py is new)\n"
    )


def test_without_a_folder_to_keep_a_record_in_nothing_is_said(
    builds: Builds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private folder that somebody else has made is no place either."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/1/nowhere")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "open"))
    (tmp_path / "open" / f"shanty-{os.getuid()}").mkdir(parents=True, mode=0o777)
    (tmp_path / "open" / f"shanty-{os.getuid()}").chmod(0o777)
    assert builds.build(TOOLS) == ""
