"""Secrets and personal data in a text, each replaced by a mark that says what stood there.

Marks: [secret], [email], [phone], [card], [iban], [person]. The rules prefer marking too much to marking too little.
"""

import re
from collections.abc import Callable
from typing import Final


def mark(text: str) -> str:
    """The text with secrets and personal data marked. Marking again changes nothing."""
    for _ in range(_ROUNDS):
        marked = _once(text)
        if marked == text:
            break
        text = marked
    return text


_ROUNDS: Final = 6
"""A mark can complete another pattern only next to itself; a handful of rounds ends that."""

_TOKENS: Final = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|gl(?:pat|ptt|dt|rt|cbt|soat"
    r"|agent)-[\w.-]{16,255}|xox[abceoprs]-[\w-]{10,255}"
    r"|xapp-[\w-]{10,255}|(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b|[sr]k-(?:proj-|ant-"
    r"|live-)?[\w-]{20,255}|[spr]k_(?:live|test)_\w{10,255}"
    r"|whsec_\w{16,255}|AIza[\w-]{30,60}|ya29\.[\w-]{20,255}|npm_\w{30,80}|pypi-[\w-]{16,255}"
    r"|SG\.[\w-]{16,64}\.[\w-]{16,64}"
    r"|hf_[A-Za-z0-9]{30,60}|do[opr]_v1_[a-f0-9]{40,80}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"
    r"|ATATT[\w=-]{20,255}|lin_api_\w{30,60}"
    r"|gls[ac]_\w{20,80}|dckr_pat_[\w-]{20,60}|AC[a-f0-9]{32}\b|SK[a-f0-9]{32}\b|key-[a-f0-9]{32}\b"
    r"|EAA[A-Za-z0-9]{60,255}"
    r"|eyJ[\w-]{8,4000}\.[\w-]{8,4000}(?:\.[\w-]{0,4000})?|AGE-SECRET-KEY-1[0-9A-Z]{50,70})"
    r"|hooks\.slack\.com/services/[\w/]{10,120}"
)
_TOKEN_SIGNS: Final = (
    "gh",
    "github_pat",
    "gl",
    "xox",
    "xapp",
    "AKIA",
    "ASIA",
    "ABIA",
    "ACCA",
    "k-",
    "k_",
    "whsec",
    "AIza",
    "ya29",
    "npm_",
    "pypi-",
    "SG.",
    "hf_",
    "_v1_",
    "shp",
    "ATATT",
    "lin_",
    "dckr",
    "AC",
    "SK",
    "key-",
    "EAA",
    "eyJ",
    "AGE-",
    "slack",
)
_URL_LOGIN: Final = re.compile(r"(?<=://)[^\s/@:\[\]]{0,200}:[^\s/@]{1,300}@")
_URL_KEY: Final = re.compile(
    r"([?&](?:access_?token|token|api_?key|key|sig|signature|secret|password|auth|code"
    r"|X-Amz-Signature)=)(?!\[secret\])[^\s&#\"'<>]{4,2000}",
    re.IGNORECASE,
)
_KEYED: Final = re.compile(
    r"(?=[pkmcasbt])(password|passwd|passphrase|passcode|passwort|kennwort|mot de passe|contraseña|pwd"
    r"|(?:api[ _-]?key|secret[ _-]?key|access[ _-]?key(?:[ _-]?id)?|access[ _-]?token|auth[ _-]?token"
    r"|client[ _-]?secret"
    r"|private[ _-]?key|bearer[ _-]?token|session[ _-]?id|secret|token))"
    r"(\"?'?(?:\s?[:=]\s?|\s(?:is|was|ist|est|es)(?:\s?:)?\s)[\"'`]?)(?!\[secret\])([^\s\"'`,;]{3,500})",
    re.IGNORECASE,
)
_KEYED_SIGNS: Final = ("pass", "pwd", "key", "secret", "token", "session", "kennwort", "contrase")
_BEARER: Final = re.compile(
    r"\b((?:Authorization\s?:\s?)?(?:Bearer|Basic)\s)([A-Za-z0-9+/=._~-]{16,2000})", re.IGNORECASE
)
_PROSE: Final = frozenset(
    """
    a all an and any are asked be been being but by can cannot can't changed could did do does doesn't don't due
    each empty error even every expired expires failed fails false field fields for forgot forgotten from get
    gets given go has have having here how i if in incorrect input instead invalid is it its just kept link
    longer lost manager may missing must my need needed never new no none not nothing now null of off ok on only
    optional or page please policy protected put rejected required reset resets sent set should so some still
    string submit that the their them then there they this to too tried true try undefined unknown used user
    users valid visible want was wasn't we were what when where which who why will with without work working
    works would wrong yes you your
    """.split()  # noqa: SIM905
)
_STRONG: Final = re.compile(r"pass|kennwort|contrase|pwd", re.IGNORECASE)

_EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]++@(?!\[)[\w-]++(?:\.[\w-]++)+")
_CARD: Final = re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.])")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_PHONE: Final = re.compile(
    r"(?=[+(\d])(?:(?<![\w.,:/+#-])(?:\+\d{1,3}|00[1-9]\d{0,2})[ .()/-]{0,3}(?:\d[ .()/-]{0,2}){6,12}\d(?![\w-])"
    r"|(?<![\w.,:/+#-])\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"
    r"|(?<![\w.,:/+#-])\(?0\d{1,5}\)?[ /-]{1,3}\d{2,5}(?:[ /-]?\d{2,5}){1,3}(?![\w-])"
    r"|(?<=[lLeE][.: ] )(?<![\w])\d(?:[ .-]?\d){6,12}(?![\w-])|(?<![\w.,:/+#-])0\d{9,10}(?![\w.-]))"
)
_LONG_NUMBER: Final = re.compile(r"\d(?:[ ().,/-]{0,4}\d){5}")
"""Whatever has none holds no card and no phone number."""
_IBAN_START: Final = re.compile(r"[A-Z]{2}\d\d")
_MENTION: Final = re.compile(r"@(?<![\w/.@`$&\]-]@)([A-Za-z0-9][\w-]{0,38}+)(?![\w/(@-]|\.\w)")
_NOT_PEOPLE: Final = frozenset(
    """
    override test tests before after autowired nullable notnull nonnull deprecated inject bean component
    controller service entity repository transactional param params return returns throws throw see since author
    type types typedef property staticmethod classmethod dataclass fixture input output media import font-face
    keyframes charset supports include mixin extend use latest next all channel here everyone team todo html
    blade foreach if else endif end section
    """.split()  # noqa: SIM905
)


def _once(text: str) -> str:
    if "PRIVATE KEY" in text:
        text = _private_keys(text)
    if _has(text, _TOKEN_SIGNS):
        text = _TOKENS.sub("[secret]", text)
    if "://" in text:
        text = _URL_KEY.sub(r"\1[secret]", _URL_LOGIN.sub("[secret]@", text))
    if _has(text.casefold(), _KEYED_SIGNS):
        text = _KEYED.sub(_keyed, text)
    if "earer" in text or "asic" in text:
        text = _BEARER.sub(lambda found: f"{found[1]}[secret]" if _odd(found[2]) else found[0], text)
    if "@" in text:
        text = _MENTION.sub(_mention, _EMAIL.sub("[email]", text))
    return _numbers(text)


def _has(text: str, signs: tuple[str, ...]) -> bool:
    return any(sign in text for sign in signs)


def _numbers(text: str) -> str:
    if _IBAN_START.search(text):
        text = _IBAN.sub(_if(_iban_valid, "[iban]"), text)
    if not _LONG_NUMBER.search(text):
        return text
    text = _CARD.sub(_if(_luhn, "[card]"), text)
    return _PHONE.sub(_if(_dialled, "[phone]"), text)


def _if(holds: Callable[[str], bool], put: str) -> Callable[[re.Match[str]], str]:
    return lambda found: put if holds(found[0]) else found[0]


def _private_keys(text: str) -> str:
    """Each block from BEGIN to END; one that is never closed hides the rest."""
    kept, at = [], 0
    while (start := text.find("-----BEGIN ", at)) >= 0:
        head = text.find("PRIVATE KEY", start, start + 60)
        if head < 0:
            kept.append(text[at : start + 11])
            at = start + 11
            continue
        kept += [text[at:start], "[secret]"]
        end = text.find("-----END ", head)
        close = text.find("-----", end + 9, end + 80) if end >= 0 else -1
        at = close + 5 if close >= 0 else len(text)
    return "".join(kept) + text[at:]


def _keyed(found: re.Match[str]) -> str:
    """ "password: xyz" hides xyz; "the token is missing" and "Password: reset link" are sentences."""
    name, between, value = found.groups()
    bare = value.strip("().!?*_").casefold()
    if bare in _PROSE or bare.startswith(("http", "[", "{", "<", "$", "%")):
        return found[0]
    if _STRONG.search(name) and (":" in between or "=" in between):
        return f"{name}{between}[secret]"
    return f"{name}{between}[secret]" if _odd(value) else found[0]


def _odd(value: str) -> bool:
    """Whether it looks made by a machine or a careful person: digits among letters or signs."""
    return len(value) >= 6 and any(c.isdigit() for c in value) and any(c.isalpha() or c in "+/=!#%&*" for c in value)


def _mention(found: re.Match[str]) -> str:
    return found[0] if found[1].casefold() in _NOT_PEOPLE or found[1].isdigit() else "[person]"


def _luhn(number: str) -> bool:
    digits = [int(c) for c in number if c.isdecimal()]
    if len(digits) < 13 or len(set(digits)) == 1 or digits[0] in (0, 1, 7, 8, 9):
        return False  # no card brand begins so; most of those are times and counters
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _dialled(number: str) -> bool:
    """Nine digits or more, or an international prefix; dates have eight."""
    return number[0] == "+" or sum(c.isdecimal() for c in number) >= 9


def _iban_valid(text: str) -> bool:
    letters = text.replace(" ", "")
    moved = letters[4:] + letters[:4]
    return 15 <= len(letters) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
