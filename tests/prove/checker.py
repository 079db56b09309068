"""Compares what the fakes acknowledged with what the database holds. Shares no code with the application: plain SQL,
the ledgers, and the rules of facts/reliability.md 2.2 (I1 to I11) written down once more.

`while_running` may be asked at any moment, also right after a kill; `at_rest` when everything has had time to heal.
Both give sentences, one a violation.
"""

import difflib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.prove.ledger import Tail

OVERLAP = timedelta(minutes=2)
"""By how much a pull looks back; what is older than the cursor by more must be stored."""
EXPLAINS = 3.0
"""Seconds in which a death explains that the outcome of a mail was not written down."""


class Database:
    """Rows as mappings from either database; JSON and times as Python has them."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self._url = url.removeprefix("sqlite:///") if self.sqlite else url.replace("postgresql+psycopg:", "postgresql:")
        self._kept: Any = None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        if self.sqlite:
            connection = sqlite3.connect(self._url, timeout=60)
            connection.row_factory = sqlite3.Row
            try:
                return [dict(row) for row in connection.execute(query, values)]
            finally:
                connection.close()
        if self._kept is None or self._kept.closed:
            self._kept = psycopg.connect(self._url, autocommit=True, row_factory=dict_row, application_name="prove")
        found: list[dict[str, Any]] = self._kept.execute(query.replace("?", "%s"), values).fetchall()
        return found

    def change(self, statement: str, values: Sequence[Any]) -> None:
        if self.sqlite:
            connection = sqlite3.connect(self._url, timeout=60)
            with connection:
                connection.execute(statement, values)
            connection.close()
        else:
            self._kept.execute(statement.replace("?", "%s"), values)

    def run(self, statement: str) -> None:
        if self.sqlite:
            connection = sqlite3.connect(self._url, timeout=60)
            with connection:
                connection.executescript(statement)
            connection.close()
        else:
            with psycopg.connect(self._url, autocommit=True) as connection:
                connection.execute(statement.encode())

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table, to be compared."""
        if self.sqlite:
            names = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        else:
            names = self.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return {row["name"]: sorted(map(str, self.rows(f'SELECT * FROM "{row["name"]}"'))) for row in names}


AUDIT = """
CREATE TABLE prove_audit
  (at timestamptz, backend int, row bigint, kind text, was text, became text, token int, before int, renewed bool,
   late bool);
CREATE FUNCTION prove_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO prove_audit VALUES (clock_timestamp(), pg_backend_pid(), NEW.id, NEW.kind, OLD.state, NEW.state,
    NEW.token, OLD.token, NEW.lease_until IS DISTINCT FROM OLD.lease_until,
    NEW.state = 'done' AND (OLD.state = 'done' OR OLD.state = 'ready' AND NEW.run_after <> OLD.run_after));
  RETURN NEW; END $$;
CREATE TRIGGER prove_note AFTER UPDATE ON work FOR EACH ROW
  WHEN ((OLD.state = 'running' OR NEW.state IN ('running', 'done'))
    AND current_setting('application_name') <> 'prove')
  EXECUTE FUNCTION prove_note();
"""
"""Which connection took a row and which one finished it, written by PostgreSQL itself. `late`: a row was finished that
nobody had any more; only what was done along with another row goes from ready to done, and keeps its time."""


def moment(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def data(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value


class Checker:
    """`leaders` are those who get a digest of each period."""

    def __init__(self, database: Database, ledgers: Path, leaders: Sequence[str]) -> None:
        self.db, self.leaders = database, leaders
        self.source, self.mail = Tail(ledgers / "source"), Tail(ledgers / "mail")
        self.form, self.deaths = Tail(ledgers / "forms"), Tail(ledgers / "deaths")
        self._copies = ledgers / "copies"
        self._audited = datetime(2000, 1, 1, tzinfo=UTC)
        self._seen = 0
        self._revisions: dict[str, dict[str, tuple[datetime, dict[str, Any]]]] = {"issue": {}, "comment": {}}
        self._taken: dict[int, tuple[int, int]] = {}

    # --- at any moment ----------------------------------------------------------------------------------------------

    def while_running(self) -> list[str]:
        return [*self.cursor(), *self.once(), *self.mails(), *self.fenced(), *self.forms(final=False)]

    def cursor(self) -> list[str]:
        """I3: whatever is older than the cursor by more than the overlap is stored."""
        found = []
        sources = self.db.rows("SELECT name, cursor FROM sources")  # first: what is stored afterwards can only be more
        for source in sources:
            cursor, held = data(source["cursor"]), self._held(source["name"])
            for part in ("issue", "comment"):
                reached = next((mark.get("to") for feed, mark in cursor.items() if feed.endswith(f" {part}s")), None)
                if reached is None:
                    continue
                safe = moment(reached) - OVERLAP
                for key, (at, _) in self._newest(part).items():
                    if at <= safe and held[part].get(key, datetime.min.replace(tzinfo=UTC)) < at:
                        found.append(
                            f"I3 cursor at {reached}, but {part} {key} of {at:%Y-%m-%dT%H:%M:%SZ} is not stored"
                        )
        return found

    def once(self) -> list[str]:
        """I2, I4: nothing is there twice, whatever the constraints say."""
        keys = {
            "I4 digest": ("digests", "leader, period, kind"),
            "I5 mail": ("mails", "digest_id, recipient"),
            "I2 issue": ("issues", "source, external_id"),
            "I2 comment": ("comments", "source, issue, external_id"),
            "I2 event": ("events", "source, issue, what, at"),
        }
        found = []
        for what, (table, key) in keys.items():
            rows = self.db.rows(f"SELECT {key}, count(*) AS n FROM {table} GROUP BY {key} HAVING count(*) > 1")
            found += [f"{what} twice: {tuple(row.values())}" for row in rows]
        return found

    def mails(self) -> list[str]:
        """I5: one copy each; a second one only where nobody could know, then the same bytes, and told to operators."""
        copies: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for entry in self.mail():
            if entry["kept"]:
                copies[entry["message_id"]].append(entry)
        known = {
            row["message_id"]: row
            for row in self.db.rows("SELECT message_id, state, resent, alarm, attempt FROM mails")
        }
        deaths = [entry["at"] for entry in self.deaths()]
        found = []
        for name, got in copies.items():
            if name not in known:
                found.append(f"I5 a mail that no row knows: {name} to {got[0]['recipient']}")
                continue
            if len(got) == 1:
                continue
            row = known[name]
            if len({one["sha256"] for one in got}) > 1:
                found.append(f"I5 copies of {name} differ: {self._difference(got)}; {row}")
            if len(got) > 2:
                found.append(f"I5 {len(got)} copies of {name}")
            if not row["resent"] or (row["state"] in ("accepted", "gave_up", "unknown") and not row["alarm"]):
                found.append(f"I5 a second copy of {name} that nobody was told of: {row}")
            first = got[0]
            died = any(first["at"] - 0.5 <= at <= first["at"] + EXPLAINS for at in deaths)
            if first["answered"] and not died:
                found.append(f"I5 a second copy of {name} though its first was confirmed and nobody died")
        return found

    def _difference(self, got: Sequence[Mapping[str, Any]]) -> str:
        """The first lines in which the first two copies that are not the same bytes differ."""
        one, other = list(dict.fromkeys(entry["sha256"] for entry in got))[:2]
        texts = [(self._copies / name).read_text("utf-8", "replace").splitlines() for name in (one, other)]
        lines = [line for line in difflib.unified_diff(*texts, lineterm="", n=0) if line[:2] not in ("--", "++")]
        return f"{len(texts[0])} and {len(texts[1])} lines, {lines[:6]}"

    def fenced(self) -> list[str]:
        """Whoever finishes a row is who took it last; told by PostgreSQL's own backends."""
        if self.db.sqlite:
            return []
        found = []
        for row in self.db.rows("SELECT * FROM prove_audit WHERE at > ? ORDER BY at", [self._audited]):
            self._audited = row["at"]
            if row["late"]:
                found.append(f"fencing: {row['kind']} row {row['row']} was finished by one who had lost it")
            elif row["became"] == "running" and row["token"] != row["before"]:
                self._taken[row["row"]] = (row["backend"], row["token"])
            elif (
                row["became"] != "quarantined"
                and row["was"] == "running"
                and row["renewed"]
                and row["token"] == row["before"]
            ):
                holder = self._taken.get(row["row"])
                if holder is not None and holder != (row["backend"], row["token"]):
                    found.append(f"fencing: {row['kind']} row {row['row']} was changed by one who had lost it")
        return found

    def forms(self, *, final: bool) -> list[str]:
        """I7: an acknowledged form is kept once, an unacknowledged one once or never, and a look is no answer."""
        kept = Counter(row["text"] for row in self.db.rows("SELECT text FROM answers"))
        sent, acknowledged = set(), set()
        for entry in self.form():
            if entry["what"] == "sent":
                sent.add(entry["text"])
            elif entry["what"] == "answered" and entry["status"] < 400:
                acknowledged.add(entry["text"])
        found = [f"I7 an answer that nobody sent: {text!r}" for text in kept.keys() - sent]
        found += [f"I7 {count} answers from one form: {text!r}" for text, count in kept.items() if count > 1]
        return found + [f"I7 acknowledged and not kept: {text!r}" for text in acknowledged - kept.keys()]

    def safe(self) -> bool:
        return not self.while_running()

    # --- at rest ----------------------------------------------------------------------------------------------------

    def at_rest(self, periods: Iterable[str]) -> list[str]:
        return [
            *self.while_running(),
            *self.lost(),
            *self.digests(periods),
            *self.handed_over(),
            *self.silent(),
            *self.recount(),
            *self.posted(),
        ]

    def lost(self) -> list[str]:
        """I1: the newest revision of everything that the source showed is here, word for word."""
        found = []
        bodies = {
            row["external_id"].rpartition("#")[2]: row
            for row in self.db.rows("SELECT external_id, body, state, updated_at FROM issues")
        }
        gone = {str(e["number"]) for e in self.source() if e["what"] == "deleted"}
        for key, (at, entry) in self._newest("issue").items():
            row = bodies.get(key)
            if key in gone:
                continue
            if row is None:
                found.append(f"I1 issue {key} of {at:%Y-%m-%dT%H:%M:%SZ} is missing")
            elif (moment(row["updated_at"]), row["state"], row["body"]) != (at, entry["state"], entry["body"]):
                found.append(f"I1 issue {key} is not as the source has it: {row['state']} {row['updated_at']}")
        comments = {row["external_id"]: row["body"] for row in self.db.rows("SELECT external_id, body FROM comments")}
        for key, (_, entry) in self._newest("comment").items():
            if key not in comments and str(entry["number"]) not in gone and not entry["posted"]:  # ours come later
                found.append(f"I1 comment {key} is missing")
        unjudged = self.db.rows(
            "SELECT i.external_id FROM issues i "
            "LEFT JOIN verdicts v ON v.issue_id = i.id AND v.text_hash = i.text_hash "
            "WHERE v.issue_id IS NULL AND i.state <> 'deleted'"
        )
        return found + [f"I1 issue {row['external_id']} has no verdict of its text" for row in unjudged]

    def digests(self, periods: Iterable[str]) -> list[str]:
        """I4: one digest for each leader and each period that was due."""
        rows = self.db.rows("SELECT leader, period, state FROM digests WHERE kind = 'weekly'")
        have = {(row["leader"], row["period"]): row["state"] for row in rows}
        found = []
        for period in periods:
            for leader in self.leaders:
                state = have.get((leader, period))
                if state != "composed":
                    found.append(f"I4 the digest of {leader} for {period} is {state or 'missing'}")
        return found

    def handed_over(self) -> list[str]:
        """I5, I6: every mail came to an end; what is called accepted was taken."""
        copies = Counter(e["message_id"] for e in self.mail() if e["kept"])
        found = []
        composed = self.db.rows(
            "SELECT d.leader, d.period FROM digests d LEFT JOIN mails m ON m.digest_id = d.id "
            "WHERE d.state = 'composed' AND m.id IS NULL"
        )
        found += [f"I5 no mail of the digest of {row['leader']} for {row['period']}" for row in composed]
        later = {key for kind, key in self.later() if kind == "deliver"}
        mails = "SELECT m.id, m.message_id, m.state, m.alarm, m.reply, d.kind FROM mails m"
        for row in self.db.rows(f"{mails} JOIN digests d ON d.id = m.digest_id"):
            if str(row["id"]) in later:
                continue
            if row["state"] not in ("accepted", "rejected", "gave_up"):
                found.append(f"I6 mail {row['message_id']} is still {row['state']}")
            elif row["state"] == "accepted" and not copies[row["message_id"]]:
                found.append(f"I5 mail {row['message_id']} is called accepted, and no server has it")
            elif row["kind"] == "preview" and row["state"] == "rejected" and row["reply"]:
                continue  # its window was over: it says so, and alarms nobody
            elif row["state"] != "accepted" and not row["alarm"]:
                found.append(f"I6 mail {row['message_id']} is {row['state']}, and nobody was told")
        return found

    def later(self) -> set[tuple[str, str]]:
        """(kind, key) of the rows that say why they wait for a time more than a minute away: a call for the morning."""
        rows = self.db.rows("SELECT kind, key, run_after, error FROM work WHERE state = 'ready' AND error IS NOT NULL")
        soon = datetime.now(UTC) + timedelta(minutes=1)
        return {(row["kind"], row["key"]) for row in rows if moment(row["run_after"]) > soon}

    def silent(self) -> list[str]:
        """I6, I11: no row of work is left, unless it says that it waits for a later time and why."""
        rows = self.db.rows("SELECT kind, key, state, attempt, error, holder FROM work WHERE state <> 'done'")
        found, later = [], self.later()
        for row in rows:
            if (row["kind"], row["key"]) in later:
                continue
            if row["state"] == "quarantined" and row["error"]:
                continue  # for a person, who is told why: an answer at an issue that was deleted meanwhile
            if row["state"] == "quarantined":
                found.append(f"I6 {row['kind']} {row['key']} was set aside, and nobody was told why")
            else:
                found.append(
                    f"I11 {row['kind']} {row['key']} is still {row['state']} "
                    f"(attempt {row['attempt']}, {row['holder']}): {row['error']}"
                )
        return found

    def recount(self) -> list[str]:
        """I2: what the digest of the whole says that it read is what a count of the rows gives."""
        found = []
        members = self.db.rows("SELECT issue_id, count(*) AS n FROM members GROUP BY issue_id HAVING count(*) > 1")
        found += [f"I2 issue row {row['issue_id']} is in {row['n']} pains" for row in members]
        rows = self.db.rows(
            "SELECT leader, period, document FROM digests WHERE kind = 'weekly' AND document IS NOT NULL"
        )
        for row in rows:
            document = data(row["document"])
            for pain in document.get("pains", ()):
                if len(set(pain["issues"])) != len(pain["issues"]):
                    found.append(f"I2 {row['leader']} {row['period']}: an issue is twice in pain {pain['id']}")
            made = document["made"]
            if made["read"] != made["friction"] + made["thanks"] + made["other"]:
                found.append(f"I2 {row['leader']} {row['period']}: {made} does not add up")
        return found + self._whole()

    def _whole(self) -> list[str]:
        """The root's digest reads every issue that was closed with its week, counted here from the raw rows."""
        found = []
        root = self.leaders[0]
        issues = self.db.rows(
            "SELECT i.created_at, i.tags, i.state, i.external_id, v.period, v.signals FROM issues i "
            "JOIN verdicts v ON v.issue_id = i.id"
        )
        for row in self.db.rows(
            "SELECT period, document FROM digests WHERE kind = 'weekly' AND document IS NOT NULL AND leader = ?", [root]
        ):
            document = data(row["document"])
            start, end = (moment(document["period"][name]) for name in ("start", "end"))
            inside = [i for i in issues if start <= moment(i["created_at"]) < end]
            counted = [
                i
                for i in inside
                if i["period"] is not None
                and i["period"] <= row["period"]
                and not {"private", "mute"} & set(data(i["tags"]))
                and not {"security", "hr", "legal"} & {name for name, _ in data(i["signals"])}
            ]
            certain = sum(i["state"] != "deleted" for i in counted)  # what was deleted later was read then
            if not certain <= document["made"]["read"] <= len(counted):
                said = document["made"]["read"]
                found.append(
                    f"I2 {root} {row['period']} says it read {said}, the rows give {certain} to {len(counted)}"
                )
        return found

    def posted(self) -> list[str]:
        """An answer is posted at an issue once; asked of the source, which keeps what was posted."""
        marks = Counter(
            (entry["number"], entry["body"].rpartition("<!--")[2])
            for entry in self.source()
            if entry["what"] == "comment" and entry["posted"]
        )
        return [f"I2 {n} comments of one answer at issue {number}" for (number, _), n in marks.items() if n > 1]

    # --- the ledgers --------------------------------------------------------------------------------------------------

    def _newest(self, part: str) -> Mapping[str, tuple[datetime, dict[str, Any]]]:
        """The newest revision of everything of a part that the source still has."""
        entries = self.source()
        for entry in entries[self._seen :]:
            if entry["what"] == "deleted":
                self._revisions["issue"].pop(str(entry["number"]), None)
            else:
                key = str(entry["number"] if entry["what"] == "issue" else entry["id"])
                self._revisions[entry["what"]][key] = (moment(entry["updated_at"]), entry)
        self._seen = len(entries)
        return self._revisions[part]

    def _held(self, source: str) -> dict[str, dict[str, datetime]]:
        issues = self.db.rows("SELECT external_id, updated_at FROM issues WHERE source = ?", [source])
        comments = self.db.rows("SELECT external_id, created_at FROM comments WHERE source = ?", [source])
        return {
            "issue": {row["external_id"].rpartition("#")[2]: moment(row["updated_at"]) for row in issues},
            "comment": {row["external_id"]: moment(row["created_at"]) for row in comments},
        }
