"""The living registry of pains: what an issue joins, and what a pain is called.

What calculates is imported when it is first asked for, as in `pipeline.classify`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.pains.links import linked
from pipeline.pains.values import Assignment, Candidate, Pain, Proposal, from_json, to_json

if TYPE_CHECKING:
    from pipeline.pains.people import merged, parted, renamed
    from pipeline.pains.proposing import proposals
    from pipeline.pains.registry import assign

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
_FROM = {
    "assign": "registry",
    "merged": "people",
    "parted": "people",
    "proposals": "proposing",
    "renamed": "people",
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
