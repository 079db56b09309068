"""CSV of people with their manager's address, as personnel systems export it."""

import csv
import io
import re
from collections.abc import Mapping
from typing import Final

from config.charts.chart import Chart, File, mailbox, shown, words, zone
from config.charts.people import Entry, tree
from config.document import Problem
from config.reader import nearest

COLUMNS: Final = {
    "name": ("name", "full name", "display name", "employee name", "employee"),
    "email": ("email", "e-mail", "mail", "email address", "work email"),
    "manager_email": (
        "manager_email",
        "manager",
        "manager e-mail",
        "manager email address",
        "reports to",
        "supervisor",
    ),
    "team": ("team", "department", "team name", "unit"),
    "title": ("title", "job title", "role", "position"),
    "timezone": ("timezone", "time zone", "tz"),
    "id": ("id", "employee id", "user id", "login"),
}
ACCOUNT: Final = re.compile(r"account:\s*(\S.*)", re.IGNORECASE)
_KNOWN: Final = {re.sub(r"[\s_-]+", "", name): column for column, names in COLUMNS.items() for name in names}


def people_csv(files: list[File]) -> Chart:
    """A chart of rows with the columns name, email, manager_email, team, title, timezone, id and account:SOURCE."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for file in files:
        _read(file, entries, problems)
    return tree(entries, problems)


def _read(file: File, entries: list[Entry], problems: list[Problem]) -> None:
    text = file.text.removeprefix("\ufeff").replace("\x00", " ")
    head = text.split("\n", 1)[0]
    comma = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=False)
    columns: dict[str, int] | None = None
    line = width = 0
    try:
        for row in rows:
            first, line = line + 1, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns, width = _columns(file, first, row, problems), len(row)
                if columns is None:
                    return
                continue
            if any(cell.strip() for cell in row[width:]):
                message = "has more cells than there are columns"
                problems.append(file.problem(first, row[0], message, "Quote cells that hold the separator."))
            entry = _entry(file, first, row, columns, problems)
            if entry is not None:
                entries.append(entry)
    except csv.Error as error:
        problems.append(file.problem(line + 1, "", f"is not CSV from here on: {error}", "Is a quotation mark open?"))
    if columns is None:
        problems.append(file.problem(0, "", "is empty", "Its first line names the columns."))


def _columns(file: File, line: int, row: list[str], problems: list[Problem]) -> dict[str, int] | None:
    """Our name of each column to its place; None where the file cannot be used without those that are missing."""
    found: dict[str, int] = {}
    for place, head in enumerate(row):
        account = ACCOUNT.fullmatch(head.strip())
        plain = re.sub(r"[\s_-]+", "", head.casefold())
        name = f"account:{account[1].strip()}" if account else _KNOWN.get(plain)
        if name is None:
            close = nearest(head.strip(), list(COLUMNS))
            remedy = f"Did you mean {close}?" if close and head.strip() else f"Known are {', '.join(COLUMNS)}."
            problems.append(file.problem(line, head, "is a column that is not known, so it is not read", remedy))
        elif name in found:
            problems.append(file.problem(line, head, f"is a second column for {name}, so it is not read"))
        else:
            found[name] = place
    if "email" in found or "name" in found:
        return found
    message = "has neither a column `email` nor `name`"
    problems.append(file.problem(line, "", message, f"Its first line names the columns: {', '.join(COLUMNS)}."))
    return None


def _entry(file: File, line: int, row: list[str], columns: Mapping[str, int], problems: list[Problem]) -> Entry | None:
    cells = {name: words(row[place]) for name, place in columns.items() if place < len(row)}
    who = cells.get("name") or cells.get("email") or cells.get("id") or ""
    email, boss = mailbox(cells.get("email")), mailbox(cells.get("manager_email"))
    if cells.get("email") and email is None:
        problems.append(file.problem(line, who, f"{shown(cells['email'])!r} is not an e-mail address"))
    if cells.get("manager_email") and boss is None:
        message = f"the manager {shown(cells['manager_email'])!r} is not an e-mail address; none is taken"
        problems.append(file.problem(line, who, message))
    if cells.get("timezone") and zone(cells["timezone"]) is None:
        message = f"{shown(cells['timezone'])!r} is not a time zone; the organisation's is taken"
        problems.append(file.problem(line, who, message, "Write its name, as Europe/Berlin."))
    key = email or cells.get("id") or cells.get("name")
    if key is None:
        problems.append(file.problem(line, who, "has no e-mail address, id or name; the row is set aside"))
        return None
    return Entry(
        file=file,
        line=line,
        key=key.casefold(),
        id=cells.get("id"),
        name=cells.get("name"),
        email=email,
        timezone=zone(cells.get("timezone")),
        team=cells.get("team"),
        manager=boss.casefold() if boss else None,
        accounts={n.removeprefix("account:"): c for n, c in cells.items() if c and n.startswith("account:")},
    )
