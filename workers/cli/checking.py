"""Commands that look before anything runs: init, check, connectors."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from workers.cli.base import say_json, stop
from workers.cli.options import Global
from workers.wiring import NoConnector, connector_for, kind_names


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Write a commented configuration into DIRECTORY. Files that are there are never overwritten.

    \b
    Example:
      leafnotes init leafnotes.d
    """
    directory.mkdir(parents=True, exist_ok=True)
    there = [name for name in ("sources.yaml", "org.yaml", "settings.yaml") if (directory / name).exists()]
    if there:
        stop(f"{directory} already has {', '.join(there)}; choose another directory, or remove them first")
    example = files("config") / "example"
    texts = {directory / entry.name: entry.read_bytes() for entry in example.iterdir() if entry.name.endswith(".yaml")}
    try:
        for path, text in sorted(texts.items()):
            path.write_bytes(text)
    except BaseException:  # half of them would refuse the next try
        for path in texts:
            path.unlink(missing_ok=True)
        raise
    for path in sorted(texts):
        click.echo(f"wrote {path}")
    click.echo(f"Edit them, then: leafnotes --config {directory} check")


@click.command()
@click.option("--offline", is_flag=True, help="Do not ask sources, mail server, database or broker.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a problem.")
@click.pass_obj
def check(options: Global, offline: bool, as_json: bool) -> None:
    """Every problem in the configuration, the org chart, sources, mail, database and broker: all of them, one a line.

    Exit code 1 if there is any error; warnings and notes alone leave it at 0.

    \b
    Examples:
      leafnotes check
      leafnotes check --offline
    """
    from workers.checks import every_problem

    if not options.directory.is_dir():
        stop(f"{options.directory} is not a directory; `leafnotes init {options.directory}` makes one", 2)
    found = every_problem(options.directory, options.as_of, offline=offline)
    for finding in found:
        if as_json:
            say_json({"level": finding.level, "where": finding.where, "message": finding.message})
        else:
            click.echo(f"{finding.where}: {finding.level}: {finding.message}")
    errors = sum(finding.level == "error" for finding in found)
    if errors:
        raise SystemExit(1)
    if not as_json:
        click.echo("no errors" + (f", {len(found)} warning(s) or note(s)" if found else ""))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, one kind a line.")
def connectors(as_json: bool) -> None:
    """The kinds of sources, their options, and what they can do.

    \b
    Example:
      leafnotes connectors --json
    """
    broken = False
    for kind in kind_names():
        try:
            connector = connector_for(kind)
        except NoConnector as error:
            broken = True
            click.echo(f"{error}. {error.remedy}", err=True)
            continue
        options = _options(connector)
        if as_json:
            say_json({"kind": kind, "summary": connector.summary, "options": options})
            continue
        click.echo(f"{kind}: {connector.summary}")
        for option in options:
            need = "required" if option["required"] else f"default {option['default']}"
            click.echo(f"    {option['name']:14} {option['description'] or ''} ({need})")
    if broken:
        raise SystemExit(1)


def _options(connector: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": field.alias or name,
            "description": field.description,
            "required": field.is_required(),
            "default": None if field.is_required() else str(field.get_default(call_default_factory=True)),
        }
        for name, field in connector.Options.model_fields.items()
    ]


COMMANDS = (init, check, connectors)
