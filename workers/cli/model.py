"""Commands about what the classifier learned: its versions, taking them back, and what people said as training data."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from pipeline import teaching
from pipeline.store import corrections, db, issues, lessons
from pipeline.store.lessons import Version
from workers.cli import training
from workers.cli.base import deployment, engine, say_json, stop
from workers.cli.options import Global
from workers.report import harms


@click.group()
def model() -> None:
    """What the classifier learned from people (versions, rollback), and how it is trained and judged.

    \b
    Examples:
      leafnotes model list
      leafnotes model rollback
      leafnotes model export corrections.jsonl
    """


@model.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a version.")
@click.pass_obj
def list_versions(options: Global, as_json: bool) -> None:
    """The versions of the lessons that people's corrections gave, oldest first.

    A version counts (live) once nothing that was right became wrong with it: of the package's examples and of all
    earlier corrections. What would do harm is tried in the shadow: its verdicts are stored beside those that count.

    \\b
    Example:
      leafnotes model list
    """
    with deployment(options) as house, db.reading(house.database) as session:
        every = lessons.versions(session)
        counts = {one.version: lessons.shadow_counts(session, one.version) for one in every if one.state == "shadow"}
        name = getattr(house.classifier, "name", "no model")
    if not as_json:
        click.echo(f"model    {name}" + ("" if every else "; nobody has corrected anything yet: `leafnotes label`"))
    for one in every:
        read, differs = counts.get(one.version, (0, 0))
        if as_json:
            more = {"shadow_read": read, "shadow_differs": differs} if one.version in counts else {}
            say_json({"version": one.version, "state": one.state, "at": one.at, **one.about, **more})
            continue
        click.echo(f"{one.version:<7}  {one.state:8} {one.at:%Y-%m-%d %H:%M} UTC  {_figures(one)}")
        if one.version in counts:
            click.echo(f"         of {read} verdicts given beside it, {differs} would differ")
        for harm in one.about.get("harms", ()):
            click.echo(f"         {harm['said']}")


def _figures(one: Version) -> str:
    about = one.about
    return (
        f"{about.get('corrections', 0)} corrections ({about.get('contradicting', 0)} contradict the model), "
        f"{about.get('lessons', 0)} lessons; {about.get('right_after', 0)} of {about.get('checked', 0)} checked texts "
        f"right, {about.get('right_before', 0)} without; {about.get('changed', 0)} open issues changed"
    )


def learned(session: Session, after: int) -> list[str]:
    """What the versions after one say of what a correction led to, in lines."""
    said = []
    for one in lessons.versions(session):
        if one.version <= after:
            continue
        if one.state == "live":
            changed, like = one.about.get("changed", 0), one.about.get("like", 0)
            said.append(f"learned as version {one.version}: of {like} open issues like it, {changed} changed")
            said += [f"  {issue} was {before} and is {now} now" for issue, before, now in one.about.get("changes", ())]
        elif one.state == "shadow":
            read, differs = lessons.shadow_counts(session, one.version)
            said.append(f"version {one.version} waits in the shadow: {harms(one)}")
            said.append(
                f"  it would change {differs} of {read} open issues like it; `leafnotes status` keeps saying so"
            )
    return said


@model.command()
@click.argument("version", required=False, type=int)
@click.pass_obj
def rollback(options: Global, version: int | None) -> None:
    """Make an earlier version live again: the one before, VERSION, or 0 for none at all.

    What the versions after it had learned is not learned again by itself; `leafnotes model live` takes it back.

    \\b
    Examples:
      leafnotes model rollback
      leafnotes model rollback 3
    """
    _switch(options, lambda session: teaching.go_back(session, version))


@model.command()
@click.argument("version", type=int)
@click.pass_obj
def live(options: Global, version: int) -> None:
    """Make a version live whatever its check said.

    \\b
    Example:
      leafnotes model live 4
    """

    def switch(session: Session) -> int:
        teaching.go_live(session, version)
        return version

    _switch(options, switch)


def _switch(options: Global, switch: Any) -> None:
    with deployment(options) as house:
        runner = engine(house)
        try:
            with runner.transaction() as session:
                number = switch(session)
        except teaching.NoSuchVersion as error:
            stop(str(error), 2)
        runner.drain()
        with db.reading(house.database) as session:
            one = lessons.in_state(session, "live")
    changed = one.about.get("changed", 0) if one is not None else 0
    click.echo(f"version {number} is live; {changed} open issues changed")


@model.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_obj
def export(options: Global, file: Path) -> None:
    """What people said, with the texts, as JSON lines for training: title, body, side, product.

    Private issues are in it, since this is the operator's own tool; secrets are marked in the texts. What is hidden
    from every digest is named in the field `private`.

    \\b
    Example:
      leafnotes model export corrections.jsonl
    """
    with deployment(options) as house, db.reading(house.database) as session:
        said = corrections.standing(corrections.events(session))
        stored = issues.by_keys(session, list(said))
    rows = [
        {
            "issue": teaching.key_of(issue),
            "title": issue.title,
            "body": issue.body,
            "side": said[issue.source, issue.external_id].new,
            "product": issue.project,
            "private": "private" in issue.tags,
        }
        for issue in stored
        if issue.title or issue.body
    ]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    gone = len(said) - len(rows)
    more = f"; the texts of {gone} are forgotten" if gone else ""
    click.echo(f"{len(rows)} corrections written to {file}{more}")


for command in training.COMMANDS:
    model.add_command(command)

COMMANDS = (model,)
