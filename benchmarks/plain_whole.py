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
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment

from benchmarks import bare_pull, data, rivals, servers

CHUNK = 5_000
GROUPED = "SELECT labels, side, count(*) FROM issues WHERE created_at >= ? AND created_at < ? GROUP BY 1, 2"
WORDS = "{% for label, side, count in counts %}{{ label }} {{ side }}: {{ count }}\n{% endfor %}"


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
    connection = bare_pull.opened(Path(folder) / "plain.db")
    listed = f"{url}/repos/{servers.REPO}/issues?state=all&sort=updated&direction=asc&per_page=100"
    _, predict = rivals.classifier(data.texts(1_000, seed=5))
    cpu: dict[str, float] = {}

    def counted(name: str, call: Callable[[], Any]) -> Any:
        began = time.process_time()
        done = call()
        cpu[name] = time.process_time() - began
        return done

    read = counted("pull and store", lambda: bare_pull.pull(connection, listed))
    judged = counted("classify", lambda: classify(connection, predict))
    counts = counted("group", lambda: connection.execute(GROUPED, (start, end)).fetchall())
    sent = counted("send", lambda: send(counts, int(leaders), int(port)))
    print(json.dumps({"cpu": cpu, "read": read, "judged": judged, "sent": sent}))


if __name__ == "__main__":
    main()
