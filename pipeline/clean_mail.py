"""What the author of a mail did not write for this occasion: quoted mail, signatures, legal footers.

Lines of code between fences are nobody's signature and no quotation. The words are those of the mail programs in
sixteen languages.
"""

import re
from typing import Final

from pipeline.prose import FENCE, inside
from pipeline.screen import Glance

_OPENED: Final = (
    r"(?:on|am|le|el|em|il(?: giorno)?|op|den|d\.|w dniu|dnia|dne|tarihinde|ke dne|la data de|în data de|vào|pada) \S"
)
_SAID: Final = (
    r"(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał(?:a|\(a\))?|pisze|napsal(?:a|\(a\))?"
    r"|kirjoitti|írta|yazdı|a scris|пишет|написал\(?а?\)?|пише|написав|έγραψε|menulis|đã viết|folgendes geschrieben)"
)
_QUOTE_INTRO: Final = re.compile(
    rf"(?:{_OPENED}.{{3,200}}\b{_SAID}\b.{{0,100}}|.{{1,100}}\b{_SAID}(?: {_OPENED}.{{0,40}}\d.{{0,60}})?"
    r"|.{4,120}(?:写道|寫道|のメール|님이 작성)) ?[:：]$",
    re.IGNORECASE,
)
_INTRO_BEGINS: Final = re.compile(
    rf"(?:{_OPENED}.{{0,200}}\d.{{0,100}}|.{{1,100}}\b{_SAID} {_OPENED}.{{0,60}})$", re.IGNORECASE
)
_DATED: Final = frozenset("@0123456789")
_FULL_INTRO: Final = re.compile(rf"{_OPENED}.{{0,120}}\d.{{3,160}}\b{_SAID}\b.{{0,100}} ?[:：]$", re.IGNORECASE)
_FORWARDED: Final = re.compile(
    r"(?:-{3,} ?(?:original message|forwarded message|original appointment|ursprüngliche nachricht"
    r"|weitergeleitete nachricht"
    r"|message d'origine|message transféré|mensaje original|mensaje reenviado|mensagem original|mensagem encaminhada"
    r"|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande"
    r"|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|eredeti üzenet"
    r"|orijinal mesaj|исходное сообщение|пересылаемое сообщение) ?-{3,}"
    r"|_{20,}|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message (?:réexpédié"
    r"|transféré) ?:"
    r"|## ?-? ?please type your reply above this line.{0,40}##)$",
    re.IGNORECASE,
)
_FROM: Final = re.compile(
    r"\*?(?:from|von|de|da|van|från|fra|od|lähettäjä|feladó|kimden|от|发件人|差出人)\*? ?[:：]\*? ?\S", re.IGNORECASE
)
_SENT: Final = re.compile(
    r"\*?(?:sent|date|gesendet|datum|envoyé|enviado|enviada em|fecha|data|inviato|verzonden|skickat|sendt|wysłano"
    r"|odesláno"
    r"|lähetetty|elküldve|gönderildi|отправлено|дата|发送时间|送信日時)\*? ?[:：]",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"\*?(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|předmět|aihe|tárgy|konu|тема"
    r"|主题|件名)\*? ?[:：]",
    re.IGNORECASE,
)
_ABOUT_SIGNS: Final = (
    "subject",
    "betreff",
    "objet",
    "asunto",
    "assunto",
    "oggetto",
    "onderwerp",
    "mne:",
    "emne",
    "temat",
    "předmět",
    "aihe",
    "tárgy",
    "konu",
    "тема",
    "主题",
    "件名",
)
_HEADERS: Final = 7
"""Lines within which the headers of a mail below stand."""
_SIGN_OFF: Final = re.compile(
    r"(?:(?:with |all )?(?:best|kind|kindest|warm|many)? ?(?:regards|wishes)|cheers|sincerely(?: yours)?"
    r"|yours(?: truly| sincerely| faithfully)?"
    r"|(?:many )?thanks(?: and (?:best|kind) regards| in advance)?|thank you(?: in advance| very much)?|best"
    r"|mit freundliche[nm] (?:grüßen|grüssen|gruß|gruss)|(?:viele|liebe|beste|freundliche|herzliche"
    r"|schöne) grü(?:ß|ss)e|gruß"
    r"|mfg|lg|vg|(?:vielen )?dank(?:e)?(?: im voraus)?"
    r"|(?:bien )?cordialement|(?:meilleures |sincères )?salutations(?: distinguées)?|bien à vous|amicalement"
    r"|merci(?: d'avance)?"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|un cordial saludo|atentamente|(?:muchas )?gracias"
    r"|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|(?:muito )?obrigad[oa]|abraços"
    r"|(?:cordiali|distinti) saluti|(?:un )?saluti?|grazie(?: mille)?"
    r"|met vriendelijke groet(?:en)?|(?:vriendelijke )?groet(?:en|jes)?|mvg|bedankt|alvast bedankt"
    r"|(?:med )?(?:vänliga|bästa) hälsningar|hälsningar|mvh|tack(?: på förhand)?|(?:med )?ven(?:n)?lig hilsen"
    r"|hilsen|mange tak"
    r"|(?:ystävällisin )?terveisin|kiitos|pozdrawiam|z poważaniem|(?:serdeczne )?pozdrowienia|dziękuję"
    r"|s pozdravem|děkuji"
    r"|üdvözlettel|tisztelettel|köszönöm|cu stimă|cu respect|mulțumesc|saygılarımla|iyi çalışmalar|teşekkürler"
    r"|с уважением|спасибо|з повагою|дякую|με εκτίμηση|ευχαριστώ|trân trọng|hormat kami|terima kasih"
    r"|よろしくお願いします|よろしくお願いいたします|此致|谢谢|감사합니다) ?[,.!。]?$",
    re.IGNORECASE,
)
_DEVICE: Final = re.compile(
    r"(?:sent (?:from|via) my .{1,40}|sent (?:from|via|with) (?:mail|outlook|yahoo|proton ?mail|gmail)\b.{0,60}"
    r"|get outlook for .{1,40}|von meinem .{1,30} gesendet|gesendet (?:von|mit) (?:mein|outlook|mail).{0,40}"
    r"|envoyé (?:de|depuis) (?:mon|ma|outlook|yahoo).{0,40}|enviado desde (?:mi|outlook|yahoo).{0,40}"
    r"|enviado d[oe] (?:meu|outlook|iphone).{0,40}|inviato da .{1,40}|verstuurd vanaf .{1,40}|verzonden vanaf .{1,40}"
    r"|skickat från min .{1,40}|sendt fra min .{1,40}|wysłane z .{1,40}|lähetetty .{1,20}(?:sta|stä)|odesláno z .{1,40}"
    r"|отправлено с .{1,40}|iphone'umdan gönderildi|iphoneから送信)\.?$",
    re.IGNORECASE,
)
_LEGAL: Final = re.compile(
    r"(?:(?:confidentiality|legal|privacy) (?:notice|note|disclaimer)\b|disclaimer ?:|(?:important|legal) notice ?:"
    r"|this (?:e-?mail|message|communication|transmission)(?: message)?(?:,| and| \(| is| may| contains"
    r"|\W{1,3}including)"
    r".{0,200}\b(?:confidential|privileged|intended)"
    r"|the (?:information|content)s? (?:contained )?(?:in|of) this (?:e-?mail|message|communication)"
    r"|please (?:consider|think of) the environment|if you (?:are not the intended|have received this (?:e-?mail"
    r"|message) in error)"
    r"|diese (?:e-?mail|nachricht).{0,120}vertraulich|ce (?:message|courriel|mail).{0,160}confidenti"
    r"|este (?:mensaje|correo|e-?mail).{0,160}confiden|esta mensagem.{0,160}confiden"
    r"|questo messaggio.{0,160}(?:riservat|confiden)"
    r"|dit (?:e-?mail)?bericht.{0,160}vertrouwelijk)",
    re.IGNORECASE,
)
_LEGAL_SIGNS: Final = (
    "confiden",
    "disclaimer",
    "environment",
    "intended",
    "vertraulich",
    "riservat",
    "vertrouwelijk",
    "notice",
)
_FOOTER: Final = 4_000
_SIGNATURE_LINES: Final = 8
_FOOTER_LINES: Final = 14


def own_words(text: str) -> str:
    """Without quoted mail, signatures and legal footers, unless nothing else is there."""
    lines = text.split("\n")
    within = inside(lines) if FENCE in text else []
    before = len(lines)
    if _maybe_quotes(text):
        lines, within = _without_quotes(lines, within or [False] * before)
    above = _without_footer(lines, within)
    if len(above) < len(lines) and _has(text[-_FOOTER:].casefold(), _LEGAL_SIGNS):
        lines = above
    lines = _without_signature(lines, within)
    if len(lines) == before or not any(lines):
        return text
    return "\n".join(lines)


def _has(text: str, signs: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, signs))


def _maybe_quotes(text: str) -> bool:
    """Whether a look at every line can find a quotation at all."""
    return (
        text[:1] == ">"
        or "\n>" in text
        or text[-1:] in ":："
        or _has(text, ("---", "____", "##", "warded", "réexpédié", "transféré", "weitergeleitete"))
        or (":" in text and _has(text.casefold(), _ABOUT_SIGNS))
    )


def _without_quotes(lines: list[str], within: list[bool]) -> tuple[list[str], list[bool]]:
    """The lines that are left, and for each whether it stands in a block of code."""
    end = _mail_below(lines, within)
    kept: list[int] = []
    quoted_below, opens_above, blank_above = False, False, True
    for at in range(end - 1, -1, -1):
        line = lines[at]
        if within[at] or not line:
            kept.append(at)
            quoted_below = quoted_below and not within[at]
            opens_above = False
        elif line[0] == ">":
            quoted_below = True
        elif _FORWARDED.match(line):
            kept.clear()
            blank_above = True
            continue
        elif opens_above and _INTRO_BEGINS.match(line):
            opens_above = quoted_below = False
        elif quoted_below and line[-1] in ":：" and _introduces(lines, at):
            opens_above = not _INTRO_BEGINS.match(line)
        elif blank_above and line[-1] in ":：" and _FULL_INTRO.match(line):
            pass
        else:
            quoted_below = opens_above = blank_above = False
            kept.append(at)
    kept.reverse()
    return [lines[at] for at in kept], [within[at] for at in kept]


def _introduces(lines: list[str], at: int) -> bool:
    """Whether a line ends the introduction of a quotation, alone or, with an address or a date, below another."""
    line, above = lines[at], lines[at - 1] if at else ""
    if _QUOTE_INTRO.match(line):
        return True
    told = not _DATED.isdisjoint(line) and _INTRO_BEGINS.match(above)
    return bool(told and _QUOTE_INTRO.match(f"{above} {line}"))


def _mail_below(lines: list[str], within: list[bool]) -> int:
    """Where the headers of another mail begin, below words of the author's own; the end where there are none."""
    for at, line in enumerate(lines):
        if ":" in line[:14] and at and not within[at] and _FROM.match(line):
            below = lines[at + 1 : at + _HEADERS]
            if any(map(_SENT.match, below)) and any(map(_ABOUT.match, below)) and any(lines[:at]):
                return at
    return len(lines)


def _without_footer(lines: list[str], within: list[bool]) -> list[str]:
    """Cut at a legal footer among the last lines."""
    for at in range(max(1, len(lines) - _FOOTER_LINES), len(lines)):
        if lines[at] and _LEGAL.match(lines[at]) and not (within and within[at]) and any(lines[:at]):
            return lines[:at]
    return lines


def _without_signature(lines: list[str], within: list[bool]) -> list[str]:
    """Cut at "--" or at a sign-off that only a few short lines follow; again until none is left."""
    end = len(lines)
    first = next((i for i, line in enumerate(lines) if line), end)
    while True:
        while end and not lines[end - 1]:
            end -= 1
        start = max(1, end - _SIGNATURE_LINES)
        cut = next((i for i in range(start, end) if lines[i] and _signs(lines, within, i, end)), None)
        if cut is None or cut <= first:
            return lines[:end]
        end = cut


def _signs(lines: list[str], within: list[bool], at: int, end: int) -> bool:
    line = lines[at]
    if len(line) > 80 or (within and any(within[at:end])):
        return False
    if line == "--" or (at >= end - 2 and _DEVICE.match(line)):
        return True
    if line[0].casefold() not in _SIGN_LETTERS or len(line) > 40 or not _SIGN_OFF.match(line):
        return False
    return all(len(after) <= 60 for after in lines[at + 1 : end])


_SIGN_LETTERS: Final = frozenset("wabkmcsytvlfhgduinpzxoüмсзμεよ此谢감")

NOT_OWN: Final = Glance(
    re.compile("-{3}|_{4}|##|warded|réexpédié|transféré|weitergeleitete", re.IGNORECASE),
    lines=(">", "--$", _ABOUT, _FULL_INTRO, _LEGAL, _SIGN_OFF, _DEVICE),
)
"""What every cut needs that is made here; of another mail's headers the one that is rarest."""
