"""What of a text that a reader of German gets is still English."""

import re
from collections.abc import Iterable
from html import unescape

ENGLISH = re.compile(
    r"\b(?:the|and|of|that|this|is|are|were|their|there|with|have|has|not|it|to|by|from|who|you|your|nobody|somebody"
    r"|reply|or|on|they|them|we|our|what|when|be|no|which|since|written|heard|lead|weeks?|people|customers?|engineers?"
    r"|agents?|answers?|answered|ask|asked|wrote|read|issues?|own|until|only|day|days|said|kept|sent|words?)\b",
    re.IGNORECASE,
)
"""Words that are English and not German."""


def english(text: str, names: Iterable[str] = ()) -> list[str]:
    """The English words of ours in a mail or page: none of quotations, addresses and markup, nor of these names,
    nor of what is marked as English or as somebody's words."""
    foreign = r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>|<(bdi|style)\b.*?</\2>'
    plain = unescape(re.sub(rf"{foreign}|<[^>]+>", " ", text, flags=re.DOTALL))
    said = re.sub(r'"[^"]*"|https?://\S+', " ", " ".join(plain.split()))
    for name in sorted(names, key=len, reverse=True):
        said = re.sub(re.escape(name.rstrip(".…")), " ", said, flags=re.IGNORECASE)
    return ENGLISH.findall(said)
