"""`leafnotes`: each command reads its options, opens the deployment, calls the engine or a step, and prints.

Exit codes: 0 done, 1 something failed and was said, 2 wrong use.
"""

import errno
import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from workers.cli.options import Global, Moment, quiet_logs

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "access": ("access", "Print a link with which PERSON (an id of org.yaml) signs in to the web pages."),
    "answers": ("answers", "What leaders answered, at how many issues it was told, and what `answers:..."),
    "audit": ("erasing", "What was decided, by whom, in which role, and which mails were handed over."),
    "backfill": ("connecting", "Fetch the history of SOURCE: all of it, or what changed since a moment, open..."),
    "backup": ("processes", "A whole copy of the SQLite database, while everything runs."),
    "beat": ("processes", "A metronome: it asks for a look at what is due, every 15 seconds."),
    "check": ("checking", "Every problem in the configuration, the org chart, sources, mail, database..."),
    "classify": ("data", "Decide developer pain, customer pain or none."),
    "connector": ("connecting", "Test a connector against a hostile fake of its source, or begin a new one."),
    "connectors": ("checking", "The kinds of sources, their options, and what they can do."),
    "corrections": ("corrections", "What readers of leaf notes said is not right: quotations withdrawn, issues..."),
    "demo": ("demo", "The whole job on the sample organisation Fernhill: no services, no network."),
    "digest": ("digests", "Write LEADER.txt, LEADER.html and LEADER.json for every leader: what would be..."),
    "escalate": ("data", "Have an issue go to a leader now, whatever its text says."),
    "explain": ("data", "Why an issue got its verdict, its leaf and its pain."),
    "forget": ("erasing", "Erase a person."),
    "health": ("processes", "Whether work can be done: exit code 0, or 1 and what is wrong."),
    "init": ("checking", "Write a commented configuration into DIRECTORY."),
    "issues": ("data", "Everything that is stored, private issues too: this is the operator's own tool."),
    "label": ("data", "Say what an issue is."),
    "listen": ("listening", "How LEADER (an id of org.yaml) listens: what they say themselves on the page..."),
    "migrate": ("processes", "Bring the database to this version."),
    "model": ("model", "What the classifier learned from people (versions, rollback), and how it is..."),
    "org": ("orgs", "The org chart: import it from where it lives, look at it, and see who would..."),
    "pains": ("pains", "The pains: list them, see which may be one or two, and merge, split or rename..."),
    "preview": ("previewing", "What leaders are shown before it is quoted above them (`digest: {preview:..."),
    "pull": ("data", "Fetch what changed, now, from all sources or from the named ones."),
    "quoted": ("access", "Print a link for whoever wrote ISSUE: was I quoted, why, and what was answered."),
    "receive": ("receiving", "Take in mails that came back: replies that are answers, bounces, automatic..."),
    "release": ("releasing", "Send leaf notes that wait for your word, or refuse to; without arguments,..."),
    "replay": ("data", "Normalise the archived raw pages of a source again, without asking it."),
    "run": ("processes", "The whole loop in one process: pull, classify, assign, compose what is due,..."),
    "sources": ("connecting", "How far each source was read, in words; and moving a cursor back."),
    "speak": ("answers", "The address of the page on which anybody can say what hurts, anonymously if..."),
    "status": ("processes", "Sources and their lag, backlog, due against sent, last errors, and what waits..."),
    "web": ("processes", "The web server: pages for leaders, engineers, operators and authors; webhooks..."),
    "worker": ("processes", "A Celery worker."),
}  # fmt: skip
"""Name to the module that has it, and how its help begins: `--help` tells them all and imports none."""


@contextmanager
def _kept() -> Iterator[None]:
    """What is imported stays until the process ends: the garbage collector need not look through it, now or later."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collects:
            gc.enable()


class _Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            with _kept():
                module = import_module(f"workers.cli.{COMMANDS[cmd_name][0]}")
            for command in module.COMMANDS:
                self.add_command(command)
        return self.commands.get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """A full disk, a folder that cannot be made or bytes that are no text are said in a sentence."""
        given = tuple(ctx.args)
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno in (None, errno.EPIPE):  # a library's own error; or nobody reads on, which click knows
                raise
            where = error.filename2 or error.filename  # of a copy its target
            raise click.ClickException(f"{where}: {error.strerror}" if where else str(error.strerror)) from error
        except UnicodeEncodeError as error:
            if not any(error.object in argument for argument in given):
                raise
            raise click.UsageError(f"{error.object!r} is not UTF-8") from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        room = formatter.width - 6 - max(map(len, COMMANDS))
        said = [(name, click.Command(name, help=says).get_short_help_str(room)) for name, (_, says) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(said)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leafnotes", prog_name="leafnotes")
@click.option(
    "--config",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("LEAFNOTES_CONFIG", "").strip() or "./leafnotes.d",
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


if __name__ == "__main__":
    sys.exit(main())
