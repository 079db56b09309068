"""`leafnotes demo`: the whole job on the bundled sample organisation."""

import shutil
import time
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

import click

from pipeline import periods
from pipeline.store import db, digests, issues, registry
from workers.cli.base import Global, command_name, deployment, engine

AS_OF = datetime.fromisoformat("2026-09-21T12:00:00+01:00")
"""The Monday after the sample's last week, when every leader's digest is due."""


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="leafnotes-demo",
    show_default=True,
    help="Becomes a working deployment: configuration, database, digests.",
)
@click.pass_obj
def demo(options: Global, out: Path) -> None:
    """The whole job on the sample organisation Fernhill: no services, no network. A second run is harmless.

    \b
    Example:
      leafnotes demo --out /tmp/fernhill
    """
    started = time.monotonic()
    _copy_sample(out)
    as_of = options.as_of or AS_OF
    with deployment(Global(directory=out, as_of=as_of)) as house:
        click.echo(f"Fernhill, as of {as_of:%a %d %b %Y %H:%M}. Reading {len(house.sources)} sources ...")
        runner = engine(house)
        runner.run_once()
        period = periods.last_ended(house.now(), house.zone)
        folder = out / "digests" / period.label
        with db.transaction(house.database) as session:
            stored, aside = issues.count(session), len(issues.quarantined(session, limit=1000))
            pains, counts = len(registry.current(session)), digests.counts(session, period.label)
        click.echo(f"{stored} issues stored, {aside} set aside, {pains} pains in the registry")
        click.echo(
            f"{counts.get('composed', 0)} digests for week {period.label}, {counts.get('held', 0)} held by a gate"
        )
        click.echo(
            f"Done in {time.monotonic() - started:.1f} s. Open one of these in a browser, or read the .txt beside it:"
        )
        for leader in ("ines", "mara", "dele"):
            page = folder / f"{leader}.html"
            if page.exists():
                click.echo(f"  {page}")
        click.echo(f"All of them are in {folder}. Look around:")
        click.echo(f"  {command_name()} --config {out} explain support:55119")
        click.echo(f"  {command_name()} --config {out} issues --side developer")
        if counts.get("held") or not counts.get("composed"):
            raise SystemExit(1)


def _copy_sample(out: Path) -> None:
    """The sample's files, over those of an earlier demo; anything else that lies there is left alone."""
    out.mkdir(parents=True, exist_ok=True)
    with as_file(files("config") / "sample") as sample:
        for source in sorted(sample.iterdir()):
            if source.is_file():
                shutil.copyfile(source, out / source.name)


COMMANDS = (demo,)
