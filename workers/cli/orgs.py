"""`leafnotes org`: charts from where they live, the tree as it stands, and who would get what."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import click

from config import org_files, settings
from config.charts import READERS
from pipeline import periods, standing_in
from pipeline.issue import Period
from pipeline.org import Org
from pipeline.org_change import too_sudden
from pipeline.org_check import FLOOR
from pipeline.store import db, issues
from pipeline.store.registry import hidden
from workers.checks import org_findings
from workers.cli import importing
from workers.cli.base import deployment, stop
from workers.cli.options import Global, Week
from workers.wiring import Deployment, to_org

UNPLACED_WEEKS: Final = timedelta(weeks=4)

_ALL = click.option(
    "--all", "whole", is_flag=True, help=f"Print everything, not the first {importing.LISTED} of each sort."
)


@click.group("org")
def org() -> None:
    """The org chart: import it from where it lives, look at it, and see who would get what before anything is sent.

    An import lies in org.d beside org.yaml; what org.yaml says of the same people and teams wins.

    \b
    Examples:
      leafnotes org import csv people.csv --dry-run
      leafnotes org preview
    """


@org.command("import")
@click.argument("kind", type=click.Choice(sorted(READERS)))
@click.argument("names", nargs=-1, required=True, metavar="FILE ...")
@click.option("--from", "since", metavar="DATE", help="The first day on which what is new holds; default: today.")
@click.option(
    "--source", metavar="NAME", help="github: whose accounts the logins are; default: the only GitHub source."
)
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--yes", is_flag=True, help="Apply it although it changes much at once.")
@_ALL
@click.pass_obj
def import_chart(
    options: Global,
    kind: str,
    names: tuple[str, ...],
    since: str | None,
    source: str | None,
    dry_run: bool,
    yes: bool,
    whole: bool,
) -> None:
    """Read a chart from files and put it into org.d/KIND.yaml, in place of what was imported of this kind before.

    A CODEOWNERS file needs its repository before it: owner/repository=FILE. What cannot be used is said and left out.
    An import that would take away or move more than a fifth of the people or leaders is not applied without --yes.

    \b
    Examples:
      leafnotes org import csv people.csv --dry-run
      leafnotes org import backstage catalog/*.yaml --from 2026-10-01
      leafnotes org import github teams.json members/*.json fernhill/billing=CODEOWNERS
    """
    if not options.directory.is_dir():
        stop(f"{options.directory} is not a directory; `leafnotes init {options.directory}` makes one", 2)
    loaded = settings.load(options.directory)
    chart = READERS[kind](importing.files_of(kind, names, importing.github_source(loaded, kind, source)))
    importing.listing([str(problem) for problem in chart.problems], whole, err=True)
    if not chart.people and not chart.teams:
        stop("there is no chart in this: nothing was changed")
    now = options.as_of or datetime.now(UTC)
    today = now.astimezone(ZoneInfo(loaded.settings.organisation.timezone)).date()
    plan = importing.planned(
        options.directory, kind, chart, names, now, importing.day_of(since) if since else None, today
    )
    if plan is None:
        click.echo(f"no change: {len(chart.people)} people and {len(chart.teams)} teams are as they were")
        return
    for line in importing.told(plan, whole):
        click.echo(line)
    reasons = too_sudden(plan.change, plan.before)
    if dry_run:
        click.echo(
            "nothing was changed (--dry-run)" + ("; it would need --yes: " + "; ".join(reasons) if reasons else "")
        )
        return
    if reasons and not yes:
        for reason in reasons:
            click.echo(f"not applied: {reason}", err=True)
        stop("the old chart stays; look at it, then give --yes if it is right")
    try:
        org_files.keep(org_files.imported_path(options.directory, kind), plan.text)
    except OSError as error:
        stop(f"{org_files.FOLDER}/{kind}.yaml cannot be written: {error.strerror or error}")
    importing.audited(options, "org import", kind)
    click.echo(f"wrote {org_files.FOLDER}/{kind}.yaml; `leafnotes org undo {kind}` takes it back")
    importing.say_check(loaded, plan, whole)


@org.command()
@click.argument("kind", type=click.Choice(sorted(READERS)), required=False)
@click.pass_obj
def undo(options: Global, kind: str | None) -> None:
    """Put the chart before the last import of KIND back. A second undo brings the import again.

    \b
    Example:
      leafnotes org undo csv
    """
    paths = {one: org_files.imported_path(options.directory, one) for one in sorted(READERS)}
    kept = [one for one, path in paths.items() if org_files.previous_path(path).exists()]
    if not kept or (kind and kind not in kept):
        stop(f"there is no import{f' of {kind}' if kind else ''} to take back")
    if kind is None and len(kept) > 1:
        stop(f"say which: {', '.join(f'`leafnotes org undo {one}`' for one in kept)}", 2)
    one = kind or kept[0]
    there = org_files.undo(paths[one])
    importing.audited(options, "org undo", one)
    what = f"is what it was: {importing.origin(paths[one])}" if there else "is gone, as before the first import"
    click.echo(f"{org_files.FOLDER}/{one}.yaml {what}. A second undo takes this back")


@org.command()
@click.option("--at", "on", metavar="DATE", help="The day whose chart is shown; default: today.")
@_ALL
@click.pass_obj
def show(options: Global, on: str | None, whole: bool) -> None:
    """The tree with leaders, people and what is shown of them, and what nobody owns.

    \b
    Examples:
      leafnotes org show
      leafnotes org show --at 2026-09-01
    """
    with deployment(options) as house:
        chart = to_org(house.loaded.org, importing.day_of(on)) if on else house.org
        for team, depth in _in_order(chart):
            click.echo("  " * depth + _described(chart, team))
        click.echo(f"{len(chart.people)} people, {len(chart.teams)} teams, {len(chart.leaders)} leaders")
        click.echo(f"what nobody owns goes to {chart.fallback}; of the last four weeks:")
        importing.listing([f"  {line}" for line in _unowned(house)] or ["  nothing"], whole)


@org.command()
@click.option("--week", type=Week(), metavar="2026-W38", help="The ISO week; default: the newest week that has ended.")
@_ALL
@click.pass_obj
def preview(options: Global, week: str | None, whole: bool) -> None:
    """Who would get leaf notes of a week, where and when, about how many issues; and what `check` says of the chart.

    Nothing is composed, kept or sent. Issues are placed by the chart of the week's end as the files have it now.

    \b
    Examples:
      leafnotes org preview
      leafnotes org preview --week 2026-W38
    """
    with deployment(options) as opened:
        try:
            period = periods.week_of(week, opened.zone) if week else periods.last_ended(opened.now(), opened.zone)
        except ValueError as error:
            stop(str(error), 2)
        house = opened.at(period)
        click.echo(f"leaf notes of {period.label}:")
        for line in _recipients(house, period):
            click.echo(line)
        found = [f"{one.where}: {one.level}: {one.message}" for one in org_findings(house)]
        click.echo(f"check: {len(found)} thing(s) to know" if found else "check: nothing to say of the org chart")
        importing.listing(found, whole)


# --- show and preview ------------------------------------------------------------------------------------------------


def _in_order(chart: Org) -> Iterator[tuple[str, int]]:
    """Teams from the top, each with its depth and before those below it."""
    todo = [(team, 0) for team in sorted(chart.teams, reverse=True) if chart.teams[team].parent not in chart.teams]
    while todo:
        team, depth = todo.pop()
        yield team, depth
        todo += [(below, depth + 1) for below in reversed(chart.children[team])]


def _described(chart: Org, team: str) -> str:
    node, size = chart.teams[team], chart.size(team)
    leader = f"led by {node.leader}" if node.leader in chart.people else "no leader"
    people = f"{size} {'person' if size == 1 else 'people'}" + (f" (under {FLOOR}: no numbers)" if size < FLOOR else "")
    owns = "" if node.owns or node.hears or not chart.is_leaf(team) else ", owns nothing"
    return f"{team}: {leader}, {people}{owns}"


def _unowned(house: Deployment) -> list[str]:
    """Sources and projects with issues of the last weeks that no team owns, those with most first."""
    found: Counter[tuple[str, str]] = Counter()
    with db.reading(house.database) as session:
        for stored in issues.read(session, since=house.now() - UNPLACED_WEEKS):
            issue = stored.issue
            if issue.state != "deleted" and not hidden(issue.tags, ()) and house.router.leaf(issue) is None:
                found[issue.source, issue.project or "no project"] += 1
    ordered = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    return [f"{source}, {project}: {_issues(count)}" for (source, project), count in ordered]


def _recipients(house: Deployment, period: Period) -> Iterator[str]:
    chart, counts = house.org, _in_scope(house, period)
    with db.reading(house.database) as session:
        away = standing_in.away(session, chart)
    for leader in chart.leaders:
        person = chart.people[leader]
        zone = person.timezone or house.zone
        due = house.due(period, leader).astimezone(ZoneInfo(zone))
        led = ", ".join(chart.led_by(leader))
        below = len(frozenset[str]().union(*(chart.below(team) for team in chart.led_by(leader)))) - len(
            chart.led_by(leader)
        )
        where = person.email or "UNADDRESSED: no e-mail address, so nothing would be sent"
        since = away.since(leader, house.due(period, leader))
        if since is not None:
            delegate, why = away.delegate(chart, leader, house.due(period, leader))
            instead = (
                f"sent to {delegate} in their place"
                if delegate
                else f"nothing would be sent{f'; {why}' if why else ''}"
            )
            where += f", PAUSED by them on {since:%Y-%m-%d}: {instead}"
        yield f"{leader}: {where}"
        yield f"    {due:%a %d %b %Y %H:%M} {zone}; leads {led}; {below} team(s) below; {_issues(counts[leader])}"
    if not chart.leaders:
        yield "nobody: no team has a leader"


def _in_scope(house: Deployment, period: Period) -> Counter[str]:
    """Leader to the issues of the period that are below them, hearing teams too. Private ones are nobody's."""
    chart = house.org
    above = {team: {chart.teams[up].leader for up in chart.up(team)} for team in chart.teams}
    found: Counter[str] = Counter()
    with db.reading(house.database) as session:
        for stored in issues.read(session, since=period.start):
            issue, signals = stored.issue, stored.verdict.signals if stored.verdict else ()
            if issue.created_at >= period.end:
                break
            if issue.state == "deleted" or hidden(issue.tags, [signal.name for signal in signals]):
                continue
            teams = (house.router.leaf(issue) or chart.fallback, *house.router.hearers(issue))
            audience = chart.audience(issue.source, issue.project)
            leaders = {leader for team in teams for leader in above.get(team, ()) if leader is not None}
            found.update(leader for leader in leaders if chart.may_open(leader, audience))
    return found


def _issues(count: int) -> str:
    return f"{count} issue" if count == 1 else f"{count} issues"


COMMANDS = (org,)
