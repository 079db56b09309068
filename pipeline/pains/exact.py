"""Whether a text names things exactly, and which: code, files, versions, operating systems, a piece of work.

Whoever writes `conv2d_transpose` or "iOS" means that and nothing else, so two texts that name different things tell of
two causes, however alike their other words are. Plain words are looser: people tell of one trouble in many ways.
"""

import re

from pipeline.pains.words import stems
from pipeline.screen import Glance

LOOKED_AT = 3000
"""Characters of a text that are looked at."""
TITLE = 400
TROUBLE, WORK = 3, 6
"""Words at least that tell which trouble, or which piece of work, is meant: "Security meeting" comes round."""
SHORTEST = 3
"""Letters of a name at least."""

_CODE = re.compile(
    r"--[a-z][\w-]{1,40}"
    r"|\b[A-Za-z_]\w{0,60}(?:(?:\.|::|/|#|\\)[A-Za-z_]\w{0,60}){1,12}"
    r"|\b[A-Za-z0-9]{1,40}(?:_[A-Za-z0-9]{1,40}){1,8}\b"
    r"|\b[A-Za-z]{1,30}[a-z0-9][A-Z]\w{0,60}"
    r"|\b[A-Za-z_]\w{0,60}(?=\(\))"
)
_LAST = re.compile(r"[./#\\]|::")
_EXTENSION = re.compile(
    r"\.(?:js|jsx|ts|tsx|py|rb|go|rs|java|kt|c|cc|cpp|h|cs|php|xml|yml|yaml|json|html|css|exe|dll|so|log|txt|sh|properties)$"
)
_VERSION_OF = re.compile(r"_?v?[0-9]{0,4}$")
_EXACT = re.compile(
    r"\b[A-Za-z0-9]{1,40}_[A-Za-z0-9]{1,40}|\b[A-Za-z][a-z0-9]{1,40}[A-Z][A-Za-z0-9]{0,40}|\b\w{1,60}\(\)"
    r"|\b[0-9]{1,6}\.[0-9]{1,6}\b|\b\w{1,60}\.(?:js|py|java|xml|yml|exe|dll|so|json|html|css|php|log|txt|properties|cpp|h)\b"
    r"|\b\w{1,60}(?:\.\w{1,60}){2,8}|::|\{\{|```|(?<!\S)--[a-z]{2,40}|https?://|\b(?:Exception|NullPointer)\b"
)
_MAY_BE_EXACT = Glance(_EXACT)
_WORD = re.compile(r"[a-z0-9]{2,20}")
_PART = re.compile(r"\bv[0-9]{1,3}\.(?=[A-Za-z_])")
_TROUBLE = re.compile(
    r"n[o']t\b|\b(?:no|cannot|never|nothing|nobody|unable|impossible|without|still|instead of|only one|bad|npe|bugs?)\b"
    r"|\b(?:abort|blank|break|broke|corrupt|crash|deadlock|disappear|disconnect|duplicat|empty|error|exception|fail|flak)"
    r"|\b(?:freez|froze|hang|hung|inconsistent|incorrect|invalid|leak|los(?:es?|ing|t)\b|miss|overflow|problem|regression)"
    r"|\b(?:reset|slow|stuck|times? out|timed out|timeout|too (?:long|many|much)|twice|unexpected|vanish|wrong)"
    r"|\w(?:Exception|Error)\b",
    re.IGNORECASE,
)
"""What a title holds that tells of a trouble and not of work to be done."""
_ORDER = re.compile(
    r"^\W{0,3}(?:add|adopt|allow|apply|clean|complete|configure|consider|convert|create|define|deploy|develop|disable|do|drop"
    r"|enable|enhance|ensure|expose|extend|extract|fix|generate|hide|implement|improve|include|increase|install|integrate"
    r"|introduce|investigate|make|merge|migrate|modify|move|optimi[sz]e|prepare|promote|provide|publish|redesign|reduce"
    r"|refactor|remove|rename|replace|rewrite|show|simplify|split|unify|validate|verify|write"
    r"|feature request|proposal|spike|as an? [\w -]{2,60}?,? i)\b",
    re.IGNORECASE,
)
_SYSTEMS = {
    "ios": "ios ios6 ios7 ios8 ios9 ios10 iphone ipad",
    "android": "android",
    "windows": "windows win32 win64 win7 win8 win10 win11",
    "mac": "mac macos osx macbook",
    "linux": "linux ubuntu debian fedora centos redhat",
    "blackberry": "blackberry",
    "arm": "arm arm64 aarch64",
    "power": "powerpc ppc64le",
    "chrome": "chrome",
    "firefox": "firefox",
    "safari": "safari",
}
_SYSTEM_OF = {word: name for name, words in _SYSTEMS.items() for word in words.split()}


def codes(title: str) -> frozenset[str]:
    """The last parts of names of code in a title, without version: `tf.raw_ops.Tile` and `tf.tile` are both "tile"."""
    found = set()
    for match in _CODE.finditer(title[:TITLE]):
        name = _EXTENSION.sub("", match.group().casefold())
        last = _VERSION_OF.sub("", _LAST.split(name)[-1]).strip("_-")
        if len(last) >= SHORTEST:
            found.add(last)
    return frozenset(found)


def said(title: str) -> tuple[str, ...]:
    """All that a title says, in order, but for what holds a sentence together; empty where it is too little to go by.

    Two titles that say the same name one thing and one trouble. A word more or less is another platform, another step,
    another of many twins far more often than another way to say it. A version within a name of code ("dock.v2.berth")
    is none of it.
    """
    found = tuple(dict.fromkeys(stems(_PART.sub("", title[:TITLE]))))
    least = TROUBLE if _TROUBLE.search(title[:TITLE]) and not orders(title) else WORK
    return found if len(found) >= least else ()


def systems(title: str) -> frozenset[str]:
    """The operating systems, processors and browsers that a title names."""
    words = _WORD.findall(title[:TITLE].casefold())
    return frozenset(_SYSTEM_OF[word] for word in words if word in _SYSTEM_OF)


def orders(title: str) -> bool:
    """Whether a title asks for a piece of work: whoever does means that piece, and no other of its kind."""
    return bool(_ORDER.match(title[:TITLE]))


def exactness(title: str, body: str) -> float:
    """0 for plain words, 1/2 for a single exact name, 1 for several."""
    found: set[str] = set()
    text = f"{title[:TITLE]}\n{body}"[:LOOKED_AT]
    for match in _EXACT.finditer(text) if _MAY_BE_EXACT(text) else ():
        found.add(match.group())
        if len(found) == 2:
            return 1.0
    return len(found) / 2
