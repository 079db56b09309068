"""The floor of `benchmarks.whole`: each part in the plainest way that does it, one after the other in one process.

    python -m benchmarks.plain_whole URL SMTP_PORT LEADERS START END FOLDER

Pull with requests and json, upsert with sqlite3, one word a text, one GROUP BY over the week, a template and one
connection for all mails. Prints JSON: CPU seconds of each part, imports and training left out, and what it did.
"""

import json
import smtplib
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import requests
from jinja2 import Environment

from benchmarks import data, rivals, servers

CHUNK = 5_000
TABLE = """
CREATE TABLE issues (number INTEGER PRIMARY KEY, title TEXT, body TEXT, state TEXT, author TEXT, labels TEXT, url TEXT,
created_at TEXT, updated_at TEXT, closed_at TEXT, side TEXT);
CREATE INDEX ix_created ON issues (created_at);
"""
UPSERT = """
INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
ON CONFLICT (number) DO UPDATE SET title = excluded.title, body = excluded.body, state = excluded.state,
updated_at = excluded.updated_at WHERE updated_at <> excluded.updated_at
"""
GROUPED = "SELECT labels, side, count(*) FROM issues WHERE created_at >= ? AND created_at < ? GROUP BY 1, 2"
WORDS = "{% for label, side, count in counts %}{{ label }} {{ side }}: {{ count }}\n{% endfor %}"


def pages(url: str) -> Iterator[list[Any]]:
    session = requests.Session()
    following: str | None = f"{url}/repos/{servers.REPO}/issues?state=all&sort=updated&direction=asc&per_page=100"
    while following is not None:
        response = session.get(following, timeout=30)
        yield json.loads(response.content)
        following = response.links.get("next", {}).get("url")


def row(issue: Any) -> tuple[Any, ...]:
    labels = ",".join(label["name"] for label in issue["labels"])
    names = ("number", "title", "body", "state")
    times = ("html_url", "created_at", "updated_at", "closed_at")
    return (*(issue[name] for name in names), issue["user"]["login"], labels, *(issue[name] for name in times))


def store(connection: sqlite3.Connection, url: str) -> int:
    count = 0
    for page in pages(url):
        with connection:
            connection.executemany(UPSERT, [row(issue) for issue in page])
        count += len(page)
    return count


def classify(connection: sqlite3.Connection, predict: rivals.Predict) -> int:
    texts = connection.execute("SELECT number, title || char(10) || body FROM issues")
    count = 0
    while some := texts.fetchmany(CHUNK):
        sides = predict([text for _, text in some])
        with connection:
            connection.executemany(
                "UPDATE issues SET side = ? WHERE number = ?",
                [(side, number) for side, (number, _) in zip(sides, some, strict=True)],
            )
        count += len(some)
    return count


def send(counts: list[Any], leaders: int, port: int) -> int:
    environment = Environment(autoescape=True)
    text, html = environment.from_string(WORDS), environment.from_string(f"<pre>{WORDS}</pre>")
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(leaders):
            mine = list(islice(counts, number % max(1, len(counts)), number % max(1, len(counts)) + 20))
            to = f"l{number}@harbour.example"
            mail = rivals.library_mail(text.render(counts=mine), html.render(counts=mine), to)
            server.sendmail("notes@harbour.example", [to], mail)
    return leaders


def main() -> None:
    url, port, leaders, start, end, folder = sys.argv[1:]
    file = Path(folder) / "plain.db"
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    connection.executescript(TABLE)
    _, predict = rivals.classifier(data.texts(1_000, seed=5))
    cpu: dict[str, float] = {}

    def counted(name: str, call: Callable[[], Any]) -> Any:
        began = time.process_time()
        done = call()
        cpu[name] = time.process_time() - began
        return done

    read = counted("pull and store", lambda: store(connection, url))
    judged = counted("classify", lambda: classify(connection, predict))
    counts = counted("group", lambda: connection.execute(GROUPED, (start, end)).fetchall())
    sent = counted("send", lambda: send(counts, int(leaders), int(port)))
    print(json.dumps({"cpu": cpu, "read": read, "judged": judged, "sent": sent}))


if __name__ == "__main__":
    main()
