"""The plainest pull that keeps some of our promises: the loop of `benchmarks.plain_pull`, and what is named.

    python -m benchmarks.bare_pull URL FILE [clean] [archive] [upsert]

`clean` has `pipeline.clean` take secrets and markup out of titles and bodies, `archive` keeps the compressed page,
`upsert` writes the issues into one table; both write into FILE, a database of SQLite. There is no identity, history,
cursor, quarantine or verdict, and nothing is asked of the database: what a pull of ours costs beyond this is for that.
"""

import json
import sqlite3
import sys
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

TABLE = """
CREATE TABLE issues (number INTEGER PRIMARY KEY, title TEXT, body TEXT, state TEXT, author TEXT, labels TEXT, url TEXT,
created_at TEXT, updated_at TEXT, closed_at TEXT, side TEXT);
CREATE INDEX ix_created ON issues (created_at);
CREATE TABLE pages (id INTEGER PRIMARY KEY, body BLOB);
"""
UPSERT = """
INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
ON CONFLICT (number) DO UPDATE SET title = excluded.title, body = excluded.body, state = excluded.state,
updated_at = excluded.updated_at WHERE updated_at <> excluded.updated_at
"""


def pages(url: str) -> Iterator[tuple[bytes, list[Any]]]:
    """Each page as it came, and read."""
    session = requests.Session()
    following: str | None = url
    while following is not None:
        response = session.get(following, timeout=30)
        response.raise_for_status()
        yield response.content, json.loads(response.content)
        following = response.links.get("next", {}).get("url")


def row(issue: Any) -> tuple[Any, ...]:
    labels = ",".join(label["name"] for label in issue["labels"])
    names = ("number", "title", "body", "state")
    times = ("html_url", "created_at", "updated_at", "closed_at")
    return (*(issue[name] for name in names), issue["user"]["login"], labels, *(issue[name] for name in times))


def opened(file: Path) -> sqlite3.Connection:
    """A database with nothing in it."""
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    connection.executescript(TABLE)
    return connection


def pull(connection: sqlite3.Connection, url: str, parts: Collection[str] = ("upsert",)) -> int:
    """How many issues there were."""
    if "clean" in parts:
        from pipeline.clean import clean  # who does without it does not load it
    count = 0
    for body, issues in pages(url):
        if "clean" in parts:
            for issue in issues:
                issue["title"], issue["body"] = clean(issue["title"], "plain"), clean(issue["body"] or "", "markdown")
        with connection:
            if "archive" in parts:
                connection.execute("INSERT INTO pages (body) VALUES (?)", (zlib.compress(body, 1),))
            if "upsert" in parts:
                connection.executemany(UPSERT, [row(issue) for issue in issues])
        count += len(issues)
    return count


if __name__ == "__main__":
    with closing(opened(Path(sys.argv[2]))) as database:
        print(pull(database, sys.argv[1], sys.argv[3:]))
