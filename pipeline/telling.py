"""Telling those who wrote: a leader's answer in the words that the answer page showed, posted where an issue lives.

Nothing is posted unless a source says so (`answers: post`). Customers' desks are not written to: an agent
sends the text.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import escalating
from pipeline.answers import Answer, Given
from pipeline.store import answers, escalations, work

KIND = "post"


def mark(answer: Answer) -> str:
    """By which a comment of ours is known again."""
    return f"Leafnotes answer {answer.id}"


def give(
    session: Session,
    *,
    pain: str,
    leader: str,
    period: str,
    given: Given,
    how: str,
    nonce: str,
    at: datetime,
    modes: Mapping[str, str],
    by: str | None = None,
) -> Answer:
    """Keep an answer, however it came, with all that follows: it is posted where it may be, and calls for it end. `by`
    gave it in the leader's place."""
    kept = answers.keep(
        session, pain=pain, leader=leader, period=period, given=given, how=how, nonce=nonce, at=at, by=by
    )
    announce(session, kept, modes)
    escalating.ask(session, escalations.of_pain(session, kept.pain))
    return kept


def announce(session: Session, answer: Answer, modes: Mapping[str, str]) -> int:
    """Ask for a comment at every issue that an honest answer is for, in sources whose mode is `post`; how many."""
    if not answer.honest:
        return 0
    already = answers.told_of(session, answer.id)
    asked = 0
    for issue in answers.concerned(session, answer.pain, answer.at):
        if modes.get(issue.source) == "post" and f"{issue.source}:{issue.external_id}" not in already:
            payload = {"answer": answer.id, "source": issue.source, "issue": issue.external_id}
            work.request(session, KIND, f"{answer.id}:{issue.id}", payload)
            asked += 1
    return asked


def told(session: Session, answer: int, source: str, issue: str, at: datetime) -> None:
    answers.tell(session, answer, [(source, issue)], "comment", at)
