"""The story of one issue, from the page it came on to the mail that carries it.

    ingest    a page of raw items becomes rows; the cursor moves in the same transaction (`pipeline.ingesting`)
    classify  text becomes a verdict with its reasons; the org chart says whose it is (`pipeline.judging`)
    assign    verdicts of pain join a living pain, or found one; one at a time for the whole organisation
              (`pipeline.grouping`)
    escalate  what must not wait goes to a leader now, and climbs until somebody answers (`pipeline.escalating`)
    close     the period's pains are frozen, so that every leader's digest speaks of the same ones (`pipeline.grouping`)
    plan      whose digest is due; weeks that were missed become rows that say so (`pipeline.composing`)
    compose   each due leader's document is decided once, and checked by the gates (`pipeline.composing`)
    prepare   its bytes are rendered once and claimed before connecting (`pipeline.delivering`)
    record    what the mail server said is written down (`pipeline.delivering`)

Each step loads, decides with pure functions, and saves, in the session it is given; whoever opened the transaction
commits. What has to happen next is written as a work row in the same transaction.
"""

from pipeline.composing import (
    AlreadyMailed,
    Written,
    compose,
    decide_again,
    foresee,
    material_of,
    plan,
    write,
    write_all,
)
from pipeline.delivering import prepare, record
from pipeline.grouping import Grouping, OpenPart, assign, close, draw_lessons, gather, group
from pipeline.ingesting import Ingested, Suspicious, ingest, missing, reconcile
from pipeline.judging import Classifier, Judged, ask_for_verdicts, classify, keep_verdicts

__all__ = [
    "AlreadyMailed", "Classifier", "Grouping", "Ingested", "Judged", "OpenPart", "Suspicious", "Written",
    "ask_for_verdicts", "assign", "classify", "close", "compose", "decide_again", "draw_lessons", "foresee", "gather",
    "group", "ingest", "keep_verdicts", "material_of", "missing", "plan", "prepare", "reconcile", "record", "write",
    "write_all",
]  # fmt: skip
