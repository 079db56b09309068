"""A year of a noisy tracker: how many mails between the weekly notes does each leader get?

    python -m tests.workers.noisy_year

Every 13 hours something is written, day and night: two of five issues are tagged to escalate, every fourth week six
cafes tell of one severe thing within a day, every third week two agents tell of abuse. A quarter of the calls is
answered. It prints the table of docs/escalation.md.
"""

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import yaml

from tests.workers import small
from tests.workers.test_escalation import HOST, KEY, OWNS, TAGS, VIENNA, Rosta
from workers.web import app

DAYS = 364
EVERYTHING = {"surge": {"enabled": True}, "agent_load": {"enabled": True}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call: to whom, when, by which rule, and whether they were asked or got a copy."""

    reader: str
    at: datetime
    rule: str
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    calls: tuple[Called, ...]
    passed_on: Mapping[str, int]
    """By leader how many stuck pains stood in their weekly notes."""
    issues: int

    @property
    def readers(self) -> list[str]:
        return sorted({one.reader for one in self.calls})

    def days(self, reader: str) -> list[date]:
        return [one.at.date() for one in self.calls if one.reader == reader]

    def in_a_day(self, reader: str) -> int:
        return max(Counter(self.days(reader)).values())

    def in_seven_days(self, reader: str) -> int:
        days = self.days(reader)
        return max(sum(0 <= (other - one).days < 7 for other in days) for one in days)


def organisation(directory: Path, rules: Mapping[str, Any]) -> Rosta:
    agents = [{"id": f"agent{n}", "team": "service", "accounts": {"desk": f"a{n}"}} for n in range(1, 7)]
    ada = {"id": "ada", "name": "Ada", "email": "ada@rosta.example"}
    service = {"id": "service", "name": "Service", "parent": "rosta", "leader": "ada", "hears": [{"source": "desk"}]}
    org = {**small.ORG, "people": [*small.ORG["people"], ada, *agents], "teams": [*small.ORG["teams"], service]}
    small.organisation(directory, [], tags=TAGS)
    (directory / "org.yaml").write_text(yaml.safe_dump(org))
    (directory / "settings.yaml").write_text(yaml.safe_dump({**small.SETTINGS, "escalation": {"rules": dict(rules)}}))
    return Rosta(directory)


def play(directory: Path, rules: Mapping[str, Any], days: int = DAYS) -> Year:
    """The environment names HOST and KEY."""
    rosta = organisation(directory, rules)
    web = app.create(rosta.engine).test_client()
    begin, when, number = datetime(2026, 1, 5, tzinfo=VIENNA), list[datetime](), 0
    for hour in range(9, days * 24, 13):
        rosta.clock[0] = begin + timedelta(hours=hour)
        number = _write(rosta, hour, number)
        rosta.look()
        for at in range(len(when), len(rosta.server.calls)):
            when.append(rosta.clock[0])
            if at % 4 == 0 and OWNS in rosta.server.calls[at].text:
                web.post(rosta.page(at), data={"what": "own" if at % 8 else "decline", "line": "It is known"})
    calls = zip(when, rosta.server.calls, strict=True)
    found = tuple(
        Called(reader=letter.recipient.partition("@")[0], at=at, rule=_rule(letter.text), asked=OWNS in letter.text)
        for at, letter in calls
    )
    passed: dict[str, int] = defaultdict(int)
    for letter in rosta.server.taken:
        if letter.document.get("form") == "full":
            passed[letter.recipient.partition("@")[0]] += len(letter.document["passed_on"])
    rosta.close()
    return Year(calls=found, passed_on=dict(passed), issues=number)


def _write(rosta: Rosta, hour: int, number: int) -> int:
    """What is written at this hour; how many issues there are then."""
    week, within = divmod(hour, 7 * 24)
    if hour % 5 < 2:
        number += 1
        area = "beans" if number % 3 else "parcels"
        rosta.put(number, f"The cups of parcel {number} leak", labels=[area, "now"])
    if within in range(24, 24 + 13):
        for cafe, one in enumerate(small.subscribers(6 if week % 4 == 3 else 1)):
            number += 1
            said = {"author": f"owner{number}@cafe.example", "author_role": "customer", "account": f"Cafe {number}"}
            area = {"labels": ["beans", "bad"], "title": one["title"], "body": one["body"]}
            rosta.put(number, **{**area, **said}) if cafe < 6 else None
        for agent in (1, 2) if week % 3 == 2 else ():
            number += 1
            staff = {"author": f"a{agent}", "author_role": "staff", "account": None, "labels": []}
            body = f"A customer shouted at me for {number} minutes because the parcel was late again."
            rosta.put(number, f"Queue of parcels, day {number}", body=body, **staff)
    return number


def _rule(text: str) -> str:
    said = " ".join(text.split())
    if "More people than usual" in said:
        return "surge"
    return "agent_load" if "tell of abuse" in said else "escalate"


def table(years: Mapping[str, Year]) -> str:
    lines = [
        "| rungs that are on | leader | mails in the year | asked | copies | surge | agent_load | most in a day "
        "| most in seven days | passed on in the notes |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, year in years.items():
        for reader in sorted({*year.readers, *year.passed_on}):
            mine = [one for one in year.calls if one.reader == reader]
            rules = Counter(one.rule for one in mine)
            asked = sum(one.asked for one in mine)
            most = (year.in_a_day(reader), year.in_seven_days(reader)) if mine else (0, 0)
            cells = [len(mine), asked, len(mine) - asked, rules["surge"], rules["agent_load"], *most]
            lines.append(f"| {name} | {reader} | {' | '.join(map(str, cells))} | {year.passed_on.get(reader, 0)} |")
    return "\n".join(lines)


def main() -> None:
    os.environ.update(LEAFNOTES_PUBLIC_URL=HOST, LEAFNOTES_SECRET_KEY=KEY)
    with tempfile.TemporaryDirectory() as place:
        years = {
            "defaults": play(Path(place) / "defaults", {}),
            "all": play(Path(place) / "all", EVERYTHING),
        }
    click.echo(f"{years['all'].issues} issues in a year\n\n{table(years)}")


if __name__ == "__main__":
    main()
