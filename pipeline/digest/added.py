"""What a leader of the area adds to a quotation: it stands beside the words wherever they are quoted above them."""

from dataclasses import replace

from pipeline import preview
from pipeline.digest import words
from pipeline.digest.document import Context, Document, Quote
from pipeline.digest.material import Voice
from pipeline.digest.select import View
from pipeline.org import Org


def with_contexts(document: Document, view: View) -> Document:
    """The document with what was added. Nothing else in it depends on that: no number, no choice, no budget."""
    material = view.index.material
    if not material.added:
        return document
    voices = {voice.key: voice for voice in (*(stuck.first for stuck in material.stuck), *material.voices)}
    return document.with_quotes(lambda quote: replace(quote, context=_context(view, quote, voices[quote.issue])))


def _context(view: View, quote: Quote, voice: Voice) -> Context | None:
    leader = preview.child(view.org, view.leader, voice.leaf, voice.heard_by)
    for one in view.index.material.added.get(quote.issue, ()):
        if one.by == leader and preview.is_fit(one.text, view.index.names.in_quote):
            return Context(by=by(view.org, leader), text=one.text)
    return None


def by(org: Org, leader: str) -> str:
    """Who added it: a leader by what they lead."""
    return words.printable(org.office(leader))
