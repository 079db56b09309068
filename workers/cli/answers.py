"""What leaders answered and who was told (`answers`), and where anybody can say what hurts (`speak`)."""

import click

from connectors.speak_up import SpeakUp
from pipeline.store import answers as store
from pipeline.store import db, registry
from workers.cli.base import deployment, say_json, stop
from workers.cli.options import Global


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object an answer.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
@click.pass_obj
def answers(options: Global, as_json: bool, limit: int) -> None:
    """What leaders answered, at how many issues it was told, and what `answers: try` of a source would post where.

    A source posts nothing unless sources.yaml says `answers: post`. Begin with `answers: try` and read this.

    \b
    Example:
      leafnotes answers --limit 3
    """
    with deployment(options) as house, db.reading(house.database) as session:
        titles = registry.current(session)
        for one in store.latest(session, limit):
            concerned = store.concerned(session, one.pain, one.at)
            told = store.told_of(session, one.id)
            tried = [f"{i.source}:{i.external_id}" for i in concerned if house.answering.get(i.source) == "try"]
            text = house.draft(one)
            title = titles.get(one.pain, {}).get("title", one.pain)
            if as_json:
                say_json(
                    {
                        "schema": 1,
                        "id": one.id,
                        "pain": one.pain,
                        "title": title,
                        "leader": one.leader,
                        "kind": one.kind,
                        "text": one.text,
                        "due": one.due.isoformat() if one.due else None,
                        "to": one.to,
                        "at": one.at,
                        "issues": len(concerned),
                        "told": sorted(told),
                        "would_post": tried if one.honest else [],
                    }
                )
                continue
            click.echo(f"{one.at:%Y-%m-%d %H:%M} UTC  {one.leader}: {one.kind.replace('_', ' ')}, {title}")
            click.echo(f"  {text}")
            click.echo(f"  told at {len(told)} of {len(concerned)} issues")
            if tried and one.honest:
                click.echo(f"  would be posted at {', '.join(tried)}")


@click.command()
@click.pass_obj
def speak(options: Global) -> None:
    """The address of the page on which anybody can say what hurts, anonymously if they wish.

    Put it where people are: the intranet, the kitchen wall, a support signature. It ends only with a new
    LEAFNOTES_SECRET_KEY. Needs a source of kind speak-up, LEAFNOTES_PUBLIC_URL and LEAFNOTES_SECRET_KEY.

    \b
    Example:
      leafnotes speak
    """
    with deployment(options) as house:
        if not any(source.connector is SpeakUp for source in house.sources.values()):
            stop("no source is of kind speak-up: add `- {name: speak-up, kind: speak-up}` to sources.yaml")
        if house.environment.public_url is None:
            stop("LEAFNOTES_PUBLIC_URL is not set: nobody could reach the page")
        house.require_secret_key()
        links = house.links
        click.echo(links.lasting("speak", "anybody") if links is not None else "")


COMMANDS = (answers, speak)
