"""What the page promises."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coach_planner import create_app


@pytest.fixture
def client(database_url: str) -> FlaskClient:
    return create_app(database_url).test_client()


def test_an_empty_week_rests_on_every_day(client: FlaskClient) -> None:
    page = client.get("/").text
    assert page.count("<p>Rest</p>") == 7


def test_a_training_added_is_shown_and_can_be_deleted(client: FlaskClient) -> None:
    shown = client.post(
        "/trainings", data={"day": "Monday", "title": "5 × 1 km <fast>"}, follow_redirects=True
    ).text
    assert "5 × 1 km &lt;fast&gt;" in shown

    left = client.post("/trainings/1/delete", follow_redirects=True).text
    assert "1 km" not in left


@pytest.mark.parametrize(
    ("day", "title"), [("Someday", "run"), ("Monday", " "), ("Monday", "x" * 81)]
)
def test_what_cannot_be_planned_is_refused(client: FlaskClient, day: str, title: str) -> None:
    assert client.post("/trainings", data={"day": day, "title": title}).status_code == 400
    assert client.get("/").text.count("<p>Rest</p>") == 7


def test_health_answers_json_without_a_database() -> None:
    client = create_app("sqlite:////nowhere/plan.sqlite3").test_client()
    assert client.get("/health").json == {"status": "ok"}


def test_database_url_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    create_app().test_client().get("/")
    assert (tmp_path / "other.sqlite3").exists()
