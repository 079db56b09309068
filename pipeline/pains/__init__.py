"""The living registry of pains: what an issue joins, and what a pain is called."""

from pipeline.pains.links import linked
from pipeline.pains.people import merged, parted, renamed
from pipeline.pains.proposing import proposals
from pipeline.pains.registry import assign
from pipeline.pains.values import Assignment, Candidate, Pain, Proposal, from_json, to_json

__all__ = [
    "Assignment",
    "Candidate",
    "Pain",
    "Proposal",
    "assign",
    "from_json",
    "linked",
    "merged",
    "parted",
    "proposals",
    "renamed",
    "to_json",
]
