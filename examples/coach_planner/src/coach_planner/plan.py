"""The training plan and where it is kept."""

import tempfile
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, String, create_engine, delete, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.schema import CreateTable

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_TITLE = 80


class Base(DeclarativeBase):
    """The tables of the plan."""


class Training(Base):
    """One training on one day of the week."""

    __tablename__ = "training"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(String(9))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))


def default_database_url() -> str:
    """Return the address of an SQLite file in the system's temporary folder."""
    return f"sqlite:///{Path(tempfile.gettempdir()) / 'coach_planner.sqlite3'}"


class Plan:
    """A week of trainings in the database at `url`, else in a temporary SQLite file."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url

    @cached_property
    def _engine(self) -> Engine:
        # Connected at the first request: starting needs no database, and no file is written
        # before one is wanted. A server may have been started anew since the last one.
        engine = create_engine(self._url or default_database_url(), pool_pre_ping=True)
        try:
            with engine.begin() as connection:
                connection.execute(CreateTable(Training.__table__, if_not_exists=True))
        except DatabaseError:
            # Workers may come here together, and PostgreSQL then refuses the later ones.
            if not inspect(engine).has_table(Training.__tablename__):
                raise
        return engine

    def week(self) -> dict[str, list[Training]]:
        """Return the trainings of each day, in the order they were added."""
        week: dict[str, list[Training]] = {day: [] for day in DAYS}
        with Session(self._engine) as session:
            for training in session.scalars(select(Training).order_by(Training.id)):
                week[training.day].append(training)
        return week

    def add(self, day: str, title: str) -> None:
        """Add a training; raise `ValueError` for a day or a title that cannot be."""
        title = title.strip()
        if day not in DAYS:
            raise ValueError(f"{day!r} is not a day of the week")
        if not 0 < len(title) <= LONGEST_TITLE:
            raise ValueError(f"a training's title has 1 to {LONGEST_TITLE} characters")
        with Session(self._engine) as session, session.begin():
            session.add(Training(day=day, title=title))

    def remove(self, training_id: int) -> None:
        """Take a training off the plan; one that is not there is no error."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(Training).where(Training.id == training_id))
