"""`leafnotes`: each command reads its options, opens the deployment, calls the engine or a step, and prints.

Exit codes: 0 done, 1 something failed and was said, 2 wrong use.
"""

import os
import sys
from pathlib import Path

import click

from workers.cli import (
    access,
    answers,
    checking,
    connecting,
    corrections,
    data,
    demo,
    digests,
    erasing,
    listening,
    model,
    orgs,
    pains,
    previewing,
    processes,
    receiving,
    releasing,
)
from workers.cli.base import Global, Moment, quiet_logs


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leafnotes", prog_name="leafnotes")
@click.option(
    "--config",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("LEAFNOTES_CONFIG", "./leafnotes.d"),
    show_default="$LEAFNOTES_CONFIG or ./leafnotes.d",
    help="The directory with sources.yaml, org.yaml and settings.yaml.",
)
@click.option(
    "--as-of", type=Moment(), metavar="ISO8601", help='What "now" is for everything, e.g. 2026-09-21T09:00+01:00.'
)
@click.option("--verbose", "-v", is_flag=True, help="Say each decision on standard error, one structured line each.")
@click.pass_context
def main(context: click.Context, directory: Path, as_of: object, verbose: bool) -> None:
    """Leafnotes brings what hurts at the leaves of an organisation to the leaders who can act on it.

    \b
    First steps:
      leafnotes demo                       the whole job on a sample organisation, no services needed
      leafnotes init leafnotes.d           a commented configuration to start from
      leafnotes check                      every problem in it, with file and line
      leafnotes run --once                 pull, classify, route, compose what is due, send
      leafnotes digest --week 2026-W38 --out digests
    """
    quiet_logs(verbose)
    context.obj = Global(directory=directory, as_of=as_of)  # type: ignore[arg-type]


for module in (
    demo,
    checking,
    connecting,
    data,
    model,
    orgs,
    pains,
    digests,
    releasing,
    answers,
    corrections,
    previewing,
    receiving,
    listening,
    access,
    erasing,
    processes,
):
    for command in module.COMMANDS:
        main.add_command(command)

if __name__ == "__main__":
    sys.exit(main())
