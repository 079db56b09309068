"""IMAP: the mails of a support mailbox; each thread is one issue, what came later in it are its comments.

UIDs only ascend, so nothing is skipped; where a folder's UIDVALIDITY changes, all of it is read again and its mails
are known by their Message-IDs. Searching by date is never used: IMAP's dates have no time and no zone. A mail's time is
when the mailbox received it, since senders' clocks and Date headers say anything.

Which mail opens a thread depends on the others that are there, so a pull asks the server for them and writes the
answer into the raw item: {"folder", "uid", "flags", "received", "noticed", "thread", "opens", "size", "mail"}.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors import mail
from connectors.base import BadItem, Connector, Cursor, Page, Raw, SourceError, SourceOptions, tags_for
from connectors.mailbox import CHUNK, Found, Mailbox, Opened, Server, Tls, is_loopback
from connectors.threads import Earlier, Threads, root_of
from connectors.values import at, mapping, moment, names, segment, text
from pipeline.issue import Comment, Event, Issue, Remark, Role

OCTETS: Final = 256 * 1024
"""How much of a mail is read: the words of its author come before its attachments."""
MORE: Final = 8 * 1024 * 1024
"""How much where that held no words: some programs put a picture first."""
MARKED: Final = 2_000
"""Mails, the newest, whose flags are remembered; also those that are looked at where a server keeps no changes."""
LATE: Final = timedelta(hours=1)
UNREAD: Final = frozenset({"\\noselect", "\\nonexistent", "\\trash", "\\junk", "\\drafts"})
TRASH: Final = frozenset(
    {
        "trash", "bin", "junk", "spam", "drafts", "deleted items", "deleted messages", "junk email", "junk e-mail",
        "inbox.trash", "inbox.junk", "inbox.spam", "inbox.drafts",
    }
)  # fmt: skip
"""Where mail is deleted, of servers that do not say it (RFC 6154)."""
FREE_MAIL: Final = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com aol.com icloud.com me.com mac.com "  # noqa: SIM905
    "proton.me protonmail.com gmx.de gmx.net gmx.at web.de t-online.de mail.ru yandex.ru qq.com 163.com orange.fr "
    "free.fr laposte.net libero.it yahoo.co.uk btinternet.com zoho.com fastmail.com".split()
)
_ROBOT: Final = re.compile(r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|notifications?|alerts?)[@+]")


class ImapOptions(SourceOptions):
    host: str = Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$", description="the IMAP server")
    port: int | None = Field(default=None, ge=1, le=65535, description="993 with tls, else 143")
    tls: Tls = Field(default="tls", description="tls, starttls, or no: in the clear, to this machine only")
    user: str = Field(pattern=r"^[^\x00-\x1f\x7f]{1,255}$", description="the name to log in with")
    password: SecretStr = Field(description="the credential, as ${ENV_NAME} or file:PATH")
    auth: Literal["password", "xoauth2"] = Field(default="password", description="xoauth2: password is an access token")
    folders: list[str] = Field(default=["INBOX"], min_length=1, description="the folders whose mail is read")
    staff: list[str] = Field(default_factory=list, description="addresses and @domains of your own people")
    forms: list[str] = Field(default_factory=list, description="senders that pass on what people typed into a web form")
    lists: list[str] = Field(
        default_factory=list, description="List-Ids whose mail is read: a group as support address"
    )
    closed: list[str] = Field(
        default=["closed", "done", "resolved"], description="flags and folders that mean that a thread is done"
    )
    trash: list[str] = Field(default_factory=list, description="more folders whose mail counts as deleted")
    link: str | None = Field(default=None, description="web address of a mail, with {id} where its Message-ID belongs")
    comments: bool = Field(default=True, description="read the later mails of threads")
    per_page: int = Field(default=50, ge=1, le=500, description="mails a request")
    insecure: bool = Field(default=False, description="allow tls: no to another machine")
    ca_file: Path | None = Field(default=None, description="the certificates to trust, where yours are your own")

    @field_validator("folders", "trash")
    @classmethod
    def _folder_names(cls, folders: list[str]) -> list[str]:
        for name in folders:
            if not name or any(c < " " or c == "\x7f" for c in name):
                raise ValueError(f"{name!r} is no name of a folder")
        return list(dict.fromkeys(folders))

    @field_validator("staff", "forms", "lists", "closed")
    @classmethod
    def _without_case(cls, words: list[str]) -> list[str]:
        return [word.strip().lower() for word in words]

    @model_validator(mode="after")
    def _safely(self) -> Self:
        if self.tls == "no" and not self.insecure and not is_loopback(self.host):
            raise ValueError(
                f"tls: no would send the password to {self.host} in the clear; write tls or starttls, or "
                "`insecure: true` if you accept that"
            )
        return self


class Imap(Connector[ImapOptions]):
    kind: ClassVar[str] = "imap"
    summary: ClassVar[str] = "threads of a support mailbox, by IMAP"
    Options: ClassVar[type[SourceOptions]] = ImapOptions
    dialect: ClassVar[str] = "connectors.kit.dialects.imap:ImapDialect"
    # No `profile`: it tells how a list of changes over HTTP is read. UIDs are a keyset of the server's own, exact and
    # without latecomers; deletions are found by a census.

    def __init__(self, options: ImapOptions, base_dir: Path = Path()) -> None:
        # No `super().__init__`: this source is not asked over HTTP.
        self.options = options
        self.server = Server(
            host=options.host,
            port=options.port or (993 if options.tls == "tls" else 143),
            tls=options.tls,
            user=options.user,
            secret=options.password.get_secret_value().strip(),
            xoauth2=options.auth == "xoauth2",
            ca_file=None if options.ca_file is None else base_dir / options.ca_file,
        )

    @classmethod
    def open(cls, options: ImapOptions, base_dir: Path) -> Self:
        return cls(options, base_dir)

    def pull(self, cursor: Cursor) -> Iterator[Page]:
        """Each folder in turn: flags that changed, then new mails. One that cannot be read stops no other."""
        reached: dict[str, Any] = dict(cursor)
        failures: list[str] = []
        with Mailbox(self.server) as box:
            threads = Threads(partial(self._known, box), self._left_out)
            for folder in self.options.folders:
                try:
                    yield from self._folder(box, folder, reached, threads)
                except SourceError as error:
                    if not error.permanent:
                        raise
                    failures.append(str(error))
        if failures:
            raise SourceError("; ".join(failures), permanent=len(failures) == len(self.options.folders))

    def normalise(self, raw: Raw) -> Issue | Remark | None:
        found, flags = mapping(raw.get("mail")), _words(raw.get("flags"))
        identity, thread, received = text(found.get("id")), text(raw.get("thread")), moment(raw.get("received"))
        if identity is None or thread is None or received is None:
            raise BadItem("a mail without its id, its thread or the time at which it was received")
        if "\\deleted" in flags or self._left_out(found) is not None:
            return None
        author, role = self._author(found)
        subject = text(found.get("subject")) or ""
        body = mail.own_words(text(found.get("text")) or "", text(found.get("markup")) or "plain", subject)
        if raw.get("opens") is not True:
            said = Comment(external_id=identity, author=author, author_role=role, body=body, created_at=received)
            return Remark(issue=thread, comment=said) if self.options.comments else None
        labels = tuple(sorted(flag.lstrip("\\$") for flag in flags))
        folder, priority = text(raw.get("folder")), text(found.get("priority"))
        noticed = max(received, moment(raw.get("noticed")) or received)
        closed = noticed if self._is_closed(labels, folder) else None
        return Issue(
            source=self.options.name,
            external_id=thread,
            title=mail.title(subject) or body.partition("\n")[0][:80] or "(no subject)",
            body=body,
            url=None if self.options.link is None else self.options.link.replace("{id}", segment(identity)),
            created_at=received,
            updated_at=noticed,
            closed_at=closed,
            state="open" if closed is None else "closed",
            author=author,
            author_role=role,
            account=_account(author),
            labels=labels,
            project=folder,
            group=text(found.get("to")),
            priority=priority,
            tags=tags_for(self.options, [*labels, priority, folder]),
            history=(Event(at=received, what="created"), *([Event(at=closed, what="closed")] if closed else [])),
        )

    def known_as(self, raw: Raw) -> str | None:
        return text(at(raw, "mail", "id"))

    def check(self) -> list[str]:
        """Looks at each folder, and at why mails among the newest hundred are left out."""
        problems = []
        try:
            with Mailbox(self.server) as box:
                there = sorted(name for name, _ in box.folders())
                for folder in self.options.folders:
                    if folder not in there and folder.upper() != "INBOX":
                        problems.append(f"Folder {folder!r} is not there. There are: {', '.join(there)[:500]}.")
                        continue
                    problems += self._look(box, folder)
        except SourceError as error:
            problems.append(str(error))
        return problems

    def census(self) -> Iterator[str]:
        """Threads of which a mail lies anywhere in the account but in its trash, junk and drafts.

        Mail that was dealt with is moved to folders that nobody reads here; it still exists.
        """
        parents: dict[str, str] = {}
        counts: set[str] = set()
        with Mailbox(self.server) as box:
            for folder in self._all_folders(box):
                for uids in box.uids(folder, 1, _last(box.open(folder))):
                    for found in box.headers(folder, uids, " ".join(mail.NEEDED).upper()):
                        if "\\deleted" not in found.flags:
                            content = self._placed(box, folder, found)
                            parents[content["id"]] = next(iter(content["references"]), content["id"])
                            counts |= {content["id"]} if self._left_out(content) is None else set()
        yield from {root_of(parents, identity) for identity in counts}

    def probe(self, external_id: str) -> Literal["exists", "deleted"]:
        """Looks everywhere: it may have been moved while the census went from folder to folder."""
        with Mailbox(self.server) as box:
            folders = self._all_folders(box)
            for header in ("Message-ID", "References", "In-Reply-To"):
                for _, content in self._known(box, header, external_id, folders):
                    if external_id in (content["id"], *content["references"]) and self._left_out(content) is None:
                        return "exists"
        return "deleted"

    def describe(self, cursor: Cursor) -> str:
        told = [f"{name}: mails to UID {at(mark, 'uid')}" for name, mark in cursor.items()]
        return "; ".join(told) or "at the beginning"

    def _folder(self, box: Mailbox, folder: str, reached: dict[str, Any], threads: Threads) -> Iterator[Page]:
        opened = box.open(folder)
        mark = _Mark.of(reached.get(folder), opened)
        before = mark.told()

        def page(uids: Sequence[int], flagged: Mapping[int, frozenset[str]] | None = None) -> Page:
            items, problems = self._items(box, folder, uids, mark, threads, flagged)
            mark.uid = max([mark.uid, *uids])
            reached[folder] = mark.told()
            return Page(items=items, cursor=dict(reached), problems=problems)

        if mark.uid:
            changed = self._changed(box, folder, mark, opened)
            for uids in _portions(sorted(changed), self.options.per_page):
                yield page(uids, changed)
            mark.modseq = opened.modseq or mark.modseq
        for some in box.uids(folder, mark.uid + 1, _last(opened)):
            for uids in _portions(some, self.options.per_page):
                yield page(uids)
        mark.uid = max(mark.uid, _last(opened) or 0)
        mark.whole = True
        if mark.told() != before:
            reached[folder] = mark.told()
            yield Page(items=(), cursor=dict(reached))

    def _changed(self, box: Mailbox, folder: str, mark: "_Mark", opened: Opened) -> dict[int, frozenset[str]]:
        """The mails read before whose flags are others now than we know of."""
        if box.keeps_changes and mark.modseq is not None and opened.modseq is not None:
            if opened.modseq <= mark.modseq:
                return {}
            flags = box.changed_flags(folder, mark.uid, mark.modseq)
        else:
            flags = box.newest_flags(folder, opened.count, MARKED)
            mark.flags = {uid: entry for uid, entry in mark.flags.items() if int(uid) in flags}
        return {
            uid: told
            for uid, told in flags.items()
            if uid <= mark.uid and _telling(told) != mark.flags.get(str(uid), [""])[0]
        }

    def _items(
        self,
        box: Mailbox,
        folder: str,
        uids: Sequence[int],
        mark: "_Mark",
        threads: Threads,
        flagged: Mapping[int, frozenset[str]] | None,
    ) -> tuple[list[Raw], list[tuple[str, str]]]:
        items: list[Raw] = []
        problems: list[tuple[str, str]] = []
        now = self.clock()
        for found in box.mails(folder, uids, OCTETS):
            try:
                content = self._content(box, folder, found)
            except Exception as error:  # whatever strangers put into a mail, it must not stop the others
                problems.append((f"{folder}: UID {found.uid}", f"cannot be read: {type(error).__name__}: {error}"))
                continue
            received = found.received or now
            moved_in = mark.whole and received < now - LATE
            noticed = mark.note(found, now if flagged is not None or moved_in else received)
            thread, opens = threads.place(content, received)
            items.append(
                {
                    "folder": folder,
                    "uid": found.uid,
                    "flags": sorted(_telling(found.flags).split()),
                    "received": received.isoformat(),
                    "noticed": noticed,
                    "thread": thread,
                    "opens": opens,
                    "size": found.size,
                    "mail": content,
                }
            )
        return items, problems

    def _content(self, box: Mailbox, folder: str, found: Found) -> dict[str, Any]:
        content = mail.read(found.data)
        if found.size > OCTETS and not content["text"]:
            whole = box.mails(folder, [found.uid], MORE)
            content = mail.read(whole[0].data) if whole else content
        return content

    def _known(self, box: Mailbox, header: str, value: str, folders: Sequence[str] = ()) -> list[Earlier]:
        """The mails with a value in a header, in the folders that are read or in others."""
        return [
            (found.received, mail.read(found.data))
            for folder in folders or self.options.folders
            for found in box.headers(folder, box.find(folder, header, value)[:CHUNK])
            if found.received is not None and "\\deleted" not in found.flags
        ]

    def _left_out(self, found: Mapping[str, Any]) -> str | None:
        """Why a mail is no issue and no comment; None where it is."""
        reason = text(found.get("automatic"))
        if reason is None:
            return None
        if found.get("from") in self.options.forms and reason.startswith("automatic"):
            return None
        many = reason.startswith(("mail of a list", "sent to many"))
        return None if many and found.get("list") in self.options.lists else reason

    def _author(self, found: Mapping[str, Any]) -> tuple[str | None, Role]:
        sender = text(found.get("from"))
        if sender in self.options.forms:
            return text(found.get("reply_to")), "customer"
        if sender is None:
            return None, "unknown"
        domain = sender.rpartition("@")[2]
        if sender in self.options.staff or f"@{domain}" in self.options.staff:
            return sender, "staff"
        return sender, "bot" if _ROBOT.match(sender) else "customer"

    def _is_closed(self, labels: Sequence[str], folder: str | None) -> bool:
        return any(word.lower() in self.options.closed for word in (*labels, folder or ""))

    def _look(self, box: Mailbox, folder: str) -> list[str]:
        opened = box.open(folder)
        newest = sorted(box.newest_flags(folder, opened.count, 100))
        left: dict[str, int] = {}
        for found in box.headers(folder, newest):
            content = mail.read(found.data)
            reason = self._left_out(content)
            if reason is not None:
                named = f"{reason} {content['list']}" if content["list"] else reason
                left[named] = left.get(named, 0) + 1
        if sum(left.values()) * 2 <= len(newest):
            return []
        why = ", ".join(f"{count}: {reason}" for reason, count in sorted(left.items(), key=lambda one: -one[1])[:3])
        return [
            f"Folder {folder!r}: more than half of its newest {len(newest)} mails are left out ({why}). Name the "
            "List-Id under `lists`, or the sender under `forms`, if people write this way."
        ]

    def _all_folders(self, box: Mailbox) -> list[str]:
        own = {name.lower() for name in self.options.trash} | TRASH
        found = [name for name, about in box.folders() if not about & UNREAD and name.lower() not in own]
        return list(dict.fromkeys([*self.options.folders, *found]))

    def _placed(self, box: Mailbox, folder: str, found: Found) -> dict[str, Any]:
        """A mail of which the needed headers were read; the id of one without Message-ID is made from all of it."""
        if mail.identity(mail.parse_headers(found.data)) is None:
            found = next(iter(box.mails(folder, [found.uid], OCTETS)), found)
        return mail.read(found.data)


@dataclass(slots=True)
class _Mark:
    """How far a folder is read. `flags` is, for the newest marked mails, [their flags, when these were noticed]."""

    validity: int
    uid: int = 0
    modseq: int | None = None
    whole: bool = False
    """Whether it was read to its end once: what is old and comes now was moved here."""
    flags: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, told: object, opened: Opened) -> "_Mark":
        """Where the folder is not the one that was read, from its beginning; `modseq` from before the first mail."""
        known = mapping(told)
        if known.get("validity") != opened.validity:
            return cls(opened.validity, modseq=opened.modseq)
        flags = {uid: list(entry) for uid, entry in mapping(known.get("flags")).items()}
        return cls(opened.validity, int(known.get("uid") or 0), known.get("modseq"), known.get("whole") is True, flags)

    def note(self, found: Found, noticed: datetime) -> str:
        """Remember the flags of a mail; since when it has them."""
        key, told = str(found.uid), _telling(found.flags)
        if self.flags.get(key, ["", ""])[0] == told and key in self.flags:
            return self.flags[key][1]
        self.flags.pop(key, None)
        if told:
            self.flags[key] = [told, noticed.isoformat()]
            if len(self.flags) > MARKED:
                del self.flags[min(self.flags, key=int)]
        return noticed.isoformat()

    def told(self) -> dict[str, Any]:
        return {
            "validity": self.validity,
            "uid": self.uid,
            "modseq": self.modseq,
            "whole": self.whole,
            "flags": dict(self.flags),
        }


def _last(opened: Opened) -> int | None:
    return None if opened.next_uid is None else opened.next_uid - 1


def _portions(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    ends = [*range(0, len(uids), size), len(uids)]
    return (uids[a:b] for a, b in pairwise(ends) if a < b)


def _telling(flags: frozenset[str]) -> str:
    """Flags that say something about the thread: not whether it was looked at, or has been here long."""
    return " ".join(sorted(flags - {"\\seen", "\\recent", "\\draft", "$mdnsent", "nonjunk", "$notjunk", "notjunk"}))


def _words(value: object) -> tuple[str, ...]:
    return tuple(word.lower() for word in names(value))


def _account(author: str | None) -> str | None:
    """The organisation that somebody writes for: their domain, or they alone where it is anybody's."""
    domain = (author or "").rpartition("@")[2]
    return author if not domain or domain in FREE_MAIL else domain
