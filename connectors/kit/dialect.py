"""How the kit speaks for one source: its requests understood, its answers in the source's own shape.

One small class a source. It answers honestly from the kit's `World`; the cases put the trouble in front of it.
"""

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar, Literal, TypeVar

from connectors.kit.world import Ticket, World

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the fake received it; `query` has the last value of each name, header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")


@dataclass(frozen=True, slots=True)
class Response:
    """`data` is sent as JSON; `raw`, where given, is sent as it stands."""

    data: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def body(self) -> bytes:
        return json.dumps(self.data).encode() if self.raw is None else self.raw

    def but(self, **change: Any) -> "Response":
        return replace(self, **change)


class Dialect(ABC):
    """A source's API over a `World`. `url` is where the fake listens; `secret` the credential that it accepts now."""

    protocol: ClassVar[Literal["http", "imap"]] = "http"
    without: ClassVar[Mapping[str, str]] = {}
    """Case -> why it cannot apply to this source ("K6": "pages are asked by time, there are no tokens")."""
    lag: ClassVar[timedelta | None] = None
    """How late a change becomes visible at this source; None: as late as the profile says, unchecked."""
    signs_time: ClassVar[bool] = False
    """Whether a webhook's signature covers when it was sent, so that an old one is known as such."""
    proved: ClassVar[str] = "only our own fake"
    """What this connector was tested against beyond the kit: a real server, a recording, a vendor's description."""
    withholds: ClassVar[timedelta] = timedelta(0)
    """How long the source keeps a change back before any list shows it; so much time passes before each pull."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.secret = "kit-secret-1"  # noqa: S105

    @abstractmethod
    def options(self) -> Mapping[str, Any]:
        """The source's keys in sources.yaml besides name and kind, `base_url` and the credential among them.

        Where the connector has `per_page`, it is 5: the kit's ties are larger than a page.
        """

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """The honest answer. 404 for a path that this source does not have."""

    @abstractmethod
    def external_id(self, ticket: Ticket) -> str:
        """What the connector must call this ticket."""

    @abstractmethod
    def is_list(self, request: Request) -> bool:
        """Whether a page of changed tickets is asked for."""

    @abstractmethod
    def accepts(self, request: Request) -> bool:
        """Whether the request carries `secret` in the way this source wants it."""

    def rows(self, response: Response) -> list[Any]:
        """The ticket objects in a list answer, so that the kit can spoil them in place."""
        data = response.data
        if isinstance(data, list):
            return data
        return next((v for v in data.values() if isinstance(v, list)), []) if isinstance(data, dict) else []

    def spoilt(self, row: Any, chance: random.Random) -> Any:
        """One field of a ticket made null, missing, or of another type; now and then the whole ticket."""
        if not isinstance(row, dict) or chance.random() < 0.1:
            return chance.choice([None, 7, "text", [], {}])
        wrong = dict(row)
        name = chance.choice(sorted(wrong))
        odd = chance.choice([None, 7, -1, "", "9999-99-99", [], {}, [None], {"a": None}, True, 1e308, "x" * 300_000])
        if chance.random() < 0.3:
            del wrong[name]
        else:
            wrong[name] = odd
        return wrong

    def child_of(self, request: Request) -> int | None:
        """The id of the ticket whose comments are asked for apiece; None for any other request."""
        return None

    def token_of(self, request: Request) -> str | None:
        """The position a request goes on from, where the source hands out tokens of its own (no page numbers)."""
        return None

    def refusal(self, status: int) -> Response:
        """How this source words an error: 400, 401 for a wrong credential, 403, 404, 410, 500.

        The kit itself words 429, 502 and 503, with their Retry-After.
        """
        return Response({"message": f"kit says {status}"}, status)

    def token_ended(self) -> Response:
        """What is answered to a request with a page token that has expired (K6)."""
        return self.refusal(400)

    def hook_secret(self, name: str) -> str:
        """A secret as this source wants it for webhooks, another one for each name."""
        return f"the {name} secret of the kit, 32 characters"

    def webhook(self, ticket: Ticket, secret: str, delivery: str) -> tuple[Mapping[str, str], bytes] | None:
        """(headers, body) of a genuine webhook about a ticket, signed with `secret`; None where there are none."""
        return None


def page_of(rows: Sequence[Row], number: int, size: int) -> Sequence[Row]:
    """Page `number`, counted from 1."""
    return rows[(number - 1) * size : number * size]


def number(text: str) -> int:
    """The number in a path; 0, which no ticket has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


Honest = Callable[[Request], Response]
