"""Make the table and its row."""

import os
import sqlite3
from contextlib import closing

DATABASE = os.environ.get("DATABASE", "/tmp/prestart_migration.sqlite3")


def main() -> None:
    """Start from an empty table."""
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS greeting")
        connection.execute("CREATE TABLE greeting (text TEXT NOT NULL)")
        connection.execute("INSERT INTO greeting VALUES ('hello from prestart_migration')")


if __name__ == "__main__":
    main()
