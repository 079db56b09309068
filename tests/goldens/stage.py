"""Plays a golden case: a folder with `case.yaml` becomes a deployment, and every week of it is run as the product does.

Pulled from files, classified by the model and the rules, routed by the chart, closed, composed, gated, rendered and
written by the engine. Two opinions of the model are fixed, because they are not what a golden is about: the side of an
issue, by the label with which a person corrects it at the source, and the severity, by the source's own field. Who
belongs to which pain is fixed too, unless the case says `grouping: product`: the grouping is handed to `steps.close` in
the place in which the engine hands over its own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from pipeline import periods, steps
from pipeline.answers import check
from pipeline.classify import load_classifier
from pipeline.listening import Listening
from pipeline.pains import Pain
from pipeline.store import answers, db, digests, listeners
from tests.workers.small import perform
from workers.engine import Engine
from workers.wiring import Deployment

HERE = Path(__file__).parent
SURNAMES = ("Ashdown", "Brannick", "Colbeck", "Dunmore", "Eastaff", "Farrant", "Gorse")
LABELS = {
    "developer": ["side-developer"],
    "customer": ["side-customer"],
    "none": ["side-none"],
    "severity-1": ["sev-1"],
    "severity-2": ["sev-2"],
    "severity-4": ["sev-4"],
    "severity-8": ["sev-8"],
    "private": ["hush"],
    "no-quote": ["no-quote"],
}
BEFORE_CLOSE = ("pull", "census", "teach", "classify", "escalate")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FAR_BACK = 40
"""Weeks before the told one in which each source first spoke, unless the case says another number (`listening`)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one leader got in one week."""

    week: str
    leader: str
    state: str
    reason: str | None
    document: Mapping[str, Any]
    text: str
    html: str
    mail: bytes
    read_by: str | None = None

    @property
    def forms(self) -> dict[str, str]:
        plain = json.dumps(self.document, ensure_ascii=False)
        return {"txt": self.text, "html": self.html, "json": plain}


@cache
def classifier() -> Any:
    return load_classifier()


class Stage:
    def __init__(self, case: Mapping[str, Any], directory: Path) -> None:
        self.case, self.directory = case, directory
        self.zone = ZoneInfo(case.get("zone", "Europe/Dublin"))
        self.weeks: Sequence[str] = case["weeks"]
        self.told_week: date = periods.monday_of(periods.week_of(self.weeks[-1], str(self.zone)))
        self.org = self._org()
        self.staff = {p["id"]: p for p in self.org["people"] if "team" in p}
        self.sources: Sequence[str] = case.get("sources", ("desk", "tracker"))
        self.spent: dict[str, float] = {}
        """CPU seconds of the last week: what was read and judged; what was closed, composed, checked and written."""
        self.tickets = sorted(self._tickets(), key=lambda t: (t["created_at"], t["external_id"]))

    # --- the fixture as a configuration and exports -------------------------------------------------------------------

    def _org(self) -> dict[str, Any]:
        found: dict[str, Any] = self.case.get("org") or yaml.safe_load((HERE / "house.yaml").read_text())
        sizes = self.case.get("sizes", {})
        parents = {team["parent"] for team in found["teams"] if isinstance(team.get("parent"), str)}
        listed = {str(p.get("team")) for p in found["people"]}
        for team in found["teams"]:
            if team["id"] not in parents and team["id"] not in listed:
                found["people"] += [
                    self._member(team["id"], n) for n in range(1, sizes.get(team["id"], self.case.get("size", 7)) + 1)
                ]
        return found

    def _member(self, team: str, number: int) -> dict[str, Any]:
        who = f"{team}{number}"
        name = f"{team.capitalize()}a {SURNAMES[(number - 1) % len(SURNAMES)]}"
        accounts = {source: who for source in self.case.get("sources", ("desk", "tracker")) if source != "desk"}
        return {"id": who, "name": name, "team": team, "accounts": accounts}

    def at(self, said: str) -> datetime:
        """ "Thu 14:00" of the told week; "-3 Thu 14:00" three weeks before it; or an ISO time."""
        if said[0].isdigit():
            return datetime.fromisoformat(said)
        parts = said.split()
        back = int(parts.pop(0)) if len(parts) == 3 else 0
        day = self.told_week + timedelta(weeks=back, days=DAYS.index(parts[0]))
        return datetime.combine(day, datetime.strptime(parts[1], "%H:%M").time(), self.zone)  # noqa: DTZ007

    def _tickets(self) -> Iterator[dict[str, Any]]:
        listening = self.case.get("listening", FAR_BACK)
        for number, source in enumerate(self.sources):
            yield self._ticket(
                {
                    "n": 9000 + number, "at": f"-{listening} Mon 08:00", "by": "first", "source": source,
                    "side": "none", "text": "The boat leaves at eight.",
                }
            )  # fmt: skip
        for ticket in self.case.get("tickets", ()):
            for copy in range(ticket.get("times", 1)):
                yield self._ticket({**ticket, "n": ticket["n"] + copy}, copy)
        yield from self._past()
        yield from self._crowds()

    def _past(self) -> Iterator[dict[str, Any]]:
        """The weeks before the told one, the last being the week before it: so many people of a team, or accounts."""
        number = 5000
        for row in self.case.get("past", ()):
            for back, count in zip(range(len(row["weeks"]), 0, -1), row["weeks"], strict=True):
                for n in range(count):
                    number += 1
                    at = f"-{back} {DAYS[n % 5]} 09:{n % 60:02}"
                    yield self._ticket({**row, "n": number, "at": at, "by": f"{row['by']}{n + 1}", "text": EARLIER})

    def _crowds(self) -> Iterator[dict[str, Any]]:
        """Many pains at once: `pains` of them with `people` accounts each, all on the same day."""
        for row in self.case.get("crowds", ()):
            for pain in range(row["pains"]):
                for n in range(row["people"]):
                    number = row["n"] + pain * row["people"] + n
                    who = f"{row['by']}{pain + 1}-{n + 1}" if row["by"] == "guest" else f"{row['by']}{n % 7 + 1}"
                    name = f"{row['name']}{pain + 1}"
                    yield self._ticket({**row, "n": number, "by": who, "pain": name, "at": row["at"]})

    def pains(self) -> dict[str, dict[str, Any]]:
        found = dict(self.case.get("pains", {}))
        for row in self.case.get("crowds", ()):
            for n in range(1, row["pains"] + 1):
                found[f"{row['name']}{n}"] = {"title": row["title"].format(n=n), "side": row["side"]}
        return found

    def _ticket(self, given: Mapping[str, Any], copy: int = 0) -> dict[str, Any]:
        by = given["by"]
        staff = by in self.staff
        source = given.get("source") or ("tracker" if staff else "desk")
        pain = given.get("pain")
        side = given.get("side") or (self.pains()[pain]["side"] if pain else "none")
        text = given["text"].format(copy=copy + 1) if "times" in given else given["text"]
        at = self.at(given["at"]) + timedelta(minutes=copy)
        leaf, mark = given.get("leaf"), {"tracker": "T-", "forge": "F-"}.get(source, "")
        side_label = [] if given.get("unlabelled") else [f"side-{side}"]
        labels = [*side_label, f"sev-{given.get('sev', 2)}", *given.get("labels", ())]
        found = {
            "external_id": f"{mark}{given['n']}",
            "url": f"https://{source}.tidewater.example/{mark}{given['n']}",
            "title": given.get("title", "A word about the week"),
            "body": text + "x" * given.get("pad", 0),
            "created_at": at.isoformat(),
            "labels": labels if staff or leaf is None else [*labels, leaf],
            "author": by if staff else f"{by}@guests.example",
            "author_role": "staff" if staff else "customer",
            **({"project": leaf} if staff and leaf else {}),
            **({} if staff else {"account": by}),
            **{key: given[key] for key in ("priority", "state", "closed_at", "history", "comments") if key in given},
        }
        return {**found, "@source": source, "@pain": pain, "@arrives": given.get("arrives")}

    def configure(self, now: datetime) -> None:
        self.directory.mkdir(exist_ok=True)
        entry = {"kind": "file", "tags": LABELS, "poll": "1m", "complete_to": now.isoformat()}
        entries = [{"name": name, "path": f"{name}.jsonl", **entry} for name in self.sources]
        settings = {"organisation": {"name": "Tidewater", "timezone": str(self.zone)}, **self.case.get("settings", {})}
        for name, value in (("sources", {"sources": entries}), ("org", self.org), ("settings", settings)):
            (self.directory / f"{name}.yaml").write_text(yaml.safe_dump(value, sort_keys=False))

    def _export(self, now: datetime, week: str, lost: Sequence[str] = ()) -> None:
        """What stands in each source at a moment; a source that is lost has no file any more."""
        self.configure(now)
        for source in self.sources:
            path = self.directory / f"{source}.jsonl"
            if source in lost:
                path.unlink(missing_ok=True)
                continue
            rows = [
                {key: value for key, value in t.items() if not key.startswith("@")}
                for t in self.tickets
                if t["@source"] == source
                and datetime.fromisoformat(t["created_at"]) <= now
                and (t["@arrives"] or week) <= week
            ]
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    # --- running it ---------------------------------------------------------------------------------------------------

    def play(self) -> dict[tuple[str, str], Told]:
        """(week, leader) -> what was written for them. Raises what the product raises where it refuses to run."""
        told: dict[tuple[str, str], Told] = {}
        for week in self.weeks:
            told |= self._week(week)
        return told

    def _engine(self, now: datetime) -> Engine:
        house = Deployment.read(self.directory, as_of=now)
        house.__dict__["classifier"] = classifier()
        house.prepare()
        return Engine(house)

    def _week(self, week: str) -> dict[tuple[str, str], Told]:
        period = periods.week_of(week, str(self.zone))
        now = period.end + timedelta(hours=12)
        lost = self.case.get("breaks", {}) if week == self.weeks[-1] else {}
        for source, said in sorted(lost.items(), key=lambda one: self.at(one[1])):
            moment = self.at(said)
            self._export(moment, week)
            engine = self._engine(moment)
            engine.pull_now([source])
            perform(engine, ["pull"])
            engine.deployment.database.dispose()
        self._export(now, week, list(lost))
        engine = self._engine(now)
        self._pause(engine, now)
        began = process_time()
        engine.tick()
        if self.case.get("grouping") == "product":
            perform(engine, (*BEFORE_CLOSE, "assign"))
        else:
            perform(engine, BEFORE_CLOSE)
            self._close(engine, week)
        judged = process_time()
        engine.run_once()
        self.spent = {"read and judged": judged - began, "composed, checked and written": process_time() - judged}
        self._answer(engine, week)
        found = self._read(engine, week)
        engine.deployment.database.dispose()
        return found

    def _close(self, engine: Engine, week: str) -> None:
        period = periods.week_of(week, str(self.zone))
        house = engine.deployment.at(period)
        with engine.transaction() as session:
            part = steps.gather(session, org=house.org, zone=house.zone, until=period.end)
            steps.close(session, period, org=house.org, ready=self._grouping(part), at=house.now())

    def _grouping(self, part: steps.OpenPart) -> steps.Grouping:
        pain_of = {f"{t['@source']}:{t['external_id']}": t["@pain"] for t in self.tickets}
        told = ((opened.rows[place], c) for opened in part.opened.values() for place, c in opened.read())
        joined = [(row, c, pain_of[c.key]) for row, c in told if pain_of[c.key] is not None]
        living = {pain.id: pain for pain in part.known}
        for name, given in sorted(self.pains().items()):
            members = [c for _, c, pain in joined if pain == name]
            if name not in living and members:
                living[name] = Pain(
                    id=name,
                    title=given["title"],
                    side=given["side"],
                    founded_by=members[0].key,
                    first_at=members[0].created_at,
                    last_at=members[-1].created_at,
                    members=len(members),
                )
        made = [(row, pain, 1.0) for row, _, pain in joined]
        return steps.Grouping(part.mark, tuple(living[name] for name in sorted(living)), made)

    def _pause(self, engine: Engine, now: datetime) -> None:
        for given in self.case.get("pauses", ()):
            begins, ends = self.at(given["from"]), self.at(given["until"])
            since = begins if begins <= now < ends else None
            said = Listening(leader=given["leader"], paused_at=since, delegate=given.get("delegate"))
            with engine.transaction() as session:
                listeners.keep(session, said, now)

    def _answer(self, engine: Engine, week: str) -> None:
        for number, given in enumerate(self.case.get("answers", ())):
            if given["after"] != week:
                continue
            at = self.at(given["at"])
            leaders = engine.deployment.org.leaders
            checked = check(
                kind=given["kind"], text=given["text"], due=given.get("due", ""), to=given.get("to", ""),
                leader=given["leader"], leaders=leaders, today=at.date(),
            )  # fmt: skip
            with engine.transaction() as session:
                answers.keep(
                    session, pain=given["pain"], leader=given["leader"], period=week, given=checked, how="page",
                    nonce=f"answer-{number}", at=at,
                )  # fmt: skip

    def _read(self, engine: Engine, week: str) -> dict[tuple[str, str], Told]:
        found = {}
        folder = self.directory / "digests" / week
        with db.transaction(engine.deployment.database) as session:
            for leader in engine.deployment.at(periods.week_of(week, str(self.zone))).org.leaders:
                row = digests.digest(session, leader, week)
                assert row is not None, f"{leader} has no row for {week}"
                text, html, mail = (
                    path.read_bytes() if (path := folder / f"{leader}.{form}").exists() else b""
                    for form in ("txt", "html", "eml")
                )
                found[week, leader] = Told(
                    week,
                    leader,
                    row.state,
                    row.reason,
                    row.document or {},
                    text.decode(),
                    html.decode(),
                    mail,
                    row.read_by,
                )
        return found


EARLIER = "We queue at the kiosk and lose the morning over it."
