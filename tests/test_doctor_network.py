"""How this machine reaches others: its CA bundle, its proxies, the indexes and the registry."""

import json
import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from shanty.dependencies.lock import read_lock
from shanty.doctor import index, reach
from shanty.doctor.base_image import BaseImage
from shanty.doctor.finding import Finding
from shanty.doctor.index import Indexes
from shanty.doctor.machine import Machine
from shanty.doctor.network import network_checks
from shanty.doctor.reach import Address, Question, without_credentials
from shanty.doctor.subject import Subject
from shanty.errors import MachineError
from shanty.labels import lock_digest
from shanty.project import Project
from tests.doctoring import Network, finding, findings, network, told
from tests.fakes import Fakes, no_image, no_server, ready, reply, write_project

OURS = "shanty/python:3.13"
PASSWORD = "s3cret-and-long"  # noqa: S105 - made up


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Return a server that is the registry which Docker assumes."""
    with network() as found:
        monkeypatch.setattr("shanty.doctor.registry.HUB_HOST", found.host)
        yield found


@pytest.fixture
def bundle() -> Path:
    """Return a file of certificates."""
    found = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    return Path(found)


def look(name: str, **environment: str) -> Finding:
    """Return what is found by the look of a name."""
    return finding(network_checks(environment), name)


def test_a_machine_without_settings_is_fine() -> None:
    assert look("CA bundle").what == "none is set: the system's own certificates"
    assert look("proxy").what == "none is set"


def test_a_bundle_of_certificates_is_fine(bundle: Path) -> None:
    found = look("CA bundle", PIP_CERT=str(bundle))
    assert told(found) == ("fine", f"{bundle}, by PIP_CERT", "")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("gone.crt", "names {0}, and there is no such file"),
        ("empty.crt", "names {0}, and that holds no certificate in PEM"),
    ],
)
def test_a_bundle_without_certificates_is_a_problem(name: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "empty.crt").write_text("no certificate\n", encoding="utf-8")
    file = tmp_path / name
    assert told(look("CA bundle", SSL_CERT_FILE=str(file))) == (
        "problem",
        f"SSL_CERT_FILE {what.format(file)}",
        "point SSL_CERT_FILE at the machine's CA bundle, or unset it",
    )


def test_a_bundle_that_cannot_be_read_is_a_problem(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "shut.crt"
    file.write_bytes(bundle.read_bytes())
    monkeypatch.setattr("ssl.create_default_context", shut)
    found = look("CA bundle", SSL_CERT_FILE=str(file))
    assert found.what == f"SSL_CERT_FILE names {file}, and that cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("http://proxy.example:3128", ""),
        ("proxy.example:3128", ""),
        ("socks5h://proxy.example", ""),
        ("htp://proxy.example", "htp is no scheme of a proxy"),
        ("http://:3128", "it names no host"),
        ("http://proxy.example:many", "its port is no number, or its host no name"),
        ("http://[::1", "its port is no number, or its host no name"),
        ("http://127.0.0.1:3128", "in a container, and so in a build, that is not this machine"),
        ("localhost:3128", "in a container, and so in a build, that is not this machine"),
    ],
)
def test_a_proxy_that_no_build_can_go_by_is_a_problem(value: str, fault: str) -> None:
    found = look("proxy", HTTPS_PROXY=value)
    if fault:
        fix = "export HTTPS_PROXY=http://HOST:PORT, or unset HTTPS_PROXY"
        assert told(found) == ("problem", f"HTTPS_PROXY={value}: {fault}", fix)
    else:
        assert told(found) == ("fine", f"HTTPS_PROXY={value}", "")


@pytest.mark.parametrize("scheme", ["http", "htp"])
@pytest.mark.parametrize("secret", [PASSWORD, f"{PASSWORD}/x", f"a@{PASSWORD}", f"{PASSWORD}:9"])
def test_the_credentials_of_a_proxy_are_in_no_finding(scheme: str, secret: str) -> None:
    found = look("proxy", HTTP_PROXY=f"{scheme}://me:{secret}@proxy.example:3128")
    assert f"HTTP_PROXY={scheme}://…@proxy.example:3128" in found.what
    assert PASSWORD not in repr(found)


def test_each_proxy_is_told_and_what_goes_by_none() -> None:
    found = findings(network_checks({"http_proxy": "//", "NO_PROXY": "a,b@c"}), "proxy")
    assert [(one.state, one.what) for one in found] == [
        ("problem", "http_proxy=//: it names no host"),
        ("fine", "NO_PROXY=…@c"),
    ]


def asked(project_root: Path, **environment: str) -> list[Finding]:
    """Return what is found of the indexes."""
    subject = Subject(project_root, environment)
    return findings(Indexes(subject, Machine(environment)).checks(), "index")


def test_an_index_that_answers_is_fine(server: Network, tmp_path: Path) -> None:
    url = f"http://me:{PASSWORD}@{server.host}/simple"
    (found,) = asked(tmp_path, PIP_INDEX_URL=url, PIP_TRUSTED_HOST="127.0.0.1")
    answers = f"the package index answers: http://{server.host}/simple/"
    assert told(found) == ("fine", answers, "")
    assert server.asked["/simple/"].startswith("Basic ")


def test_an_index_that_nobody_named_is_pips_own(
    server: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_default_index", lambda: f"http://{server.host}/own")
    (found,) = asked(tmp_path, PIP_EXTRA_INDEX_URL="file:///srv/wheels")
    assert found.what.endswith("/own/")


def test_without_a_pip_nobody_knows_its_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    (found,) = asked(tmp_path)
    assert found.what == "not looked at: no pip is here to ask which is its own"


def test_pip_knows_its_own_index(
    server: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That pip has it there is seen in `tests/faults`, which ask the pip of a base image.
    url = f"http://{server.host}/simple"
    modules = {"pip._internal.models.index": SimpleNamespace(PyPI=SimpleNamespace(simple_url=url))}
    monkeypatch.setattr("importlib.import_module", modules.__getitem__)
    (found,) = asked(tmp_path)
    assert (found.state, url in found.what) == ("fine", True)


@pytest.mark.parametrize(
    ("status", "said"), [(503, "answers 503"), (407, "answers 407"), (404, None)]
)
def test_an_index_that_is_broken_is_a_problem(
    status: int, said: str | None, server: Network, tmp_path: Path
) -> None:
    server.statuses["/simple/"] = status
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://{server.host}/simple/")
    url = f"http://{server.host}/simple/"
    if said:
        fix = f"curl --head {url}  # and mend what it says"
        assert told(found) == ("problem", f"{url} {said}", fix)
    else:
        assert found.state == "fine"


def test_an_index_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (found,) = asked(tmp_path, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert found.what == "http://127.0.0.1:9/simple/ does not answer: Connection refused"
    assert found.state == "problem"


def test_an_index_that_says_nothing_is_not_waited_for(
    server: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "NETWORK_SECONDS", 0.3)
    server.answering.clear()
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://{server.host}/simple")
    assert found.what == f"http://{server.host}/simple/ does not answer: not within 0.3 s"


def test_who_does_not_answer_in_time_is_told_so_by_the_question_itself(
    server: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "NETWORK_SECONDS", 0.2)
    server.answering.clear()
    with pytest.raises(MachineError, match=r"not within 0\.2 s"):
        reach.status_of(Address.of(f"http://{server.host}/"))


def test_an_index_that_this_lock_needs_no_more_is_worth_a_note(
    project: Project, fakes: Fakes
) -> None:
    digest = lock_digest(read_lock(project))
    fakes.answer(reply("docker image inspect --format", f"{digest}\n"))
    (found,) = asked(project.root, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert found.state == "note"
    fakes.answer(reply("docker image inspect --format", "another\n"))
    (found,) = asked(project.root, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert found.state == "problem"


@pytest.mark.parametrize("known", [False, True])
def test_an_index_of_the_projects_own_is_asked_with_its_credentials(
    known: bool,  # noqa: FBT001 - as it is parametrized
    project: Project,
    server: Network,
) -> None:
    source = f'\n[[tool.poetry.source]]\nname = "haven"\nurl = "http://{server.host}/haven"\n'
    local = '\n[[tool.poetry.source]]\nname = "local"\nurl = "file:///srv/wheels"\n'
    with project.pyproject_file.open("a", encoding="utf-8") as file:
        file.write(source + local)
    server.statuses["/haven/"] = 401
    names = {key: f"POETRY_HTTP_BASIC_HAVEN_{key}" for key in ("USERNAME", "PASSWORD")}
    given = {names["USERNAME"]: "me", names["PASSWORD"]: PASSWORD} if known else {}
    first, second = asked(project.root, PIP_INDEX_URL=f"http://{server.host}/", **given)
    assert (first.state, second.state) == ("fine", "problem")
    reason = "does not take the credentials" if known else "wants credentials"
    assert second.what == f"http://{server.host}/haven/ {reason}: it answers 401"
    assert second.fix == f"export {names['USERNAME']}=… {names['PASSWORD']}=…"
    assert bool(server.asked["/haven/"]) is known


def test_an_index_of_pips_that_wants_credentials_is_told_where_they_go(
    server: Network, tmp_path: Path
) -> None:
    server.statuses["/simple/"] = 403
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://{server.host}/simple")
    assert found.fix == "pip config set global.index-url https://USER:PASSWORD@HOST/…"


def test_pips_own_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("index-url\n", encoding="utf-8")
    (found,) = asked(tmp_path, PIP_CONFIG_FILE=str(file))
    assert (found.state, found.fix) == ("problem", "pip config debug")


def test_an_address_that_is_none_is_a_problem(tmp_path: Path) -> None:
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://me:{PASSWORD}@[::1/simple")
    assert found.state == "problem"
    assert found.what.startswith("http://…@[::1/simple/ is no address")


def test_behind_a_bundle_that_is_no_good_nothing_is_asked(tmp_path: Path, server: Network) -> None:
    environment = {"SSL_CERT_FILE": "/nowhere/ca.crt"}
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://{server.host}/", **environment)
    assert found.what == "not looked at: the CA bundle is no good"
    checks = BaseImage(Subject(tmp_path, environment), Machine({})).checks()
    assert finding(checks, "registry").what == "not looked at: the CA bundle is no good"
    assert server.asked == {}


def test_a_way_by_socks_is_not_gone(
    server: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://proxy.example:1080")
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://{server.host}/simple")
    assert found.what == "not looked at: the way is by a SOCKS proxy, which is not gone here"


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
def test_an_index_is_asked_by_the_proxy(
    variable: str, server: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"http://{server.host}")
    (found,) = asked(tmp_path, PIP_INDEX_URL="http://index.example/simple")
    assert found.state == "fine"
    assert list(server.asked) == ["http://index.example/simple/"]


def test_a_proxy_that_is_not_there_is_named_without_its_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:{PASSWORD}@127.0.0.1:9")
    (found,) = asked(tmp_path, PIP_INDEX_URL="http://index.example/simple")
    assert found.what == (
        "http://index.example/simple/ does not answer by the proxy http://…@127.0.0.1:9: "
        "Connection refused"
    )
    assert PASSWORD not in repr(found)


def test_what_goes_by_no_proxy_is_asked_without(
    server: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (found,) = asked(tmp_path, PIP_INDEX_URL=f"http://{server.host}/simple")
    assert found.state == "fine"


def test_whoever_is_trusted_unseen_needs_no_certificate() -> None:
    assert reach.trust(None, unseen=True).verify_mode is ssl.CERT_NONE
    assert reach.trust(None).verify_mode is ssl.CERT_REQUIRED


def test_what_names_no_address_does_not_answer() -> None:
    with pytest.raises(MachineError, match="does not answer"):
        Question.about(Address.of("http:///")).answer()


def test_credentials_are_taken_out_of_any_text() -> None:
    assert without_credentials("http://me:x@host/") == "http://…@host/"
    assert without_credentials("no address") == "no address"


def base(project_root: Path) -> dict[str, Finding]:
    """Return what is found of the base image and of its registry."""
    checks = BaseImage(Subject(project_root, {}), Machine({})).checks()
    return {one.name: finding(checks, one.name) for one in checks}


def test_a_base_image_that_is_here_is_fine(project: Project, server: Network) -> None:
    found = base(project.root)
    assert told(found["base image"]) == ("fine", "python:3.13-slim is here", "")
    assert told(found["registry"]) == ("fine", f"http://{server.host}/v2/ answers", "")


def test_a_registry_of_ones_own_is_asked_in_place_of_docker_s(
    project: Project, server: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shanty.doctor.registry.HUB_HOST", "hub.invalid")
    environment = {"SHANTY_BASE_IMAGE": f"{server.host}/base:1"}
    checks = BaseImage(Subject(project.root, environment), Machine({})).checks()
    assert finding(checks, "registry").what == f"http://{server.host}/v2/ answers"


def test_a_registry_that_does_not_answer_is_worth_a_note_while_the_base_image_is_here(
    project: Project, server: Network, fakes: Fakes
) -> None:
    server.statuses["/v2/"] = 500
    fakes.answer(no_image("--format '{{.Id}}' python:3.13-slim"))
    fakes.answer(reply(f"docker image inspect --format {{{{.Id}}}} {OURS}", "sha256:2\n"))
    found = base(project.root)
    made = f"{OURS} is here, made in place of python:3.13-slim"
    assert told(found["base image"]) == ("fine", made, "")
    url = f"http://{server.host}/v2/"
    fix = f"curl --head {url}  # and mend what it says"
    assert told(found["registry"]) == ("note", f"{url} answers 500", fix)


@pytest.mark.parametrize("carried", [None, "3.12"])
def test_a_base_image_of_the_python_that_can_be_made_here_will_do(
    carried: str | None,
    project: Project,
    server: Network,
    fakes: Fakes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shanty.doctor.base_image.carried_python", lambda _: carried)
    server.statuses["/v2/"] = 500
    fakes.answer(no_image())
    fakes.answer(reply("docker image inspect --format {{.Id}} shanty/python:3.12", "sha256:2\n"))
    found = base(project.root)["base image"]
    assert found.state == ("fine" if carried else "problem")


def test_no_other_image_takes_the_place_of_one_that_is_pinned(
    project: Project, server: Network, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.statuses["/v2/"] = 500
    monkeypatch.setenv("SHANTY_BASE_IMAGE", f"python:3.13-slim@sha256:{'a' * 64}")
    fakes.answer(no_image())
    fakes.answer(reply(f"docker image inspect --format {{{{.Id}}}} {OURS}", "sha256:2\n"))
    checks = BaseImage(Subject(project.root, os.environ), Machine({})).checks()
    found = finding(checks, "base image")
    assert found.what.endswith("is pinned, and cannot be pulled")


def test_a_project_without_an_app_has_a_base_image_all_the_same(
    project: Project, server: Network
) -> None:
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")
    assert base(project.root)["base image"].what == "python:3.13-slim is here"
    assert server.asked


def test_without_engine_or_project_a_registry_is_worth_no_more_than_a_note(
    project: Project, server: Network, tmp_path: Path, fakes: Fakes
) -> None:
    server.statuses["/v2/"] = 404
    assert base(tmp_path)["registry"].state == "note"
    assert base(tmp_path)["base image"].what == "not looked at: no project is here"
    fakes.answer(no_server())
    assert base(project.root)["registry"].state == "note"
    assert base(project.root)["base image"].what == "not looked at: no engine will do"


def test_a_base_image_that_cannot_be_had_is_a_problem_and_so_is_its_registry(
    project: Project, server: Network, fakes: Fakes
) -> None:
    server.statuses["/v2/"] = 500
    fakes.answer(no_image())
    found = base(project.root)
    what = "the base image python:3.13-slim is not here and cannot be pulled"
    assert told(found["base image"]) == ("problem", what, "shanty setup")
    assert found["registry"].state == "problem"


def test_a_base_image_that_its_registry_has_is_worth_a_note(
    project: Project, server: Network, fakes: Fakes
) -> None:
    fakes.answer(no_image(), reply("docker buildx imagetools", json.dumps({"digest": "sha256:1"})))
    found = base(project.root)
    assert told(found["base image"]) == (
        "note",
        "python:3.13-slim is not here: the first build pulls it",
        "docker pull python:3.13-slim",
    )
    assert server.asked


def test_a_base_image_that_its_registry_lacks_is_a_problem(
    project: Project, server: Network, fakes: Fakes
) -> None:
    said = "ERROR: docker.io/library/python:3.13-slim: not found\n"
    fakes.answer(no_image(), reply("docker buildx imagetools", stderr=said, code=1))
    found = base(project.root)["base image"]
    assert found.state == "problem"
    assert found.what.startswith("no registry has the base image python:3.13-slim")
    assert server.asked


def test_a_registry_that_says_nothing_of_an_image_is_worth_a_note(
    project: Project, server: Network, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shanty.doctor.later.ENGINE_SECONDS", 0.5)
    fakes.answer(no_image(), reply("docker buildx imagetools", holds=True))
    found = base(project.root)["base image"]
    assert found.state == "note"
    assert found.what.startswith("python:3.13-slim is not here, and its registry said nothing")
    assert server.asked


def test_an_engine_that_fails_at_an_image_is_a_problem(
    project: Project, server: Network, fakes: Fakes
) -> None:
    fakes.answer(reply("docker image inspect", stderr="Error: layers are damaged\n", code=1))
    found = base(project.root)["base image"]
    assert found.what == "docker failed: Error: layers are damaged"
    assert server.asked
