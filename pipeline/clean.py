"""Markup of any kind becomes the plain text that people read, with secrets and personal data marked.

Everything stored, classified and quoted has been through `clean`. The input is whatever strangers wrote, so each
pattern here takes time proportional to the text: runs are bounded or possessive, and nothing is searched for again once
it is known to be absent.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Final

from pipeline.clean_mail import NOT_OWN, own_words
from pipeline.clean_marks import LONG, MARKED, mark
from pipeline.clean_markup import BLOCK, READERS, Blocks, Markup
from pipeline.prose import CODE, FENCE, FRAME_STARTS, inside, is_frame
from pipeline.screen import Glance, Glances

__all__ = ["CUT", "LONGEST", "Markup", "characters", "clean", "one_line"]

LONGEST: Final = 20_000
"""Characters that are kept; the cut is marked."""
CUT: Final = "[cut]"
_ROUNDS: Final = 4
"""A mark is shorter than what it hides, and a shorter line can turn out to be part of a signature."""
_READ: Final = 10 * LONGEST
"""Characters of raw markup that are looked at: markup shrinks, and nobody reads on after this much."""
_MOST: Final = 12_000_000
"""Characters among which pictures and style sheets are skipped, so that words after them are read."""
_BLOCK_KEPT: Final = 1_500
"""Characters of one block of code or trace that are kept: its beginning and its end."""
_BLOCKS_KEPT: Final = 4_000
"""And of all blocks of a text together; what comes later is [code], so that words keep their room."""


def clean(text: str, markup: Markup = "markdown") -> str:
    """Plain text: paragraphs kept; markup, quoted mail, signatures, template headings gone; at most `LONGEST` long.

    Code, output and traces stand between two lines of three backticks, shortened; `pipeline.prose.prose` leaves them
    out. What was left out and matters is marked: [code], [data], [cut], and the marks of `pipeline.clean_marks`.
    Cleaning plain text again changes nothing.
    """
    if markup == "plain" and len(text) < _TITLE and _NOTHING_TO_DO.match(text):
        return text
    if len(text) > _READ:
        text = _slim(text[:_MOST])
    cut = len(text) > _READ
    text = characters(text[:_READ])
    blocks: Blocks = []
    entities = markup != "plain" and "&" in text
    text = READERS[markup](text, blocks)
    if entities:
        text = characters(text, kept=BLOCK)
    return _cap(_settled(_spaces(_with_blocks(text, blocks))), cut)


def _settled(text: str) -> str:
    """Traces between fences, other people's words gone, secrets marked. What a look has cleared is not looked at again
    before the text has changed."""
    may, marked = _may_change(text), None
    for _ in range(_ROUNDS):
        if not may:
            break
        before = text
        for change in (_traces, own_words, mark):
            if change not in may or (change is mark and text == marked):
                continue
            changed = change(text)
            if changed != text:
                text = _spaces(changed)
                may = _may_change(text)
            if change is mark:
                marked = text
        if text == before:
            break
    return text


_TITLE: Final = 150
_NOTHING_TO_DO: Final = re.compile(r"(?:[A-Za-z\"'][A-Za-z.,;!?'\"-]{0,30}+(?: (?=[^ ])|$))+$(?!\n)")
"""Most titles: words in ASCII with single blanks between them, in which there is nothing to find."""
_SLIMMED: Final = (
    ("base64,", re.compile(r"data:[\w/+.;=-]{1,100}base64,[A-Za-z0-9+/=%\s]{200,}+"), ""),
    ("<style", re.compile(r"<style\b.*?(?:</style>|\Z)", re.IGNORECASE | re.DOTALL), ""),
    ("<script", re.compile(r"<script\b.*?(?:</script>|\Z)", re.IGNORECASE | re.DOTALL), ""),
    ("<!--", re.compile(r"<!--.*?-->", re.DOTALL), ""),
)


def _slim(text: str) -> str:
    """A long text without what holds no words: pictures in the text, style sheets, scripts, comments."""
    for sign, pattern, put in _SLIMMED:
        if sign in text:
            text = pattern.sub(put, text)
    return text


_DROPPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]+"
)
_CONTROL: Final = bytes({*range(32), 127} - {*b"\t\n\v\f"})
_AS_BREAKS: Final = bytes.maketrans(b"\v\f", b"\n\n")
_BREAKS: Final = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_PILED_MARKS: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


def characters(text: str, kept: str = "") -> str:
    """No control, bidirectional, invisible or broken characters; one kind of line end; NFC. `kept` stays."""
    if kept and kept in text:
        return kept.join(characters(part) for part in text.split(kept))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text.encode().translate(_AS_BREAKS, _CONTROL).decode()
    text = _DROPPED.sub("", _BREAKS.sub("\n", text))
    return text if _is_western(text) else _PILED_MARKS.sub(r"\1", unicodedata.normalize("NFC", text))


def one_line(text: str) -> str:
    """What somebody wrote into a field, as one line; empty where it is nothing that can be seen."""
    return " ".join(characters(text).split())


def _is_western(text: str) -> bool:
    """Whether there is no character beyond Latin-1, and so nothing to compose."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


_ODD_BREAK: Final = re.compile(r"\n(?: |\n\n)")
_PARAGRAPHS: Final = re.compile(r"\n(?=\n\n)\n+")
"""Both begin with one letter that is certain, which `re` finds by itself much sooner than a run."""


def _spaces(text: str) -> str:
    """Single blanks within lines, none around them, and at most one empty line between them."""
    if "\t" in text or not (text.isascii() or text.replace("\n", "").isprintable()):
        text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    while "  " in text:
        text = text.replace("  ", " ")
    if " \n" in text or _ODD_BREAK.search(text):
        text = "\n".join([line.strip() for line in text.split("\n")])
        text = _PARAGRAPHS.sub("\n\n", text)
    return text.strip(" \n")


def _cap(text: str, cut: bool) -> str:
    if len(text) <= LONGEST and not cut:
        return text
    room = text[: LONGEST - len(CUT) - len(FENCE) - 2]
    at = max(room.rfind("\n"), room.rfind(" "))  # between words: half a number could look like another one
    kept = room[:at].rstrip() if at > LONGEST // 2 else room.rstrip()
    if FENCE in kept and kept.split("\n").count(FENCE) % 2:
        kept = f"{kept}\n{FENCE}"
    return f"{kept}\n{CUT}"


# --- code, traces and data


def _with_blocks(text: str, blocks: Blocks) -> str:
    if not blocks:
        return text
    parts = text.split(BLOCK)
    left = _BLOCKS_KEPT
    kept = [parts[0]]
    for lines, after in zip(blocks, parts[1:], strict=True):
        shown = _shortened([" ".join(line.replace("`", "'").split()) for line in lines])
        size = sum(map(len, shown))
        left -= size
        kept += ["\n".join([FENCE, *shown, FENCE]) if left >= 0 else CODE, after]
    return "".join(kept)


def _shortened(lines: list[str]) -> list[str]:
    """The beginning and the end of a block, whole lines, very long ones cut."""
    lines = [line if len(line) <= _LINE else _cut(line) for line in lines if line]
    if sum(map(len, lines)) <= _BLOCK_KEPT:
        return lines
    head = _as_many(lines, _BLOCK_KEPT * 2 // 3)
    return [*head, CUT, *_as_many(lines[len(head) :][::-1], _BLOCK_KEPT // 3)[::-1]]


_LINE: Final = 300


def _cut(line: str) -> str:
    """The beginning of a long line. A word is never cut: half a secret would not be known as one."""
    return f"{line[:_LINE].rpartition(' ')[0]} {CUT}".lstrip()


def _as_many(lines: list[str], room: int) -> list[str]:
    for count, line in enumerate(lines):
        room -= len(line)
        if room < 0:
            return lines[:count]
    return lines


_INLINE_FRAMES: Final = re.compile(r"(?:\bat [\w.$<>]{1,200}\([\w.: ]{1,80}\)[ ]{0,3}){2,}")
_INLINE_FRAME: Final = re.compile(r" (?=at [\w.$<>]{1,200}\()")


def _traces(text: str) -> str:
    """Frames of a stack are put between fences; the line with the error itself stays outside."""
    if (".java:" in text or ".kt:" in text or ".scala:" in text) and text.count("at ") > 1:
        text = _INLINE_FRAMES.sub(_apart, text)
    lines = text.split("\n")
    within = inside(lines) if FENCE in text else [False] * len(lines)
    kept: list[str] = []
    frames: list[str] = []
    source_follows = False
    for line, fenced in zip(lines, within, strict=True):
        if not fenced and (is_frame(line) or (source_follows and line and ": " not in line and line != FENCE)):
            source_follows = not source_follows and line.startswith("File ")
            frames.append(line.replace("`", "'"))
            continue
        if frames:
            kept += [FENCE, *_shortened(frames), FENCE]
            frames = []
        source_follows = False
        kept.append(line)
    return "\n".join([*kept, FENCE, *_shortened(frames), FENCE] if frames else kept)


def _apart(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 1) : found.start()]
    return ("" if before in ("", "\n") else "\n") + _INLINE_FRAME.sub("\n", found[0].strip()) + "\n"


_TRACED: Final = Glance(r"\.(?:java|kt|scala):", lines=map(re.escape, FRAME_STARTS))
_LOOK: Final = Glances({_traces: _TRACED, own_words: NOT_OWN, mark: LONG})


def _may_change(text: str) -> Collection[Callable[[str], str]]:
    """What a text has to go through; whatever is not among it would leave the text as it is."""
    may = _LOOK(text)
    return may if mark in may or not MARKED(text) else [*may, mark]
