"""No surprises: who sees before sending which words of their area will be quoted above them, and what they may add.

They may add a line, and may not take words out because they are uncomfortable. Pure: `previewing` reads and keeps.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.digest import passages, words
from pipeline.digest.document import Document
from pipeline.digest.material import Material
from pipeline.org import Org

LONGEST: Final = 200
"""Letters of what a leader adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Words of an issue ("source:external_id") that the digest of `reader` will quote, shown to `leader` before."""

    reader: str
    leader: str
    issue: str
    text: str


class NotAContext(ValueError):
    """What cannot stand beside a quotation; the message says how to say it."""


def child(org: Org, reader: str, leaf: str | None, heard_by: Iterable[str]) -> str | None:
    """The leader nearest to an issue's leaf who lies below `reader` and is somebody else; of an issue that reaches the
    reader through a team that hears it, the one nearest to that team. None: nobody stands between."""
    for start in (leaf or org.fallback, *heard_by):
        path = org.up(start)
        leads = [org.teams[team].leader for team in path]
        if reader in leads:
            below = leads[: len(leads) - leads[::-1].index(reader)]
            return next((one for one in below if one in org.people and one != reader), None)
    return None


def foreseen(documents: Iterable[Document], material: Material, org: Org) -> Iterator[Foreseen]:
    """What each of these documents quotes from the area of a leader below its reader."""
    voices = {voice.key: voice for voice in (*(stuck.first for stuck in material.stuck), *material.voices)}
    for document in documents:
        for quote in document.quotations():
            voice = voices[quote.issue]
            leader = child(org, document.leader, voice.leaf, voice.heard_by)
            if leader is not None:
                yield Foreseen(reader=document.leader, leader=leader, issue=quote.issue, text=quote.text)


def line(text: str, names_somebody: Callable[[str], bool]) -> str:
    """What a leader adds, as it is kept: one line in which nothing acts, points elsewhere or names anybody.

    Raises `NotAContext`.
    """
    said = words.printable(text)
    if not said:
        raise NotAContext("Write a line, or take it back.")
    if len(said) > LONGEST:
        raise NotAContext(f"Say it in {LONGEST} letters; these are {len(said)}.")
    if words.LINKISH.search(said) or "@" in said or passages.planted(said) or "<" in said:
        raise NotAContext("Write it without addresses and links.")
    if names_somebody(said):
        raise NotAContext("Write it without naming anybody.")
    if words.BLAMING.search(said):
        raise NotAContext("Tell what happened around it, and judge nobody.")
    return said


def is_fit(text: str, names_somebody: Callable[[str], bool]) -> bool:
    """Whether a line may still stand as it was kept: who works here may have changed since."""
    try:
        return line(text, names_somebody) == text
    except NotAContext:
        return False


def gone(rows: Sequence[Foreseen], drafted: Iterable[str], fresh: Sequence[Foreseen]) -> list[Foreseen]:
    """Of what was shown for these readers what their drafts quote no longer, or quote in other words."""
    readers, now = set(drafted), set(fresh)
    return [row for row in rows if row.reader in readers and row not in now]
