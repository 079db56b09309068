"""Whether a value that a connector made can be stored at all, whatever the source sent. Pure.

A value that no table can hold must not take its page down with it: it is set aside, or its harmless parts are cut.
"""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, Final

from pipeline.issue import Comment, Event, Gone, Issue, Remark

LONGEST = 255
"""Characters of a name: an id, an author, a project."""
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
NAMES = frozenset({"kind", "author", "account", "project", "component", "group", "priority"})
"""What may be cut: nobody finds an issue by it alone."""

UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]+"
)
"""What no name needs, and what moves a terminal's cursor or turns the letters of a page around."""


def sound(value: Issue | Remark | Gone) -> Issue | Remark | Gone:
    """The value with unstorable characters gone and long names cut. Raises ValueError where that cannot be enough."""
    if isinstance(value, Remark):
        return replace(value, issue=_key("issue", value.issue), comment=_comment(value.comment))
    if isinstance(value, Gone):
        _moment("at", value.at)
        return replace(value, external_id=_key("external_id", value.external_id))
    return _issue(value)


def _issue(issue: Issue) -> Issue:
    for name in ("created_at", "updated_at", "closed_at"):
        if (moment := getattr(issue, name)) is not None:
            _moment(name, moment)
    if not issue.title.strip() and not issue.body.strip():
        raise ValueError("there is no text: title and body are empty")
    kept: dict[str, Any] = {
        "external_id": _key("external_id", issue.external_id),
        "comments": tuple(map(_comment, issue.comments)),
        "history": tuple(map(_event, issue.history)),
        "labels": tuple(filter(None, map(_name, issue.labels))),
        "url": issue.url if issue.url is None or issue.url.isprintable() else UNSEEN.sub("", issue.url),
    }
    changed = {name: value for name, value in kept.items() if value != getattr(issue, name)}
    for name, cut in _TEXTS.items():
        found = getattr(issue, name)
        if isinstance(found, str) and (text := cut(found)) != found:
            changed[name] = text
    return replace(issue, **changed) if changed else issue


def _comment(comment: Comment) -> Comment:
    _moment("a comment's created_at", comment.created_at)
    key = _key("a comment's id", comment.external_id)
    author = None if comment.author is None else _name(comment.author)
    body = _text(comment.body)
    if (key, author, body) == (comment.external_id, comment.author, comment.body):
        return comment
    return replace(comment, external_id=key, author=author, body=body)


def _event(event: Event) -> Event:
    _moment(f"history ({event.what})", event.at)
    before = None if event.before is None else _seen(event.before)
    after = None if event.after is None else _seen(event.after)
    return event if (before, after) == (event.before, event.after) else replace(event, before=before, after=after)


def _key(name: str, text: str) -> str:
    key = _text(text)
    if not key:
        raise ValueError(f"{name} is empty")
    if not key.isprintable() and UNSEEN.search(key):
        raise ValueError(f"{name} has characters that nobody can see: {key[:40]!r}")
    if len(key) > LONGEST:
        raise ValueError(f"{name} has {len(key)} characters, more than {LONGEST}: {key[:40]}...")
    return key


def _moment(name: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"{name} has no time zone: {moment.isoformat()}")
    if not FIRST <= moment < LAST:
        raise ValueError(f"{name} is {moment.isoformat()}, which no tracker of today can mean")


def _seen(text: str) -> str:
    if text.isprintable():  # whatever `UNSEEN` finds is not
        return text.strip()
    return UNSEEN.sub(" ", _text(text)).strip()


def _name(text: str) -> str:
    return _seen(text)[:LONGEST]


def _text(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and without halves of characters, which nothing can encode."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


_TEXTS: Final[dict[str, Callable[[str], str]]] = {
    field.name: _name if field.name in NAMES else _text
    for field in fields(Issue)
    if field.name not in ("external_id", "comments", "history", "labels", "url", "tags")
}
"""What may hold text, and what becomes of it. Whatever is none, a moment or a set of tags, is left as it is."""
