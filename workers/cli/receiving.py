"""`leafnotes receive`: what comes back by mail, from a pipe, a file or a folder."""

import mailbox
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from pipeline import receiving
from pipeline.returned import LARGEST
from pipeline.store import returned
from workers.cli.base import deployment, engine, stop
from workers.cli.options import Global

TEMPORARY = 75
"""EX_TEMPFAIL: what tells a mail server to keep a mail and to pipe it again later."""


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE ...|-]", type=click.Path(path_type=Path))
@click.option("--clear", metavar="LEADER", help="Mails reach this leader again: what waits for them is sent.")
@click.option("--list", "as_list", is_flag=True, help="What waits for a person, with its words.")
@click.option("--seen", type=int, metavar="ID", help="A person has read this one of the list.")
@click.pass_obj
def receive(options: Global, files: tuple[Path, ...], clear: str | None, as_list: bool, seen: int | None) -> None:
    """Take in mails that came back: replies that are answers, bounces, automatic replies.

    Each FILE is one mail, an mbox, or a folder (a Maildir, or mails as files); - is one mail from standard input, for a
    pipe of your mail server (it is told to try again where the database is away). A mail that came before changes
    nothing. What is no answer waits for a person and is in `leafnotes status`. docs/mail.md says how to set this up.

    \b
    Examples:
      leafnotes receive - < mail.eml
      leafnotes receive Maildir
      leafnotes receive --list
      leafnotes receive --clear kit
    """
    if not files and clear is None and seen is None and not as_list:
        stop("name a FILE, - for standard input, --clear, --list or --seen", 2)
    if missing := [str(path) for path in files if str(path) != "-" and not path.exists()]:
        stop(f"there is no {', '.join(missing)}", 2)
    try:
        _receive(options, files, clear, as_list, seen)
    except SystemExit as ended:
        raise SystemExit(TEMPORARY if ended.code == 1 and Path("-") in files else ended.code) from None
    except Exception as error:  # the mail must not be lost, whatever went wrong here
        if Path("-") not in files:
            raise
        stop(f"not received: {type(error).__name__}", TEMPORARY)


def _receive(options: Global, files: Sequence[Path], clear: str | None, as_list: bool, seen: int | None) -> None:
    with deployment(options) as house:
        runner = engine(house)
        for path in files:
            for data in _mails(path):
                taken = runner.receive(data)
                whose = f" of {taken.leader}" if taken.leader else ""
                click.echo(f"{taken.what}{whose}{': ' + taken.reason if taken.reason else ''}")
        with runner.transaction() as session:
            if clear is not None:
                if clear not in house.org.leaders:
                    stop(f"{clear!r} leads no team; leaders are {', '.join(house.org.leaders)}", 2)
                count = returned.clear(session, clear, house.now())
                click.echo(f"{clear}: {count} bounce(s) cleared; what waits is sent by the next run")
            if seen is not None and not returned.settle(session, seen, house.now()):
                stop(f"nothing with the number {seen} waits to be read; --clear LEADER ends bounces", 2)
            for row in returned.waiting(session) if as_list else ():
                click.echo(f"{row.id} {row.at:%Y-%m-%d %H:%M} {receiving.line(row)}")
                click.echo("".join(f"    {line}\n" for line in row.excerpt.splitlines()), nl=False)


def _mails(path: Path) -> Iterator[bytes]:
    """Every mail of a file or folder. A pipe brings exactly one, with or without the line that an mbox begins with."""
    if str(path) == "-":
        data = sys.stdin.buffer.read(LARGEST)
        while sys.stdin.buffer.read(LARGEST):
            pass  # a mail server that cannot write all of a mail takes it for undelivered
        yield data.partition(b"\n")[2] if data.startswith(b"From ") else data
    elif path.is_dir():
        folders = [path / "new", path / "cur"] if (path / "cur").is_dir() else [path]
        for file in sorted(one for folder in folders if folder.is_dir() for one in folder.iterdir() if one.is_file()):
            yield _beginning(file)
    elif _beginning(path, 5) == b"From ":
        box = mailbox.mbox(path, create=False)
        try:
            for key in box.iterkeys():
                yield box.get_bytes(key)
        finally:
            box.close()
    else:
        yield _beginning(path)


def _beginning(path: Path, size: int = LARGEST) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


COMMANDS = (receive,)
