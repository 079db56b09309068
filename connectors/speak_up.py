"""Speak up: what people write on Leafnotes' own page, who have no ticket to write anywhere.

Nothing is read from elsewhere: the page stores what is sent, and this class makes an issue of it, now and on every
replay. Who writes is asked for nothing, and nothing of them is kept that they did not write.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final, Self

from connectors.base import BadItem, Connector, Cursor, Page, Raw, SourceOptions, tags_for
from connectors.http import Http
from connectors.values import moment, text
from pipeline.clean import clean
from pipeline.issue import Issue, Role

ROLES: dict[str, Role] = {"staff": "staff", "customer": "customer"}


class SpeakUpOptions(SourceOptions):
    """No keys of its own: the page is reached by the address that `leafnotes speak` prints."""


class SpeakUp(Connector[SpeakUpOptions]):
    kind: ClassVar[str] = "speak-up"
    summary: ClassVar[str] = "what people write on Leafnotes' own page, anonymously if they wish"
    Options: ClassVar[type[SourceOptions]] = SpeakUpOptions

    @classmethod
    def open(cls, options: SpeakUpOptions, base_dir: Path) -> Self:
        return cls(options, Http("http://127.0.0.1"))

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        """Everything is stored the moment it is sent; there is nothing to fetch."""
        yield Page(items=[], cursor=cursor)

    def normalise(self, raw: Raw) -> Issue:
        key, said, created = text(raw.get("external_id")), text(raw.get("text")), moment(raw.get("created_at"))
        if key is None or said is None or created is None:
            raise BadItem("a note lacks its number, text or time")
        title, body = _parts(clean(said, "plain"))
        team = text(raw.get("team"))
        return Issue(
            source=self.options.name,
            external_id=key,
            title=title,
            body=body,
            url=None,
            created_at=created,
            updated_at=created,
            state="open",
            author=text(raw.get("author")),
            author_role=ROLES.get(str(raw.get("role")), "unknown"),
            group=team,
            tags=tags_for(self.options, [team]) | (frozenset() if raw.get("quote") is True else {"no-quote"}),
        )

    def known_as(self, raw: Raw) -> str | None:
        return text(raw.get("external_id"))

    def check(self) -> list[str]:
        return []

    def describe(self, cursor: Cursor) -> str:
        return "holds what was sent to its page"


LONGEST_TITLE: Final = 110
_SENTENCE: Final = re.compile(r"[^\n]*?[.!?](?=\s)|[^\n]+")


def _parts(said: str) -> tuple[str, str]:
    """The first sentence as a title, cut between words where it is long, and the whole as the body."""
    whole = said.strip()
    found = _SENTENCE.match(whole)
    title = found[0].strip() if found is not None else whole
    if len(title) > LONGEST_TITLE:
        title = title[:LONGEST_TITLE].rpartition(" ")[0] or title[:LONGEST_TITLE]
    return title, whole
