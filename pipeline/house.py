"""What composing, escalating and delivering need to know of the deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pipeline import periods
from pipeline.check_in import Asking
from pipeline.escalate import Ladder
from pipeline.issue import Period
from pipeline.links import Links
from pipeline.org import Org
from pipeline.return_path import ReturnPath
from pipeline.workdays import REGULAR, Workdays


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One deployment as the steps see it."""

    name: str
    org: Org
    kinds: Mapping[str, str]
    sender: str
    domain: str
    links: Links | None = None
    """None: mails carry no links, and say to reply."""
    workdays: Workdays = REGULAR
    returns: ReturnPath | None = None
    """None: what comes back by mail goes to the sender, and is not ours to read."""
    answering: Mapping[str, str] = field(default_factory=dict)
    """What becomes of leaders' answers, by source: off, try or post."""
    zone: str = "UTC"
    language: str = "en"
    """Of mails to those who have none of their own."""

    def speaks(self, leader: str) -> str:
        """The language of a leader's mails."""
        person = self.org.people.get(leader)
        return person.language if person is not None and person.language else self.language

    ladder: Ladder = field(default_factory=Ladder)
    check_in: Asking | None = None
    """None: nobody is asked how their week was."""
    by_hand: int | Literal["always"] = 0
    """How many of the first weeks an operator releases by hand."""
    sends: tuple[str, int] = ("monday", 9)
    """The day of the week and the hour, in the zone of each leader."""
    sending_days: Workdays = REGULAR
    """The days on which digests are sent: those that are worked, and the weekday that was asked for outside of them."""
    preview: timedelta = timedelta()
    """How long before sending leaders see what will be quoted from their area; nothing: they do not."""

    def waits(self, weeks: int) -> bool:
        """Whether the digests of a week wait for an operator, when `weeks` were decided before it."""
        return self.by_hand == "always" or weeks < self.by_hand

    def zone_of(self, leader: str) -> str:
        person = self.org.people.get(leader)
        return person.timezone if person is not None and person.timezone else self.zone

    def due(self, period: Period, leader: str) -> datetime:
        """When this leader gets the digest of a period: on a day on which they work."""
        (day, hour), path = self.sends, self.org.home(leader)
        return periods.due(period, day, hour, self.zone_of(leader), lambda one: self.sending_days.works(one, path))
