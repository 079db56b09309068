"""What no single text shows: signals of unstated pain in the course of an issue, of its queue, and of its neighbours.

Everything here is pure. A signal is true, false, or None where the data cannot tell: a queue with fewer than
`usual.COMPARABLE` issues to compare with has no usual, and a source that tells no history has no events. None is never
false. Nothing is computed for a named person: what agents do is counted over at least `together.AGENTS` of them, and
what a digest says of it stands in no number.
"""
