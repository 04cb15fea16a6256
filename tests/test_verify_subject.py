"""An image, and the project that it is held against."""

import pytest

from tests.images import Entry
from tests.verifying import HARBOUR, LOCKED, PYVENV, Subjects, site

Environment = list[str]


def test_a_subject_knows_what_is_installed_beyond_the_base_and_whose_each_file_is(
    make_subject: Subjects,
) -> None:
    subject = make_subject(LOCKED, [*HARBOUR, PYVENV], below=1)
    assert [one.name for one in subject.distributions] == ["harbour"]
    assert subject.owned[site("harbour/__init__.py")].name == "harbour"
    assert site("gunicorn/__init__.py") not in subject.owned


@pytest.mark.parametrize(
    ("variables", "folder"), [([], "/opt/venv"), (["VIRTUAL_ENV=/srv/env/"], "/srv/env")]
)
def test_the_environment_is_where_the_image_says(
    make_subject: Subjects, variables: Environment, folder: str
) -> None:
    subject = make_subject([], Env=variables)
    assert subject.folders == (folder, "/opt/server")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (b"home = /usr\nversion = 3.12.7\n", "3.12.7"),
        (b"version_info = 3.11.2.final.0\n", "3.11.2"),
        (b"home = /opt/version = 3.9.9\n", "3.13"),
    ],
)
def test_the_python_is_the_one_that_made_the_environment_else_the_projects(
    make_subject: Subjects, text: bytes, version: str
) -> None:
    assert make_subject([Entry("opt/venv/pyvenv.cfg", text)]).manifest.python_version == version


def test_what_no_file_says_is_taken_from_the_project_and_the_image(
    make_subject: Subjects,
) -> None:
    subject = make_subject([], architecture="arm64")
    manifest = subject.manifest
    assert (manifest.python_version, manifest.architecture) == ("3.13", "arm64")
