"""A row of bars for the weeks of a pain, drawn as SVG, with the words and the table that say the same.

Only numbers that a digest may print come in; a week without one is drawn as a dash and never as nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 340
HEIGHT: Final = 130
FLOOR: Final = 108
"""Where the bars stand; below it are the names of weeks."""
TALLEST: Final = 84
LABELLED: Final = 8
"""Up to so many bars each has its number and its week written to it."""

Weeks = Sequence[tuple[str, int | None]]
"""(week, number of people, None where it may not be shown)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    middle: float
    week: str
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`id` makes the names of its parts unique on a page."""

    id: str
    title: str
    said: str
    weeks: tuple[tuple[str, int | None], ...]
    bars: tuple[Bar, ...]

    @property
    def labelled(self) -> bool:
        return len(self.bars) <= LABELLED


def chart(name: str, title: str, weeks: Weeks) -> Chart | None:
    """None where no number of any week may be shown."""
    shown = [(week, number) for week, number in weeks if number is not None]
    if not shown:
        return None
    most = max(number for _, number in shown)
    first, last = shown[0], shown[-1]
    said = f"{first[1]} in {first[0]}" + (f", {last[1]} in {last[0]}; {most} at most" if len(shown) > 1 else "")
    missing = len(weeks) - len(shown)
    more = f" {missing} {'week has' if missing == 1 else 'weeks have'} no number that may be shown." if missing else ""
    step = WIDTH / len(weeks)
    bars = tuple(_bar(at * step, step, week, number, most) for at, (week, number) in enumerate(weeks))
    return Chart(id=name, title=title, said=f"{said}.{more}", weeks=tuple(weeks), bars=bars)


def _bar(left: float, step: float, week: str, number: int | None, most: int) -> Bar:
    width = min(0.7 * step, 40.0)
    height = TALLEST * (number or 0) / max(most, 1)
    middle = left + step / 2
    return Bar(
        x=round(middle - width / 2, 1),
        y=round(FLOOR - height, 1),
        width=round(width, 1),
        height=round(height, 1),
        middle=round(middle, 1),
        week=week.partition("-")[2] or week,
        number=number,
    )
