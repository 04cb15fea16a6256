"""A release in a registry: its names, that a version stays what it is, and how a push ends.

In front of a recording `docker`: what a registry makes of it is shown in `tests/engine`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shanty import engine
from shanty.checkout import Checkout
from shanty.errors import MachineError, RunError, UsageError
from shanty.failure.registry import not_taken
from shanty.project import Project
from shanty.registry import registry_contents
from shanty.release.contents import Contents, there
from shanty.release.names import Names, read_names, read_repository
from shanty.release.push import is_same
from tests.fakes import Fakes, Reply, Typing, person, ready, refusal, reply, write_project

QUAY = "quay.example.com/team/harbour"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
OURS, THEIRS = (f"sha256:{digit * 64}" for digit in "ab")
ASKED = "docker buildx imagetools inspect --format"
CREATE = "docker buildx imagetools create"
SETTINGS = {"Env": ["A=1"], "User": "10001:10001", "Labels": {"revision": "x"}}
LOCAL = {
    "Id": OURS,
    "Size": 1,
    "RootFS": {"Layers": [OURS]},
    "Config": SETTINGS,
    "RepoDigests": [f"{QUAY}@{OURS}"],
}


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def project(
    fakes: Fakes, make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> Project:
    """Return a project in no checkout, with the person in its folder."""
    fakes.answer(reply("docker image inspect", json.dumps([LOCAL])))
    fakes.answer(*map(reply, ("docker tag", "docker push", CREATE)))
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def shanty(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Typing:
    """Return a function that types a task."""
    assert project.root.is_dir()
    return person(monkeypatch, capfd)


def has(name: str, *layers: str, asked: str = ASKED, **platforms: str) -> tuple[Reply, ...]:
    """Return what a registry answers that has an image under a name."""
    config = {**SETTINGS, "Labels": {"revision": "y"}}
    one = {"rootfs": {"diff_ids": layers}, "config": config}
    several = {
        platform.replace("_", "/"): {"rootfs": {"diff_ids": [layer]}, "config": config}
        for platform, layer in platforms.items()
    }
    answers = {"{{json .Image}}": several or one, "{{json .Manifest}}": {"digest": THEIRS}}
    return tuple(
        Reply((*asked.split(), form, name), json.dumps(answer)) for form, answer in answers.items()
    )


def has_not(name: str, asked: str = ASKED) -> Reply:
    """Return what a registry answers that has no image of a name."""
    return Reply(
        (*asked.split(), "{{json .Image}}", name), stderr=f"ERROR: {name}: not found", code=1
    )


def done(fakes: Fakes) -> list[str]:
    """Return what was done after the build."""
    left = ("docker buildx imagetools inspect", "docker buildx build", "git ")
    return [line for line in fakes.changes if not line.startswith(left)]


# Names


def test_a_release_is_named_by_its_version_and_its_commit() -> None:
    names = read_names(QUAY, "1.0", Checkout(COMMIT, 0, is_dirty=False, origin=""))
    assert names.every == (f"{QUAY}:1.0", f"{QUAY}:0123456789ab")
    assert names.kept == f"{QUAY}:1.0"


def test_what_no_commit_has_is_marked_and_is_no_release() -> None:
    names = read_names(QUAY, "1.0", Checkout(COMMIT, 0, is_dirty=True, origin=""))
    assert names.every == (f"{QUAY}:1.0-dirty", f"{QUAY}:0123456789ab-dirty")
    assert not names.kept


def test_a_version_alone_or_a_commit_alone_will_do() -> None:
    assert read_names(QUAY, "1.0+local.1", None).every == (f"{QUAY}:1.0-local.1",)
    assert Names(QUAY, "", "0123").every == (f"{QUAY}:0123",)
    with pytest.raises(UsageError, match="no version and lies in no git checkout"):
        read_names(QUAY, "", None)


@pytest.mark.parametrize(
    "name", ["localhost:5000/harbour", "team/harbour", QUAY, "quay.example.com:444/harbour"]
)
def test_a_repository_names_its_registry(name: str) -> None:
    assert read_repository(name, "harbour") == name
    assert read_repository(None, name) == name


def test_a_name_that_anybody_may_have_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        read_repository(None, "harbour")
    assert refused.value.what == "'harbour' names no registry"
    assert refused.value.fix.startswith("invoke push --to registry.example.com/team/harbour  # ")


@pytest.mark.parametrize("name", [f"{QUAY}:1.0", f"{QUAY}@sha256:{'0' * 64}"])
def test_a_tag_is_the_release_s_to_give(name: str) -> None:
    with pytest.raises(UsageError, match="is a repository with a tag"):
        read_repository(name, "harbour")


# Contents


def test_labels_make_no_other_contents() -> None:
    told = {"rootfs": {"diff_ids": [OURS]}, "config": {"User": "1", "Labels": {"a": "b"}}}
    plain = {"rootfs": {"diff_ids": [OURS]}, "config": {"User": "1"}}
    other = {"rootfs": {"diff_ids": [OURS]}, "config": {"User": "2"}}
    assert there(told) == there(plain) != there(other)


def test_a_proof_beside_the_platforms_is_none_of_them() -> None:
    one: dict[str, Any] = {"rootfs": {"diff_ids": [OURS]}, "config": {}}
    assert set(there({"linux/amd64": one, "unknown/unknown": {}})) == {"linux/amd64"}


def test_platforms_are_held_against_each_other_by_name() -> None:
    ours, theirs = Contents((OURS,), ()), Contents((THEIRS,), ())
    assert is_same({"": ours}, {"linux/amd64": ours})
    assert not is_same({"": ours}, {"linux/amd64": theirs})
    both = {"linux/amd64": ours, "linux/arm64": theirs}
    assert is_same(both, dict(reversed(both.items())))
    assert not is_same(both, {"linux/amd64": ours})


def test_a_registry_that_cannot_be_asked_is_no_registry_without_the_image(fakes: Fakes) -> None:
    fakes.answer(reply(ASKED, stderr="ERROR: dial tcp: no such host\n", code=1))
    with pytest.raises(MachineError, match="cannot be asked: dial tcp: no such host"):
        registry_contents(f"{QUAY}:1.0")


# The push by this machine's engine


def test_a_version_that_is_new_is_pushed_and_its_digest_told(shanty: Typing, fakes: Fakes) -> None:
    name = f"{QUAY}:1.0"
    fakes.answer(*has(name, OURS), has_not(name))
    answer = shanty("push", "--to", QUAY)
    assert (answer.code, answer.stdout) == (0, f"{name}@{OURS}\n")
    assert done(fakes) == [f"docker tag harbour:production {name}", f"docker push {name}"]


def test_a_version_that_is_there_with_these_contents_is_pushed_no_more(
    shanty: Typing, fakes: Fakes
) -> None:
    name = f"{QUAY}:1.0"
    fakes.answer(*has(name, OURS))
    answer = shanty("push", "--to", QUAY)
    assert (answer.code, answer.stdout) == (0, f"{name}@{THEIRS}\n")
    assert f"shanty: {name} is there already, with these contents" in answer.stderr
    assert done(fakes) == []


def test_a_version_that_is_there_with_others_stays_what_it_is(shanty: Typing, fakes: Fakes) -> None:
    name = f"{QUAY}:1.0"
    fakes.answer(*has(name, THEIRS))
    answer = shanty("push", "--to", QUAY)
    assert answer.code == 2
    assert answer.stderr.splitlines()[-2:] == [
        f"{name} is there already, with other contents",
        f"fix: write the next version down  # or overwrite it: shanty push --to {QUAY} --force",
    ]
    assert done(fakes) == []
    assert shanty("push", "--to", QUAY, "--force").code == 0
    assert done(fakes) == [f"docker tag harbour:production {name}", f"docker push {name}"]


def test_what_is_in_no_commit_is_pushed_without_a_look(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    fakes.install("git")
    status = reply("git", "?? new.py\n", word="status")
    fakes.answer(reply("git", f"{COMMIT} 1600000000\n", word="log"), status)
    name, commit = f"{QUAY}:1.0-dirty", f"{QUAY}:0123456789ab-dirty"
    fakes.answer(*has(name, OURS))
    answer = shanty("push", "--to", QUAY)
    assert answer.stdout == f"{name}@{OURS}\n{commit}@{OURS}\n"
    assert done(fakes) == [
        *(f"docker tag harbour:production {name}", f"docker push {name}"),
        *(f"docker tag harbour:production {commit}", f"docker push {commit}"),
    ]
    assert project.root.is_dir()


def test_a_dry_run_says_the_lines(shanty: Typing, fakes: Fakes) -> None:
    answer = shanty("--dry", "push", "--to", QUAY)
    lines = [line for line in answer.stdout.splitlines() if line.startswith("shanty > ")]
    assert lines[-2:] == [
        f"shanty > docker tag harbour:production {QUAY}:1.0",
        f"shanty > docker push {QUAY}:1.0",
    ]
    assert fakes.changes == []


def test_a_registry_that_takes_nothing_is_told_with_the_way_in(
    shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(has_not(f"{QUAY}:1.0"))
    fakes.answer(reply("docker push", stderr="no basic auth credentials\n", code=1))
    answer = shanty("push", "--to", QUAY)
    assert answer.code == 1
    assert answer.stderr.splitlines()[-2:] == [
        f"quay.example.com takes no {QUAY}:1.0 from you: no basic auth credentials",
        "fix: docker login quay.example.com  # or push to a name of your own",
    ]


@pytest.mark.parametrize(
    ("said", "kind", "what", "fix"),
    [
        (
            "ERROR: failed to do request: dial tcp: connection refused",
            MachineError,
            "Docker Hub cannot be reached: failed to do request: dial tcp: connection refused",
            "docker push team/harbour:1  # once it can be reached",
        ),
        (
            "Error response from daemon: the disk is upside down",
            RunError,
            "Docker Hub did not take team/harbour:1: the disk is upside down",
            "mend that, then push again",
        ),
        (
            "",
            RunError,
            "Docker Hub did not take team/harbour:1: it does not say why",
            "mend that, then push again",
        ),
    ],
)
def test_what_was_not_taken_is_told(said: str, kind: type[Exception], what: str, fix: str) -> None:
    fault = not_taken("team/harbour:1", said)
    assert (type(fault), fault.what, fault.fix) == (kind, what, fix)


# The push by a builder

BUILDER = ("push", "--to", QUAY, "--builder", "crane")
CRANE = ASKED.replace("inspect", "inspect --builder crane")


@pytest.fixture
def commit(fakes: Fakes, project: Project) -> str:
    """Put the project into a checkout; return the name that its commit has in the registry."""
    assert project.root.is_dir()
    fakes.install("git")
    fakes.answer(reply("git"), reply("git", f"{COMMIT} 1600000000\n", word="log"))
    return f"{QUAY}:0123456789ab"


def test_a_builder_pushes_under_the_commit_and_the_version_comes_last(
    shanty: Typing, fakes: Fakes, commit: str
) -> None:
    name = f"{QUAY}:1.0"
    fakes.answer(*has(commit, asked=CRANE, linux_amd64=OURS))
    fakes.answer(*has(name, asked=CRANE), has_not(name, CRANE))
    platforms = ("--platform", "linux/amd64", "--platform", "linux/arm64")
    answer = shanty(*BUILDER, *platforms, "--sbom")
    assert (answer.code, answer.stdout) == (0, f"{name}@{THEIRS}\n{commit}@{THEIRS}\n")
    (build,) = [line for line in fakes.changes if line.startswith("docker buildx build")]
    assert f" --tag {commit} " in build
    assert "--platform linux/amd64,linux/arm64 --builder crane --sbom true --push " in build
    assert done(fakes) == [f"{CREATE} --builder crane --tag {name} {QUAY}@{THEIRS}"]


def test_what_a_builder_has_pushed_is_held_against_the_version(
    shanty: Typing, fakes: Fakes, commit: str
) -> None:
    name = f"{QUAY}:1.0"
    fakes.answer(*has(commit, asked=CRANE, linux_amd64=OURS))
    fakes.answer(*has(name, asked=CRANE, linux_amd64=THEIRS))
    answer = shanty(*BUILDER)
    assert (answer.code, done(fakes)) == (2, [])
    assert answer.stderr.splitlines()[-2] == f"{name} is there already, with other contents"
    fakes.answer(*has(name, OURS, asked=CRANE))
    assert shanty(*BUILDER).stdout == f"{name}@{THEIRS}\n{commit}@{THEIRS}\n"
    assert done(fakes) == [f"{CREATE} --builder crane --tag {commit} {QUAY}@{THEIRS}"]


def test_without_a_commit_a_builder_overwrites_no_version(shanty: Typing, fakes: Fakes) -> None:
    name = f"{QUAY}:1.0"
    fakes.answer(*has(name, OURS, asked=CRANE))
    what, _ = refusal(shanty(*BUILDER), 2)
    assert what.startswith(f"{name} is there already, and no commit to push this under")
    fakes.answer(has_not(name, CRANE))
    assert shanty(*BUILDER).stdout == f"{name}@{THEIRS}\n"
    assert done(fakes) == []


def test_a_dry_run_of_a_builder_says_the_lines(shanty: Typing, fakes: Fakes, commit: str) -> None:
    answer = shanty("--dry", *BUILDER)
    build, last = answer.stdout.splitlines()[-2:]
    assert f" --tag {commit} " in build
    assert last == f"shanty > {CREATE} --builder crane --tag {QUAY}:1.0 '{QUAY}@sha256:…'"
    assert done(fakes) == []


def test_a_version_that_git_tags_say_asks_for_another_tag(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    text = project.pyproject_file.read_text(encoding="utf-8")
    table = "\n[tool.poetry-dynamic-versioning]\nenable = true\n"
    project.pyproject_file.write_text(f"{text}{table}", encoding="utf-8")
    fakes.install("git")
    fakes.answer(reply("git"), reply("git", f"{COMMIT} 1600000000\n", word="log"))
    assert shanty("--dry", "push", "--to", QUAY).stdout.count("docker push") == 1
    fakes.answer(reply("git", "v1.2-0-g0123456\n", word="describe"))
    fakes.answer(*has(f"{QUAY}:1.2", THEIRS))
    answer = shanty("push", "--to", QUAY)
    assert answer.stderr.splitlines()[-1].startswith("fix: git tag v…  # or overwrite it: ")


def test_without_a_registry_nothing_is_built(shanty: Typing, fakes: Fakes) -> None:
    what, _ = refusal(shanty("push"), 2)
    assert (what, fakes.changes) == ("'harbour' names no registry", [])


def test_an_image_that_the_engine_has_lost_is_a_fault(fakes: Fakes) -> None:
    fakes.answer(reply("docker image inspect", stderr="Error: No such image: x\n", code=1))
    with pytest.raises(RunError, match="No such image: x"):
        engine.image_contents("x")


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: Attestation is not supported for the docker driver.",
        "ERROR: failed to solve: Attestations are not supported by the current BuildKit daemon",
        "ERROR: Multi-platform build is not supported for the docker driver.",
        "ERROR: docker exporter does not currently support exporting manifest lists",
    ],
)
def test_an_engine_that_keeps_no_proof_is_told_with_what_does(
    said: str, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(has_not(f"{QUAY}:1.0"))
    fakes.answer(reply("docker buildx build", stderr=f"{said}\n", code=1))
    answer = shanty("push", "--to", QUAY, "--sbom")
    what, fix = answer.stderr.splitlines()[-2:]
    assert answer.code == 3
    assert what.endswith(
        ": this engine keeps images of one platform alone, and no proof of where they are from"
    )
    assert fix.endswith(", or a --builder of another driver")
