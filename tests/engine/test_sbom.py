"""The bill of materials against what is really in the images."""

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from shanty.image.archive import saved
from shanty.image.distribution import distributions
from tests.engine.projects import GIT, PROJECTS, base_image, checked_out, set_up, shanty
from tests.engine.support import docker

# One for each way that something comes into production.
NAMES = (
    *("extra_server", "fastapi_uvicorn", "lock_2_0", "monorepo/app", "no_server"),
    *("own_metadata", "sdist_compiles"),
)


def bill(project: Path) -> tuple[str, Any]:
    """Return the bill of a project as it is printed, and what it says."""
    if docker("image", "inspect", base_image(project), code=None).returncode:
        set_up(project)
    text = shanty(project, "sbom").stdout
    return text, json.loads(text)


def held(project: Path, tag: str) -> set[tuple[str, str]]:
    """Return name and version of each distribution that an image was given."""
    with saved(tag, [base_image(project)]) as image:
        return {(one.name, str(Version(one.version))) for one in distributions(image)}


@pytest.mark.parametrize("name", NAMES)
def test_the_components_are_the_distributions_of_the_image(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = f"shanty-sbom-{name.replace('/', '-').replace('_', '-')}"
    monkeypatch.setenv("SHANTY_IMAGE", image)
    project = checked_out(PROJECTS / name, tmp_path)
    try:
        text, values = bill(project)
        own = canonicalize_name(values["metadata"]["component"]["name"])
        found = {
            (canonicalize_name(one["name"]), str(Version(one["version"])))
            for one in values["components"]
        }
        there = held(project, f"{image}:production")
        assert found == {one for one in there if one[0] != own}
        assert all(one.get("licenses") for one in values["components"] if one.get("hashes"))
        time = subprocess.check_output([*GIT, "log", "-1", "--format=%ct"], cwd=project)
        when = datetime.fromisoformat(values["metadata"]["timestamp"])
        assert when.timestamp() == int(time)
        assert bill(project)[0] == text
    finally:
        shanty(project, "clean", "--images", code=None)
