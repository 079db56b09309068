"""The privacy class of every column: what may stand in it, and so what forgetting a person does to it. Nowhere else.

    none      keys, numbers, times, hashes and words of ours; the identity of an issue at its source
    person    a person of the org chart, or an address
    author    an account at the row's source
    text      what people wrote, and what was cut out of it
    speech    what people wrote to somebody else's issue
    said      sentences of ours, which may name a person by their id
    json      values of all of these
    page      a raw page of a source, compressed: items that name somebody are dropped
    raw       one raw item: dropped where it names somebody
    mail      a mail as bytes: dropped where it names somebody
    lessons   what corrections taught, by issue
    sealed    a person in the audit; the chain of hashes holds without the name
    secret    nothing: credentials stand in no table

"text of leader" is written by whom the row's column `leader` names: it goes with them.
"""

from collections.abc import Mapping
from typing import Final

KINDS: Final = frozenset(
    {"none", "person", "author", "text", "speech", "said", "json", "page", "raw", "mail", "lessons", "sealed", "secret"}
)

DECLARED: Final[Mapping[str, Mapping[str, str]]] = {
    "sources": {
        "none": "name kind cursor read_to attempted_at pulled_at census_at failures",
        "said": "last_error",
    },
    "pages": {"none": "id source digest fetched_at items", "page": "body"},
    "issues": {
        "none": "id source external_id state author_role created_at updated_at closed_at tags content_hash text_hash "
        "raw_hash",
        "author": "author",
        "text": "url title body kind account project component group_name priority",
        "json": "labels",
    },
    "comments": {
        "none": "id source issue external_id author_role created_at private raw_hash",
        "author": "author",
        "speech of author": "body",
    },
    "events": {"none": "id source issue at what", "speech": "before after"},
    "verdicts": {
        "none": "issue_id text_hash org_hash side confidence abstained kind severity model leaf period known shadow "
        "shadow_version",
        "json": "signals because heard_by",
    },
    "proposals": {"none": "issue_id text_hash side model at", "text": "quotation dropped"},
    "corrections": {"none": "id source issue field old new model how at", "person": "by", "json": "evidence"},
    "lessons": {"none": "version state spread at", "lessons": "content", "json": "about"},
    "pains": {"none": "id", "json": "live frozen"},
    "members": {"none": "issue_id pain score frozen"},
    "marks": {"none": "name", "said": "value"},
    "deliveries": {"none": "source delivery at"},
    "work": {
        "none": "id kind version key state wanted serving attempt token lease_until holder run_after changed_at",
        "json": "payload",
        "said": "error",
    },
    "quarantine": {"none": "id source at", "said": "what reason", "raw": "raw"},
    "digests": {
        "none": "id period kind version state composed_at form hidden settled_at",
        "person": "leader settled_by read_by",
        "said": "reason",
        "json": "document",
    },
    "mails": {
        "none": "id digest_id state message_id attempt resent first_tried_at changed_at",
        "person": "recipient",
        "mail": "message",
        "said": "reply alarm",
    },
    "escalations": {
        "none": "id name issue_id rule source state at person thread look_at snoozed_until ended_at",
        "person": "ended_by",
        "text": "note",
        "text of ended_by": "said",
    },
    "escalation_steps": {"none": "escalation_id copy number at due counts digest_id", "person": "reader instead_of"},
    "answers": {
        "none": "id pain period kind due how nonce at",
        "person": "leader to_leader given_by",
        "text of leader": "text",
    },
    "told": {"none": "answer_id source issue how at", "person": "said_by"},
    "listeners": {"none": "paused_at until changed_at", "person": "leader delegate"},
    "returned": {
        "none": "id key message_id mail_id period what stops status at done note_state note_attempt note_tried_at",
        "person": "leader recipient note_to",
        "said": "reason note_alarm",
        "text of leader": "excerpt",
        "mail": "note",
    },
    "objections": {
        "none": "id key what how period pain source issue to_name was at ended_at ended",
        "person": "by ended_by given_by",
        "json": "scope",
        "text": "said",
        "text of by": "why",
    },
    "check_in_groups": {"none": "period team asked", "json": "texts"},
    "check_in_sums": {"none": "period team question step answers"},
    "check_in_tickets": {"none": "ticket period team used"},
    "check_in_stops": {"person": "person"},
    "previews": {"none": "period issue at", "person": "reader leader", "text": "text"},
    "preview_contexts": {"none": "period issue at", "person": "leader", "text of leader": "text"},
    "tombstones": {"none": "hash words pseudonym at"},
    "audit": {
        "none": "id at role what object version nonce seal before hash",
        "sealed": "who about",
    },
}


def classes(table: str) -> dict[str, str]:
    """Column to class, of a table; a table or column without one is in no entry."""
    return {name: kind for kind, names in DECLARED.get(table, {}).items() for name in names.split()}
