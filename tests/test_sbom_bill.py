"""The whole bill: the project, the components of production, and which needs which."""

import json
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from shanty.dependencies.lock import read_lock
from shanty.image.distribution import Distribution
from shanty.manifest import Manifest
from shanty.project import find_project
from shanty.recipe import read_recipe
from shanty.sbom.bill import as_json, bill_of_materials, components
from shanty.settings import Given, resolve
from tests.test_projects import PROJECTS, ROOTS, name_of

LIBRARIES = {"monorepo/lib"}
APPS = [root for root in ROOTS if name_of(root) not in LIBRARIES]
NO_SERVER = PROJECTS / "no_server"


def manifest(root: Path) -> Manifest:
    """Return what a project's production is to hold."""
    project = find_project(root)
    lock = read_lock(project)
    resolved = resolve(Given(project, lock, {}, {}))
    settings, recipe = resolved.settings, read_recipe(project, lock, resolved)
    return Manifest(lock, settings, recipe, settings.python_version)


def written(made: Manifest, *found: Distribution, time: int | None = 1_700_000_000) -> str:
    """Return a bill as it is written."""
    return as_json(bill_of_materials(made, found, time))


def bill(root: Path, time: int | None = 1_700_000_000, *found: Distribution) -> Any:  # noqa: ANN401
    """Return a project's bill as JSON values."""
    return json.loads(written(manifest(root), *found, time=time))


def reached(values: Any) -> set[str]:  # noqa: ANN401
    """Return everything that the project in a bill leads to, itself included."""
    needs = {one["ref"]: one.get("dependsOn", []) for one in values["dependencies"]}
    found = [values["metadata"]["component"]["bom-ref"]]
    for one in found:
        found += [other for other in needs[one] if other not in found]
    return set(found)


def test_a_bill_is_valid() -> None:
    """One is enough: the library takes seconds for each."""
    text = written(manifest(PROJECTS / "monorepo/app"))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


@pytest.mark.parametrize("root", APPS, ids=name_of)
def test_the_bill_of_any_project_is_the_same_every_time(root: Path) -> None:
    texts = {written(manifest(root)) for _ in range(2)}
    assert len(texts) == 1


@pytest.mark.parametrize("root", APPS, ids=name_of)
def test_everything_in_a_bill_is_needed_by_something(root: Path) -> None:
    values = bill(root)
    named = {one["bom-ref"] for one in values["components"]}
    assert reached(values) == named | {values["metadata"]["component"]["bom-ref"]}


def test_the_bill_says_what_it_is_of_who_wrote_it_and_when() -> None:
    values = bill(PROJECTS / "readme_and_licence")
    about = values["metadata"]
    assert about["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert [one["name"] for one in about["tools"]["components"]] == ["shanty"]
    assert about["component"]["type"] == "application"
    assert about["component"]["version"]
    assert values["specVersion"] == "1.6"


def test_a_bill_without_a_time_has_none() -> None:
    assert "timestamp" not in bill(NO_SERVER, None)["metadata"]


def test_another_lock_or_time_is_another_bill() -> None:
    first = manifest(NO_SERVER)
    fewer = replace(first, lock=replace(first.lock, packages=first.lock.packages[:-1]))
    bills = [
        written(first),
        written(manifest(NO_SERVER)),
        written(first, time=1),
        written(fewer),
    ]
    assert len({json.loads(one)["serialNumber"] for one in bills}) == 3


def test_a_server_that_is_fetched_is_a_component_too() -> None:
    values = bill(NO_SERVER)
    (gunicorn,) = (one for one in values["components"] if one["name"] == "gunicorn")
    assert len(gunicorn["externalReferences"][0]["hashes"]) == 2
    assert gunicorn["bom-ref"] in reached(values)


def test_the_server_of_an_extra_is_a_component_too() -> None:
    found = components(written(manifest(PROJECTS / "extra_server")))
    assert "uvicorn" in {name for name, _ in found}


def test_the_components_are_told_by_normalized_name_and_version() -> None:
    made = manifest(NO_SERVER)
    lock = replace(
        made.lock,
        packages=tuple(
            replace(one, version="08.05.1") if one.name == "click" else one
            for one in made.lock.packages
        ),
    )
    assert ("click", "8.5.1") in components(written(replace(made, lock=lock)))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"bomFormat": "SPDX"}', '{"bomFormat": "CycloneDX", "components": [{}]}'],
)
def test_what_is_no_bill_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no CycloneDX"):
        components(text)


def test_a_bill_may_be_of_nothing() -> None:
    assert components('{"bomFormat": "CycloneDX"}') == set()


def test_the_licences_are_those_of_the_distributions_that_are_there() -> None:
    metadata = Message()
    metadata["License-Expression"] = "BSD-3-Clause"
    versions = read_lock(find_project(NO_SERVER)).versions
    flask = Distribution("flask", versions["flask"], "", metadata, ())
    odd = Distribution("odd", "no version", "", metadata, ())
    values = bill(NO_SERVER, None, flask, odd)
    licences = {one["name"]: one.get("licenses") for one in values["components"]}
    assert licences["flask"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert licences["click"] is None


def test_the_project_has_its_own_licence_and_source(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    text = (NO_SERVER / "pyproject.toml").read_text(encoding="utf-8")
    more = '[tool.poetry]\nlicense = "MIT"\nrepository = "https://git.example/a"\n'
    file.write_text(f"{text}\n{more}", encoding="utf-8")
    (tmp_path / "poetry.lock").write_bytes((NO_SERVER / "poetry.lock").read_bytes())
    for name in ("no_server", "src"):
        if (NO_SERVER / name).is_dir():
            (tmp_path / name).symlink_to(NO_SERVER / name)
    own = bill(tmp_path)["metadata"]["component"]
    assert own["licenses"] == [{"license": {"id": "MIT"}}]
    assert own["externalReferences"] == [{"type": "vcs", "url": "https://git.example/a"}]
