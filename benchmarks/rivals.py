"""What somebody would write who had an afternoon: a classifier off the shelf, one grouping query, a query a leader."""

import importlib.util
import math
import re
import smtplib
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from jinja2 import Environment

from benchmarks.data import Labelled
from pipeline.issue import Period
from pipeline.org import Org

if importlib.util.find_spec("sklearn") is not None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
else:
    TfidfVectorizer = LogisticRegression = None

Predict = Callable[[Sequence[str]], Sequence[str]]


def classifier(labelled: Sequence[Labelled]) -> tuple[str, Predict]:
    """(its name, it): trained here and now, which nobody counts."""
    documents = [f"{one.title}\n{one.body}" for one in labelled]
    sides = [one.side for one in labelled]
    if TfidfVectorizer is None:
        return "dict of weights, pure Python", _dict_of_weights(documents, sides)
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    model = LogisticRegression(max_iter=50).fit(words.fit_transform(documents), sides)
    return "TF-IDF 1-2 grams + LR, scikit-learn", lambda batch: list(model.predict(words.transform(batch)))


_WORD = re.compile(r"\w\w+")


def _dict_of_weights(documents: Sequence[str], sides: Sequence[str]) -> Predict:
    """Log odds of each word, summed: naive Bayes in a dictionary."""
    counts = {"developer": Counter[str](), "customer": Counter[str]()}
    for document, side in zip(documents, sides, strict=True):
        counts[side].update(_WORD.findall(document.lower()))
    both = counts["developer"] + counts["customer"]
    weight = {word: math.log((counts["developer"][word] + 1) / (counts["customer"][word] + 1)) for word in both}

    def predict(batch: Sequence[str]) -> Sequence[str]:
        scores = (sum(weight.get(word, 0.0) for word in _WORD.findall(text.lower())) for text in batch)
        return ["developer" if score > 0 else "customer" for score in scores]

    return predict


def _naive(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


_GROUPED = """
SELECT verdicts.leaf, verdicts.side, members.pain, count(*)
FROM issues JOIN verdicts ON verdicts.issue_id = issues.id LEFT JOIN members ON members.issue_id = issues.id
WHERE issues.created_at >= ? AND issues.created_at < ? AND issues.state <> 'deleted'
GROUP BY 1, 2, 3
"""


def grouped(connection: sqlite3.Connection, period: Period, before: int = 0) -> list[tuple[str, str, str, int]]:
    """The floor: one look at the week, or at so many weeks `before` it too, which knows how much of what each leaf has
    and not one word of it."""
    start = period.start - timedelta(weeks=before)
    return connection.execute(_GROUPED, (_naive(start), _naive(period.end))).fetchall()


_BELOW = """
WITH RECURSIVE below (id) AS (
    SELECT id FROM tree WHERE leader = ? UNION SELECT tree.id FROM tree JOIN below ON tree.parent = below.id
)
"""
_COUNTS = f"""{_BELOW}
SELECT members.pain, strftime('%Y-%W', issues.created_at), count(DISTINCT issues.author)
FROM issues JOIN verdicts ON verdicts.issue_id = issues.id JOIN members ON members.issue_id = issues.id
WHERE verdicts.leaf IN (SELECT id FROM below) AND issues.created_at >= ? AND issues.created_at < ?
GROUP BY 1, 2 ORDER BY 3 DESC
"""
_NEWEST = f"""{_BELOW}
SELECT issues.title, issues.url, verdicts.side
FROM issues JOIN verdicts ON verdicts.issue_id = issues.id
WHERE verdicts.leaf IN (SELECT id FROM below) AND issues.created_at >= ? AND issues.created_at < ?
ORDER BY verdicts.severity DESC, issues.created_at LIMIT 10
"""
_HTML = """<html><body><h1>Week {{ week }} for {{ leader }}</h1><table>
{% for pain, week, people in counts %}<tr><td>{{ pain }}</td><td>{{ week }}</td><td>{{ people }}</td></tr>{% endfor %}
</table><ul>
{% for title, url, side in newest %}<li><a href="{{ url }}">{{ title }}</a> ({{ side }})</li>{% endfor %}</ul>
</body></html>"""
_TEXT = """Week {{ week }} for {{ leader }}
{% for pain, week, people in counts %}{{ pain }} {{ week }}: {{ people }}
{% endfor %}{% for title, url, side in newest %}* {{ title }} ({{ side }}) {{ url }}
{% endfor %}"""


def plant(connection: sqlite3.Connection, org: Org) -> None:
    """The org chart as a table, which the rival needs and we do not."""
    connection.execute("CREATE TEMP TABLE tree (id TEXT PRIMARY KEY, parent TEXT, leader TEXT)")
    rows = [(team.id, team.parent, team.leader) for team in org.teams.values()]
    connection.executemany("INSERT INTO tree VALUES (?, ?, ?)", rows)


def query_a_leader(connection: sqlite3.Connection, period: Period, org: Org) -> list[bytes]:
    """A report a leader as it is usually written: two queries each, a template, and the library's mail.

    No quotations, no usual ranges, no privacy floors, no ledger: it counts, lists ten issues and sends.
    """
    environment = Environment(autoescape=True)
    html, text = environment.from_string(_HTML), environment.from_string(_TEXT)
    start, end = _naive(period.start), _naive(period.end)
    mails = []
    for leader in org.leaders:
        since = _naive(period.start - timedelta(weeks=26))
        counts = connection.execute(_COUNTS, (leader, since, end)).fetchall()
        newest = connection.execute(_NEWEST, (leader, start, end)).fetchall()
        values = {"week": period.label, "leader": leader, "counts": counts[:100], "newest": newest}
        mails.append(library_mail(text.render(values), html.render(values), str(org.people[leader].email)))
    return mails


def hand_over(port: int, mails: Sequence[bytes], *, at_once: bool) -> None:
    """With the standard library: over one connection, or over one for each mail."""
    shares = [mails] if at_once else [[mail] for mail in mails]
    for share in shares:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for mail in share:
                client.sendmail("notes@harbour.example", "ada@harbour.example", mail)


def library_mail(text: str, html: str, recipient: str) -> bytes:
    """The mail as the standard library builds it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "notes@harbour.example", recipient, "Weekly report"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
