"""The contract between a source and the core.

A connector is one small class in one file. It turns pages of its source into raw items, and a raw item into one of our
values. It knows nothing of the database, of the queue, or of what happens next: the core owns storing, cursors,
de-duplication, quarantine and the archive.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, Literal, Protocol, Self, TypeVar, runtime_checkable

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field
from pydantic import Tag as Form

from connectors.errors import BadItem, SourceError
from connectors.http import Http
from connectors.profile import SourceProfile
from connectors.values import field_marks
from pipeline.issue import Gone, Issue, Remark, Tag

__all__ = [
    "BadItem", "Connector", "Cursor", "Page", "Raw", "SourceError", "SourceOptions", "Writer", "tags_for",
]  # fmt: skip

Raw = Mapping[str, Any]
"""One item as the source gave it; JSON values only."""
Cursor = Mapping[str, Any]
"""Where to go on, opaque to the core; JSON values only. An empty mapping is the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some raw items and the cursor that is safe once they are stored.

    `problems` are items that could not even be read (a broken line): (what it was, why). They are set aside with their
    reason like items that `normalise` refuses.
    """

    items: Sequence[Raw]
    cursor: Cursor
    problems: Sequence[tuple[str, str]] = field(default=())
    read_to: datetime | None = None
    """The source is read up to this moment once this page is stored; None: up to now, when the pull ends."""
    restarts: Sequence[str] = field(default=())
    """Parts of the source (files) that are read again from their start, or are gone: what was set aside of them,
    called `part:...`, counts no more."""


Readers = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


def _form(value: Any) -> str:
    return "projects" if isinstance(value, dict) else "readers"


def _somebody(value: Any) -> Any:
    """A key whose names are all commented out must not open everything."""
    if value is None or value == {}:
        raise ValueError("names nobody; write the ids of people and teams, or remove the key")
    return value


Narrowing = Annotated[
    Annotated[Readers, Form("readers")] | Annotated[dict[str, Readers], Form("projects")], Discriminator(_form)
]
EVERY_OTHER = "*"
"""In place of a project: all that are not named."""


class SourceOptions(BaseModel):
    """The keys that every source has in sources.yaml; a connector adds its own in a subclass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="how digests, org.yaml and commands call it")
    kind: str = Field(description="the connector, see `leafnotes connectors`")
    poll: str = Field(default="10m", pattern=r"^[1-9][0-9]*[smhd]$", description="how often to look: 90s, 10m, 6h, 1d")
    answers: Literal["off", "try", "post"] = Field(
        default="off",
        description="what becomes of leaders' answers: nothing, a list of what would be posted, or comments",
    )
    tags: dict[Tag, list[str]] = Field(
        default_factory=dict,
        description="which labels, priorities or fields mean what, see docs/connectors/tags.md",
    )
    visible_to: Annotated[Narrowing | None, BeforeValidator(_somebody)] = Field(
        default=None,
        description="ids of the people and teams who alone may see its issues; or such a list for each project",
    )

    @property
    def narrowed(self) -> Mapping[str, Sequence[str]]:
        """Who alone may see the issues of each project; `EVERY_OTHER` stands for those that are not named."""
        if isinstance(self.visible_to, list):
            return {EVERY_OTHER: self.visible_to}
        return self.visible_to or {}


def utc_now() -> datetime:
    return datetime.now(UTC)


Own = TypeVar("Own", bound=SourceOptions)


class Connector(ABC, Generic[Own]):
    """One source kind. Instances are cheap, hold no state between calls, and are made anew for each pull."""

    kind: ClassVar[str]
    summary: ClassVar[str]
    """One line for `leafnotes connectors`."""
    Options: ClassVar[type[SourceOptions]]
    profile: ClassVar[SourceProfile | None] = None
    """What the source promises, where it is a list of changes."""
    dialect: ClassVar[str] = ""
    """`package.module:Class` of the kit's fake of this source, see `connectors.kit.dialect`."""
    clock: Callable[[], datetime] = staticmethod(utc_now)

    def __init__(self, options: Own, http: Http) -> None:
        self.options = options
        self.http = http

    @classmethod
    @abstractmethod
    def open(cls, options: Own, base_dir: Path) -> Self:
        """A connector ready to use. `base_dir` is where relative paths of the options begin."""

    def close(self) -> None:
        """Let connections go."""

    @abstractmethod
    def pull(self, cursor: Cursor) -> Iterator[Page]:
        """Everything that changed at or after the cursor, oldest first; raises `SourceError`."""

    @abstractmethod
    def normalise(self, raw: Raw) -> Issue | Remark | Gone | None:
        """One of our values for a raw item, None for what is not an issue. Pure: it runs again on the archive, and
        not for an item that came again as it was.

        Raises `BadItem` when the item lacks what an issue needs.
        """

    def known_as(self, raw: Raw) -> str | None:
        """What a person looks for where this item had to be set aside: its key, or file:line; no two have the same.

        None where it cannot be told. A `RestConnector` asks for the comments of items that have one only.
        """
        return None

    @classmethod
    def webhook(cls, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
        """The unique id of a genuine delivery, the same when it is sent again; None for anything else.

        Header names are in lower case. `secrets` are all that are valid now: two while one is exchanged for another.
        Only called for sources that have `webhook_secrets`.
        """
        return None

    def check(self) -> list[str]:
        """Problems an operator should know, each a sentence with its remedy. Asks the source."""
        return []

    def census(self) -> Iterator[str] | None:
        """external_ids of everything that still exists, or None where the source cannot say."""
        return None

    def covers(self, external_id: str) -> bool:
        """Whether a census of today would name this issue if it existed (not so when its project is no longer read)."""
        return True

    def probe(self, external_id: str) -> Literal["exists", "deleted", "transferred"] | None:
        """What became of one issue that a census no longer names: anything but "exists" has it marked as gone.

        None where the source cannot say, and then its absence counts as a deletion.
        """
        return None

    def describe(self, cursor: Cursor) -> str:
        """The cursor in an operator's words."""
        return ", ".join(f"{key} {value}" for key, value in cursor.items()) or "at the beginning"


@runtime_checkable
class Writer(Protocol):
    """What a connector adds that can post leaders' answers where its issues live."""

    def answered(self, external_id: str, mark: str) -> bool:
        """Whether a comment that holds this mark stands at an issue: asked before each `answer`, so that one that was
        posted just before a crash is not posted again."""

    def answer(self, external_id: str, text: str, mark: str) -> None:
        """Post a leader's answer as a comment that holds the mark. Raises `SourceError`."""


def tags_for(options: SourceOptions, marks: Iterable[str | None], fields: object = None) -> frozenset[Tag]:
    """The tags that labels, priorities or kinds mean by this source's `tags`, ignoring case; None marks nothing.

    `fields` are custom fields as the source gives them; each is the mark "name=value".
    """
    if not options.tags:
        return frozenset()
    have = {mark.casefold() for mark in (*marks, *field_marks(fields)) if mark}
    return frozenset(tag for tag, names in options.tags.items() if any(name.casefold() in have for name in names))
