"""`leafnotes preview`: what leaders are shown of what will be quoted above them, and saying something in their name."""

import click

from pipeline import adding, periods, previewing
from pipeline.adding import Sayer
from pipeline.preview import NotAContext
from pipeline.store import db, previews
from workers.cli.base import deployment, engine, stop
from workers.cli.options import Global
from workers.wiring import Deployment


@click.command()
@click.argument("leader", required=False)
@click.option("--issue", metavar="SOURCE:ID", help="Whose words it is about.")
@click.option("--add", metavar="LINE", help="What LEADER adds to these words: one line, in place of the one before.")
@click.option("--take-back", is_flag=True, help="LEADER takes back what was added.")
@click.option(
    "--private", is_flag=True, help="LEADER says that these words are private: nobody is shown them any more."
)
@click.pass_obj
def preview(
    options: Global, leader: str | None, issue: str | None, add: str | None, take_back: bool, private: bool
) -> None:
    """What leaders are shown before it is quoted above them (`digest: {preview: 12h}`). For a leader who
    has no page, or cannot open it, you can say what they say, in their name.

    \b
    Examples:
      leafnotes preview
      leafnotes preview mara --issue support:55119 --add "Fixed on Thursday, for new invoices"
      leafnotes preview mara --issue support:55119 --private
    """
    wanted = (add is not None) + take_back + private
    if wanted > 1 or (wanted and (leader is None or issue is None)) or (issue is not None and not wanted):
        stop("say LEADER, --issue, and one of --add, --take-back and --private", 2)
    with deployment(options) as house:
        period = periods.last_ended(house.now(), house.zone).label
        if leader is None or issue is None:
            _list(house, period, leader)
            return
        runner, sayer = engine(house), Sayer(leader=leader, week=period, how="cli", at=house.now())
        try:
            with runner.transaction() as session:
                if add is not None:
                    adding.add(session, sayer, issue, add, house.house)
                elif take_back:
                    adding.take_back(session, sayer, issue, house.house)
                else:
                    adding.keep_back(session, sayer, issue, house.house)
        except NotAContext as error:
            stop(f"{error} `leafnotes preview` lists what is shown", 2)
        runner.drain()
        _list(house, period, leader)


def _list(house: Deployment, period: str, only: str | None) -> None:
    with db.reading(house.database) as session:
        leaders = sorted({row.leader for row in previews.shown(session, period)})
        found = [
            (leader, one, previews.added_by(session, period, leader).get(one.issue))
            for leader in leaders
            if only in (None, leader)
            for one in previewing.shown(session, period, leader, house.house)
        ]
    for leader, one, added in found:
        for reading in one.readings:
            state = "decided" if reading.decided else f"goes on {reading.at:%Y-%m-%d %H:%M} UTC"
            click.echo(f"{leader}  {one.issue}  for {reading.reader}, {state}")
        click.echo(f'    "{one.text}"')
        if added is not None:
            click.echo(f"    added: {added}")
    if not found:
        click.echo(f"nothing of {period} is shown")


COMMANDS = (preview,)
