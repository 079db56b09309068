"""The living registry of pains: what an issue joins, and what a pain is called.

What calculates is imported when it is first asked for, as in `pipeline.classify`.
"""

from typing import TYPE_CHECKING

from pipeline.later import later
from pipeline.pains.values import Assignment, Candidate, Pain, Proposal, from_json, to_json

if TYPE_CHECKING:
    from pipeline.pains.opened import Gathering, Open
    from pipeline.pains.people import merged, parted, renamed
    from pipeline.pains.proposing import proposals
    from pipeline.pains.registry import assign, grow

__all__ = [
    "Assignment",
    "Candidate",
    "Gathering",
    "Open",
    "Pain",
    "Proposal",
    "assign",
    "from_json",
    "grow",
    "merged",
    "parted",
    "proposals",
    "renamed",
    "to_json",
]
__getattr__ = later(
    __name__,
    {
        "Gathering": "opened",
        "Open": "opened",
        "assign": "registry",
        "grow": "registry",
        "merged": "people",
        "parted": "people",
        "proposals": "proposing",
        "renamed": "people",
    },
)
