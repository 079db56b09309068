"""The wordings of each signal, as regular expressions over lower-case text.

`UNLESS` says in which sentence a wording means something else: a question of a form, a step of a recipe, advice.
`NOBODYS` says which sentences tell nobody's own situation. Wordings of other languages are in
`pipeline.classify.tongues`; those that decide who may read a text are here, in all languages.

Every repetition is bounded, so a hostile text costs no more than its length.
"""

from typing import Final

_CHORE: Final = (
    r"(?:restart|reload|refresh|close and|delete|uninstall|re-?install|log ?out|sign out|exit|undeploy"
    r"|redeploy|revert|downgrade|copy|paste|re-?type|type|e-?mail|wrap|hack|monkey-?patch|reset|recreate"
    r"|re-?enter|re-?create|hard-?code|scroll|click through|fork|vendor|use the old(?:er)?|add back|repeat"
    r"|screenshot|print|phone|write (?:it|them|this|my own|our own)|find the|set up again"
    r"|start (?:over|again|from)|do (?:it|this|that|everything) (?:again|twice|by))"
)
_DOC: Final = (
    r"(?:docs?|documentation|manual|guide|readme|help (?:page|article|centre|center)|help|wiki|tutorial|faq|article"
    r"|instructions?|runbook|knowledge base|release notes|changelog|man page|book|getting started|javadocs?)"
)
_OUTSIDER: Final = (
    r"(?:accountant|auditor|audit|tax adviser|tax advisor|bank|lawyer|customer|client|patient|partner|supplier"
    r"|inspector|regulator|guest|student|parent|reseller|bookkeeper|pharmacist|end[- ]?user|tester|subscriber)"
)
_NOTICED: Final = (
    r"(?:noticed|found|spotted|discovered|told (?:us|me)|pointed out|complain(?:ed|ing|s)?|called (?:us|me)"
    r"|asked (?:us|me|why)|flagged|caught|informed|reported|reporting|reports|rang|(?<=is )facing"
    r"|(?<=are )facing|hit|is upset|are upset"
    r"|raised)"
)

_HABIT: Final = r"(?:now |currently |just |always |still |usually |simply |then |all |often )?"
_BUSY: Final = (
    r"(?:do|doing|copy(?:ing)?|typ(?:e|ing)|enter(?:ing)?|export(?:ing)?|merg(?:e|ing)|edit(?:ing)?|fix(?:ing)?"
    r"|correct(?:ing)?|collect(?:ing)?|mov(?:e|ing)|download(?:ing)?|upload(?:ing)?|updat(?:e|ing)|check(?:ing)?"
    r"|convert(?:ing)?|renam(?:e|ing)|sync(?:ing)?|count(?:ing)?|clean(?:ing)?|delet(?:e|ing)|remov(?:e|ing)"
    r"|restart(?:ing)?|writ(?:e|ing)|track(?:ing)?|maintain(?:ing)?|keep(?:ing)?|send(?:ing)?|rebuild(?:ing)?)"
)
_IN_VAIN: Final = (
    r"(?![^\n]{0,160}\b(?:successfully|work(?:s|ed|ing) (?:well|fine|good|perfectly)|was working"
    r"|no problems?)\b)(?=[\s\S]{0,260}\b(?:but|however|errors?|fail\w*|crash\w*|unable|cannot|can't|nothing"
    r"|no luck|stuck|wrong|not (?:work"
    r"|start|found|run|success)\w*|(?:does|did|is|was|do|has)n't|(?:does|did|do|is|still) not|still)\b)"
)
"""What tells that following a page did not help."""
_NOT_PAPERS: Final = (
    r"(?! (?:\w+ |`[^`]{0,30}`? ){0,3}(?:notes?|documentation|docs?|tests?|checks?|brackets|braces"
    r"|parenthes[ei]s|whitespace|unit|comments?|javadocs?|steps|screenshots?|details"
    r"|info|information|labels?|links?|logs?|examples?|snippets?|output|descriptions?|context|explanations?"
    r"|lines?|spaces"
    r"|assert\w*|todo|money|annotation|reviewers?|changelog|statement|your (?:name|vote|thoughts|ideas|voice)"
    r"|cases?|reasons?"
    r"|code|issue|issues|repro\w*|version|versions|tags?|me|him|her|yourself)\b)(?! (?:them|these|those|it"
    r"|any|your|a link|more"
    r" (?:info|detail|context|log)\w*)\b)(?! @| `@)"
)
"""What people ask a writer, and not a product, to add."""
_OUTPUT: Final = (
    r"(?:numbers?|figures?|tests?|results?|reports?|dashboards?|builds?|ci|pipelines?|suite|alerts?"
    r"|estimates?|status|messages?"
    r"|output|monitoring|graphs?|charts?|counts?|totals?|coverage|metrics|it any ?more|anything it)"
)

PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "workaround": (
        r"\b(?:i|you|one|they|users?|people|everyone|everybody|customers?|agents?|developers?|we(?= (?:now |just "
        r"|still |always |simply |often |usually |really |currently |literally )?(?:had to|(?:was|were"
        r"|are) forced to"
        r"|keep|kept|end(?:ed)? up|have to(?! (?:delete|reset|type)\b)|need to use the old)))"
        r"(?: now| just| still| always| simply| often| usually| really| currently| literally)? "
        r"(?:have to|has to|had to|need to|needed to|must|(?:was|were|am|are) forced to|end(?:s|ed)? up|keep|kept) "
        rf"(?:\w+ly |now |just |then |always |first ){{0,2}}(?:{_CHORE}|\w+ing (?:it|them|the \w+) (?:again|by "
        rf"hand))\b",
        rf"(?:^|[.!?\n]\s{{0,3}}|\d\) )(?:had|have) to (?:\w+ly )?{_CHORE}\b",
        rf"\b(?:i|we|they|people|everyone|everybody|agents)(?:'m|'re| am| are)?(?: all)? {_HABIT}{_BUSY} "
        r"[^.!?\n,;:]{0,50}\b(?:by hand|manually)\b",
        r"\b(?:have to|has to|had to|needs? to|needed to|must|forced|requir\w+"
        r"|so \w+ing) [^.!?\n]{0,50}\b(?:by hand"
        r"|manually)\b",
        r"\bby hand (?:every|each)\b",
        r"\bmanually (?:every|each)\b",
        r"\b(?:as|with|our|my|their|the|current|have|found|use|using) (?:a |an |the |my |our |one |some |this "
        r"|only |usual |current |temporary |ugly |dirty |small |little |possible |home-?made ){0,3}"
        r"work-?arounds?\b(?=,? (?:is|was|are|for now|which|that|i|we|you|users?|they|to this|to create|to use"
        r"|until))",
        r"\b(?:i|we|they|users?|you (?:can|have to|must|could))(?: \w+){0,2} (?:work|works|worked|get|got)[ "
        r"-]?(?:around|round) (?:the (?!fact)|this|that|it|these)\b",
        r"\bwork-?around to this\b",
        r"\bonly (?:way|solution|option|remedy|cure|thing that (?:works|helps))\b(?! that you)(?:[^.!?\n]"
        r"|\.(?=\w)){0,80}? (?:is|was) (?:to |by )?(?:just |simply |manually )?(?:\w+ing|delete|restart|start"
        r"|reload|refresh"
        r"|re-?\w+|log|sign|quit|kill|exit|force|use|close|open|right|click|switch|set|pass|check|copy|create|go"
        r"|run|edit|write|remove|add|change|maintain|call|do|have|disable|un\w+)\b",
        r"\b(?:i|we)(?:'ve|'m| have| did| had| am| are| now| currently)? (?:\w+ )?(?:found|find|use|using"
        r"|used) (?:a|an"
        r"|this|some) (?:\w+ )?(?:hack|trick|kludge)\b",
        r"\b(?:had to|we|i) (?:\w+ )?monkey-?patch",
        r"\b(?:the|my|our|only) (?:fix|cure|solution|answer) (?:for (?:me|us|now) )?was (?:to )?(?:downgrad"
        r"|roll(?:ing)?"
        r" |go(?:ing)? back|revert|uninstall)\w*",
        r"\b(?:i|we)(?:'ve|'m|'re| have| had| am| are)? (?:now |just |simply |then )?(?:downgraded|rolled back"
        r"|went back"
        r"|gone back|pinned|stay(?:ed)?|stuck) (?:\w+ )?(?:to|at|on) (?:\w+ ){0,2}(?:old|older|previous|last"
        r"|version"
        r"|v?\d)",
        r"\b(?:i|we|they)(?:'m|'re| am| are)? (?:still |now |currently |just |have to |must |had to )(?:use|using"
        r"|stick"
        r"(?:ing)? with|stay(?:ing)? on) the (?:old|older|previous) (?:version|release|build)\b",
        r"\b(?:my|our) own (?:\w+ )?(?:sheet|script|list|notes?|table|macro|fork|copy|cron ?job)\b",
        r"\b(?:for now|in the meantime|meanwhile|until then),? (?:i|we|they|our \w+) (?:just |simply "
        r"|all )?(?:(?:have to|must) (?!wait|see|be\b)|(?:use|keep|write|copy|type|set|call|mail|ask|restart"
        r"|reload|run"
        r"|enter|send|check)\b|(?:am|are) (?:doing|using|typing|copying|keeping|restarting|writing|running|sending"
        r"|calling|checking)\b)",
        r"\bin the meantime, (?:scrub|us|copy|typ|restart|reload|refresh|switch|re-?\w+)ing\b",
        r"\binstead,? (?:i|we|they|everyone) (?:keep|print|phone|call|mail|re-?type|paste)\b",
        r"\b(?:i|we|they|everyone|everybody|people)(?:'ve| have| now| just| all| still)* (?:keep|kept|maintain"
        r"|built"
        r"|wrote|made) (?:our|my|a|an|their) (?:own |little |small |private |home-?made |separate )+"
        r"(?:spreadsheet|sheet|excel sheet|list|notebook|macro|cron ?job|shadow copy)\b",
        r"\bevery (?:single )?(?:night|morning|evening|day|week|month|friday|monday),? (?:i|we) "
        r"(?:(?:have to|must|need to) \w+|export|copy|restart|re-start|download|type)\b",
        r"\bevery (?:single )?time,? (?:i|we) (?:have to|must) \w+",
        r"\b(?:i|we)(?:'ve| have)? (?:found|got used to) (?:a way )?(?:around|round) (?:it|this|that)\b",
        r"\b(?:instead|so) (?:i|we|they|everyone|everybody)(?: now| just| all| simply| always)? (?:print|phone"
        r"|restart|reload|paste|re-?type|rename|batch|stack|copy (?:it|them|everything|the))\b",
        r"\b(?:i|we|they|people|everyone|everybody)(?:'ve| have|'m| am|'re| are)? (?:\w+ ){0,2}(?:export|copy"
        r"|paste|keep"
        r"|kept|fix|correct|track|maintain|type|put|write|replace)(?:ing|s|ed)?\b[^.!?\n]{0,40}\b(?:in|into|on"
        r"|onto|to"
        r"|with|from) (?:\w+ ){0,2}(?:excel|google sheets?|notepad|spreadsheets?|sticky notes?|post-its?|paper"
        r"|whiteboard)\b",
        r"(?:^|[.!?\n]\s?)work-?around (?:is|was) to\b",
    ),
    "repeat_contact": (
        r"\b(?:second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|6th|[1-9]\d?th|umpteenth) (?:time|ticket"
        r"|e-?mail|request|message|call|report)(?: that)? (?:i|we)(?:'m|'ve|'re| am| are"
        r"| have)? (?:\w+ )?(?:writ|report|ask|rais|call(?!ed with)|contact|open(?:ed)? (?:a|this)|fil(?:e|ing) "
        r"|send|sent"
        r"|mail|had to (?:write|report|ask|call|contact))\w*",
        r"\b(?:my|our) (?:second|third|fourth|fifth|2nd|3rd|4th) (?:ticket|e-?mail|message|report)\b",
        r"\bas (?:i|we)(?:'ve| have)? (?:already |previously )?(?:said|written|wrote|explained|told you|reported"
        r"|mentioned) (?:last (?:week|month|time|year|mon|tues|wednes|thurs|fri)|yesterday|in (?:my|our) (?:\w+ )?"
        r"(?:ticket|e-?mail|message|report|review|request|chat|call)|on (?:mon|tues|wednes|thurs|fri|the \d)"
        r"|twice)",
        r"\bas (?:i|we)(?:'ve| have)? already (?:written (?:to|twice)|told (?:you|support|your)|reported)\b",
        r"\b(?:i|we)(?:'ve| have|'d| had)? already (?:told (?:you|support|them|your)|written (?:to (?:you|support"
        r"|your)"
        r"|twice)|wrote (?:to you|to support)|reported (?:this|that|it)\b|asked (?:you|this|twice|support)"
        r"|explained "
        r"(?:this|it|that) to (?:you|support|your)|contacted (?:you|support|your|customer)|called (?:you|support"
        r"|twice)"
        r"|raised (?:this|it)\b|filed (?:this|a (?:ticket|bug|report))|complained)",
        r"\b(?:i|we)(?:'ve| have)? (?:reported (?:this|it|that)|written|asked (?:about|for|you|support)"
        r"|raised (?:this|it)"
        r"|contacted (?:you|support|your|customer|the support)|called (?:you|support|your)|filed (?:this|a)|mailed "
        r"|complained|submitted (?:this|a (?:ticket|bug|report)))"
        r"[^.!?\n•]{0,40}?\b(?:again|twice|three times|several times|many times|multiple times|last (?:week|month"
        r"|year) (?:but|and)|but (?:\w+ )?(?:still|no))\b",
        r"(?:^|[.!?\n]\s{0,3}|\b(?:i'm|i am|we're|we are) )(?:asking|writing|reporting|contacting you|raising this"
        r"|calling|chasing|following up)(?: about this| on this| to you| this)? (?:again|once more|yet again"
        r"|for the (?:second|third|fourth|fifth|\w+th))",
        r"\bsee (?:my|our) (?:previous|earlier|last|other|first) (?:ticket|e-?mail|message|request|report|mail)s?",
        r"\bhow (?:many times|often) (?:do|must|should) (?:i|we) (?:have to |need to )?(?:ask|write|report"
        r"|send|tell|call|say)\b(?! (?:api|method|function|requests?|\w+\()\b)",
        r"\b(?:still )?(?:waiting for|no) (?:an? )?(?:answer|reply|response) to (?:my|our) (?:\w+ )?(?:mail|e-?mail"
        r"|ticket|message|question|request)\b(?! (?:from|by) the (?:server|api|device|backend))",
        r"\b(?:second|third|fourth|fifth|2nd|3rd|4th|5th|\d+th|umpteenth) (?:ticket|e-?mail|message"
        r"|call)(?: about (?:the"
        r"|this|that|it)\b| on this| this (?:week|month|year|sprint)| to you)",
        r"\bas (?:i|we)(?:'ve| have)? told you (?:on|last|before|in|already|yesterday|twice)\b",
        r"\b(?:second|third|fourth|fifth|2nd|3rd|4th|5th|\d+th|umpteenth) time (?:i'm |i am "
        r"|we are )?(?:reporting|asking"
        r"|writing|contacting you|raising this)\b",
    ),
    "reopened": (
        r"\b(?:you|they|someone|somebody|support|(?:the|a|your) bot|my (?:ticket|issue|report|request|bug) was"
        r"|this "
        r"(?:ticket |issue |bug |request )?was|it was|ticket was|issue was|has been|got) "
        r"(?:have |has |'ve )?(?:just |simply |again |automatically |silently )?closed (?:this\b|my (?:ticket"
        r"|case|issue"
        r"|report|request|bug)|our (?:ticket|issue|report|request)|as \w+,? (?:but|yet|although)|without (?:a|any"
        r"|an"
        r"|comment|reason|explan|answer|reply|fix)|before (?:it|anyone|anybody|i|we)|twice|by (?:a|the) bot"
        r"|but (?:it|the|we|i|nothing|still)|(?:it|again),? (?:but|although|without|before)\b|automatically,? but)",
        r"\b(?:marked|set|closed)(?: this| it| my \w+)? as (?:solved|resolved|done|fixed|duplicate"
        r"|stale)\b[^.!?\n]{0,30}\b(?:but|yet|still|although|though)\b",
        r"(?:^|[.!?\n,]\s{0,3}|\band )(?:please|can you|could you)(?: please)? re-?open(?:(?= this| it| my| the (?:"
        r"ticket|issue|bug|case|report))|(?=[.!?\n]|$))|\b(?:had to|i have to|i am|i'm|we are"
        r"|asking to) re-?open(?:ing)? "
        r"(?:this|the|my) (?:ticket|issue|bug|case|report)\b",
        r"\bre-?opening (?:this,? )?(?:because|as|since) (?:it|this|the|i|we)\b",
        r"\b(?:it|this|that|the (?:bug|problem|issue|error|fault))(?:'s| is| has| was)? (?:come |came |(?<='s )"
        r"|(?<=is )"
        r"|(?<=was ))back again\b",
        r"\bwas (?:supposed|said|meant) to (?:be|have been) (?:fixed|solved|resolved)\b",
        r"\b(?:closed|marked|claims?|changelog|release notes|said|says|told)\b[^.!?\n]{0,60}\b(?:still not|not|n't)"
        r" (?:been )?(?:fixed|solved|resolved)\b",
        r"\b(?:not|isn't|wasn't|never|hasn't been)(?: been)? (?:actually|really|correctly|properly|fully"
        r"|completely) "
        r"(?:been )?(?:fixed|solved|resolved)\b",
        r"\b(?:fixed|solved|resolved)(?: before| earlier| twice| once)?,? (?:and|then|but) (?:it |has |have )?"
        r"(?:regressed|came back|is back|broke again|returned|reappeared)",
    ),
    "long_silence": (
        r"\b(?:still|yet|had|'ve|got|received|heard|been) (?:had |got |received |been |heard |have )?(?:no|not a "
        r"single|zero|never (?:had |got )?(?:a|any)) (?:answer|reply|replies"
        r"|response)\b(?! (?:from (?:the )?(?:server|api"
        r"|endpoint|device|backend|service|host|seller|merchant|port|\w+ server)|body|code|time|header|packet"
        r"|data))",
        r"\b(?:have|has|had|'ve|did)(?:n't| not) (?:heard|received|got|gotten|hear|get|receive)"
        r"(?: a (?:reply|word)| any (?:reply|answer|news|word|feedback)| an? (?:answer|response)"
        r"| anything (?:back )?from "
        r"(?:you|anyone|anybody|support|them|your)|(?<=heard) back|(?<=hear) back)\b(?! (?:from (?:the "
        r")?(?:server|api"
        r"|seller|merchant|device)))",
        r"\b(?:no ?body|no one|nobody|noone)(?: has| ever| from \w+| at \w+)? (?:even |ever )?(?:answers?|answered"
        r"|replie[ds]|responds?|responded|reacts?|reacted|got back|gets back|came back|picks up|looked at "
        r"(?:it|this|mine|my|our)|has looked)\b(?! to you\b)",
        r"(?:^|[.!?,\n:]\s{0,3}|\b(?:just|only|but|nothing but) )crickets\b",
        r"\bradio silence\b",
        r"\bdead silence\b",
        r"\b(?:i|we)(?:'m|'ve been| am| are| have been)? (?:being |been "
        r"|keep being )?(?<!i )(?<!we )ignored (?:for|since)\b",
        r"\b(?:i|we) keep being ignored\b",
        r"(?:^|[.!?\n,:]\s{0,3}|\bis there )any (?:news|updates?|progress)(?: on (?:this|my \w+|that))?(?: here"
        r"| at all| yet)?\s?\?",
        r"(?:^|[.!?\n]\s{0,3}|\b(?:i|we|i'm|we're|i've|we've)(?: am| are| have| been"
        r"| still)* )(?:still )?(?:waiting"
        r"|waited) (?:\w+ ){0,3}for (?:an answer|a reply|a response|your (?:answer|reply|response))\b(?! from the "
        r"(?:server|api|device))",
    ),
    "doc_mismatch": (
        rf"\b(?:i|we)(?:'ve| have|'m| am| was)? (?:\w+ )?follow(?:ed|ing)\b(?! (?:issue|problem|error|code|my"
        rf"|these|\[person\]|this "
        rf"steps)\b)[^.!?\n]{{0,40}}\b(?:steps (?:in|of|from|on|described|mentioned|given|here|at)|{_DOC})\b"
        rf"{_IN_VAIN}",
        r"(?:^|\n|[.!?] )follow(?:ed(?! my| these)|ing (?:all |the |your )) ?(?:the )?(?:\w+ ){0,2}"
        rf"(?:steps (?:in|of|from|on|described|mentioned|given|here|at)|{_DOC})\b{_IN_VAIN}",
        rf"\b(?:tried|set ?up|setup|start(?:ed)?|install(?:ed)?|configured?"
        rf"|then) [^.!?\n]{{0,60}}\bfollowing (?:the "
        rf"|your )(?:\w+ ){{0,2}}(?:steps (?!below)|{_DOC})\b{_IN_VAIN}",
        rf"\b{_DOC}(?: page)? (?:still |also |now |currently |even )?(?:says?|said|claims?|states?|stated"
        rf"|tells?|suggests?|mentions?|promises?|points?)\b(?:[^.!?\n]|\.(?=\w)){{0,140}}\b(?:but|however"
        r"|yet|although|never|instead|wrong|deprecated|incorrect|not (?:work|there|exist|the case"
        r"|true))\b(?! \S{1,30} (?:builds?|runs?|is|are) (?:\w+ )?(?:faster|quicker|slower))",
        rf"\b{_DOC}(?: page)? still (?:says?|tells?|claims?|describes?|shows?|mentions?|lists?|points?|refers?)\b",
        rf"\b{_DOC}(?: page| section| generated)?(?: is| are|'s| seems?| looks?| appears?)(?: to be)? (?:\w+ )?"
        rf"(?:out[- ]?of[- ]?date|outdated|wrong|incorrect|stale|misleading|contradict\w*|obsolete|busted)\b",
        r"\b(?:outdated|out-of-date|obsolete|misleading|wrong|incorrect) (?:docs?|documentation|readme|tutorial"
        r"|getting started|user guide)\b(?! section)",
        rf"\b{_DOC}(?: page| (?:for|of) the (?:\w+ ){{1,3}})? ?(?:do(?:es)?n't match|do(?:es)? not match"
        rf"|contradicts?|(?:is|are) misleading|leads? to (?:an )?error|will not work|(?:do(?:es)?n't|do(?:es)? not"
        rf"|did not|didn't) (?:work\b|mention))",
        rf"\bcontradicts? the (?:\w+ )?(?:{_DOC}|guidance)\b|\bcontradict the guidance\b",
        rf"\b(?:contrary to|according to|despite|unlike|as described in|not as) (?:what )?(?:the |your "
        rf"|our |vs ?code )?(?:\w+ )?{_DOC}\b[^.!?\n]{{0,140}}(?:\bbut\b|\bit (?:does|did|is)(?:n't| not)\b"
        rf"|\binstead\b|\bstill\b|\bnothing\b"
        r"|\bhowever\b)",
        rf"\b(?:does(?:n't| not)|do(?:n't| not)|not) work(?:s|ing)? (?:as described in|according to|as (?:in"
        rf"|per)|like in) (?:the )?(?:\w+ )?{_DOC}\b",
    ),
    "found_by_third_party": (
        rf"\b(?:our|my|the|a|an|one|his|her|their|some|one of our|several|many|two|three) (?:\w+ "
        rf")?{_OUTSIDER}s? (?:has |have had |have |had |is |are |just |only |first |also )?(?<!would )(?<!should )"
        rf"{_NOTICED}\b(?! (?:in|under|on|at) the\b)",
        r"(?:^|[.!?\n*]\s{0,3})(?:customers?|clients?|end[- ]?users?|subscribers?) (?:has |have |had |is |are "
        r"|also )?(?:noticed|found (?!in|under|on)|pointed out|complain\w*|report(?:ed|ing|s)(?! (?:are|is|page"
        r"|tab))"
        r"|report:|(?<=are )facing|(?<=is )facing|raised|flagged)",
        r"\b(?:found out|learn(?:ed|t)|heard|noticed)(?: about (?:it|this|that))? (?:only )?(?:from|through"
        rf"|via|because|when) (?:a|our|an|one of our) (?:\w+ )?(?:{_OUTSIDER}|user)\b",
        rf"\b(?:reported|requested|raised|noticed|flagged|found|pointed out|spotted) (?:\w+ )?by (?:a|an|our"
        rf"|one of our|several|some) (?:\w+ )?(?:{_OUTSIDER}|user)s?\b(?! (?:must|should|can|will|may)\b)",
        rf"\bcame up with a {_OUTSIDER}\b|\bsome users are (?:upset|angry|unhappy|confused|complaining)\b",
    ),
    "bypass": (
        r"\bmerged (?:it |this |that |my \w+ )?(?:anyway |to \w+ )?(?:without (?:a |any |waiting)|without "
        r"review|without approval|despite|with red|on red|over red)",
        r"\b(?:i|we|they|everyone|everybody|people|so|just|had to|have to|then|always)(?:'ve| have| all| now| "
        r"just| simply| therefore){0,2} (?:skip(?:ped)?|disabled?|turn(?:ed)? off|comment(?:ed)? out|bypass(?:ed)?"
        r"|ignored?|switch(?:ed)? off|mut(?:ed?))(?: (?!if\b|when\b|unless\b)\w+){0,3}? (?:tests?|checks?|ci"
        r"|pipeline"
        r"|review|hooks?|lint|linter|scan|scanner|gate|approval|suite)\b",
        r"\b(?:tests?|checks?|hooks?|gates?|suite) (?:\w+ )?(?:(?:have|has|had) been|was|were|is|are|got) (?:all "
        r"|just "
        r"|simply |currently |still |now |temporarily )?(?:skipped|disabled|ignored|commented out|muted"
        r"|switched off"
        r"|turned off)\b(?=[^.!?\n]{0,60}\b(?:for now|until|because|since|flaky|temporarily|in (?:the )?(?:\w+ )?"
        r"(?:master|main|branch|ci|trunk)|anyway|to (?:get|make|ship|release))\b)",
        r"\b(?:tests?|checks?|hooks?|gates?|suite) (?:\w+ )?(?:(?:have|has|had) been|are|is|was|were) (?:all "
        r"|just |simply )?"
        r"(?:currently |still |temporarily )?(?:commented out|(?<=currently )disabled|(?<=currently )skipped"
        r"|(?<=temporarily )disabled|(?<=temporarily )skipped|(?<=still )skipped|(?<=still )disabled)\b",
        r"\b(?:i|we|they|somebody|someone|just|had to|have to)(?:'ve| have)? force[- ]?(?:merge[ds]?|push(?:ed|es)?"
        r"|deploy(?:ed)?) (?:it|this|to|straight|anyway|over|the|my|because)\b",
        r"(?<!\w)--no-verify(?!\w)(?=,? as always|[^.\n]{0,40}\b(?:always|again|anyway|every time|just)\b)",
        r"\b(?:i|we|they|everyone|everybody|people|just)\b[^.!?\n]{0,40}(?<!\w)--no-verify",
        r"\badmin (?:merge|override)[ds]? (?:it|this|again|to)",
        r"\b(?:i|we|they|had to|just) (?:\w+ )?overr(?:ide|ode) the (?:gate|check|approval)",
        r"\bstraight (?:to|on|into) (?:prod|production|main|master)\b",
        r"\b(?:merged?|ship(?:ped)?|deploy(?:ed)?|released?|pushed?)\b[^.!?\n]{0,30}\bwithout (?:a |any "
        r"|waiting for )?(?:the )?(?:code )?(?:review|approval|running the tests|tests|qa|sign-?off)\b",
        r"(?:, so i |so we |\bi |\bwe )(?:just |simply )?(?:skipped|disabled|bypassed|switched off) (?:the |a "
        r"|all )?"
        r"(?:\w+ )?(?:tests?|checks?|gate|review|hook|scan)\b|\bso (?:i|we) skipped it\b",
    ),
    "rerun": (
        r"\b(?:i|we|you|they|people|everyone|everybody|just|to|and|keep|must|always|simply|all)(?:'m|'ve|'re| am"
        r"| are| have"
        r"| had)? re-?(?:run|ran|running|runs|try|tried|trigger\w*|start(?:ed"
        r"|ing)?)\b(?:[ ,]+(?!maven\b)[\w']+){0,6}? "
        r"(?:until|till|three times|\d+ times|several times|over and over|and (?:it|then it) (?:passes|passed"
        r"|is green"
        r"|went green|works))\b",
        r"\b(?:i|we|they|everyone|everybody|people|you)(?: just| all| always| simply| then| have to| had to| keep"
        r"| often)+ "
        r"(?:re-?runs?|re-?ran|re-?running|re-?trigger\w*|retry|retried|re-?start(?:s|ed|ing)?) "
        r"(?:(?:the |our |my |that )?(?:\w+ )?(?:builds?|jobs?|pipelines?|tests?|suite|ci)\b|(?:it|them) "
        r"(?:until|again|twice|all))",
        r"\b(?:everyone|everybody)(?: just| always| simply)? (?:re-?runs|retries|re-?triggers) (?:the |our "
        r"|my )?(?:\w+ )?"
        r"(?:builds?|jobs?|pipelines?|tests?|suite|ci)\b",
        r"\b(?:press|click|hit|run|start|try|kick)(?:s|ed|ing)? (?:it|the (?:job|build|pipeline|tests?|suite)) "
        r"(?:again and again|three times|over and over|until it (?:passes|is green|works|goes))\b",
        r"\b(?:we|they|people|everyone|everybody)\b[^.!?\n]{0,20} (?:press|hit|click|push)(?:ing|es)? "
        r"(?:re-?run|re-?try|the re-?(?:run|try) button)\b",
        r"\buntil (?:it|they|everything|the build|ci|the pipeline)(?:'s| is| are| goes| turns| went| was)? (?:green"
        r"|pass(?:es|ed)?)\b",
        r"\b(?:passes|passed|green) (?:on|after) (?:the )?(?:a )?(?:re-?try|re-?run|second (?:try|run|attempt)"
        r"|third (?:try|run|attempt))\b",
        r"\bjust re-?(?:run|try) (?:it\b|the (?:build|job|pipeline|tests?|suite)\b)",
        r"\b(?:third|fourth|two|three|several|\d+(?:nd|rd|th)?) re-?runs\b|\bneed(?:s|ed"
        r"|ing)? (?:\w+ )?re-?runs?\b",
        r"\bre-?runs?(?: of (?:the |our )?\w+)? (?:\w+ )?(?:goes|went|passes|passed|is) green\b"
        r"|\bre-?runs? (?:passes"
        r"|passed|helps|works)\b",
        r"\bso (?:i|we|they|people|everyone) (?:just |then |always |simply )?re-?run(?:[.,;!]|$)",
    ),
    "distrust": (
        r"\b(?:nobody|no one|none of us|people|everyone|everybody|i|we)(?:'ve| have)? (?:\w+ )?(?:don't|do not"
        r"|doesn't|no longer|stopped|hardly|can't|cannot|never|can never) (?:\w+ )?(?:trust|trusting|believe"
        r"|believing) "
        rf"(?:(?:in |the |these|those|this|our|any of the|your|its|their) ?)?(?:\w+ ){{0,2}}?{_OUTPUT}\b(?! "
        rf"(?:from|of) (?:other"
        r"|outside|the client))",
        r"\b(?:i|we|people|customers)(?:'ve| have)? (?:\w+ )?(?:no longer|stopped|can't|cannot|can never|don't"
        r"|do not) "
        r"(?:really |even )?(?:trust|trusting) (?:it|them|you|this app|this product|the system"
        r"|the tool) ?(?:any ?more"
        r"|at all|again|$|[.,;!])",
        r"\b(?:nobody|no one|none of us) (?:here |really |still |even )?(?:trusts|believes|takes) (?:\w+ )?"
        r"(?:ci|tests?|builds?|results?|dashboards?|alerts?|numbers?|reports?|pipelines?|suite|red|it|estimates?"
        r"|monitoring|them)\b",
        r"\b(?:we|people|everyone|everybody)(?: just| all| simply| now| always)* ignor(?:e|es|ing) "
        r"(?:the |all |any |a )?(?:red|alerts?|failures|failing|alarms?)\b",
        r"\b(?:nobody|no one|none of us|we (?:no longer|don't|do not|stopped|hardly)|i (?:no longer|stopped))"
        r"(?: really| even| here| any ?more)? (?:looks? at|looking at|cares? about) (?:\w+ ){0,3}"
        r"(?:ci|tests?|builds?|results?|dashboards?|alerts?|numbers?|reports?|pipeline|suite|red|it any ?more"
        r"|estimates?"
        r"|monitoring)\b",
        r"\b(?:red|failing|a failure|a red build)(?: builds?| ci| tests?)? (?:means|is|are) (?:nothing|normal"
        r"|noise|ignored|usual)\b",
        r"\balert fatigue\b",
        r"\b(?:cries|cried|crying) wolf\b",
        r"\b(?:i|we|have|has|had|users|customers)(?:'ve)? (?:\w+ )?lost (?:all |any |my |our )?(?:trust|faith"
        r"|confidence) in\b",
        r"\b(?:report|dashboard|numbers|figures|coverage|estimate|counter|graph|status|app) (?:can |just |simply "
        r"|is |are )?"
        r"(?:lies|lied|lying|lie(?=[.,;!\n]|$| to (?:me|us|you|our)| and))\b",
        r"\b(?:numbers?|figures?|message|report) (?:is|are|was|were) (?:bogus|made up|nonsense|fiction)\b",
        r"\bit (?:says|claims)[^.!?\n]{3,60}\bbut (?:i|we) (?:do|have|am|are|can)\b",
    ),
    "confession": (
        r"not (?:very |really |at all |so )?proud",
        r"(?:i|we) know (?:that )?(?:i|we|this|it)(?:'m| am|'re| are)? (?:should ?n[o']t|should not|shouldn't"
        r"|not supposed to|is wrong|is bad|am not supposed|is against)",
        r"(?:i|we)(?:'ve| have)? (?:also |just |then |simply )?(?:merged|pushed|deployed|shipped|released"
        r"|approved|signed)(?: it| this| that| \w+ \w+)?(?: anyway)? without\b",
        r"\b(?<!not )(?<!that )(?:(?:my|our|entirely my|totally my) (?:own )?(?:fault|mistake|bad(?= [.!,;)\n]"
        r"|[.!,;)\n]|$|:))|(?:was|is|be) "
        r"(?:my|our) (?:own )?error)\b(?! message)",
        r"(?:i|we)(?:'m| am|'re| are| feel| felt|'ve been)? (?:\w+ )?(?:ashamed|embarrassed|guilty)\b",
        r"\b(?:i|we) (?:must |have to |should |need to )?(?:confess|admit)(?: that)?,? (?:i|we|it was (?:me"
        r"|us))(?:'ve| have)? (?:did"
        r"|didn't|never|don't|do not|broke|skip|forgot|ignored|cut|only|just|haven't|have not|approved|merged"
        r"|pushed"
        r"|should)\w*",
        r"\b(?:i|we) (?:must |have to )?confess\b",
        r"\b(?:i|we) (?:forgot to (?!mention|add|say|attach|get|give|include|post|write|tell|close|paste|note"
        r"|link|ask|set|configure)"
        r"|(?:accidentally|mistakenly|wrongly|stupidly|by mistake) (?:\w+ )?(?:deleted|dropped|pushed|merged|sent"
        r"|committed"
        r"|removed|overwr\w+|deployed))",
        r"(?:i|we) (?:should have|should've) (?:checked|tested|asked|known|said|read|noticed|told|reviewed)",
        r"(?:i|we) (?:cut|took|have cut|have taken|'ve cut|am cutting|are cutting) (?:\w+ )?(?:corners?"
        r"|shortcuts?|a short ?cut)",
        r"\b(?:i|we) (?:faked (?:the|it|our|my)|fudged|cheated|lied|backdated|covered (?:it|this) up"
        r"|rubber-?stamped?"
        r"|hid (?:it|this|that|the (?:mistake|problem|failure|truth))|pretended)\b",
        r"(?:don't|do not|please don't|please do not|nobody) (?:tell|know)s? (?:my|our|the) (?:boss|manager|lead"
        r"|team)",
        r"(?:i|we) (?:broke|messed up|screwed up|botched)\b",
        r"(?:i|we) (?:approve|approved|sign|signed|merge|merged|close|closed|click|clicked|answer|answered|guess"
        r"|guessed)(?: \w+){0,4}? (?:unread|without (?:reading|looking|checking|testing)|blindly)",
        r"\b(?:i|i've|i have) (?:just |simply |also |then )?(?:skipped|disabled|bypassed|turned off|switched off"
        r"|commented out|silenced|ignored) (?:the |all |our |my |a |that |those |some |failing )*(?:\w+ )?(?:tests?"
        r"|reviews?|lint(?:er|ing)?|ci|checks?(?! ?box| for updates)|approvals?|sign-?offs?|security scans?)\b",
        r"\b(?:i|we) (?:merged|pushed|committed|deployed|shipped)\b[^.!?\n]{0,50}\bwith (?:the |our |all )?(?:\w+ )?"
        r"(?:tests?|checks?|lint(?:er|ing)?|ci|review) (?:turned off|switched off|off|disabled|skipped)\b",
        r"nicht stolz",
        r"mein fehler",
        r"meine schuld",
        r"ich schäme mich",
        r"ich weiß,? dass ich (?:das )?nicht",
        r"pas fi(?:er|ère)",
        r"ma faute",
        r"j'ai honte",
        r"je sais que je ne devrais pas",
        r"\b(?:i|we) accidentally (?:bought|ordered|broke)\b",
        r"\bwe(?:'ve| have) broken this\b",
    ),
    "distress": (
        r"\b(?:i|we|my team|our team|the team|people|everyone)(?: really| just| simply| honestly)? (?:can't"
        r"|cannot|can not|could not|couldn't"
        r"|am unable to|are unable to) (?:cope|take (?:it|this) any ?more|take (?:any ?more|much more)"
        r"|go on (?:like|any|with this)"
        r"|sleep|keep up|do this any ?more|keep doing this)(?! with the (?:volume|rate|stream|traffic))",
        r"burn(?:ed|t|ing)?[- ]?out\b",
        r"at (?:my|our) (?:limit|breaking point|wits'? end)",
        r"breaking point",
        r"near(?:ly)? (?:in )?tears",
        r"in tears",
        r"crying (?:at|after|over|in)",
        r"(?:i|we) (?:cried|cry)\b",
        r"\b(?:i|we)(?:'m| am|'re| are| feel| have been|'ve been) (?!not )(?:\w+ )?(?:exhausted|overwhelmed"
        r"|desperate(?!ly| need)"
        r"|drowning|anxious(?! to (?:see|get|try|have|know))|depressed|miserable|dreading"
        r"|afraid (?:of (?:\w+ )?(?:los|mak|my|the"
        r" (?:next|pager|on-?call)|every|going|being)|to (?:deploy|touch|open|ask|say|speak|reboot|upgrade|take))"
        r"|scared|at the"
        r" end of (?:my|our))",
        r"(?:i|we) dread\b",
        r"panic attack",
        r"mental health",
        r"lost sleep",
        r"sleepless",
        r"nervous breakdown",
        r"sick (?:leave|with (?:worry|stress))",
        r"quit(?:ting)? (?:my|this|the) job",
        r"\b(?:i|we|people) want(?:ed)? to quit(?! (?:this|the|my) (?:account|app|game|program|dialog|session))",
        r"thinking (?:of|about) (?:quitting|leaving the (?:team|company))",
        r"ich kann nicht mehr",
        r"am ende (?:meiner|unserer) kräfte",
        r"überfordert",
        r"je n'en peux plus",
        r"épuisée?s?\b",
        r"à bout\b",
        r"\b(?:stressed|stressing) (?:me|us) out\b",
        r"\bi feel (?:so |very |really )?sad\b",
        r"\bi (?:might|will|could) get fired\b",
        r"\btraumati[sz]ed\b",
        r"\b(?:my|our|whole|entire|every) (?:weekend|weekends|night|nights) (?:\w+ ){0,2}(?:lost|gone"
        r"|ruined)\b",
        r"\b(?:lost|ruined|spent) (?:my|our|the) (?:whole |entire |last )?(?:weekends?|nights?)\b",
    ),
    "voice_withdrawn": (
        r"(?:stopped|gave up|given up|quit|tired of|done|no longer|not going to|won't|will not|don't"
        r"|do not)(?: bother(?:ing)?(?: with| to)?| even| any ?more)? (?:filing|reporting|writing|raising|asking"
        r"|complaining|file|report|raise|complain|mention\w*)(?:\s(?:any|more|these"
        r"|this|it|them|tickets?|issues?|bugs?|things?|anything|for help|any ?more)\b){1,3}(?: any ?more)?",
        r"(?:no|little|not much|what's the|what is the|see no|is there any|hardly any) (?:point|use|sense) (?:in "
        r"|of )?(?:\w+ )?(?:reporting|filing|asking|writing|raising|complaining|opening|telling|mentioning)",
        r"(?:nothing|nobody|no one)(?: ever| will| is going to|'s going to)? (?:changes|change|listens|listen"
        r"|fixes|fix|cares) (?:anyway|when|if|after|any ?more)",
        r"you (?:won't|will not|never|'ll never|will never) (?:fix|listen|answer|change|read) (?:it|this|that"
        r"|to us|anyway|anything)",
        r"why (?:do (?:i|we) )?(?:even )?bother\b",
        r"not worth (?:reporting|filing|a ticket|raising)",
        r"last time (?:i|we)(?:'ll| will)? (?:report|write|ask|file)",
        r"bringt (?:ja )?(?:doch )?nichts",
        r"melde (?:ich|das) nicht mehr",
        r"hört (?:ja )?(?:eh|sowieso) (?:niemand|keiner) zu",
        r"ça ne sert à rien",
        r"on ne signale plus",
        r"je ne signale plus",
        r"\b(?:i|we)(?:'ve| have)? stopped (?:asking|writing|reporting)\b",
    ),
    "waiting": (
        r"\b(?:i|we|our \w+|my \w+|everyone|people|prs?|builds?|jobs?|team)\b[^.!?\n]{0,40}\b(?:sat|sits?|waits?"
        r"|waited|stuck"
        r"|spent|spends?|is|was) (?:\w+ ){0,2}(?:in|on) (?:the |a )?queue (?:for )?[^.!?\n]{0,25}\b(?:minutes?"
        r"|hours?|days?"
        r"|weeks?)\b",
        r"\b(?:approvals?|access requests?|permissions?|reviews?|sign-?off)(?: (?:always|usually|often|still|now"
        r"|here))? "
        r"(?:takes?|took|(?:is |are )?pending (?:for|since)|waited)[^.!?\n]{0,20}\b(?:days?|weeks?|months?|hours?"
        r"|ages"
        r"|forever)\b",
        r"\b(?:i|we|everyone|everybody|people|team|they)(?:'ve|'m|'re| have| had| am| are| is)+(?: been| still"
        r"| now| all)*"
        r" (?:waited|waiting)\b(?! for the day)[^.!?\n]{0,40}\b(?:minutes? for (?:a|the|every|each|ci|one)|hours"
        r"|days?|weeks?"
        r"|months?|ages"
        r"|forever)\b",
        r"\b(?:stuck|pending|queued|waiting|waited|blocked|on hold)(?: (?!until\b|you\b|him\b|them\b|her\b"
        r"|users?\b)\w+){0,5}? (?:for|since|over"
        r"|more than) (?:\w+ ){0,2}(?:days|weeks?|months?|years?|sprints?)\b",
        r"\b(?:i'm|i am|we're|we are|been|still|is|am|are|we|i) (?:\w+ )?(?:waiting|wait|waited|blocked) (?:for"
        r"|on|by) "
        r"(?:an? |the |my |your |our |another |their )?(?:\w+ ){0,2}?(?:approval|review|reviews|reviewer|access"
        r"|permissions?|sign-?off|(?:other|di|platform|infra|dba|security|legal|ops|core|\w+) team|dbas?|a runner"
        r"|runners"
        r"|credentials|test data|an environment)\b(?! (?:to|for it) (?:access|load|finish|complete))",
        r"\btakes? (?:\w+ ){0,4}(?:days|weeks|months) to (?:get|have|approve|review|answer|provision) (?:an? "
        r"|the |my )?"
        r"(?:\w+ )?(?:access|approval|approved|review|reviewed|account|permissions?|sign-?off|environment|it"
        r"|answer|pr)\b",
        r"\bon hold (?:for|since) (?:\w+ ){0,2}(?:hours?|days?|weeks?|months?|monday|last)\b",
        r"\bopen (?:issue|ticket|request) (?:on|with) the \w+ team\b",
        r"\breviews? (?:\w+ )?(?:waits?|waited|pending|sits?|sat)\b[^.!?\n]{0,30}\b(?:days?|weeks?|months?)\b",
        r"\bwait(?:s|ed|ing)? (?:\w+ )?(?:\w+ |\d+ )(?:minutes?|hours?|days?) (?:\w+ )?for (?:a |an |the "
        r"|every |each |my |our )?(?:ci|runner|build|review|pipeline|deploy\w*|approval|sign-?off|access|slot"
        r"|environment|password|reset|answer)\b",
        r"\b(?:day|week) \w+ of (?:my|our) access request\b|\bmy access request (?:is|was|has)\b",
    ),
    "feature_plea": (
        r"\b(?:can|could|would|will) (?:you|someone|somebody)(?: guys| please| perhaps| also| possibly| "
        rf"maybe)* (?:(?:add|include)(?! money\b|\?| _| something (?:similar|like)){_NOT_PAPERS}|allow"
        rf"|support (?!me\b|us\b)|make it (?:possible|so that|easier"
        r"|optional|configurable)|let us|let users|implement|enable|introduce (?!it\b|yourself)|bring back"
        r"|give us (?:an?|the) (?:option|way"
        r"|ability|choice))\b",
        r"\bcan (?:we|i) (?:please|at least|finally) (?:have|get(?! rid)) (?:an?|the|some|this|that|support"
        r"|more)\b",
        r"\bcould (?:we|you) (?:please )?make it possible\b",
        r"\bis it possible (?:that )?you could (?:add|allow|support|make|include|bring)\b",
        r"\bcan (?:the|these|this|those) [^.!?\n]{3,40} please be (?:made|added|reverted|brought back|\w+able)\b",
        r"\bcan't we at least\b",
        rf"\b(?:please|pls|plz),? (?:add{_NOT_PAPERS}|allow (?!up to\b|some\b|\d|for (?:up|some)|a few"
        r"|cookies|time)|support (?!me\b|us\b|our\b|the (?:project|petition|author|campaign|cause)|my\b)"
        r"|let (?:us|users|me "
        r"(?:turn|disable|choose|set|use|hide|edit|delete|export|sort|change|switch|remove|keep|pick|select)\b)"
        r"(?! know\b| if\b| see (?:if|what|the (?:log|output|result)))"
        r"|enable (?!it (?:by|in|with|under|from|via|first|and)|javascript|cookies|debug|logging|the (?:flag"
        r"|option|setting))"
        r"|introduce (?!yourself\b|it\b)|bring back|give us (?:an?|the) (?:option|way|ability|choice)"
        r"|make (?!sure|certain|an? (?:pr|pull|minimal|copy|note|backup|new issue|donation|decision)|yourself"
        r"|your|any"
        r"|changes|them|it clear|this clear|use of|use\b|all|every|(?:it|this|that|the \w+) (?:go|work|come"
        r"|happen|right|correct|through|stop|quick|fast|arrive)\w*)|change (?:this|it|that) to (?!the (?:right"
        r"|correct))"
        r"|do something (?:to"
        r"|about|so)"
        r"|consider (?:adding|supporting|allowing|making))",
        r"\b(?:it would|it'd|it'll|that would|this would|would)(?: also| really| just)? (?:be )?(?:so |very "
        r"|really "
        r"|extremely |also |super |absolutely )?(?:nice|great|awesome|amazing|lovely|cool|handy|perfect|helpful"
        r"|wonderful|fantastic|convenient|(?:good|useful|ideal)(?= if| to (?:allow|support|be able|have (?:an?"
        r"|the|some)\b(?! (?:general |better |rough |good )?(?:feel|sense|understanding|discussion|picture|plan"
        r"|idea|answer|update|explanation|estimate|look|clarif\w*|opinion|test|doc\w*)\b))))"
        r" (?:if (?!no\b|you (?:have|could (?:provide|share|post|attach|send|tell|give|explain|help|confirm|check"
        r"|try|test"
        r"|look|take|point|describe|let)|can (?:provide|share|post|attach|send|tell|give|explain|help|confirm"
        r"|check|try"
        r"|test|look|point|describe|let)|provide|post|share|attach|send|tell|let|would (?:like|explain)|want)\b"
        r"|someone\b|some one\b|somebody\b"
        r"|any ?one\b|any ?body\b)(?:\w+|instead|some|such|\w+ (?:can|could|had|would))|to (?:be able"
        r"|have (?:an?|the ability|this|that|some)|support|allow|see (?!what|how|if|whether|the (?:log|output"
        r"|code)|a "
        r"(?:test|repro))|include|get (?!rid|(?:some |any |your )?(?:feedback|help|input|answers?|clarif))|let"
        r"|make|configure)(?! \w+ in ci))\b",
        r"\b(?:release|button|option|feature|mode) would be (?:so |very |really |just )?(?:nice|great|awesome"
        r"|amazing"
        r"|lovely|perfect|helpful|wonderful|fantastic)(?=[.!,;\n]|$)",
        r"\bif (?:we|i|users|there|it|you|they) (?:could|can|was|were|had|would)\b(?! (?:get|have) my (?:money"
        r"|refund)"
        r"| (?:provide|share|help|explain|tell|guide|rebase|get it|update|post|send))[^.!?\n]{3,90},? (?:that"
        r"|it) would be "
        r"(?:so |very |really |just )?(?:nice|great|awesome|amazing|lovely|perfect|helpful|wonderful"
        r"|fantastic)(?=[.!,;\n]|$)",
        r"\bit would be (?:so |very |really )?(?:nice|great|awesome|helpful"
        r"|useful),(?: for [^,.!?\n]{1,40},)? (?:to|if) (?!you\b|some"
        r"|any)\w+",
        r"(?:\b(?:i|we)(?: really| just| only| do)* |^|[.!?\n] {0,2})wish (?:that )?(?:there (?:was|were|is)"
        r"|i could"
        r"|it (?:had|could|would|was possible|were possible|worked with|was easier|supported|did)|they (?:would"
        r"|could|had)"
        r"|you (?:could|would|had an?|offered|supported)|this (?:had|could|would|app))\b"
        r"(?!(?: have)? (?:rate|give|say|help|agree|understand|believe|upvote|like|been|explain|remember|tell you|"
        r"different|the best)\b)",
        r"\b(?:i|we)(?:'d| would)(?: really| very much| also| so)* (?:(?:love|like) (?:\w+ ){0,2}(?:to be able"
        r"|an option|a way|if there|it if (?:the|there|it|you)|the ability|to see (?:support|a|an option)\b"
        r"|a (?:keyword"
        r"|flag|setting|button|mode))|love to see (?:the|this|that))\b",
        r"\bi hope (?:this|that|the|you) (?:\w+ ){0,2}(?:can|could|will) (?:be )?(?:add|turn(?:ed)? (?:on|off)"
        r"|support(?!ed "
        r"by)|allow|implement|bring back|consider (?:add|support|mak|allow))\w*",
        r"\bgive us (?:an option|a way|the (?:option|ability|choice)|some way)\b",
        r"\bis there (?:any |a )?(?:plan|chance|hope|possibility) (?:to|that you (?:could|can|will)|of"
        r"|for) (?:please )?"
        r"(?:add|support|allow|mov(?:e|ing) away|mak|bring|implement|includ|port)\w*(?! practical)",
        r"\bwould like to request (?:\w+ ){0,4}?(?:features?|options?|support|functionality|ability|adding"
        r"|enhancement"
        r"|addition|setting|way)\b",
        r"\bwould it be possible to (?:please )?(?:add|support|allow|enable|introduce|implement|extend|make|include"
        r"|bring)\b",
    ),
    "abandonment": (
        r"(?:^|[.!?\n,]\s{0,3}|\b(?:ok|okay|oh|then|please),? )never ?mind\b(?! (?:this|me|my|who|what|how|that"
        r"|the|if|about"
        r"|we|i|it|my))",
        r"(?:^|[.!?\n,]\s{0,3}|\b(?:just|then|please),? )forget (?:i asked|it then)\b",
        r"\bnot really what i asked\b",
        r"\b(?:i|we)(?:'ve| have|'ll| will| am|'m|'re| are)? (?:just )?(?:given up|gave up|give up"
        r"|giving up)\b(?! (?:after|in) \d)",
        r"\b(?:i|we)(?:'ll| will) (?:just )?(?:live with|leave) it\b",
        r"\byou can close this\b(?! (?:issue|ticket|bug)?,? ?as there)",
        r"\bdrop it then\b",
        r"(?<!let's )\bclose (?:it|this) then\b",
        r"\b(?:i|we)(?:'ve| have)? (?:started not using|stopped using (?:it|this|that|the)|don't use (?:it|this"
        r"|that) any "
        r"?more|(?<=i )no longer use (?:it|this|that))\b",
        r"\bcouldn't justify (?:spending|putting|sinking) (?:more|any more) time\b",
        r"\bi(?:'m| am) done (?:with (?:this|trying)(?: \w+)?(?=[.!,\n]|$)|trying)",
        r"\bi(?:'m| am) not using \w+(?: \w+)? any ?more\b",
    ),
    "apology_load": (
        r"\b(?:keep|kept|tired of|sick of|always|constantly|all day|every day|having to|have to"
        r"|spend\w*)(?: \w+){0,4}? (?:apologi[sz](?:e|ing) (?:to|for|again|all|every|that|because|\w+ times)"
        r"|saying sorry|say "
        r"sorry (?:to|for|again|all|every)|telling (?:\w+ ){1,3}(?:sorry|to wait))\b",
        r"\b(?:so sorry|sorry for|apologies for|we apologi[sz]e)\b[^\n]{1,300}?\b(?:sorry again|(?:we are|we're"
        r"|i am|i'm) so "
        r"sorry|apologi[sz]e again|apologies again|once again,? (?:sorry|apologies))\b",
        r"\bnothing (?:new |else |more )?(?:to|i can) (?:tell|offer|say to) (?:them|the customer|customers"
        r"|callers|people)\b",
        r"\brun out of (?:excuses|ways to (?:say|tell))\b",
    ),
    "macro_gap": (
        r"\b(?:(?:our|the|this|that|my|their|refund|support|reply) )?(?:macro|canned (?:response|reply|answer)"
        r"|reply template|mail template"
        r"|saved reply|standard answer|snippet|knowledge base article)s? (?:is|are|says?|was|still|do|does)"
        r"(?:n't| not)? "
        r"(?:\w+ ){0,3}?(?:wrong|outdated|out of date|stale|useless|incorrect|not true|no longer|match|cover"
        r"|mention\w*|the old)\b",
        r"\b(?:no|wrong|outdated|editing (?:the|every|each)|rewrite (?:the|every|each)|rewriting (?:the|every"
        r"|each)) (?:\w+ )?(?:macros?"
        r"|canned (?:response|reply|answer)s?|saved repl(?:y|ies)|text blocks?)\b(?= ?for| ?from|[.,!]|$)",
        r"\b(?:from|in|out of|keep|kept|paste|pasting|copy|using|with) (?:my|our|their) (?:own|private"
        r"|personal) (?:notes|notepad"
        r"|text file|word doc|google doc|cheat ?sheet|snippets?|text blocks?)\b",
    ),
    "me_too": (
        r"(?:^|[.!?,:(\n]\s{0,3}|\b(?:happens? (?:to|for|with)|happening to|affects|same for"
        r"|same with) )me too\b(?! (?:much|many|long|often|little|late|few|movement|bad))",
        r"(?:^|[.!?,:(\n]\s{0,3}|\byes |\byep )same here\b(?!\]| ?- there)(?!:? (?:is|app|was|and there"
        r"|as (?:above|with))"
        r"|,? (?:should|could|can|please|you|use|this should)\b)",
        r"(?:^|[.!?\n,]\s{0,3})same (?:problem|issue|error|bug)(?: ?here| ?for (?:me|us)| ?with (?:me|us)"
        r"| too| again|[.,!]|$)(?!\w)",
        r"(?:^|[\n!?(]\s?|\. )\+1(?=\s{0,3}(?:$|[.!\n,)]|for this|on this|from|here|please|same|this))",
        r"\b(?:i|we)(?:'m| am|'re| are|'ve| have)? (?:also|too) (?:seeing|having (?:this|the same)"
        r"|see this (?:issue(?! on a)|problem"
        r"|error|bug|behavio)|experienc\w+ (?:this|the same|it)|affected|facing (?:this|the same)|hit (?:this"
        r"|the same)"
        r"|(?:got|get|have|had) (?:this|the same) (?:problem|issue|error|bug)\b(?! (?:in|on|when|if|using)\b)"
        r"|r[au]n into (?:this|the same|it))\b",
        r"\b(?:i|we|i'm|we're)(?: also| am| are)+ (?:having|seeing|facing|experiencing|hitting) (?:exactly )?the "
        r"(?:very |exact )?same (?:problem|issue|bug|symptom)s?\b(?! (?:when|if|using|in my)\b)|\b(?:i'm"
        r"|we're) (?:having|seeing|facing"
        r"|experiencing|hitting) (?:exactly )?the (?:very |exact )?same (?:problem|issue|bug|symptom"
        r"|error(?! (?:when|if|using)))s?\b"
        r"|\b(?:i|we) (?:also |do )?(?:have|had) (?:exactly )?the (?:very |exact )?same (?:problem|issue"
        r"|bug)s?\b(?! (?:with|when"
        r"|if|using|after|on|in|for|of|and)\b)",
        r"\bhappens? (?:to|for|with) (?:me|us) (?:too|as well)\b",
        r"\b(?:others?|other (?:people|persons?|users|folks|customers)|a lot of people|many (?:people|users)"
        r"|lots of people|everyone|persons who) (?:who )?(?:is |are )?(?:also )?(?:(?:having|have|has|see|seeing"
        r"|report(?:ed|ing)?|face|facing|affected by) (?:this|the same|this same) (?:problem|issue|error|bug|fault)"
        r"|confused|complaining"
        r" about (?:this|the same|it)\b|(?:report(?:ed|ing)?|seeing|affected by) (?:this|it)\b(?! (?:file|as|in"
        r"|to)\b))",
        r"\b(?:users|people|others|everyone|developers|customers|us),? \(?myself included\b",
        r"\bsame (?:was )?reported (?:in|by|on)\b",
        r"\b(?:they|all) felt the same\b",
    ),
    "confusion": (
        r"(?:(?:^|[.!?:,;(\n-]\s{0,3}|\b(?:or|but|so|and|then|hmm|hi|hello|just|know|wondering|if) )(?:is|are|was"
        r"|would) "
        r"(?:this|that|it|these)|\b(?:is|are|was|would) (?:this|that|it|these)(?=[^.!\n]{0,120}\?))(?: the| a| an"
        r"| really"
        r"| also| all| perhaps| maybe)* (?:normal(?! \w+ (?:mode|user))|expected|intended|intentional|supposed to"
        r"|by design"
        r"|a bug or|correct behaviou?r|how it (?:should|is))\b",
        r"\b(?:am i|are we|or am i|what am i|could i be|maybe i'm|maybe i am|perhaps i|might i be"
        r"|i might be(?! missing something,? but)) "
        r"(?:just |simply |perhaps |maybe |possibly |totally |be )*(?:doing (?:something|anything|it"
        r"|this)? ?wrong|doing "
        r"wrong|missing (?!from|out)|missing(?=[?.!]|$)|misunderstand\w*|overlook\w*|misread\w*|being (?:stupid"
        r"|dumb|silly)"
        r"|the only one|using (?:it|this) wrong\w*)",
        r"\b(?:something|anything|what|(?:idk|wondering|wonder|not sure|don't know|see) if) (?:that )?(?:i'm|i am"
        r"|i|we're|we) "
        r"(?:missing|missed|overlook\w*|might be doing wrong|am missing|might be missing|am doing wrong"
        r"|doing wrong)\b",
        r"\b(?:maybe|perhaps|probably|possibly) (?:it's |it is )?(?:just me\b|i(?:'ve)? (?:missed|miss"
        r"|misunderstood"
        r"|misunderstand|did something)\b|my (?:fault|mistake)|there's not a bug)",
        r"\b(?:i|we)(?:'m| am|'re| are| feel| got) (?!not )(?:\w+ ){0,3}(?:confused|puzzled|baffled|bewildered"
        r"|clueless|unclear|at a loss)\b",
        r"\b(?:i'm|i am|we're|we are|i feel) (?:\w+ )?lost\b(?! (?:my|the|our|some|data|a |in))",
        r"\b(?:i'm|i am|we're|we are|but|just|and|honestly) (?:not(?: really| quite| entirely| at all)? "
        r"|un)sure (?:how "
        r"(?:to (?!repro)|this (?:works|happened)|i got)|what (?:to do|i(?:'m| am)? (?:do|did|need|should|have)|is "
        r"(?:wrong|going|happening|causing)|this means|it means|that means)|why\b(?!,? (?:as|but|since|you|they"
        r"|people|file"
        r"|we (?:would|need)|the \w+ (?:changed|did)))|where to|if (?:i(?:'m| am) doing|i did|this is (?:normal"
        r"|expected"
        r"|intended|a bug|correct|right|supposed)|that's (?:the )?(?:expected|intended|normal|right|correct)"
        r"|it's (?:me|a "
        r"bug|expected|normal|my)|the \w+ should be)|whether (?:this|it) is (?:normal|expected|intended|a bug"
        r"|correct))",
        r"(?:^|[.!?\n]\s{0,3})(?:not(?: really| quite| entirely| at all)? |un)sure (?:how to (?:go\b|proceed|fix"
        r"|solve|resolve|use|do this|continue|provide|handle this|get (?:it|this|past|around)|debug)"
        r"|what (?:i(?:'m| am)? (?:do|did)|is "
        r"(?:wrong|going|happening))|if (?:i(?:'m| am) doing|that's (?:the )?(?:expected|intended|normal)"
        r"|this is (?:normal"
        r"|expected|intended)))",
        r"\b(?:i'm|i am) not sure (?:how i (?:got|ended|managed)|if the \w+ should be)\b",
        r"\b(?:i|we) ?(?:'m|'re| am| are)? unsure (?:how to|why|what (?:to do|is (?:wrong|going|happening"
        r"|causing)))\b",
        r"\b(?:i|we)(?:'ve| have| had)? (?:got )?(?:no|little|not the slightest|zero) (?:idea|clue)(?=[.!?\n]|$"
        r"| (?:why\b|how "
        r"(?:to|i (?:got|ended))|what (?:to do|this|it|that (?:means|is)|happened|went|is (?:going|wrong"
        r"|happening|causing)"
        r"|i(?:'m| am)? (?:do|did))|where (?:to|this|these|it|the)))",
        r"\b(?:i|we(?= (?:still |really |simply |just )?(?:don't|do not|cannot"
        r"|can't) (?:really )?understand)) (?:really |still"
        r" |just |simply |actually |also |honestly )*(?:don't|do not|can't|cannot|didn't|dont"
        r"|couldn't) (?:really |even "
        r"|actually |quite |still |yet )*(?:understand|figure out|see why|see how to) ?(?:why\b|what\b|how\b"
        r"|where\b|it\b|this"
        r"\b(?=[.!?,]|$)|the (?:error|message|behaviou?r|reason|difference|problem|meaning|docs?|documentation"
        r"|logic|\w+ "
        r"(?:prefix|name|output|error|message|behaviou?r))|(?=[.!?,]|$)|this (?:command|error|message|behaviou?r"
        r"|output))",
        r"\bi (?:really |still |just |simply |actually |also |honestly )*(?:don't|do not|didn't|dont) (?:really "
        r"|even |actually "
        r"|quite |still |yet )*(?:known?|get) (?:why\b(?!,? but| (?:we|he|she|she's)\b)|what (?:to do|is (?:wrong"
        r"|going"
        r"|happening|causing|the)|this (?:means|is|error)|it means|that means|went|happened|i(?:'m| am)? (?:do"
        r"|did)|the "
        r"(?:problem|specific|reason|error|issue))|how to (?!achieve|implement|best|phrase)|how (?:this|it"
        r"|i) (?:happened|got|works)|where to (?:go|start"
        r"|look|find)|if i(?:'m| am| did|'ve| have| used| can trust)\b|if (?:it is|it's"
        r"|this is) (?:a (?:react )?bug|normal|expected|me|my"
        r"|intended|supposed))",
        r"\bdid i (?:do (?:something|anything)|miss|break)\b",
        r"\bwhat am i (?:doing|missing)\b",
        r"\bis it (?:just |only )?me\b",
        r"\bstupid question\b",
        r"\bdumb question\b",
        r"\bwhat (?:does|do) (?:this|that|it|these) (?:even |actually |really )?mean\b(?=[^\w]{0,3}(?:$|\?|\n|\)"
        r"|[.!]))",
        r"\bwhat (?:the (?:heck|hell)|on earth) (?:does|is|do|are)\b",
        r"\bwhat gives\b",
        r"\b(?:(?:it|this|that|which)(?:'s| is| was) (?:very|really|so|quite|extremely|super|too|totally"
        r"|all) confusing"
        r"|(?:docs|notes|documentation|instructions|naming|everything)(?:'s| is"
        r"| are) (?:\w+ )?confusing)\b(?! (?:to|for|because|when"
        r"|if|as))",
        r"\bconfuses me\b",
        r"\b(?:i|we) (?:\w+ )?(?:found|find) (?:it|this|that) (?:\w+ )?confusing\b",
        r"\b(?:it is|it's|is|are|remains?) (?:still |totally |completely |quite |very )?(?:unclear|not clear"
        r"|a mystery) to (?:me|us)\b(?! (?:if|whether|how (?:this|that|it) (?:might|would|could)|though))",
        r"\b(?:can|could) (?:someone|somebody|anyone|anybody|you)(?: please| kindly)? (?:explain|comment|clarify"
        r"|guide)(?: to "
        r"me| me)? (?:why (?!you\b|we\b|not\b)|what (?:this|that|the|is|it|am|i|does)\b|if (?:this|it|that)\b"
        r"|whether|how (?:it|this"
        r"|that|the)\b|is this)",
        r"\bwanted to know (?:if|of|whether) this (?:is|was)\b",
        r"\bjust want(?:ed)? to (?:know|be sure) if (?:this|it|i)\b",
        r"\bis this (?:a )?bug\?",
        r"(?:^|[.!?(\n]\s{0,3})(?:a )?bug or (?:a )?feature\s?\?",
    ),
    "churn": (
        r"\b(?:i|we|i'm|we're|users|customers|people|to|just|already|will|are|am|have)(?:'ve|'ll| will| have| are"
        r"| am)? "
        r"(?:switch(?:ing|ed)?|mov(?:e|ing|ed)|migrat(?:e|ing|ed)|chang(?:e|ing)|go(?:ing)?)(?: back| over| away)? "
        r"(?:to|from) (?:a |an |your |the |some )?(?:competitor|competition|another (?:provider|product|vendor"
        r"|supplier|app"
        r"|company|bank|airline|tool|library|framework|service|platform)|different (?:provider|product|vendor|app)"
        r"|alternative(?! \w+ (?:for the|of))|somebody else|someone else|other (?:provider|vendor|app)s?)\b",
        r"\b(?:cancel(?:l?ing|l?ed)?|terminat(?:e|ing)|clos(?:e|ing)(?= (?:my|our) account)"
        r"|won't (?:be )?renew(?:ing)?"
        r"|will not (?:be )?renew(?:ing)?) (?:my|our) (?:\w+ )?(?:subscriptions?|contract|accounts?|plan|membership"
        r"|licen[cs]es?|renewal|service)\b(?! (?:so (?:that )?no|because (?:it|my) (?:was|card)))",
        r"\b(?:i|we)(?:'m| am|'re| are)? (?:not|won't|will not|don't want to"
        r"|never)(?: be)? renew(?:ing)?\b(?! (?:the )?(?:certificate"
        r"|cert|token|lease|ticket|session))",
        r"\b(?:i|we|i'm|we're|i am|we are|to|start|started|will|be|already)(?:'ll| will| have"
        r"| had)? (?:look(?:ing|ed)?|shop(?:ping)?)"
        r" (?:at|for|around for|into) (?:other |better |an? |some |the )?(?:alternatives?|replacement"
        r"|competitors?|other "
        r"(?:products|vendors|providers|apps|tools))\b(?! (?:in|to (?:the|this)|for (?:the|this"
        r"|our) (?:\w+ )?(?:library"
        r"|dependency|class|api|method)|approach|ways?))",
        r"\b(?:(?:your competitors?|the competition) (?:\w+ ){0,2}(?:can|does|do|has|have|offers?|already|handles?)"
        r"|other (?:apps|tools|products) (?:already )?(?:do|have|offer|handle|can do) (?:this|that|it|so)\b)",
        r"\b(?:i|we)(?:'d| would)? (?:ask(?:ing)? for|want|demand|need) (?:a |my |our )?(?:full )?(?:refund"
        r"|money back) (?:for|on|of) (?:my|our|the|this) (?:\w+ )?(?:subscription|licen[cs]e|membership|app"
        r"|plan)\b",
        r"\b(?:i|we)(?:'ll| will|'re| are|'m| am| may| might| would)+ (?:\w+ ){0,2}(?:leav(?:e|ing) (?:you\b|your"
        r"|the "
        r"(?:platform|product|service|app))|uninstall(?:ing)? (?:this|it|the app|your)\b|take our business"
        r"|ditch(?:ing)?"
        r" (?:you|this|it|your|the)|drop(?:ping)? your)",
        r"\blast straw\b",
        r"\bdeal ?breaker for (?:me|us)\b",
        r"\b(?:i|we)(?:'m| am|'re| are|'ll| will)? (?:\w+ )?(?:not going to|never|won't|will not) (?:choose"
        r"|use|buy|order|shop|fly|book)(?:ing)? (?:\w+ ){0,3}(?:again|any ?more|in future|with (?:you|them)"
        r"|from you|you)\b",
        r"\bin future i am not going to\b",
        r"\bmakes me (?:not want|want) to (?:not )?(?:use|stop using|leave|switch|quit|uninstall)\b",
        r"\bis of no use to me\b",
        r"\b(?:i'm|i am|we're|we are|i|we) ?(?:now |seriously )?consider(?:ing)? (?:to (?:move|switch|go)|moving"
        r"|switching|going) back\b(?! to (?:an? |the )?(?:older|previous|earlier|old|last))|\bconsider to (?:move"
        r"|switch|go) back\b",
        r"\b(?:i|we|i'm|we're|i've|am|are)(?:'ve| have| been| now| seriously| also| \w+ly)* (?:considering"
        r"|thinking (?:of|about)"
        r"|tempted to|ready to) (?:switch|mov|leav|go)(?:ing|e)?(?:(?: back| away| over)? from\b"
        r"| back to (?!an? (?:older|previous|earlier)|the (?:old|previous|last))| to (?:another"
        r"|a different|an?other|some other|the competition|your competitor)| you\b| for good)",
        r"\bmany (?:developers|users|customers|people) will leave\b",
    ),
    "no_owner": (
        r"\b(?:no ?body|no one|nobody|noone) (?:really |here |actually |seems to |wants to )?(?:owns?|is "
        r"responsible|feels responsible"
        r"|knows who (?:owns|maintains|is)|maintains?|takes? (?:ownership|responsibility|care of))\b",
        r"(?:^|[.!?\n]\s{0,3}|\b(?:know|clear|sure|see|idea|so|ask) )(?:who|which team) (?:even |actually "
        r"|really )?(?:owns|is responsible for|maintains)\b",
        r"\b(?:sent|passed|pushed|bounced|shuffled|handed|being passed) (?:\w+ )?(?:back and forth|around between"
        r"|from (?:one (?:team|department|desk|person|agent)|desk|pillar|team|department)\b|between (?:(?:your"
        r"|our|the|two) )?(?:\w+ )?"
        r"(?:teams|departments|desks?))",
        r"\bnot (?:my|our) (?:team|department|problem)\b",
        r"\b(?:has|have|with) no (?:clear |real )?owner\b",
        r"\borphaned (?:code|service|repo\w*|project|module|component)\b",
        r"\b(?:instructed|told|asked) to (?:move|take|raise|report|file) (?:the |this |my |it )?(?:issue "
        r"|bug )?(?:upstream|elsewhere|with (?:another|the other))\b",
        r"\b(?:says?|said|claims?) it(?:'s| is) (?:the other|another) (?:team|department)",
    ),
    "frustration": (
        r"\b(?:unacceptable|ridiculous|outrageous|infuriating|frustrat(?:ed|ing|ion)|fed up|sick of"
        r"|sick and tired|fuck\w*|wtf|disgrace\w*|disgusting|pathetic|appalling|horrible|horrendous|terrible"
        r"|awful|joke of a|a joke|waste of (?:time|money)|wasted (?:hours|days)|(?:app|totally"
        r"|completely|absolutely) useless|absurd|nightmare|shame(?:ful)? on|driv(?:ing|es) me (?:crazy|mad"
        r"|nuts|insane)|had enough|worst \w+ (?:ever|i)|annoy(?:ing|ed|s)?|disappoint(?:ed|ing|ment)"
        r"|so painful|the hell|i hate|hate (?:this|it|the|that|when)|crap(?:py)?|bullshit|stupid|sucks?|sadly"
        r"|rude|damn|messed up|nothing but trouble|keeps? (?:crashing|freezing"
        r"|failing|breaking)|really (?:bad|slow|hard)|very bad)\b",
        r"\b(?:not working|never works|why|fix|bugs?|crash(?:es|ed|ing)?|fail(?:s|ed|ing|ure)?|wrong|still|broken"
        r"|worst|bad|cant|dont work"
        r"|doesnt|stop (?:it|this)|missing|days|weeks|slow|useless|hate|annoying|no (?:answer|reply"
        r"|response|longer|way))\b"
        r"(?! (?:love|my favou?rite))[^.!?\n]{0,60}!!!",
        r"\b(?:doesn|won|can|isn)'t (?:load|work|open|start|log|play|upload|connect|run|save"
        r"|sync|update|use|get)"
        r"\b[^.!?\n]{0,50}!!!",
        r"[a-z]\?!",
        r"(?<=\s):\(",
        r"(?<=\s);\(",
        r"[😡😠😤🤬]",
    ),
    "thanks": (
        r"\b(?:thank you|thanks|thx|many thanks|kudos|well done|great (?:job|work)|good (?:job|work)|nice (?:job"
        r"|work)|keep up the (?:good|great)|(?:i|we) (?:really |just )?(?:love|appreciate|enjoy)|shout ?-?out"
        r"|hats off|big fan|congrat\w*)\b",
    ),
    "security": (
        r"\bcve-\d{4}-\d+",
        r"security (?:vulnerabilit\w+|hole|flaw|incident|breach|disclosure|issue|bug|report|advisory)",
        r"vulnerabilit(?:y|ies)\b",
        r"\bxss\b",
        r"sql injection",
        r"\bcsrf\b",
        r"\bssrf\b",
        r"remote code execution",
        r"\brce\b",
        r"privilege escalation",
        r"path traversal",
        r"auth(?:entication|orization)? bypass",
        r"data (?:leak|breach)",
        r"leaked (?:credential|password|token|key|secret|data)s?",
        r"(?:credential|password|token|key|secret)s? (?:were |was |has been |have been |got |is "
        r"|are )?(?:leaked|exposed|in plain ?text|compromised)",
        r"(?:can|could|able to) (?:see|read|access|open|view) (?:other|another|someone else's|somebody else's"
        r"|anybody's) (?:\w+ )?(?:customer|user|patient|people|account|compan|tenant|person|client)\w*",
        r"hacked\b",
        r"phishing",
        r"ransomware",
        r"exploit(?:able|ed|s)? ",
        r"proof of concept exploit",
        r"responsible disclosure",
        r"pen(?:etration)?[- ]?test (?:finding|report)",
        r"sicherheitslücke",
        r"datenleck",
        r"faille de sécurité",
        r"fuite de données",
        r"vulnerabilidad de seguridad",
        r"fuga de datos",
        r"falha de segurança",
        r"vazamento de dados",
        r"falla di sicurezza",
        r"fuga di dati",
        r"beveiligingslek",
        r"datalek",
    ),
    "hr": (
        r"\bharass(?:e[ds]|ment|ing)?\b",
        r"\bbull(?:ied|ying)\b",
        r"discriminat(?:ed|ion|ing|ory) ",
        r"sexis[tm]",
        r"racis[tm]\b",
        r"performance (?:review of|improvement plan|warning)",
        r"\bpip\b(?= for| process)",
        r"my (?:salary|pay ?rise|resignation|maternity|sick leave|pregnan\w+|disability)",
        r"(?:fire|fired|firing|dismiss(?:ed|al)?|lay(?:ing)? off|laid off|disciplin\w+) (?:him|her|them|me"
        r"|an? (?:employee|colleague)|the employee)",
        r"grievance",
        r"(?:works council|human resources|\bhr\b) (?:complaint|case|department|investigation|about)",
        r"(?:complaint|report) (?:to|about|against) (?:hr|my manager|my boss|a colleague|a coworker"
        r"|my colleague)",
        r"hostile work(?:place| environment)",
        r"inappropriate(?:ly)? (?:behaviou?r|touch\w*|comments?)",
        r"belästig\w+",
        r"mobbing",
        r"abmahnung",
        r"harcèlement",
        r"licenciement",
        r"\bacoso\b",
        r"despido",
        r"assédio",
        r"demissão",
        r"molestie sul lavoro",
        r"licenziamento",
        r"pesten op het werk",
        r"ontslag",
    ),
    "legal": (
        r"(?:our|my|your|the|their|a) (?:lawyer|solicitor|attorney|legal (?:team|department|counsel|action"
        r"|notice))s?\b",
        r"legal (?:action|proceedings|threat|hold|claim|dispute)",
        r"\b(?:sue|suing|sued) (?:you|them|us|the)",
        r"lawsuit",
        r"litigation",
        r"court order",
        r"subpoena",
        r"cease and desist",
        r"\bgdpr (?:request|complaint|breach|violation)",
        r"(?:subject access|erasure|right to be forgotten) request",
        r"data protection (?:authority|complaint|officer)",
        r"\bdmca\b",
        r"breach of contract",
        r"rechtsanwalt",
        r"anwalt\b",
        r"dsgvo[- ](?:anfrage|beschwerde|auskunft)",
        r"rechtliche schritte",
        r"avocat\b",
        r"mise en demeure",
        r"poursuites judiciaires",
        r"\babogad[oa]s?\b",
        r"acciones legales",
        r"\badvogad[oa]s?\b",
        r"ação judicial",
        r"\bavvocat[oi]\b",
        r"azioni legali",
        r"\badvocaat\b",
        r"juridische stappen",
        r"\bavg-verzoek",
    ),
}

NOBODYS: Final = (
    r"^\W{0,4}(?:\w+: )?as an? [^,.!?\n]{2,60}?,? (?:i|we|you|they)(?:'d| would| should| can| could| must"
    r"| need| want| wish"
    r"| expect| have (?:a|the) (?:option|ability))\b(?! (?:say|not (?:use|find"
    r"|see)))(?<!workaround you can)(?<!workaround we can)",  # a user story
    r"\bautomatically (?:been )?(?:marked|closed|locked|generated)\b|\bwill be (?:automatically )?closed\b",  # a bot
    r"^\W{0,6}(?:fixed|added|removed|changed|improved|deprecated|changelog|feat|chore"
    r"|refactor)\b(?:\([\w-]{1,20}\))?[: ]",
    r"\b(?:message|dialog(?:ue)?|label|button|prompt|toast|banner|tooltip|placeholder|caption|menu|pop-?up"
    r"|title|heading"
    r"|template|error)s? (?:\w+ ){0,2}(?:says?|saying|said|reads?|reading|shows?|showing|displays?|called"
    r"|named|labell?ed"
    r"|titled|asks?)\b",
    r"\b(?:i|we|you|he|she|they|someone|somebody|one|a (?:user|person|customer|reader)|users|customers|people|readers"
    r"|newcomers) (?:may|might|could) (?:\w+ )?(?:think|ask|wonder|say|believe|feel|conclude|get confused)\b",
    r"^\W{0,6}(?:nit|lgtm|q|a|todo|fixme)\b[:,]|\bin this (?:pr|pull request|patch|diff)\b",  # a review
    r"^\W{0,4}(?:thanks|thank you|merci|danke|gracias)?\W{0,3}(?:glad|happy|good to hear) (?:that )?(?:you|it)\b",
    r"\b(?:hypothetically|imagine (?:that|a|you|if)|suppose (?:that|a|you)|let's say|for instance if)\b",
)
"""Sentences that tell nobody's own situation: user stories, bots, change logs, labels, reviews, what others think.

They count against every signal but those that protect a writer.
"""

UNLESS: Final[dict[str, tuple[str, ...]]] = {
    "workaround": (
        r"\b(?:when|if|after|before|once|may happen when) (?:the |a )?(?:users?|i|we|you|they"
        r"|one) (?:\w+ )?manually\b|\b(?:away"
        r"|avoid|without|removes?|eliminates?|no) (?:the )?need (?:to|for|of)\b|\bupdat(?:e|ing) (?:the )?[\w-]{0,20} "
        r"?spreadsheet|\binitiali[sz]ing\b",
        r"\b(?:no|without an?y?|not find an?y?|find a|need a|need some|any|avoid|possible|non-intuitive|bad"
        r"|prefer not|is there "
        r"an?y?|as no) work-?arounds?\b",
        r"\bwe'll need to\b|\bwill (?:therefore )?require us\b|\bso if\b|^\W{0,4}(?:assumptions?|preconditions?"
        r"|prerequisites?|requirements?|note)\b ?:|\b(?:i|you|one) need to (?:screenshot|print|write|phone|copy"
        r"|type|reset|revert|mail|e-?mail)\b|\byou must\b|\bhad to e-?mail\b|\bshould\b[^.!?\n]{0,160}\bmanually\b",
        r"\bwithout (?:having to )?(?:manually|\w+ing)\b|\bif you manually\b|\bto manually ?:"
        r"|\bto manually reproduce\b",
        r"\bcan(?: all)? be (?:\w+ )?manually\b|\bneed to add\b|\b(?:to|should|could|can"
        r"|will) be able to (?:\w+ )?manually\b",
        r"\bmanually (?:installed|installing|set|setting|created|edited|triggered|approved|tested)\b"
        r"|\bmanually support\w*",
        r"\bwork-?arounds? (?:has|have) been (?:added|removed|applied)\b|\b(?:remove|drop|delete"
        r"|revert) (?:\w+ ){0,2}work-?arounds?\b"
        r"|\bwork-?arounds? (?:is|was|are) (?:no longer|not|needed|required|removed|broken|in place|ok|fine|gone"
        r"|to be)\b",
        r"\b(?:do|does|would|will|should|shall|if|whether|when|unless|why|so that|once) (?:a |the )?(?:we|i|you"
        r"|they|one"
        r"|users?|people) (?:\w+ )?(?:have|need|had) to\b",
        r"\b(?:not|n't|never|no longer|without|won't|don't|doesn't|nobody|no one|stop|stops"
        r"|prevents?)(?: \w+)? (?:have|need|has|had|having|needing) to\b|\bno longer (?:have|need|must)\b",
        r"\b(?:should|could|must|may|might|can|'ll|will)(?: \w+)? (?:need|have) to (?:copy|fork|delete|reset"
        r"|revert|write|type|wrap|print|mail|do)\b",
        r"^\W{0,4}(?:step )?\d{1,2}[.):]\s(?!ha(?:d|ve|s) |can\W?t |no |(?:you|i|we|users?) ha(?:ve|s|d) )"
        r"|\bsteps to reproduce\b|\bto reproduce\b|\breproduc(?:e|ed) (?:it|this|by)\b",
        r"\b(?:i|we|you) (?:tried|try|attempted|have tried)\b",
        r"\bhow (?:can|do|could|to|should|would)\b[^?\n]{0,60}\b(?:work|get) ?-?around\b",
        r"\b(?:we|i|you|they|one) (?:should|could|will|might|may|shall|can probably|would|plan to|want to"
        r"|need to) (?:\w+ )?(?:work|get) ?-?around\b",
        r"\bonly (?:way|option|solution)\b[^.!?\n]{0,40}\b(?:be sure|make sure|ensure|prove|verify|defeat|beat"
        r"|win|end (?:this|that|it)|guarantee|learn)\b",
        r"\b(?:crafted?|drawn?|drew|written|made|built|coded?|sewn|rolled) by hand\b|\bby hand (?:in the (?:docs?"
        r"|documentation))",
        r"\b(?:nicht mehr|nie mehr|niemand mehr|keiner mehr|nicht länger|statt|ohne)\b[^.!?\n]{0,40}\b(?:von hand"
        r"|händisch)\b|\b(?:sans|plus besoin"
        r"|ne (?:\w+ )?plus)\b"
        r"[^.!?\n]{0,40}\b(?:à la main|manuellement|contournement)\b|\b(?:sin|ya no|en vez de|não (?:é|preciso"
        r"|precisa) mais|sem|senza|non (?:\w+ ){0,3}più"
        r"|zonder|niet (?:meer|langer))\b[^.!?\n]{0,40}\b(?:a mano|manualmente|à mão|met de hand|handmatig)\b",
        r"\b(?:puede|pode|può|kann|peut|kan)\b[^.!?\n]{0,30}\b(?:manualmente|manuellement|manuell|handmatig)\b",
    ),
    "repeat_contact": (
        r"\b(?:api|endpoint|server|request(?:s)? per|webhook|retry|callback|thread|loop|iteration)\b",
        r"\b(?:if|when|unless|before) (?:i|we|you|they|someone|a customer|users?) (?:have |has "
        r"|'ve )?(?:already )?(?:reported|contacted|written|asked)\b",
        r"\b(?:seller|merchant|shop|store|manufacturer)\b",
        r"\b(?:noch nicht|nicht|pas encore|todavía no|ainda não|non ancora|nog niet)\b[^.!?\n]{0,15}\b(?:gemeldet"
        r"|signalé|avisado|reportado|avisei|segnalato)",
    ),
    "reopened": (
        r"\b(?:can|could|should) you re-?open the\b(?! (?:ticket|issue|bug|case|report))"
        r"|\bre-?open (?:the )?(?:connection|file|workspace|dialog|app"
        r"|window|project|editor|it once|tab|view|browser)\b|\bfeel free to re-?open\b|\b(?:close|quit"
        r"|exit) (?:it |the \w+ )?and re-?open\b",
        r"\bif (?:it|this|the|that|you|they)\b[^.!?\n]{0,30}\b(?:not|n't|still|closed)\b|\bin case\b|\bonce (?:it"
        r"|this)\b",
        r"\b(?:fenster|datei|verbindung|dialog|programm|fichier|fenêtre|connexion|archivo|ventana|conexión"
        r"|arquivo|janela|conexão|file|finestra"
        r"|connessione|bestand|venster|verbinding)\b",
    ),
    "long_silence": (
        r"\b(?:server|endpoint|api|request|socket|http|timeout|device|host|port|packet|query|command|button"
        r"|click\w*|wizard|dialog"
        r"|screen|app|ping|seller|merchant|serveur|servidor|gerät|requête|toestel)\b",
        r"\brespond or\b|\b(?:please|kindly) (?:respond|reply)\b|\bif (?:i|we|you|nobody|no one)\b"
        r"|\bno response (?:is )?(?:needed|necessary|required)\b",
    ),
    "feature_plea": (
        r"\bplease (?:provide|describe|fill|check|attach|specify|read|search|refer|make sure|include (?:any|the"
        r"|all|steps|as))\b",
        r"\bplease (?:support|allow) (?:us|me|ukraine|this project|this petition)\b|\blet (?:me|us) know\b"
        r"|\bplease let me (?:if|know)\b",
        r"\bto help us\b|\bhelp(?:s|ful)? (?:us )?(?:to )?diagnos\w+|\blogs? or source code\b"
        r"|\bsupport(?:ing)? (?:me|us|our \w+)\b",
        r"^\W{0,4}(?:if you (?:want|wish|would like|need|use|have|are|encounter|experience|like)|to (?:use|enable"
        r"|activate|try|turn|reproduce|debug|get)|before|when (?:reporting|opening|you))\b",
        r"\b(?:by|via|through) (?:setting|adding|ticking|checking|going|using|running|editing|clicking)\b",
        r"\b(?:nice|great|helpful|good|useful|ideal|better|awesome|cool) (?:if|to have|to) (?:the |our |an? "
        r"|these |some |this |more |such )*(?:docs?|documentation"
        r"|readme|tests?|unit tests?|comments?|javadocs?|changelog|tutorials?|condition)\b",
        r"\bif (?:some ?one|any ?one|somebody|anybody|you) (?:can|could|would|knows?)\b[^.!?\n]{0,40}\b(?:help"
        r"|guide|explain|tell|point"
        r"|clarify|advise|assist|confirm|review|rebase|look|check|test)\b",
        r"\b(?:can|could|would|will) (?:you|someone|somebody)\b[^.!?\n]{0,40}\b(?:a |any |the |some )?(?:quick "
        r"|short |unit |small |brief |more )?(?:comments?|unit tests?"
        r"|tests?|javadocs?|details|use case|changelog|repro\w*|example|screenshots?|stack ?trace|dataset|test data)\b",
        r"\b(?:cases|times|situations|places|moments) (?:where|when) (?:it would|i wish)\b"
        r"|\bhow many\b[^.!?\n]{0,40}\bcan (?:you|someone)\b",
        r"\b(?:i|he|she|they|we|customer|user) (?:\w+ )?(?:told|asked) (?:them|him|her|you|me|us)? ?(?:to|that)\b"
        r"|\bsomebody (?:once )?(?:asked|said)\b",
        r"\b(?:please|can you|could you)\b[^.!?\n]{0,60}\b(?:jenkins|nightly build|daily build|ci (?:system|job"
        r"|config)|this test|these tests"
        r"|code style|copyright|type hints?)\b|\w+-\d+ [^.!?\n]{0,20}please\b|\(\w+-\d+\b",
        r"\bplease implement\b[^.!?\n]{0,60}\(|\bclass \w+ please\b|\bfor (?:consistency|readability)\b",
        r"\b(?:we|i) (?:decided|agreed) that it would\b|\bthought it would be\b|\bused to wish\b",
        r"\b(?:mir|uns) (?:bitte )?(?:mitteilen|sagen|helfen|schicken|zusenden|bescheid)\b|\b(?:me|nous) (?:dire"
        r"|aider|envoyer|indiquer|expliquer|contacter|rappeler)\b"
        r"|\b(?:decirme|ayudarme|enviarme|explicarme|saber)\b|\b(?:me dizer|me ajudar|me enviar|saber|dirmi"
        r"|aiutarmi|inviarmi|sapere)\b"
        r"|\b(?:mij|ons) (?:\w+ )?(?:helpen|vertellen|laten weten|sturen)\b|\bich wünsche (?:ihnen|euch|dir)\b",
    ),
    "confusion": (
        r"\bhow to (?:repro|replicate|recreate|trigger|quickly|best|name)|\bto reproduce ?[:-]"
        r"|\([^()]{0,60}(?:don't|dont|do not) know why\)|\bwhy (?:the |this )?(?:issue|ticket|bug|pr) (?:is"
        r"|was) (?:considered|closed|marked)|\bi understand (?:it|this) now\b|\bwhy that would\b|\bif i(?:'ve"
        r"| have)? missed (?:it|this|one)\b|\bmissing ?\(\?\)"
        r"|\btell me if\b|\blet me know if\b|\bsorry if\b",
        r"\bwe (?:don't|do not|didn't) (?:yet |really )?know (?:what|how|where|why) |\bnot sure (?:whether"
        r"|if) (?:it|this) is (?:related|relevant|the right)\b",
        r"\bhow (?:long|much|many|often|far) (?:is|are|was) (?:this|that|it|these)\b|\b(?:property|value|option"
        r"|field|format|type|element|token|version|key)s? (?:that )?we "
        r"(?:don't|do not) understand\b|\bwould do (?:this|that) to\b|\bhow (?:something|anything) (?:this|so"
        r"|that)\b|\bi(?:'m| am) unclear whether\b"
        r"|\babout why this (?:needs|has) to\b|\bto quickly (?:fix|solve)\b",
        r"\bis this (?:\w+ )?(?:a regression|reproducible|issue|request)\b",
        r"\b(?:i don't|i do not|don't) know if (?:this|that|it|these)(?:'s| is)? (?:image|should|can|could|helps?"
        r"|matters|linked|related|relevant|possible|the right)\b",
        r"\bwhy (?:everyone|people|you|they|anyone|anybody|nobody|we would|some people|so many|somebody|he|she)\b"
        r"|\bunsure if this is the right place\b",
        r"^\W{0,6}(?:the )?expected (?:behaviou?r|result|output)s?\b",
        r"\b(?:is|are) doing something i don't understand\b",  # a box of a form
        r"\b(?:what|how|where) (?:you|they|he|she|people|anyone)(?:'re| are| is)? (?:\w+ )?(?:talking|mean|doing"
        r"|want|think|managed|can|could)\b",
        r"\byou(?:'re| are) (?:reporting|describing|trying|asking)\b|\bwhy (?:did|do|would|was) (?:you|i (?:added"
        r"|assigned))\b|\bi was (?:added|assigned)\b|\bwhat that \w+ (?:is|means?|does),? but\b"
        r"|\bthe need (?:to|for|of)\b|\bhow after\b|\bhow (?:can )?(?:this|that) (?:is|be|was) (?:acceptable|ok"
        r"|okay|a priority)\b",
        r"\bi (?:really )?(?:don't|do not) understand the (?:hate|fuss|obsession|argument|negativity|anger|hype"
        r"|decision|downvotes?)\b",
        r"\b(?:i'm|i am|we're|we are|it is|it's|this is|is|are) (?:not|no longer|never) (?:at all )?(?:confus\w+"
        r"|puzzled|lost|unclear)\b",
        r"\b(?:users?|people|customers?|readers?|newcomers|beginners|students|they|he|she) (?:\w+ )?(?:don't"
        r"|do not|doesn't|won't|will not|might|may|would|could|are|is|get|gets) "
        r"(?:\w+ )?(?:know|understand|confus\w+|wonder|lost|puzzled)\b",
        r"\b(?:dont|don't|do not) (?:know|understand)[^.!?\n]{0,80}\bbut (?:it's|it is|i (?:think|guess|suspect"
        r"|believe|assume))\b",
        r"\b(?:kind|sort|type) of \w+ (?:requirements?|changes?)\b",
        r"\b(?:ich verstehe|je comprends|entiendo|entendo|capisco|ik (?:begrijp|snap))\b[^.!?\n]{0,15}\b(?:ihre"
        r"|votre|su|seu|la vostra|uw|jullie) \w+",
    ),
    "doc_mismatch": (
        r"\bhave you (?:tried|read|followed|checked)\b|\bplease (?:read|follow|see)\b|\bcontributors following\b",
        r"\bdocumentation issue\b|\bproblem with the documentation\b|\baccording to (?:our|the) (?:policy"
        r"|docs? team)\b",
        r"\b(?:must|should|can|please) be (?:closed|filed)\b",
        r"^\W{0,4}(?:step )?\d{1,2}[.):]\s?(?:follow|install|setup|set up|start|run|then|configure|open|create|go"
        r"|download|import)\w*\b",
        r"\b(?:steps?|instructions?|example|tutorial) below\b|\bsteps? (?:to reproduce|is|are|followed)\b"
        r"|\b(?:following|followed) (?:my|these|this|those) (?:\w+ )?(?:steps?)\b",
        r"\bbut (?:it )?(?:does(?:n't| not)|do(?:n't| not)|not|refers?|never) (?:refer|describe|explain|tell|show"
        r"|cover|elaborate|go into|say|what|to|give)\b|\bshows only\b",
        r"\b(?:docs?|documentation|readme|guide|wiki|manual|tutorial) (?:\w+ )?(?:says?|said|states?"
        r"|mentions?) nothing\b",
        r"^\W{0,6}(?:fix(?:e[sd])?|correct|update[sd]?|improve)\b[^.!?\n]{0,20}\b(?:javadocs?|docs?"
        r"|documentation)\b[^.!?\n]{0,30}(?:\bfor\b|$)",
        r"\bwe should\b|\bhover help\b|\bhow can i\b",
    ),
    "rerun": (
        r"^\W{0,6}(?:\[?error\]?|\[?info\]?)\b|\bre-?run maven\b|\bcan (?:re-?run|restart|retry)\b|\b(?:need|able"
        r"|want|wants|try|tries) to (?:re-?run|retry)\b"
        r"|\b(?:should|will|would|must) (?:be )?(?:retry|retried|re-?run|rerun)\b|\bre-?run (?:the )?(?:command"
        r"|installer|migration|query|script|setup)\b|^\W{0,4}\d{1,2}[.):]",
        r"\b(?:client|server|request|download|connection|worker|framework|function|method|api|call|upload"
        r"|task)s? (?:is|are|was|were|gets?|will be)? ?(?:retr\w+|re-?run|restarted)\b",
    ),
    "me_too": (
        r"\bi also have (?:a|an|two|the)\b|\b(?:today|yesterday|again|this morning|every ?time"
        r"|keeps?)\b[^.!?\n]{0,20}\b(?:i|we)\b[^.!?\n]{0,20}\bsame\b|\bor (?:i|we) (?:have|had|will have)\b"
        r"|\b(?:to|and) merge\b|\blgtm\b",
        r"\b(?:using|with|via|from|in) (?:the )?(?:cli|command line|another (?:browser|version|machine)|simulator"
        r"|emulator|android|ios|safari|firefox|chrome)\b[^.!?\n]{0,20}\b(?:i|we) (?:get|see|have|had)\b",
        r"\b(?:deux fois|même problème que (?:dans|avec)|mismo problema (?:con|que) (?:el|la|los) (?:otro|otra"
        r"|ticket))\b",
    ),
    "distrust": (
        r"\bcertificates?\b|\bself-signed\b|\bbelieve (?:that )?(?:there|i|we|it|this|you)\b|\btrust (?:store"
        r"|anchor|zone|boundar\w+)\b",
        r"\b(?:user|client|untrusted|external|remote) (?:input|data)\b|\bshould (?:i|we|you) ignore\b|\bcan (?:i"
        r"|we) ignore\b|\bdo not ignore\b|\bguide\b",
    ),
    "bypass": (
        r"\bpass --|\bto disable validation\b|^\W{0,6}(?:button|option|ability|add|allow|how) (?:to|for)\b"
        r"|\bit would be (?:good|nice|great)\b",
        r"\b(?:if|when|unless|whenever)\b[^.!?\n]{0,60}\b(?:skip\w*|disabled?|ignored?)\b|\b(?:option|flag"
        r"|parameter|setting|possible|able|ability|way|want|wants|like|need|needs|allows?) (?:\w+ )?to "
        r"(?:skip|disable|bypass|ignore|turn off)\b|\bno longer (?:skip|disabled)|\b(?:tests?|checks?) (?:are|is"
        r"|was|were) skipped (?:if|when|on|instead|by|and)\b",
        r"\b(?:don't|do not|never|must not|should not|shouldn't|cannot|can't|nobody|no one) (?:\w+ )?(?:skip"
        r"|disable|bypass|merge|deploy|push|turn off|mute)\b",
        r"\b(?:re-?enable|re-?enabled|un-?ignore|unskip)\b(?![^.!?\n]{0,60}\b(?:it|them|and)\b)",
    ),
    "waiting": (
        r"\b(?:set|default|increase|raise) (?:the )?(?:timeout|delay)\b|\b(?:thread|process|lock|mutex|socket"
        r"|request|connection|server|daemon|executor|poll\w*)s? (?:\w+ )?(?:is|are|was|gets?|got|waits?|"
        r"stuck|blocked|waiting)\b",
        r"\b(?:when|if|unless|notif\w+|should|would) (?:a |an |the |it |i |we |you )?(?:\w+ )?(?:build|job|has"
        r"|have|waited|take|takes|wait|waits|is|are)\b|\bshould take\b|\bjust waited\b|\bstuck with\b",
        r"\b(?:no|not|never|stop|without|instead of|avoid|rather than) (?:\w+ )?waiting\b",
    ),
    "found_by_third_party": (
        r"\bcreate a customer\b|\b(?:if|when|before|unless|until) (?:a|an|the|our|your|some) (?:\w+ )?(?:customer"
        r"|client|user|auditor|bank|partner)s?\b"
        r"|\b(?:facing (?:feature|docs?|api|documentation|change|text|message)|customer[- ]facing|user[- ]facing"
        r"|client (?:library|side|code|class|app))\b",
        r"\b(?:bank|client|customer|partner|student) (?:hit|found) (?:the |in|on|under)\b(?! (?:bug|problem|issue))",
    ),
    "churn": (
        r"\bnothing (?:\w+ ){0,3}makes me\b|\b(?:subscriptions? (?:and|in) (?:asynchronous|the)|useeffect"
        r"|observable|rxjs|listener|license for (?:android|sdk)|scheduler|thread)\b",
        r"\b(?:how|why|cannot|can't|unable to|able to|option to|button to|allow \w+ to|when (?:i|you|users?"
        r"|a user)|if (?:i|you|users?|a user))\b[^.!?\n]{0,30}\bcancel\w*",
        r"\b(?:library|dependency|parser|driver|client library|jdk|api) (?:version )?(?:instead|to replace)\b"
        r"|\bplease consider\b|\bwe should\b|\bnot (?:leaving|switching|cancell?ing|going to (?:leave|cancel"
        r"|switch))\b",
        r"\b(?:stolen|lost|fraud|taken|hacked)\b",
    ),
    "abandonment": (
        r"\b(?:ok|okay|feel free)\b[^.!?\n]{0,10}\bto close\b|\bif (?:i|we|you) give up\b|\b(?:never|not|won't"
        r"|don't|will not|didn't) (?:\w+ )?(?:give|given|giving|gave) up\b"
        r"|\b(?:gave|give|giving|given) up (?:on )?(?:the )?(?:control|ownership|lock|lease|memory|cpu|seat)\b",
        r"\bme da igual (?:si|que)\b|\bnon rinuncio\b|\bnão desisto\b|\bn'abandonne\b",
    ),
    "no_owner": (
        r"\b(?:pointer|memory|object|lock|mutex|thread|process|buffer|reference|inode)s?\b|\bif (?:nobody|no one"
        r"|no-one)\b|\bfind out who owns\b",
    ),
    "macro_gap": (r"\b(?:preprocessor|compiler|vba|excel macro|c macro|#define|latex|vim|code snippet|vs ?code)\b",),
    "apology_load": (r"\bsorry (?:for|about) (?:my|the) (?:english|long|late|noise|spam|delay|confusion|typo|bad)\b",),
    "voice_withdrawn": (
        r"\b(?:it|exporter|server|service|tool|job|app|client|plugin|system|agent|script|module|page"
        r"|api)(?: \w+)? (?:won't|will not"
        r"|doesn't|does not|no longer|stopped|stops)\b",
    ),
    "frustration": (
        r"\b(?:not|n't|never) (?:\w+ )?(?:frustrat\w+|annoy\w+|disappoint\w+|fed up)\b|\b(?:thank(?:s| you)|love"
        r"|awesome|amazing|great|excellent)\b[^.!?\n]{0,20}!!!",
    ),
}
"""A wording counts for nothing in a sentence where one of these stands."""
