"""Whether a text names things exactly, and which: code, files, versions, operating systems, a piece of work.

Whoever writes `conv2d_transpose` or "iOS" means that and nothing else, so two texts that name different things tell of
two causes, however alike their other words are. Plain words are looser: people tell of one trouble in many ways.
"""

import re

from pipeline.pains.words import stems

LOOKED_AT = 3000
"""Characters of a text that are looked at."""
TITLE = 400
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
_WORD = re.compile(r"[a-z0-9]{2,20}")
_PART = re.compile(r"\bv[0-9]{1,3}\.(?=[A-Za-z_])")
_FROM = re.compile(r"\bfrom\s{1,3}(?:(?:an?|the|our|my)\s{1,3})?(\w{1,40})", re.IGNORECASE)
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


def said(title: str) -> frozenset[str]:
    """Everything that a title says but its function words: words, numbers, names, and from where; a version within a
    name of code ("dock.v2.berth") is none of it.

    Two titles that say the same name one thing and one trouble. One word more or less is another piece of work, another
    platform or another of many twins far more often than another way to say it: of whole products, read by pairs, nine
    of ten that say the same were one pain, of those that differ in a word hardly more than half.
    """
    plain = _PART.sub("", title[:TITLE])
    return frozenset([*stems(plain), *(f"from {match[1].casefold()}" for match in _FROM.finditer(plain))])


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
    for match in _EXACT.finditer(f"{title[:TITLE]}\n{body}"[:LOOKED_AT]):
        found.add(match.group())
        if len(found) == 2:
            return 1.0
    return len(found) / 2
