"""Org charts from where they live: each kind a pure function from texts to a `Chart`; nothing here opens a file."""

from collections.abc import Callable, Mapping
from typing import Final

from config.charts.backstage import backstage
from config.charts.chart import Chart, File
from config.charts.github import github
from config.charts.ldif import ldif
from config.charts.people_csv import people_csv
from config.charts.scim import scim

READERS: Final[Mapping[str, Callable[[list[File]], Chart]]] = {
    "csv": people_csv,
    "scim": scim,
    "ldif": ldif,
    "backstage": backstage,
    "github": github,
}
"""By kind. None of them raises for what is in a text: it is read as far as it can be, and `problems` say the rest."""

__all__ = ["READERS", "Chart", "File"]
