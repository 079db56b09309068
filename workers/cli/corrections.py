"""`leafnotes corrections`: what readers of leaf notes said is not right, and ending it."""

import click

from pipeline import correcting
from pipeline.objections import NotACorrection
from pipeline.store import db
from pipeline.store import objections as store
from workers.cli.base import deployment, engine, say_json, stop
from workers.cli.options import Global, decided_by


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a correction.")
@click.option("--all", "every", is_flag=True, help="Those that count no more too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many, newest first.")
@click.option(
    "--take-back", type=int, metavar="ID", help="It counts no more: words are quoted again, an issue goes back."
)
@click.option("--done", type=int, metavar="ID", help="You decided about the proposal.")
@decided_by()
@click.pass_obj
def corrections(
    options: Global, as_json: bool, every: bool, limit: int, take_back: int | None, done: int | None, by: str
) -> None:
    """What readers of leaf notes said is not right: quotations withdrawn, issues moved, pains that may be one or two,
    hypotheses that are not so. Sides that they corrected are in `leafnotes label --list`.

    \b
    Example:
      leafnotes corrections --take-back 7
    """
    number = take_back if take_back is not None else done
    if number is not None:
        _end(options, number, "taken back" if take_back is not None else "done", by)
        return
    with deployment(options) as house, db.reading(house.database) as session:
        titles = correcting.titles_of(session)
        found = store.latest(session, limit, standing=not every)
        for one in found:
            if as_json:
                say_json(
                    {
                        "schema": 1,
                        "id": one.id,
                        "what": one.what,
                        "by": one.by,
                        "given_by": one.given_by,
                        "how": one.how,
                        "at": one.at,
                        "period": one.period or None,
                        "pain": one.pain,
                        "issue": one.issue,
                        "said": one.said or None,
                        "to": one.to,
                        "was": one.was,
                        "why": one.why or None,
                        "ended": one.ended,
                    }
                )
            else:
                over = f" [{one.ended}]" if one.ended else ""
                click.echo(
                    f"{one.id:4}  {one.at:%Y-%m-%d}  {correcting.teller(one)}: {correcting.told(one, titles)}{over}"
                )
        if as_json:
            return
        for line in correcting.proposed_claims(session):
            click.echo(f"org.yaml  {line}")
        if not found:
            click.echo("no reader has corrected anything")


def _end(options: Global, number: int, ended: str, by: str) -> None:
    with deployment(options) as house:
        runner = engine(house)
        try:
            with runner.transaction() as session:
                one = correcting.take_back(session, number, ended, by, house.now())
                said = correcting.told(one, correcting.titles_of(session))
        except NotACorrection as error:
            stop(f"{error} `leafnotes corrections` lists them", 2)
        runner.drain()
        click.echo(f"{ended}: {said}")


COMMANDS = (corrections,)
