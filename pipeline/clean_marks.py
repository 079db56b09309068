"""Secrets and personal data in a text, each replaced by a mark that says what stood there.

Marks: [secret], [email], [phone], [card], [iban], [ip], [person], and [data] for a file that was pasted as letters. The
rules prefer marking too much to marking too little where a secret would be lost, and look for a check digit, a known
beginning or a word before it where numbers of orders, builds and versions look alike.
"""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from pipeline.screen import Glance


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


def _once(text: str) -> str:
    if "PRIVATE KEY" in text:
        text = _private_keys(text)
    if "://" in text:
        text = _URL_KEY.sub(r"\1[secret]", _URL_LOGIN.sub("[secret]@", text))
    long = [word for word in text.split() if len(word) >= _SHORTEST_TOKEN]
    if long and _has(" ".join(long), _TOKEN_SIGNS):
        text = _LONG_WORD.sub(_tokens, text)
    if len(very := [word for word in long if len(word) >= _WRAPPED_AT]) > 2:
        text = _WRAPPED.sub("[data]\n", text)
    if very and max(map(len, very)) >= _RUN_OF:
        text = _RUN.sub(_pasted, text)
    low = text.lower()
    if _has(low, _KEYED_SIGNS):
        text = _keyed_text(text, low)
    if "bearer " in low or "basic " in low:
        text = _BEARER.sub(lambda found: f"{found[1]}[secret]" if _odd(found[2]) else found[0], text)
    if "cookie" in low:
        text = _COOKIE.sub(r"\1[secret]", text)
    if not (_has(low, _PEOPLE_SIGNS) or text.count(":") > 6 or _NUMBERS.search(text)):
        return text
    return "\n".join([_line(line) for line in text.split("\n")])


def _has(text: str, signs: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, signs))


def _line(line: str) -> str:
    """People and numbers in one line: none of them goes on over its end."""
    if "@" in line:
        line = _MENTION.sub(_mention, _EMAIL.sub(_email, line))
    if "at]" in line or "at)" in line:
        line = _SPELT_EMAIL.sub("[email]", line)
    if line.count(":") > 2:
        line = _IPV6.sub(_ipv6, line)
    if line.count(".") > 2 and _DOTTED.search(line):
        line = _IPV4.sub(_ipv4, line)
    if not _LONG_NUMBER.search(line):
        return line
    if _IBAN_START.search(line):
        line = _IBAN.sub(_if(_iban_valid, "[iban]"), line)
    if _CARD_LONG.search(line):
        line = _CARD.sub(_if(_card, "[card]"), line)
    line = _PHONE.sub(_if(_dialled, "[phone]"), line)
    return _SAID_PHONE.sub(_said, line) if _has(line.casefold(), _PHONE_SIGNS) else line


def _if(holds: Callable[[str], bool], put: str) -> Callable[[re.Match[str]], str]:
    return lambda found: put if holds(found[0]) else found[0]


# --- secrets

_KNOWN: Final = (
    r"(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}"
    r"|gl(?:pat|ptt|dt|rt|cbt|soat|agent|ft|imt)-[\w.-]{16,255}|xox[abceoprs]-[\w-]{10,255}|xoxe\.[\w.-]{10,255}"
    r"|xapp-[\w-]{10,255}|(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b|[sr]k-(?:proj-|ant-"
    r"|live-)?[\w-]{20,255}|[spr]k_(?:live|test)_\w{10,255}|rzp_live_\w{10,60}"
    r"|whsec_\w{16,255}|AIza[\w-]{30,60}|ya29\.[\w-]{20,255}|GOCSPX-[\w-]{20,60}|npm_[A-Za-z0-9]{30,80}"
    r"|pypi-AgE[\w-]{16,255}"
    r"|rubygems_[a-f0-9]{40,60}|SG\.[\w-]{16,64}\.[\w-]{16,64}"
    r"|hf_[A-Za-z0-9]{30,60}|do[opr]_v1_[a-f0-9]{40,80}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"
    r"|AT[AC]TT[\w=-]{20,255}|lin_api_\w{30,60}|hvs\.[\w-]{20,255}|dapi[a-f0-9]{32}|figd_[\w-]{20,80}|PMAK-[\w-]{30,80}"
    r"|sntry[su]_[\w=-]{20,255}|NRAK-[A-Z0-9]{20,40}|sbp_[a-f0-9]{30,60}|nfp_\w{30,60}|CCIPAT_\w{20,80}"
    r"|bkua_[a-f0-9]{30,60}"
    r"|pscale_tkn_[\w-]{20,80}|dp\.[ps]t\.\w{30,60}|sq0(?:atp|csp)-[\w-]{20,60}|ntn_\w{40,60}"
    r"|gls[ac]_\w{20,80}|dckr_pat_[\w-]{20,60}|AC[a-f0-9]{32}\b|SK[a-f0-9]{32}\b|key-[a-f0-9]{32}\b"
    r"|EAA[A-Za-z0-9]{60,255}|\d{8,10}:AA[\w-]{33}\b|[MNO][A-Za-z\d_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}"
    r"|eyJ[\w-]{8,4000}\.[\w-]{8,4000}(?:\.[\w-]{0,4000})?|AGE-SECRET-KEY-1[0-9A-Z]{50,70})"
)
_HOOKS: Final = (
    r"hooks\.slack\.com/services/[\w/]{10,120}|discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{20,100}"
    r"|webhook\.office\.com/\S{20,300}"
)
_TOKENS: Final = re.compile(rf"\b{_KNOWN}|{_HOOKS}")
_TOKEN_SIGNS: Final = tuple(
    """
    ghp_ gho_ ghu_ ghs_ ghr_ github_pat glpat- glptt- gldt- glrt- glcbt- glsoat- glagent- glft- glimt- xox xapp-
    AKIA ASIA ABIA
    ACCA sk- rk- sk_ pk_ rk_ rzp_ whsec_ AIza ya29. GOCSPX npm_ pypi- rubygems_ SG. hf_ _v1_ shp ATATT ATCTT lin_api
    hvs. dapi
    figd_ PMAK- sntry NRAK- sbp_ nfp_ CCIPAT bkua_ pscale_ dp. sq0 ntn_ glsa_ glsc_ dckr_ AC SK key- EAA :AA eyJ AGE-S
    slack.com/ /webhooks/ webhook.office
    """.split()  # noqa: SIM905
)
_WRAPPED_AT: Final = 60
_RUN_OF: Final = 200
_RUN: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{200,}+")
_WRAPPED: Final = re.compile(
    r"(?:^[A-Za-z0-9+/]{60,100}+\n){3,}+(?:[A-Za-z0-9+/]{20,100}={0,2}$|[A-Za-z0-9+/]{1,100}={1,2}$)?", re.MULTILINE
)
_SHORTEST_TOKEN: Final = 15


def _pasted(run: re.Match[str]) -> str:
    """A path or an address has slashes more often than data have."""
    return run[0] if run[0].count("/") * _SLASHED > len(run[0]) else "[data]"


_SLASHED: Final = 25
_LONG_WORD: Final = re.compile(r"\S{15,}+")


def _tokens(word: re.Match[str]) -> str:
    return _TOKENS.sub("[secret]", word[0]) if _has(word[0], _TOKEN_SIGNS) else word[0]


_URL_LOGIN: Final = re.compile(r"(?<=://)[^\s/@:\[\]<>]{0,200}:[^\s/@<>]{1,300}@")
_URL_KEY: Final = re.compile(
    r"([?&](?:[a-z]{0,12}_?token|api_?key|key|sig|signature|secret|client_secret|password|passwd|pwd|code"
    r"|X-Amz-(?:Signature|Credential|Security-Token))=)(?!\[secret\]|[{$%]{1,2}\w)[^\s&#\"'<>]{4,2000}",
    re.IGNORECASE,
)
_KEYED: Final = re.compile(
    r"(?=[pPkKmMcCaAsSbBtTeEwWhH])(?i:"
    r"(password|(?<!no)passwd|passphrase|passcode|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasło|pwd"
    r"|api[ _-]?(?:key|token)|secret[ _-]?key|access[ _-]?key(?:[ _-]?id)?|access[ _-]?token|auth[ _-]?token"
    r"|client[ _-]?secret|(?:shared[ _-]?access|account|encryption|signing|master)[ _-]?key"
    r"|private[ _-]?key|bearer[ _-]?token|session[ _-]?(?:id|key)|secret|token)"
    r"(\"?'?(?:\s?[:=]\s?|\s(?:is|was|ist|est|es)(?:\s?:)?\s)[\"'`]?))(?!\[secret\])([^\s\"'`,;]{3,500})"
)
_KEYED_SIGNS: Final = (
    "pass",
    "pwd",
    "key",
    "secret",
    "token",
    "session",
    "kennwort",
    "contrase",
    "senha",
    "hasło",
    "wachtwo",
)
_KEYED_HINT: Final = re.compile(
    r"(?:pass(?:word|wd|phrase|code|wort)?|pwd|kennwort|passe|contraseña|senha|wachtwoord|hasło|key|secret|token"
    r"|id)[\"']{0,2}"
    r"(?:\s?[:=]|\s(?:is|was|ist|est|es)\b)"
)
_BEARER: Final = re.compile(
    r"\b((?:Authorization\s?:\s?)?(?:Bearer|Basic)\s)([A-Za-z0-9+/=._~-]{16,2000})", re.IGNORECASE
)
_COOKIE: Final = re.compile(
    r"\b((?:Set-)?Cookie\"?\s?:\s?[\"']?)(?!\[secret\])[\w.-]{1,60}=[^\n]{8,4000}", re.IGNORECASE
)
_PROSE: Final = frozenset(
    """
    a all an and any are asked await be been being but by can change cannot can't changed could did do does doesn't
    don't due
    each empty error even every expired expires failed fails false field fields for forgot forgotten from get
    gets given go has have having here how i if in incorrect input instead invalid is it its just kept link
    longer lost manager may missing must my need needed never new no none not nothing now null of off ok on only
    optional or page please policy protected put rejected required reset resets sent set should so some still
    string submit that the their them then there they this to too tried true try undefined unknown used user
    users valid visible want was wasn't we were what when where which who why will with without work working
    works would wrong yes you your
    """.split()  # noqa: SIM905
)
_NO_VALUE: Final = ("http", "[", "{", "<", "$", "%", "/", "./", "C:\\", "(")
_CALL: Final = re.compile(r"(?!ENC)[A-Za-z_$][\w.$]{0,80}\(")
_STRONG: Final = re.compile(r"pass|kennwort|contrase|pwd|senha|wachtwoord|hasło", re.IGNORECASE)


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


def _keyed_text(text: str, low: str) -> str:
    """What follows each word for a secret, looked at around that word only; `low` is the text in lower case."""
    if len(low) != len(text):  # a capital that is two letters when small
        return _KEYED.sub(_keyed, text)
    kept, at = [], 0
    for hint in _KEYED_HINT.finditer(low):
        if hint.start() < at:
            continue
        found = _KEYED.search(text, max(at, hint.start() - _BEFORE), hint.end() + _AFTER)
        if found:
            kept += [text[at : found.start()], _keyed(found)]
            at = found.end()
    return "".join(kept) + text[at:] if kept else text


_BEFORE: Final = 24
_AFTER: Final = 520


def _keyed(found: re.Match[str]) -> str:
    """ "password: xyz" hides xyz; "the token is missing" and "Password: reset link" are sentences."""
    name, between, value = found.groups()
    bare = value.strip("().!?*_").casefold()
    if bare in _PROSE or value.startswith(_NO_VALUE) or _CALL.match(value) or not bare.strip("*x•·-_/"):
        return found[0]
    if _STRONG.search(name) and (":" in between or "=" in between):
        return f"{name}{between}[secret]"
    return f"{name}{between}[secret]" if _odd(value) else found[0]


def _odd(value: str) -> bool:
    """Whether it looks made by a machine or a careful person: digits among letters or signs."""
    return len(value) >= 6 and any(c.isdigit() for c in value) and any(c.isalpha() or c in "+/=!#%&*" for c in value)


# --- people

_PEOPLE_SIGNS: Final = ("@", "at]", "at)", "::")

_EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]++@(?!\[)[\w-]++(?:\.[\w-]++)+")
_SPELT_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64} ?[(\[]at[)\]] ?[\w-]{2,60}(?:(?: ?[(\[]dot[)\]] ?|\.)[\w-]{2,60}){1,4}"
)
_MENTION: Final = re.compile(r"@(?<![\w/.@`$&\]-]@)([A-Za-z0-9][\w-]{0,38}+)(?![\w/(@-]|\.\w)")
_NOT_PEOPLE: Final = frozenset(
    """
    override test tests before after autowired nullable notnull nonnull deprecated inject bean component
    controller service entity repository transactional param params return returns throws throw see since author
    type types typedef property staticmethod classmethod dataclass fixture input output media import font-face
    keyframes charset supports include mixin extend use latest next all channel here everyone team todo html
    blade foreach if else endif end section brief code endcode details ref file internal private public protected static
    final abstract interface class selector implementation synthesize autoreleasepool try catch finally synchronized
    available
    main state binding published environment generated suppresswarnings value configuration springbootapplication
    restcontroller requestmapping getmapping postmapping column id generatedvalue table data getter setter builder
    slf4j mock
    rule ignore abstractmethod overload contextmanager lru_cache cached_property wraps app click license copyright
    version link
    inheritdoc function module exports default ts-ignore ts-nocheck ts-expect-error jsx format providesmodule
    allocated inline
    time show macro inbounds assert testset jit njit tf
    """.split()  # noqa: SIM905
)


_FILES: Final = frozenset(
    """
    png jpg jpeg gif svg webp bmp ico pdf gz tgz tar jar js mjs cjs ts tsx jsx css scss less html htm xml json
    yaml yml
    rb go java kt cpp h hpp cs php txt log service local localdomain internal lan x onnx zip input output
    """.split()  # noqa: SIM905
)


def _email(found: re.Match[str]) -> str:
    """An address at a name; what stands at a number is a version of a package, or a host."""
    top = found[0].rpartition(".")[2].casefold()
    named = top.isalpha() and len(top) > 1 and top not in _FILES
    return "[email]" if named or top.startswith("xn--") else found[0]


def _mention(found: re.Match[str]) -> str:
    name = found[1].casefold()
    return found[0] if name in _NOT_PEOPLE or name.isdigit() or _STAMP.match(name) else "[person]"


_STAMP: Final = re.compile(r"[0-9a-f]{16,}$")
"""What some logs begin a line with."""


# --- numbers

_CARD: Final = re.compile(
    r"(?<![\w./#=&?+-])(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|3\d{3}[ -]\d{6}[ -]\d{4,5}|\d{13,16})(?![\w.-]|[ -]\d)"
)
_CARD_LONG: Final = re.compile(r"\d(?:[ -]?\d){12}")
"""Whatever has none holds no card. Like the other two that begin with a digit, it is found much faster."""
_BRAND: Final = re.compile(
    r"4(?:\d{12}|\d{15})$|5[0-8]\d{14}$|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}$|3[47]\d{13}$"
    r"|3(?:0[0-5]|[689]\d)\d{11}$|35\d{14}$|6(?:011|2\d\d|4[4-9]\d|5\d\d)\d{12}$"
)
"""Beginning and length of Visa, Maestro, Mastercard, American Express, Diners, JCB, Discover and UnionPay."""
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_PHONE: Final = re.compile(
    r"(?=[+(\d])(?:(?<![\w.:/+#-])(?<!\d,)(?:\+\d{1,3}"
    r"|00[1-9]\d{0,2})[ .()/-]{0,3}(?:\d[ .()/-]{0,2}){6,12}\d(?![\w:-])"
    r"|(?<![\w.:/+#-])(?<!\d,)(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\w:-])"
    r"|(?<![\w.:/+#-])(?<!\d,)\(?0[1-9]\d{0,4}\)?[ /-]{1,3}\d{2,5}(?:[ /-]?\d{2,5}){1,3}(?![\w:-]|[.,]\d"
    r"| [0-9a-f]{2}\b)"
    r"|(?<![\w.:/+#-])(?<!\d,)0[1-9](?:[ .]\d\d){4}(?![\w.:-]| [0-9a-f]{2}\b)"
    r"|(?<![\w.:/+#-])(?<!\d,)\(\d{2,4}\) ?\d{4,5}-\d{4}(?![\w:-])"
    r"|(?<![\w.:/+#-])(?<!\d,)0[1-9]\d{8,9}(?![\w.:-]))"
)
_SAID_PHONE: Final = re.compile(
    r"(\b(?:tel(?:ephone|efon[eo]?|éfono)?|téléphone|phone|mobile?|cell|fax|handy|whatsapp|sms|call me (?:at|on))"
    r"(?: (?:no|number|nr))?[.:]{0,2} {1,2})\(?\d(?:[ ./()-]{0,2}\d){6,12}(?![\w:-]|\.\d)",
    re.IGNORECASE,
)
_PHONE_SIGNS: Final = ("tel", "phon", "mobil", "cell", "fax", "handy", "whatsapp", "sms", "call me")
_DATED: Final = re.compile(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?!\d)")
_POSTCODE: Final = re.compile(r"\d{5}-\d{4}$")
_LONG_NUMBER: Final = re.compile(r"[0-9](?:[ ().,/-]{0,4}[0-9]){5}")
"""Whatever has none holds no card and no phone number."""
_NUMBERS: Final = re.compile(r"[0-9](?:(?:[ ().,/-]{0,4}[0-9]){5}|\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9])")
"""And whatever has none of these holds no address of four figures either."""
_IBAN_START: Final = re.compile(r"[A-Z]{2}\d\d")
_DOTTED: Final = re.compile(r"\d\.\d{1,3}\.\d")
_IPV4: Final = re.compile(r"(?<![\w.+-])(?:\d{1,3}\.){3}\d{1,3}(?![\w+-]|\.\d)")
_IPV6: Final = re.compile(
    r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,5})(?![\w:])"
)
_OF_A_VERSION: Final = re.compile(
    r"(?:\bv|versions?|ver\.?|release|build|sdk|chrome|edge|firmware|driver|update|upgrad\w+|framework|[\w-]/"
    r"|[=<>~^]=?)\s{0,2}$",
    re.IGNORECASE,
)


def _ipv4(found: re.Match[str]) -> str:
    """An address that somebody else could be reached by; four figures after a word like "version" are none."""
    before = found.string[max(0, found.start() - 24) : found.start()]
    try:
        address = IPv4Address(found[0])
    except AddressValueError:
        return found[0]
    inner = address.is_private and not found[0].startswith(("192.0.2.", "198.51.100.", "203.0.113."))
    if inner or address.is_multicast or address.is_reserved or address.is_unspecified or address.packed[0] == 0:
        return found[0]
    if before.endswith("://") or not (_OF_A_VERSION.search(before) or _small(found[0])):
        return "[ip]"
    return found[0]


def _small(dotted: str) -> bool:
    """Whether the figures are as small as those of versions are and those of addresses seldom."""
    parts = [int(part) for part in dotted.split(".")]
    return sum(part < 25 for part in parts) >= 3


def _ipv6(found: re.Match[str]) -> str:
    try:
        address = IPv6Address(found[0])
    except AddressValueError:
        return found[0]
    inner = address.is_private and not found[0].casefold().startswith("2001:db8:")
    return found[0] if inner or address.is_multicast or not address.packed[0] else "[ip]"


def _card(number: str) -> bool:
    """Beginning and length of a brand of cards, and the check digit (ISO/IEC 7812-1)."""
    digits = [int(c) for c in number if c.isdecimal()]
    if not _BRAND.match("".join(map(str, digits))) or len(set(digits)) == 1:
        return False
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _dialled(number: str) -> bool:
    """Nine digits or more, or an international prefix; no date, which has eight, and no American postcode."""
    if number[0] == "+":
        return True
    return sum(c.isdecimal() for c in number) >= 9 and not (_DATED.search(number) or _POSTCODE.match(number))


def _said(found: re.Match[str]) -> str:
    return found[0] if _DATED.search(found[0]) else f"{found[1]}[phone]"


def _iban_valid(text: str) -> bool:
    letters = text.replace(" ", "")
    moved = letters[4:] + letters[:4]
    return 15 <= len(letters) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


MARKED: Final = Glance(
    "PRIVATE KEY",
    f"://{_URL_LOGIN.pattern}",
    _URL_KEY,
    rf"[^\w]{_KNOWN}",
    _HOOKS,
    _KEYED,
    _BEARER,
    _COOKIE,
    r"@[\w-]",
    r"[(\[]at[)\]]",
    r"[0-9a-fA-F]:[0-9a-fA-F]{1,4}::[0-9a-fA-F]|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]",
    r"[^\w.+-](?:[0-9]{1,3}\.){3}[0-9]",
    _IBAN,
    rf"[^\w./#=&?+-]{_CARD.pattern}",
    rf"[^\w.:/+#-]{_PHONE.pattern}",
    _SAID_PHONE,
)
"""What every change needs that marking makes, but for `LONG`: most texts hold none of it, and are not looked at line by
line."""
LONG: Final = Glance(r"[A-Za-z0-9+/=_-]{60}")
"""Letters of a file, perhaps. It is apart since counting beside all the others takes more states than RE2 can keep."""
