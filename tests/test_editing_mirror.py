"""The mirror that Poetry asks: where it is taken from, and that it stays out of the files."""

import pytest

from shanty.editing.mirror import check_unnamed, mirror_variables, plugin_for
from shanty.errors import RunError, UsageError

MIRROR = "https://mate:secret@mirror.example/simple/"


@pytest.mark.parametrize("variable", ["POETRY_PYPI_MIRROR_URL", "PIP_INDEX_URL"])
def test_a_mirror_is_told_to_poetry_and_to_what_installs_its_plugin(variable: str) -> None:
    assert mirror_variables({variable: MIRROR}) == {
        "POETRY_PYPI_MIRROR_URL": MIRROR,
        "UV_DEFAULT_INDEX": MIRROR,
    }


def test_poetrys_own_variable_comes_before_pips_settings() -> None:
    environment = {
        "POETRY_PYPI_MIRROR_URL": MIRROR,
        "PIP_INDEX_URL": "https://other.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://more.example/simple",
        "PIP_TRUSTED_HOST": "mirror.example",
    }
    assert mirror_variables(environment) == {
        "POETRY_PYPI_MIRROR_URL": MIRROR,
        "UV_DEFAULT_INDEX": MIRROR,
        "UV_INDEX": "https://more.example/simple",
        "UV_INSECURE_HOST": "mirror.example",
    }


def test_what_no_container_reaches_is_no_mirror() -> None:
    assert mirror_variables({"POETRY_PYPI_MIRROR_URL": "file:///srv/simple"}) == {}
    assert mirror_variables({"PIP_EXTRA_INDEX_URL": "https://more.example/simple"}) == {}


@pytest.mark.parametrize(
    ("poetry", "releases"),
    [("2.5.1", ">=0.6.2,<0.7"), ("2.0.1", "==0.5.0"), ("1.8.5", "==0.4.2"), ("1.2.2", "==0.2.0")],
)
def test_each_poetry_has_the_plugin_that_goes_with_it(poetry: str, releases: str) -> None:
    assert plugin_for(poetry) == f"poetry-plugin-pypi-mirror{releases}"


def test_a_poetry_that_is_too_old_for_a_mirror_is_named() -> None:
    with pytest.raises(UsageError) as refused:
        plugin_for("1.1.15")
    assert str(refused.value) == (
        "Poetry 1.1.15 asks no mirror: poetry-plugin-pypi-mirror needs 1.2.1 or newer\n"
        'fix: set [tool.shanty] poetry-version = "2.5.1", or unset POETRY_PYPI_MIRROR_URL and '
        "pip's index-url"
    )


def test_a_file_that_came_to_name_the_mirror_is_refused_and_the_mirror_not_named() -> None:
    before = {"pyproject.toml": b"", "poetry.lock": None}
    with pytest.raises(RunError) as refused:
        check_unnamed(MIRROR, before, {"poetry.lock": b'url = "https://mirror.example/simple"'})
    assert str(refused.value).startswith(
        "Poetry wrote the mirror's address into poetry.lock, so it stays as it was\nfix: "
    )
    assert "mirror.example" not in str(refused.value)


def test_a_project_that_names_the_mirror_itself_may_go_on_with_that() -> None:
    named = b'url = "https://mirror.example/simple"'
    check_unnamed(MIRROR, {"pyproject.toml": named}, {"poetry.lock": named})
    check_unnamed(MIRROR, {"pyproject.toml": b""}, {"poetry.lock": b"nothing of that"})
