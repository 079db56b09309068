"""What running processes use, read from Linux's /proc; elsewhere nothing is told."""

import os
from collections import defaultdict
from pathlib import Path

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _CPU = 1, slice(11, 15)
"""Fields of `stat` after the name: the parent; own and waited-for children's time in user and in system mode."""


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return []


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    below = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            below[int(stat[_PARENT])].append(int(entry.name))
    found = [pid]
    for one in found:
        found += below[one]
    return found


def cpu(pid: int) -> float:
    """Seconds of CPU of a process and its descendants, those that have ended included."""
    return sum(int(ticks) for one in tree(pid) for ticks in _stat(one)[_CPU]) / _TICKS


def parent(pid: int) -> int:
    return int(_stat(pid)[_PARENT])


def resident_mb(pid: int) -> float:
    """Megabytes of memory of one process now."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
