"""The database that the tests run on: SQLite, or the server that DATABASE_URL names."""

import os
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from coach_planner.plan import Base


@pytest.fixture(scope="session")
def server_database() -> URL | None:
    """Return a database of the tests' own on that server, `None` where there is no server."""
    plan = make_url(os.environ.get("DATABASE_URL") or "sqlite://")
    if plan.get_backend_name() == "sqlite":
        return None
    own = f"{plan.database}_test"
    server = create_engine(plan, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if not connection.scalar(known, {"name": own}):
            quoted = connection.dialect.identifier_preparer.quote(own)
            connection.execute(text(f"CREATE DATABASE {quoted}"))
    return plan.set(database=own)


@pytest.fixture
def database_url(server_database: URL | None, tmp_path: Path) -> str:
    """Return the address of a database that holds nothing; the plan that people keep is no such."""
    if server_database is None:
        return f"sqlite:///{tmp_path / 'plan.sqlite3'}"
    engine = create_engine(server_database, poolclass=NullPool)
    Base.metadata.drop_all(engine)
    return server_database.render_as_string(hide_password=False)
