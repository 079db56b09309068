"""Commands that print signed links to pages: to sign in, and for whoever wrote an issue."""

from datetime import timedelta

import click

from pipeline import access as rules
from pipeline.links import LIFE, Links
from pipeline.store import db, issues
from workers.cli.base import deployment, stop
from workers.cli.options import Global
from workers.wiring import Deployment


@click.command()
@click.argument("person")
@click.option("--role", type=click.Choice(["operator"]), help="See everything, private issues too.")
@click.option("--days", type=click.IntRange(1, LIFE.days), default=7, show_default=True, help="How long it is good.")
@click.pass_obj
def access(options: Global, person: str, role: str | None, days: int) -> None:
    """Print a link with which PERSON (an id of org.yaml) signs in to the web pages. Give it to nobody else.

    A leader sees the issues of everything below them, a member those of their own leaf, an operator everything. What
    they may see follows org.yaml at each request.

    \b
    Examples:
      leafnotes access ines
      leafnotes access ines --role operator --days 30
    """
    with deployment(options, migrate=False) as house:
        links = _links(house)
        if person not in house.org.people:
            stop(f"nobody in org.yaml has the id {person!r}", 2)
        if rules.reader(house.org, person, operator=role is not None) is None:
            stop(f"{person} leads no team and belongs to none: there is nothing to see; add `team:` in org.yaml", 2)
        life = timedelta(days=days)
        click.echo(links.to("sign-in", reader=person, about=role or "", made_at=house.now(), life=life))


@click.command()
@click.argument("issue")
@click.pass_obj
def quoted(options: Global, issue: str) -> None:
    """Print a link for whoever wrote ISSUE: was I quoted, why, and what was answered. It is good for 30 days.

    \b
    Example:
      leafnotes quoted support:55119
    """
    with deployment(options) as house:
        links = _links(house)
        with db.reading(house.database) as session:
            key = issues.find(session, issue)
        if key is None:
            stop(f"no stored issue is called {issue!r}; `leafnotes issues` lists them as source:external_id", 2)
        name = f"{key[0]}:{key[1]}"
        click.echo(links.to("quoted", reader=name, about=name, made_at=house.now()))


def _links(house: Deployment) -> Links:
    house.require_secret_key()
    if house.links is None:
        stop("LEAFNOTES_PUBLIC_URL is not set: links need the address at which the web pages are reached")
    return house.links


COMMANDS = (access, quoted)
