"""What `leafnotes org import` does: files to a chart, the chart beside the one before it, and what that changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import DBAPIError

from config import org_files
from config.charts import Chart, File
from config.charts.written import written
from config.document import Document, Problem, parse
from config.org import ImportedFile, Origin
from config.reader import validate
from config.settings import Loaded
from pipeline.org import Claim, Org
from pipeline.org_change import Change, change
from pipeline.org_check import problems as org_problems
from pipeline.store import audit, db, schema
from workers.cli.base import stop
from workers.cli.options import Global, login_name
from workers.wiring import Deployment, to_org

LARGEST: Final = 64 * 1024 * 1024
LISTED: Final = 20
"""Lines of one sort that are printed before the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Plan:
    text: str
    before: Org
    after: Org
    change: Change
    documents: tuple[Document, ...]


def planned(
    directory: Path,
    kind: str,
    chart: Chart,
    names: Sequence[str],
    now: datetime,
    since: date | None,
    today: date,
) -> Plan | None:
    """What the import would come to; None where nothing changes. A chart with which nothing could run is refused."""
    path = org_files.imported_path(directory, kind)
    org_document = org_files.read_org(directory)
    there, _ = org_files.imported(directory)
    others = [document for document in there if document.path != path]
    old = next((document for document in there if document.path == path), None)
    part = validate(old, ImportedFile) if old is not None and not old.problems else None
    was = part if isinstance(part, ImportedFile) else None
    before = org_files.assemble(org_document, _ordered([*others, *([old] if old and was else [])]))
    if before.problems:
        _refuse("the configuration is wrong already:", before.problems)
    origin = Origin(kind=kind, files=tuple(Path(name).name for name in names), at=now.isoformat(timespec="seconds"))
    text = written(chart, origin, was, since or (today if was else None))
    new = parse(text, path, name=f"{org_files.FOLDER}/{path.name}")
    after = org_files.assemble(org_document, _ordered([*others, new]))
    if after.problems:
        _refuse("with this chart nothing could run:", after.problems)
    made = validate(new, ImportedFile)
    if was is not None and isinstance(made, ImportedFile) and (was.people, was.teams) == (made.people, made.teams):
        return None
    day = max(since or today, today)
    one, other = to_org(before.file, day), to_org(after.file, day)
    return Plan(text, one, other, change(one, other), after.documents)


def _ordered(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: org_files.KINDS.index(document.path.stem))


def _refuse(why: str, problems: Sequence[Problem]) -> None:
    click.echo(why, err=True)
    listing([f"  {problem}" for problem in problems], False, err=True)
    stop("nothing was changed")


def files_of(kind: str, names: Sequence[str], source: str | None) -> list[File]:
    found = []
    for name in names:
        project, equals, path = name.partition("=")
        if kind != "github" or not equals or Path(name).exists():
            project, path = "", name
        found.append(File(path, _read(Path(path)), project or None, source))
    return found


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror or error}", 2)
    if len(raw) > LARGEST:
        stop(f"{path} is larger than {LARGEST // 1024**2} MB: is it the right file?", 2)
    try:
        return raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        stop(f"{path}:{raw.count(10, 0, error.start) + 1}: is not UTF-8 text; save it as UTF-8", 2)


def github_source(loaded: Loaded, kind: str, given: str | None) -> str | None:
    """The source whose accounts GitHub's logins are; None where there are several or none."""
    if given is not None or kind != "github":
        return given
    named = [str(entry.get("name")) for entry in loaded.sources if entry.get("kind") == "github"]
    if len(named) != 1:
        click.echo("no single source of kind github: logins are not kept as accounts; give --source", err=True)
    return named[0] if len(named) == 1 else None


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"{text!r} is not a date; write it as 2026-10-01", 2)


def told(plan: Plan, whole: bool) -> Iterator[str]:
    """What a change is, in lines."""
    found, after = plan.change, plan.after
    sorts = {
        "people in": list(found.joined),
        "people out": list(found.left),
        "moved": [f"{who} from {old} to {new or 'no team'}" for who, old, new in found.moved],
        "teams new": list(found.new_teams),
        "teams gone": list(found.gone_teams),
        "owned anew": [f"{team}: {_claim(claim)}" for team, claim in found.owned],
        "owned no more": [f"{team}: {_claim(claim)}" for team, claim in found.lost],
        "leaders changed": [f"{team}: {old or 'nobody'} -> {new or 'nobody'}" for team, old, new in found.led],
    }
    for name, each in sorts.items():
        if each:
            yield f"{name}: {len(each)}: {_some(each, whole)}"
    if found.empty:
        yield "people, teams, leaders and what they own stay"
    yield f"then: {len(after.people)} people, {len(after.teams)} teams, {len(after.leaders)} leaders"


def _claim(claim: Claim) -> str:
    said = (claim.source, claim.project, claim.label, claim.component, claim.group, claim.path)
    return " ".join(part for part in said if part)


def _some(names: Sequence[str], whole: bool) -> str:
    shown = names if whole else names[:LISTED]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more (--all)" if len(names) > len(shown) else "")


def listing(lines: Sequence[str], whole: bool, *, err: bool = False) -> None:
    for line in lines if whole else lines[:LISTED]:
        click.echo(line, err=err)
    if len(lines) > LISTED and not whole:
        click.echo(f"and {len(lines) - LISTED} more (--all)", err=err)


def say_check(loaded: Loaded, plan: Plan, whole: bool) -> None:
    there = replace(loaded, org_documents=plan.documents)
    sources = {str(entry.get("name")) for entry in loaded.sources}
    found = [one for one in org_problems(plan.after, sources=sources, where=there.where) if one.level != "note"]
    listing([f"{one.where}: {one.level}: {one.message}" for one in found], whole)


def origin(path: Path) -> str:
    document = parse(path.read_text(), path)
    return f"imported {document.at(('imported', 'at'))} from {', '.join(document.at(('imported', 'files')) or ())}"


def audited(options: Global, what: str, kind: str) -> None:
    """Write an import into the audit, where there is a database yet. The files say themselves what was imported."""
    house, _ = Deployment.survey(options.directory, as_of=options.as_of)
    if house is None:
        return
    file = house.database.url.database if house.database.dialect.name == "sqlite" else None
    try:
        if (file is None or Path(file).exists()) and schema.version(house.database) == schema.head():
            with db.transaction(house.database) as session:
                audit.record(session, audit.By("operator", login_name()), what, f"chart of {kind}")
    except DBAPIError as error:
        click.echo(f"it is not in the audit: {db.said(error)}", err=True)
    finally:
        house.database.dispose()
