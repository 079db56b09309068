"""How a leader listens, said for them by an operator (`listen`)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from pipeline import listening as rules
from pipeline import standing_in
from pipeline.listening import Listening, NotSo
from pipeline.store import db, listeners
from workers import listening as told
from workers.cli.base import deployment, stop
from workers.cli.options import Global
from workers.wiring import Deployment

NOBODY = "none"


@click.command()
@click.argument("leader")
@click.option("--pause", is_flag=True, help="No more leaf notes and calls for them, from now on.")
@click.option("--until", metavar="DATE", help="The first day on which they listen again, in their own zone; pauses.")
@click.option("--delegate", metavar="ID|none", help="Who reads in their place while they are away.")
@click.option("--again", is_flag=True, help="They listen again.")
@click.pass_obj
def listen(options: Global, leader: str, pause: bool, until: str | None, delegate: str | None, again: bool) -> None:
    """How LEADER (an id of org.yaml) listens: what they say themselves on the page behind "unsubscribe" in each mail.

    Without an option it tells how they listen and who could read in their place: leaders above them and people of their
    teams who have an e-mail address and may see what their leaf notes can tell of.

    \b
    Examples:
      leafnotes listen kit
      leafnotes listen kit --until 2026-10-05 --delegate noor
      leafnotes listen kit --delegate none
      leafnotes listen kit --again
    """
    if again and (pause or until is not None):
        stop("--again and --pause or --until contradict each other", 2)
    with deployment(options) as house:
        if leader not in house.org.leaders:
            stop(f"{leader!r} leads no team; leaders are {', '.join(house.org.leaders)}", 2)
        with db.transaction(house.database) as session:
            try:
                said = _said(house, session, leader, pause, until, delegate, again)
            except NotSo as wrong:
                stop(f"--{wrong.field}: {wrong}", 2)
            if pause or again or until is not None or delegate is not None:
                listeners.keep(session, said, house.now())
            for line in _lines(house, session, leader):
                click.echo(line)


def _said(
    house: Deployment, session: Session, leader: str, pause: bool, until: str | None, delegate: str | None, again: bool
) -> Listening:
    """How they listen from now on. Raises `NotSo`."""
    now, zone = house.now(), standing_in.zone_of(house.org, leader, house.zone)
    day = None if until is None else rules.day(until, now.astimezone(ZoneInfo(zone)).date())
    back = None if day is None else rules.begins(day, zone)
    said = rules.changed(listeners.get(session, leader), now, pause=pause, until=back, again=again)
    if delegate is None:
        return said
    away = standing_in.away(session, house.org)
    paused, name = rules.paused(away.listening, now), "" if delegate == NOBODY else delegate
    return replace(said, delegate=rules.chosen(house.org, leader, name, paused, away.unheard))


def _lines(house: Deployment, session: Session, leader: str) -> list[str]:
    away, now = standing_in.away(session, house.org), house.now()
    away = replace(away, listening={leader: Listening(leader=leader), **away.listening})
    able = rules.candidates(house.org, leader, rules.paused(away.listening, now), away.unheard)
    return [str(told.one(house, away, leader)["said"]), f"could read in their place: {', '.join(able) or 'nobody'}"]


COMMANDS = (listen,)
