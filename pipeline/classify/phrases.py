"""The wordings of each signal, as regular expressions over lower-case text, and the words that must stand there first.

`UNLESS` says in which sentence a wording means something else: a question of a form, a step of a recipe, a wish of an
invented user. Wordings of other languages are in `pipeline.classify.tongues`; those that decide who may read a text are
here, in all languages.

Every repetition is bounded, so a hostile text costs no more than its length.
"""

from typing import Final

_SUBJECT: Final = r"(?:i|we|you|one|they|users?|people|everyone|everybody|customers?|agents?|developers?)"
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
    r"|asked (?:us|me|why)|flagged|caught|informed|reported|reporting|reports|rang|facing|hit|is upset|are upset"
    r"|raised)"
)

PHRASES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "workaround": (
        (
            " forced to| up|go and|had to|has to|have to|keep|kept|must|need to|needed to|often|then",
            rf"\b{_SUBJECT}(?: now| just| still| always| simply| often| usually| really| currently| literally)? "
            r"(?:have to|has to|had to|need to|needed to|must|(?:was|were|am|are) forced to|end(?:ed)? up"
            r"|keep|kept|go and|often|then) "
            rf"(?:\w+ly |now |just |then |always |first ){{0,2}}(?:{_CHORE}|\w+ing (?:it|them|the \w+) (?:again|by "
            rf"hand))\b",
        ),
        (
            "add back|click through|close and|copy|create|delete|do |downgrade|enter|exit|find the|"
            "fork|hack|hard|install|log|mail|monkey|paste|phone|print|redeploy|refresh|reload|repeat|"
            "reset|restart|revert|screenshot|scroll|set up again|sign out|start |type|undeploy|"
            "use the old|vendor|wrap|write ",
            rf"(?:^|[.!?\n]\s{{0,3}}|\d\) )(?:had|have) to (?:\w+ly )?{_CHORE}\b",
        ),
        (
            "by hand|manually",
            r"\b(?:i|we|they|users?|people|everyone|everybody|customers?|agents?)\b(?! can\b)[^.!?\n]{0,60}\b"
            r"(?:by hand|manually)\b",
        ),
        (
            "by hand|manually",
            r"\b(?:have|has|had|needs?|needed|must|forced|requir\w+|so \w+ing) [^.!?\n]{0,50}\b(?:by hand"
            r"|manually)\b",
        ),
        ("by hand ", r"\bby hand (?:every|each|all)\b"),
        ("manually e", r"\bmanually (?:every|each)\b"),
        (
            "around",
            r"\b(?:as|is|was|with|our|my|their|the|current|have|found|use|using) (?:a |an |the |my |our |one "
            r"|some |this "
            r"|only |usual |current |temporary |ugly |dirty |small |little |possible |home-?made ){0,3}"
            r"work-?arounds?\b(?=,? (?:is|was|are|for now|which|that|i|we|you|users?|they|to this|to create|to use"
            r"|until))",
        ),
        (
            "round",
            r"\b(?:i|we|they|users?|you (?:can|have to|must|could))(?: \w+){0,3} (?:work|works|worked|working|get"
            r"|getting|got)[ -]?(?:around|round) "
            r"(?:the|this|that|it|these)\b",
        ),
        ("around to this", r"\bwork-?around to this\b"),
        (
            "only ",
            r"\bonly (?:way|solution|option|remedy|cure|thing that (?:works|helps))\b(?:[^.!?\n]|\."
            r"(?=\w)){0,80}?\b(?:is|was) "
            r"(?:to |by )?(?!not\b|that\b|a new\b|for\b)\w+",
        ),
        (
            "hack|kludge|trick",
            r"\b(?:found|find|use|using|used|have|with) (?:a|an|this|some) (?:\w+ )?(?:hack|trick|kludge)\b",
        ),
        ("monkey", r"\b(?:had to|we|i) (?:\w+ )?monkey-?patch"),
        (
            "answer|cure|fix|solution",
            r"\b(?:fix|cure|solution|answer) (?:for (?:me|us|now) )?(?:is|was) (?:to )?(?:downgrad|roll|go|revert"
            r"|uninstall)\w*",
        ),
        (
            "downgraded|gone back|pinned|rolled back|stay|stuck|went back",
            r"\b(?:i|we)(?:'ve| have| had)? (?:to )?(?:\w+ )?(?:downgraded|rolled back|went back|gone back|pinned"
            r"|stay|stayed|stuck) (?:\w+ )?(?:to|at|on|with) (?:\w+ ){0,2}(?:old|older|previous|last|version|v?\d)",
        ),
        ("old|previous", r"\b(?:use|using|stick with|stay on) the (?:old|older|previous) (?:version|release|build)"),
        (
            " own ",
            r"\b(?:my|our) own (?:\w+ )?(?:sheet|script|tool|list|notes?|table|macro|fork|copy|calendar|cron ?job)\b",
        ),
        (
            "for now|in the meantime|meanwhile|until then",
            r"\b(?:for now|in the meantime|meanwhile|until then),? (?:i|we|they|our \w+) (?:just |simply "
            r"|all )?(?:have to|must|use|keep|write|copy|type|set|call|mail|ask|restart|reload|do|run|enter|send"
            r"|check|am \w+ing|are \w+ing)\b",
        ),
        ("in the meantime, ", r"\bin the meantime, \w+ing\b"),
        ("instead", r"\binstead,? (?:i|we|they|everyone) (?:keep|print|phone|call|mail|re-?type|paste)\b"),
        (
            "built|keep|kept|made|maintain|wrote",
            r"\b(?:keep|kept|maintain|built|wrote|made) (?:our|my|a|an) (?:own )?(?:little |small |private "
            r"|home-?made )?"
            r"(?:spreadsheet|excel sheet|list|notebook|macro|cron ?job|shadow copy)\b",
        ),
        (
            "every ",
            r"\bevery (?:single )?(?:night|morning|evening|day|week|month|time|friday|monday),? (?:i|we) "
            r"(?:have to|must|need to|export|copy|restart|re-?start|download|type)\b",
        ),
        ("round", r"\b(?:i|we)(?:'ve| have)? (?:found|got used to) (?:a way )?(?:around|round) (?:it|this|that)\b"),
        (
            "instead|so i|so we|so they|so every",
            r"\b(?:instead|so) (?:i|we|they|everyone|everybody)(?: now| just| all| simply| always)? (?:use|keep"
            r"|write|copy|print|call|phone|mail|ask|send|restart|reload|paste|type|rename|download|maintain|batch"
            r"|save|stack)\b",
        ),
        (
            "spreadsheet|sticky note|post-it|on paper|whiteboard|calculator",
            r"\b(?:spreadsheets?|post-its?|sticky notes?|on paper|on a whiteboard|with a calculator)\b(?! "
            r"(?:fails?|crash\w*|is|does|cannot|can't|view\w*|editor|files?|import|export|format|add-?in|plugin"
            r"|application))",
        ),
        (
            "excel|google sheet|notepad",
            r"\b(?:i|we|they|people) (?:\w+ )?(?:export|copy|paste|keep|fix|correct|track|maintain|type|put|write"
            r"|replace)\w*\b[^.!?\n]{0,40}\b(?:excel|google sheets?|notepad)\b",
        ),
        ("by hand", r"\bby hand\b"),
        ("around is to|around was to", r"(?:^|[.!?\n]\s?)work-?around (?:is|was) to\b"),
    ),
    "repeat_contact": (
        (
            "call|mail|message|report|request|ticket|time",
            r"\b(?:second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|6th|[1-9]\d?th|umpteenth) (?:time|ticket"
            r"|e-?mail|request|message|call|report)(?: that)? (?:i|we)(?:'m|'ve|'re| am| are"
            r"| have)? (?:\w+ )?(?:writ|report|ask|rais|call|contact|open|fil|send|sent|mail|had to)\w*",
        ),
        (
            "2nd|3rd|4th|fifth|fourth|second|third",
            r"\b(?:my|our) (?:second|third|fourth|fifth|2nd|3rd|4th) (?:ticket|e-?mail|request|message|call"
            r"|report)\b",
        ),
        (
            "explained|mentioned|reported|said|told you|written|wrote",
            r"\bas (?:i|we)(?:'ve| have)? (?:already |previously )?(?:said|written|wrote|explained|told you|reported"
            r"|mentioned) (?:before|earlier|last|yesterday|in (?:my|our)|on (?:mon|tues|wednes|thurs|fri)|to|twice"
            r"|already)",
        ),
        (
            "explained|mentioned|reported|said|told|written",
            r"\bas (?:i|we)(?:'ve| have)? already (?:said|written|explained|told|reported|mentioned)",
        ),
        (
            "asked |called |complained|contacted|explained |filed |raised |reported |talked |told |written |wrote ",
            r"\b(?:i|we)(?:'ve| have|'d| had)? already (?:told (?:you|support|them|your)|written (?:to|about"
            r"|twice)|wrote (?:to"
            r"|you|about)|reported (?:this|that|it|the)|asked (?:about|you|for|this|twice|support)|explained (?:this|it"
            r"|that|to)|contacted|called (?:you|support|twice)|talked (?:about|to)|raised (?:this|it)|filed (?:this|a)"
            r"|complained)",
        ),
        (
            "asked|called|complained|contacted|filed|mailed|raised|reported|submitted|written",
            r"\b(?:i|we)(?:'ve| have)? (?:reported|written|asked|raised|contacted|called|filed|mailed|complained"
            r"|submitted)"
            r"[^.!?\n]{0,40}?\b(?:again|twice|three times|several times|many times|multiple times|last (?:week|month"
            r"|year)|but (?:\w+ )?(?:still|no))\b",
        ),
        (
            "asking|calling|chasing|contacting you|following up|raising this|reporting|writing",
            r"(?:^|[.!?\n]\s{0,3}|\b(?:i'm|i am|we're|we are) )(?:asking|writing|reporting|contacting you|raising this"
            r"|calling|chasing|following up)(?: about this| on this| to you| this)? (?:again|once more|yet again"
            r"|for the (?:second|third|fourth|fifth|\w+th))",
        ),
        (
            "see ",
            r"\bsee (?:my|our) (?:previous|earlier|last|other|first) (?:ticket|e-?mail|message|request|report|mail)s?",
        ),
        (
            "many times|often",
            r"\bhow (?:many times|often) (?:do|must|should) (?:i|we) (?:have to |need to )?(?:ask|write|report"
            r"|send|tell|call"
            r"|say)",
        ),
        (
            "answer|reply|response",
            r"\b(?:still )?(?:waiting for|no) (?:an? )?(?:answer|reply|response) to (?:my|our) (?:\w+ )?(?:mail|e-?mail"
            r"|ticket|message|question|request)\b",
        ),
        (
            "time|ticket|mail|request|message|call",
            r"\b(?:second|third|fourth|fifth|2nd|3rd|4th|5th|\d+th|umpteenth) (?:time|ticket|e-?mail|request"
            r"|message|call)(?: (?:i|we)\b| that (?:i|we)\b| about| on this| this (?:week|month|year|sprint)| to "
            r"you| reporting|,)",
        ),
        (
            "as i|as we",
            r"\bas (?:i|we)(?:'ve| have)? (?:already )?(?:said|written|wrote|mentioned|explained|told you|reported)\b",
        ),
    ),
    "reopened": (
        (
            "closed ",
            r"\b(?:you|they|someone|somebody|support|(?:the|a|your) bot|my \w+ was|this was|it was|ticket was|has "
            r"been|got) "
            r"(?:have |has |'ve )?(?:just |simply |again |automatically |silently )?closed (?:this|it|my|our|as|without"
            r"|before|twice|by (?:a|the) bot|but|again|automatically)\b",
        ),
        (
            "done|duplicate|fixed|solved|stale",
            r"\b(?:marked|set|closed)(?: this| it| my \w+)? as (?:solved|resolved|done|fixed|duplicate"
            r"|stale)\b[^.!?\n]{0,30}"
            r"\b(?:but|yet|still|although|though|not)\b",
        ),
        ("open", r"\b(?:please|can you|could you|i am|i'm|we are|had to|i have to|asking to) re-?open(?:ing)?\b"),
        ("opening ", r"\bre-?opening (?:this|because|as|since)\b"),
        (
            "back again",
            r"\b(?:it|this|that|the (?:bug|problem|issue|error|fault))(?:'s| is| has)? (?:come |came )?back again\b",
        ),
        ("meant|said|supposed", r"\bwas (?:supposed|said|meant) to be (?:fixed|solved|resolved)\b"),
        (
            "fixed|solved",
            r"\b(?:it|this|that|problem|issue|bug|error|ticket|fault) (?:is|was|has) (?:still )?not (?:actually "
            r"|really |been )?(?:fixed|solved"
            r"|resolved)\b|\bstill (?:not|n't) (?:actually |really )?(?:fixed|solved|resolved)\b",
        ),
        (
            "fixed|solved",
            r"\b(?:is|isn't|was|wasn't)(?: still)? (?:not )?(?:actually |really )(?:fixed|solved|resolved)\b",
        ),
        (
            "broke again|came back|is back|reappeared|regressed|returned",
            r"\b(?:fixed|solved|resolved)(?: before| earlier| twice| once)?,? (?:and|then|but) (?:it |has |have )?"
            r"(?:regressed"
            r"|came back|is back|broke again|returned|reappeared)",
        ),
    ),
    "long_silence": (
        (
            "answer|feedback|reaction|replies|reply|response",
            r"\b(?:still|yet|have|had|has|'ve|received|heard|been) (?:had |got "
            r"|received "
            r"|been |heard |have )?(?:no|not a single|zero|never (?:had |got )?(?:a|any)|not) (?:answer|reply|replies"
            r"|response|feedback|reaction)\b(?! (?:from (?:the )?(?:server|api|endpoint|device|backend|service)"
            r"|body|code"
            r"|time))",
        ),
        (
            "get|got|hear|receive",
            r"\b(?:have|has|had|'ve|did|do)(?:n't| not) (?:heard|received|got|gotten|hear|get|receive)(?: anything"
            r"| a (?:reply|response|word)| any (?:reply|response|answer|news|word|feedback)| back)(?: from (?:you"
            r"|anyone"
            r"|anybody|support|them|your)| yet| since| so far|[.,!]|$)",
        ),
        (
            "answer|came back|gets back|got back|has looked|looked at |picks up|react|replie|respond",
            r"\b(?:no ?body|no one|nobody|noone)(?: has| ever| from \w+| at \w+)? (?:even |ever )?(?:answers?|answered"
            r"|replie[ds]|responds?|responded|reacts?|reacted|got back|gets back|came back|picks up|looked at "
            r"(?:it|this|mine"
            r"|my|our)|has looked)\b",
        ),
        ("crickets", r"\bcrickets\b"),
        ("radio silence", r"\bradio silence\b"),
        ("dead silence", r"\bdead silence\b"),
        ("ignored ", r"\b(?:i|we)(?:'m|'ve| am| are| have)? (?:been |being |keep being )?ignored (?:for|since)\b"),
        ("keep being ignored", r"\bkeep being ignored\b"),
        ("any ", r"\bany (?:news|updates?|progress)(?: on (?:this|my \w+|that))?(?: here| at all| yet)?\?"),
        (
            "wait",
            r"\b(?:waiting|waited) (?:\w+ ){0,4}for (?:an answer|a reply|a response|your (?:answer|reply"
            r"|response))\b",
        ),
    ),
    "doc_mismatch": (
        (
            "follow",
            rf"\b(?:i|we)(?:'ve| have|'m| am| was)? (?:\w+ )?follow(?:ed|ing)\b(?! (?:issue|problem|error|code"
            rf"|my)\b)[^.!?\n]{{0,40}}\b(?:steps|{_DOC}|example|document)\b",
        ),
        (
            "follow",
            r"(?:^|\n|[.!?] )follow(?:ed(?! my)|ing (?:all |the |these |this |your )) ?(?:the )?(?:\w+ ){0,2}"
            rf"(?:steps|{_DOC})\b",
        ),
        (
            "following ",
            rf"\b(?:tried|set ?up|setup|start(?:ed)?|install(?:ed)?|configured?|then) [^.!?\n]{{0,60}}\bfollowing "
            rf"(?:the "
            rf"|this |your |these )(?:\w+ ){{0,2}}(?:steps|{_DOC})\b",
        ),
        (
            "article|book|changelog|doc|faq|getting started|guide|help|instruction|knowledge base|"
            "man page|manual|readme|release notes|tutorial|wiki",
            rf"\b{_DOC}(?: page)? (?:still |also |now |currently |even )?(?:says?|said|claims?|states?|stated"
            rf"|tells?|suggests?"
            r"|describes?|mentions?|promises?|shows?|lists?|points?)\b(?:[^.!?\n]|\.(?=\w)){0,140}\b(?:but|however"
            r"|yet|although|n't|no"
            r" such|never|instead|wrong|deprecated|incorrect|not (?:work|there|exist|supported|the case|possible"
            r"|true))\b",
        ),
        (
            " still ",
            rf"\b{_DOC}(?: page)? still (?:says?|tells?|claims?|describes?|shows?|mentions?|lists?|points?|refers?)\b",
        ),
        (
            "busted|contradict|date|incorrect|misleading|obsolete|stale|wrong",
            rf"\b{_DOC}(?: page| section| generated)?(?: is| are|'s| seems?| looks?| appears?)(?: to be)? (?:\w+ )?"
            rf"(?:out ?of ?"
            r"date|outdated|wrong|incorrect|stale|misleading|contradict\w*|obsolete|busted)\b",
        ),
        (
            "incorrect|misleading|obsolete|out-of-date|outdated|wrong",
            rf"\b(?:outdated|out-of-date|obsolete|misleading|wrong|incorrect) (?:\w+ )?{_DOC}\b(?! section)",
        ),
        (
            " not match|contradict|lead|mention|n't match|work",
            rf"\b{_DOC}(?: page| (?:for|of) the (?:\w+ ){{1,3}})? ?(?:do(?:es)?n't match|do(?:es)? not match"
            rf"|contradicts?|(?:is|are) misleading"
            r"|leads? to (?:an )?error|will not work|(?:do(?:es)?n't|do(?:es)? not|did not|didn't) (?:work|mention))\b",
        ),
        ("contradict", rf"\bcontradicts? the (?:\w+ )?(?:{_DOC}|guidance)\b|\bcontradict the guidance\b"),
        (
            "article|book|changelog|doc|faq|getting started|guide|help|instruction|knowledge base|"
            "man page|manual|readme|release notes|tutorial|wiki",
            rf"\b(?:contrary to|according to|despite|unlike|as described in|not as|per) (?:what )?(?:the |your "
            rf"|our |vs ?code )?"
            rf"(?:\w+ )?{_DOC}\b[^.!?\n]{{0,140}}(?:\bbut\b|n't\b|\bnot\b|\bno\b|\bfails?\b|\berror|\bstill\b"
            rf"|\bnothing\b"
            r"|\bshould\b)",
        ),
        (
            " work",
            rf"\b(?:does(?:n't| not)|do(?:n't| not)|not) work(?:s|ing)? (?:as described in|according to|as (?:in"
            rf"|per)|like in) "
            rf"(?:the )?(?:\w+ )?{_DOC}\b",
        ),
        (
            "described|documented|explained|mentioned",
            rf"\b(?:not|n't|never) (?:being )?(?:mentioned|documented|described|explained) (?:anywhere |at all )?"
            rf"(?:in|on) the "
            rf"(?:\w+ ){{0,3}}{_DOC}\b",
        ),
    ),
    "found_by_third_party": (
        (
            "are upset|asked |called |caught|complain|discovered|facing|flagged|found|hit|informed|"
            "is upset|noticed|pointed out|raised|rang|reported|reporting|reports|spotted|told ",
            rf"\b(?:our|my|the|a|an|one|his|her|their|some|one of our|several|many|two|three) (?:\w+ "
            rf")?{_OUTSIDER}s? (?:has |have "
            rf"|had |is |are |just |only |first |also )?{_NOTICED}\b",
        ),
        (
            "complain|facing|flagged|found|noticed|pointed out|raised|report",
            r"(?:^|[.!?\n*]\s{0,3})(?:customers?|clients?|end[- ]?users?|subscribers?) (?:has |have |had |is |are "
            r"|also )?"
            r"(?:noticed|found|pointed out|complain\w*|report(?:ed|ing|s)|report:|facing|raised|flagged)",
        ),
        (
            "found out|heard|learn|noticed",
            r"\b(?:found out|learn(?:ed|t)|heard|noticed)(?: about (?:it|this|that))? (?:only )?(?:from|through"
            r"|via|because"
            rf"|when) (?:a|our|the|an|one of our) (?:\w+ )?(?:{_OUTSIDER}|user|twitter)\b",
        ),
        (
            "flagged|found|noticed|pointed out|raised|reported|requested|spotted",
            rf"\b(?:reported|requested|raised|noticed|flagged|found|pointed out|spotted) (?:\w+ )?by (?:a|an|our"
            rf"|one of our"
            rf"|several|some) (?:\w+ )?(?:{_OUTSIDER}|user)s?\b",
        ),
        (
            "came up with a |some users are ",
            rf"\bcame up with a {_OUTSIDER}\b|\bsome users are (?:upset|angry|unhappy|confused|complaining)\b",
        ),
    ),
    "bypass": (
        (
            "merged ",
            r"\bmerged (?:it |this |that |my \w+ )?(?:anyway |to \w+ )?(?:without (?:a |any |waiting)|without "
            r"review|without"
            r" approval|despite|with red|on red|over red)",
        ),
        (
            " off|bypass|comment|disable|ignore|mute|skip|switch",
            r"\b(?:i|we|they|everyone|everybody|people|so|just|had to|have to|then|always)(?:'ve| have| all| now| "
            r"just| simply"
            r"| therefore){0,2} (?:skip(?:ped)?|disabled?|turn(?:ed)? off|comment(?:ed)? out|bypass(?:ed)?|ignored?"
            r"|switch(?:ed)? off|mut(?:ed?))(?: \w+){0,3}? (?:tests?|checks?|ci|pipeline|review|hooks?|lint|linter|scan"
            r"|scanner|gate|approval|suite|alerts?)\b",
        ),
        (
            "commented out|disabled|ignored|muted|skipped|switched off|turned off",
            r"\b(?:tests?|checks?|hooks?|gates?|alerts?|suite) (?:\w+ )?(?:is|are|was|were|got|been) (?:all |just "
            r"|simply "
            r"|currently |still )?(?:skipped|disabled|ignored|commented out|muted|switched off|turned off)\b",
        ),
        (
            "force",
            r"\bforce[- ]?(?:merge[ds]?|push(?:ed|es)?|deploy(?:ed)?) (?:it|this|to|straight|anyway|over|the|my"
            r"|because)\b",
        ),
        ("--no-verify", r"(?<!\w)--no-verify"),
        ("[skip ci]", r"\[skip ci\]"),
        ("[ci skip]", r"\[ci skip\]"),
        ("admin ", r"\badmin (?:merge|override)[ds]? (?:it|this|again|to)"),
        ("overr", r"\boverr(?:ide|ode) the (?:gate|check|approval)"),
        ("straight ", r"\bstraight (?:to|on|into) (?:prod|production|main|master)\b"),
        (
            "without ",
            r"\b(?:merged?|ship(?:ped)?|deploy(?:ed)?|released?|pushed?)\b[^.!?\n]{0,30}\bwithout (?:a |any "
            r"|waiting for )?"
            r"(?:the )?(?:code )?(?:review|approval|running the tests|tests|qa|sign-?off)\b",
        ),
        (
            "skipped|disabled|bypassed|switched off",
            r"(?:^|\n|, so i |so we |and )(?:skipped|disabled|bypassed|switched off) (?:the |a |all )?(?:\w+ )?"
            r"(?:tests?|checks?|gate|review|hook|scan)\b|\bso (?:i|we) skipped it\b",
        ),
    ),
    "rerun": (
        (
            " times|is green|over and over|passed|passes|till|until|went green|works",
            r"\bre-?(?:run|ran|running|runs|try|tried|trigger\w*|start(?:ed|ing)?)\b(?:[ ,]+"
            r"(?!maven\b)[\w']+){0,6}? (?:until"
            r"|till|three times|\d+ times|several times|over and over|and (?:it|then it) (?:passes|passed|is green|went"
            r" green|works))\b",
        ),
        (
            "re-ran|re-run|re-start|re-trigger|reran|rerun|restart|retried|retrigger|retry",
            r"\b(?:i|we|they|everyone|everybody|people|you)(?: just| all| always| simply| then| have to| had to| "
            r"keep)* "
            r"(?:re-?runs?|re-?ran|re-?running|re-?trigger\w*|retry|retried|re-?start(?:s|ed|ing)?) "
            r"(?:(?:the |our |my |that )?(?:\w+ )?(?:builds?|jobs?|pipelines?|tests?|suite|ci)\b|(?:it|them) "
            r"(?:until|again|twice"
            r"|all))",
        ),
        (
            "again and again|over and over|three times|until",
            r"\b(?:press|click|hit|run|start|try|kick)(?:s|ed|ing)? (?:it|the (?:job|build|pipeline|tests?|suite)) "
            r"(?:again and again|three times|over and over|until)\b",
        ),
        (
            "click|hit|press|push",
            r"\b(?:i|we|they|people|everyone|everybody)\b[^.!?\n]{0,20} (?:press|hit|click|push)(?:ed|ing|es)? "
            r"(?:re-?run|re-?try|the re-?(?:run|try) button)\b",
        ),
        (
            "until ",
            r"\buntil (?:it|they|everything|the build|ci|the pipeline)(?:'s| is| are| goes| turns| went| was)? (?:green"
            r"|pass(?:es|ed)?)\b",
        ),
        (
            "green|passed|passes",
            r"\b(?:passes|passed|green) (?:on|after) (?:the )?(?:a )?(?:re-?try|re-?run|second (?:try|run|attempt)"
            r"|third (?:try|run|attempt))\b",
        ),
        ("just re", r"\bjust re-?(?:run|try|start) (?:it\b|the (?:build|job|pipeline|tests?|suite)\b)"),
        (
            "re-run|rerun",
            r"\b(?:second|third|fourth|two|three|several|\d+(?:nd|rd|th)?) re-?runs?\b|\bneed(?:s|ed|ing)? (?:\w+ "
            r")?re-?runs?\b",
        ),
        (
            "re-run|rerun",
            r"\bre-?runs?(?: of (?:the |our )?\w+)? (?:\w+ )?(?:makes?|goes|went|works|passes|passed|helps|is green)\b",
        ),
        (
            "re-run|rerun",
            r"\b(?:i|we|they|people|everyone|and|so|just) (?:just |then |always |simply )?re-?run(?:[.,;!]|$| it\b"
            r"| and\b)",
        ),
    ),
    "distrust": (
        (
            "believe|believing|trust",
            r"\b(?:nobody|no one|none of us|people|everyone|everybody|i|we)(?:'ve| have)? (?:\w+ )?(?:don't|do not"
            r"|doesn't"
            r"|no longer|stopped|hardly|can't|cannot|never) (?:\w+ )?(?:trust|trusting|believe|believing) (?!you\b"
            r"|him\b|her\b"
            r"|me\b|how\b|that (?:i|we)\b|there\b|it's\b|it is\b|this is\b)",
        ),
        (
            "believes|takes|trusts",
            r"\b(?:nobody|no one|none of us) (?:here |really |still |even )?(?:trusts|believes|takes) (?:\w+ )?"
            r"(?:ci|tests?|builds?"
            r"|results?|dashboards?|alerts?|numbers?|reports?|pipelines?|suite|red|it|estimates?|monitoring|them"
            r")\b",
        ),
        (
            " ignor",
            r"\b(?:i|we|people|everyone|everybody)(?: just| all| simply| now| always)* ignor(?:e|es|ed|ing) "
            r"(?:the |all |any |a )?"
            r"(?:red|alerts?|warnings|failures|failing|alarms?)\b",
        ),
        (
            "do not|don't|hardly|no longer|no one|nobody|none of us|stopped",
            r"\b(?:nobody|no one|none of us|we (?:no longer|don't|do not|stopped|hardly)|i (?:no longer|stopped))"
            r"(?: really"
            r"| even| here| any ?more)? (?:looks? at|looking at|reads?|reading|cares? about|takes?) (?:\w+ ){0,3}"
            r"(?:ci|tests?"
            r"|builds?|results?|dashboards?|alerts?|numbers?|reports?|pipeline|suite|red|it any ?more|estimates?"
            r"|monitoring)\b",
        ),
        (
            "ignored|noise|normal|nothing|usual",
            r"\b(?:red|failing|a failure|a red build)(?: builds?| ci| tests?)? (?:means|is|are) (?:nothing|normal"
            r"|noise|ignored"
            r"|usual)\b",
        ),
        ("alert fatigue", r"\balert fatigue\b"),
        (" wolf", r"\b(?:cries|cried|crying) wolf\b"),
        ("confidence|faith|trust", r"\blost (?:all |any |my |our )?(?:trust|faith|confidence) in\b"),
        (
            "lie|lying",
            r"\b(?:report|dashboard|numbers?|figures?|coverage|estimate|counter|graph|log|message|status|app"
            r"|it) (?:can |just |simply )?(?:lies?|lied|lying)\b",
        ),
        (
            "bogus|fiction|made up|nonsense",
            r"\b(?:numbers?|figures?|message|report) (?:is|are|was|were) (?:bogus|made up|nonsense|fiction)\b",
        ),
        ("claims|says", r"\bit (?:says|claims)[^.!?\n]{3,60}\bbut (?:i|we) (?:do|have|am|are|can)\b"),
    ),
    "confession": (
        ("proud", r"not (?:very |really |at all |so )?proud"),
        (
            " know ",
            r"(?:i|we) know (?:that )?(?:i|we|this|it)(?:'m| am|'re| are)? (?:should ?n[o']t|should not|shouldn't"
            r"|not supposed to|is wrong|is bad|am not supposed|is against)",
        ),
        (
            "approved|deployed|merged|pushed|released|shipped|signed",
            r"(?:i|we)(?:'ve| have)? (?:also |just |then |simply )?(?:merged|pushed|deployed|shipped|released"
            r"|approved|signed)(?: it| this| that| \w+ \w+)?(?: anyway)? without\b",
        ),
        (
            "bad|error|fault|mistake",
            r"(?<!not )(?:my|our|entirely my|totally my) (?:own )?(?:fault|mistake|bad|error)\b(?! message)",
        ),
        (
            "ashamed|embarrassed|guilty",
            r"(?:i|we)(?:'m| am|'re| are| feel| felt|'ve been)? (?:\w+ )?(?:ashamed|embarrassed|guilty)\b",
        ),
        ("admit|confess", r"(?:i|we) (?:must |have to |should |need to )?(?:confess|admit)\b"),
        (
            "accidentally|by mistake|forgot|mistakenly|stupidly|wrongly",
            r"(?:i|we) (?:forgot|accidentally|mistakenly|wrongly|stupidly|by mistake) (?:\w+ )?(?:to |deleted|dropped"
            r"|pushed|merged|sent|committed|removed|overwr\w+|deployed)",
        ),
        (
            "asked|checked|known|noticed|read|reviewed|said|tested|told",
            r"(?:i|we) (?:should have|should've) (?:checked|tested|asked|known|said|read|noticed|told|reviewed)",
        ),
        (
            "a short|corner|shortcut",
            r"(?:i|we) (?:cut|took|have cut|have taken|'ve cut|am cutting|are cutting) (?:\w+ )?(?:corners?"
            r"|shortcuts?|a short ?cut)",
        ),
        (
            "backdated|cheated|covered |faked|fudged|hid|lied|pretend|rubber",
            r"(?:i|we) (?:faked|fudged|cheated|lied|backdated|hid\b|covered (?:it|this) up|rubber-?stamped?"
            r"|pretend(?:ed)?)",
        ),
        (
            "boss|lead|manager|team",
            r"(?:don't|do not|please don't|please do not|nobody) (?:tell|know)s? (?:my|our|the) (?:boss|manager|lead"
            r"|team)",
        ),
        ("botched|broke|messed up|screwed up", r"(?:i|we) (?:broke|messed up|screwed up|botched)\b"),
        (
            "blindly|unread|without ",
            r"(?:i|we) (?:approve|approved|sign|signed|merge|merged|close|closed|click|clicked|answer|answered|guess"
            r"|guessed)(?: \w+){0,4}? (?:unread|without (?:reading|looking|checking|testing)|blindly)",
        ),
        ("nicht stolz", r"nicht stolz"),
        ("mein fehler", r"mein fehler"),
        ("meine schuld", r"meine schuld"),
        ("ich schäme mich", r"ich schäme mich"),
        (" dass ich ", r"ich weiß,? dass ich (?:das )?nicht"),
        ("pas fi", r"pas fi(?:er|ère)"),
        ("ma faute", r"ma faute"),
        ("j'ai honte", r"j'ai honte"),
        ("je sais que je ne devrais pas", r"je sais que je ne devrais pas"),
        (" accidentally ", r"\b(?:i|we) accidentally (?:bought|ordered|broke)\b"),
        (" broken this", r"\bwe(?:'ve| have) broken this\b"),
    ),
    "distress": (
        (
            "cope|do this any|go on|keep doing this|keep up|sleep|take ",
            r"(?:can't|cannot|can not|could not|couldn't|unable to) (?:cope|take (?:it|this|any ?more|much more)"
            r"|go on|sleep|keep up|do this any ?more|keep doing this)",
        ),
        ("burn", r"burn(?:ed|t|ing)?[- ]?out\b"),
        ("breaking point|limit|wits", r"at (?:my|our) (?:limit|breaking point|wits'? end)"),
        ("breaking point", r"breaking point"),
        ("tears", r"near(?:ly)? (?:in )?tears"),
        ("in tears", r"in tears"),
        ("crying ", r"crying (?:at|after|over|in)"),
        (" cr", r"(?:i|we) (?:cried|cry)\b"),
        (
            "afraid|anxious|at the end of|depressed|desperate|dreading|drowning|exhausted|miserable|overwhelmed|scared",
            r"(?:i|we)(?:'m| am|'re| are| feel| have been|'ve been) (?:\w+ )?(?:exhausted|overwhelmed|desperate"
            r"|drowning|anxious|depressed|miserable|dreading|afraid|scared|at the end of)",
        ),
        (" dread", r"(?:i|we) dread\b"),
        ("panic attack", r"panic attack"),
        ("mental health", r"mental health"),
        ("lost sleep", r"lost sleep"),
        ("sleepless", r"sleepless"),
        ("nervous breakdown", r"nervous breakdown"),
        ("sick ", r"sick (?:leave|with (?:worry|stress))"),
        ("quit", r"quit(?:ting)? (?:my|this|the) job"),
        (" to quit", r"want(?:ed)? to quit"),
        ("leaving the |quitting", r"thinking (?:of|about) (?:quitting|leaving the (?:team|company))"),
        ("ich kann nicht mehr", r"ich kann nicht mehr"),
        (" kräfte", r"am ende (?:meiner|unserer) kräfte"),
        ("überfordert", r"überfordert"),
        ("je n'en peux plus", r"je n'en peux plus"),
        ("épuisé", r"épuisée?s?\b"),
        ("à bout", r"à bout\b"),
        ("stress", r"\b(?:stressed|stressing) (?:me|us) out\b"),
        ("i feel ", r"\bi feel (?:so |very |really )?sad\b"),
        (" get fired", r"\bi (?:might|will|could) get fired\b"),
        ("traumati", r"\btraumati[sz]ed\b"),
        (
            "gone|lost|ruined",
            r"\b(?:my|our|whole|entire|every) (?:weekend|weekends|night|nights) (?:\w+ ){0,2}(?:lost|gone"
            r"|ruined)\b",
        ),
        (
            "lost|ruined|spent",
            r"\b(?:lost|ruined|spent) (?:my|our|the) (?:whole |entire |last )?(?:weekends?|nights?)\b",
        ),
    ),
    "voice_withdrawn": (
        (
            "do not|don't|done|gave up|given up|no longer|not going to|quit|stopped|tired of|will not|won't",
            r"(?:stopped|gave up|given up|quit|tired of|done|no longer|not going to|won't|will not|don't"
            r"|do not)(?: bother(?:ing)?(?: with| to)?| even| any ?more)? (?:filing|reporting|writing|raising|asking"
            r"|complaining|file|report|raise|complain|mention\w*)(?:\s(?:any|more|these"
            r"|this|it|them|tickets?|issues?|bugs?|things?|anything|for help|any ?more)\b){1,3}(?: any ?more)?",
        ),
        (
            "asking|complaining|filing|mentioning|opening|raising|reporting|telling|writing",
            r"(?:no|little|not much|what's the|what is the|see no|is there any|hardly any) (?:point|use|sense) (?:in "
            r"|of )?(?:\w+ )?(?:reporting|filing|asking|writing|raising|complaining|opening|telling|mentioning)",
        ),
        (
            " one|body|thing",
            r"(?:nothing|nobody|no one)(?: ever| will| is going to|'s going to)? (?:changes|change|listens|listen"
            r"|fixes|fix|cares) (?:anyway|when|if|after|any ?more)",
        ),
        (
            "never|will not|won't",
            r"you (?:won't|will not|never|'ll never|will never) (?:fix|listen|answer|change|read) (?:it|this|that"
            r"|to us|anyway|anything)",
        ),
        ("bother", r"why (?:do (?:i|we) )?(?:even )?bother\b"),
        ("not worth ", r"not worth (?:reporting|filing|a ticket|raising)"),
        ("last time ", r"last time (?:i|we)(?:'ll| will)? (?:report|write|ask|file)"),
        ("bringt ", r"bringt (?:ja )?(?:doch )?nichts"),
        (" nicht mehr", r"melde (?:ich|das) nicht mehr"),
        (" zu", r"hört (?:ja )?(?:eh|sowieso) (?:niemand|keiner) zu"),
        ("ça ne sert à rien", r"ça ne sert à rien"),
        ("on ne signale plus", r"on ne signale plus"),
        ("je ne signale plus", r"je ne signale plus"),
        (" stopped ", r"\b(?:i|we)(?:'ve| have)? stopped (?:asking|writing|reporting)\b"),
    ),
    "waiting": (
        (
            "queu",
            r"\b(?:i|we|our|my|it|they|everyone|people|pr|prs|build|builds|jobs?|request|ticket"
            r"|team)\b[^.!?\n]{0,60}\b(?:queue[ds]?"
            r"|queuing|queueing) (?:for )?[^.!?\n]{0,25}\b(?:minutes?|hours?|days?|weeks?)\b",
        ),
        (
            "pending |take|took|waited",
            r"\b(?:approvals?|access|permissions?|reviews?|sign-?off)\b[^.!?\n]{0,40}\b(?:takes?|took|pending "
            r"(?:for|since)|waited)"
            r"[^.!?\n]{0,20}\b(?:days?|weeks?|months?|hours?|ages|forever|long)\b",
        ),
        (
            " wait",
            r"\b(?:i|we|everyone|everybody|people|team|they)(?:'ve|'m|'re| have| had| am| are| is)?(?: \w+)? "
            r"(?:wait|waited|waiting)"
            r"\b[^.!?\n]{0,40}\b(?:minutes? for (?:a|the|every|each|ci|one)|hours?|days?|weeks?|months?|ages"
            r"|forever)\b",
        ),
        (
            "blocked|on hold|pending|queued|sat|sitting|stuck|waited|waiting",
            r"\b(?:stuck|been sitting|sat|sitting|pending|queued|waiting|waited|blocked|on hold)(?: \w+){0,5}? "
            r"(?:for|since|over"
            r"|more than) (?:\w+ ){0,2}(?:hours?|days?|weeks?|months?|years?|sprints?)\b",
        ),
        (
            "blocked|wait",
            r"\b(?:waiting|wait|waits|waited|blocked) (?:\w+ )?(?:for|on|by) (?:\w+ ){0,3}(?:approval|review"
            r"|reviews|reviewer|access"
            r"|permissions?|sign-?off|(?:the )?other team|(?:di|platform|infra|dba|security|legal|ops|core) team"
            r"|dbas?|legal"
            r"|engineering|a runner|runners|credentials|test data|an environment|staging)\b",
        ),
        (
            "days|months|weeks",
            r"\btakes? (?:\w+ ){0,4}(?:days|weeks|months) to (?:get|be|have|approve|review|answer|provision|reach"
            r"|arrive)\b",
        ),
        ("in the queue|on hold", r"\b(?:in the queue|on hold) (?:for|since)\b"),
        (" team", r"\bopen (?:issue|ticket|request) (?:on|with) the \w+ team\b"),
        (
            "review",
            r"\breviews? (?:\w+ )?(?:waits?|waited|pending|sits?|sat)\b[^.!?\n]{0,30}\b(?:days?|weeks?|months?)\b",
        ),
        (
            "wait",
            r"\bwait(?:s|ed|ing)? (?:\w+ )?(?:\w+ |\d+ )(?:minutes?|hours?|days?) (?:\w+ )?for (?:a |an |the "
            r"|every |each |my |our )?(?:ci|runner|build|review|pipeline|deploy\w*|approval|sign-?off|access|slot"
            r"|environment|password|reset|answer)\b",
        ),
        ("access request", r"\b(?:my|our|an) access request\b"),
    ),
    "feature_plea": (
        (
            "somebody|someone|you",
            r"\b(?:can|could|would|will) (?:you|someone|somebody)(?: guys| please| perhaps| also| possibly| "
            r"maybe)* (?:add|allow"
            r"|support|make it|let us|let me|let users|implement|provide|include|enable|introduce|bring back|give us)\b"
            r"(?! know\b| me\b)",
        ),
        ("can ", r"\bcan (?:we|i) (?:please|at least|also|finally|maybe) (?:have|get(?! rid))\b"),
        ("make it possible", r"\bcould (?:we|you) (?:please )?make it possible\b"),
        ("is it possible ", r"\bis it possible (?:that )?you could\b"),
        (
            "can th",
            r"\bcan (?:the|these|this|those) [^.!?\n]{3,40} (?:please )?be (?:made|added|reverted|brought back"
            r"|\w+able)\b",
        ),
        ("can't we at least", r"\bcan't we at least\b"),
        (
            "please|pls|plz",
            r"\b(?:please|pls|plz),? (?:add|allow|support|let (?:us|me|users)|implement|enable|introduce"
            r"|bring back|give us"
            r"|make(?! sure| certain| an? (?:pr|pull|minimal|copy)| yourself)|change (?:this|it|that) to|do something"
            r"|consider (?:adding|supporting|allowing|making))\b(?! know\b)",
        ),
        (
            "amazing|awesome|convenient|cool|fantastic|good|great|handy|helpful|ideal|lovely|nice|"
            "perfect|useful|wonderful",
            r"\b(?:it would|it'd|it'll|that would|this would|would)(?: also| really)? (?:be )?(?:so |very |really "
            r"|extremely |also |super "
            r"|absolutely )?(?:nice|great|awesome|amazing|lovely|cool|handy|perfect|helpful|wonderful|fantastic"
            r"|convenient"
            r"|(?:good|useful|ideal)(?= if| to (?:allow|support))) (?:if (?:\w+|instead"
            r"|some|such|\w+ (?:can|could|had|would))|to (?:be able"
            r"|have (?:a|an|the ability|this|that|some)|support|allow|see|include|get|let|make|configure|know)(?! "
            r"\w+ in ci))\b",
        ),
        (
            " would be ",
            r"\b(?:that|release|button|option|feature|mode|way|it) would be (?:so |very |really |just )?(?:nice"
            r"|great|awesome|amazing"
            r"|lovely|perfect|helpful|wonderful|fantastic)(?=[.!,;\n]|$)",
        ),
        (" wish ", r"\b(?:i|we)(?: really| just| only)* wish (?:that )?(?:there|i(?! had)|it|you|they|this)\b"),
        ("wish ", r"(?:^|[.!?\n] {0,2})wish (?:i|there|it|you)\b"),
        (
            " would|'d",
            r"\b(?:i|we)(?:'d| would)(?: really| very much| also| so)* (?:love|like) (?:\w+ ){0,2}(?:to be able"
            r"|an option|a way|if there"
            r"|it if|the ability|to see (?:the|a|this|an option|support)|a (?:keyword|flag|setting|button|mode))\b",
        ),
        (
            "i hope ",
            r"\bi hope (?:this|that|the|you) (?:\w+ ){0,2}(?:can|could|will) (?:be )?(?:add|turn|support|allow"
            r"|implement|includ|bring|consider)\w*",
        ),
        ("give us ", r"\bgive us (?:an option|a way|back|the (?:option|ability|choice)|some way)\b"),
        ("is there ", r"\bis there (?:any |a )?(?:plan|chance|hope|possibility) (?:to|that|of|for)\b"),
        ("would like to request", r"\bwould like to request\b"),
    ),
    "abandonment": (
        ("mind", r"\b(?:ok(?:ay)?,? |oh,? |then |please )?never ?mind\b(?! (?:what|how|that|the|if|about))"),
        ("forget ", r"\bforget (?:about it|i asked|it then)\b"),
        ("not really ", r"\bnot really (?:that|what i (?:asked|meant|wanted))\b"),
        ("what ", r"\b(?:that|this|it)(?:'s| is| was)? not (?:really )?what (?:i|we) (?:asked|meant|wanted|need)\b"),
        (
            "ave up|ive up|iven up|iving up",
            r"\b(?:i|we)(?:'ve| have|'ll| will| am|'m)? (?:just )?(?:given up|gave up|give up|giving up)\b",
        ),
        ("eave|ive with", r"\b(?:i|we)(?:'ll| will) (?:just )?(?:live with|leave) it\b"),
        ("you can close this", r"\byou can close this\b"),
        ("feel free to close", r"\bfeel free to close\b"),
        ("drop it then", r"\bdrop it then\b"),
        ("close ", r"\bclose (?:it|this) then\b"),
        (
            "don't use |no longer use|started not using|stopped using",
            r"\b(?:i|we)(?:'ve| have)? (?:started not using|stopped using|don't use (?:it|this|that) any ?more"
            r"|no longer use)\b",
        ),
        ("couldn't justify ", r"\bcouldn't justify (?:spending|putting|sinking) (?:more|any more) time\b"),
        (" done ", r"\bi(?:'m| am) done (?:with (?:this|trying|it)|trying)\b"),
    ),
    "apology_load": (
        (
            "apologi|say sorry|saying sorry|telling ",
            r"\b(?:keep|kept|tired of|sick of|always|again|constantly|all day|every day|having to|have to"
            r"|spend\w*)(?: \w+){0,4}? "
            r"(?:apologi[sz](?:e|ing)|saying sorry|say sorry|telling (?:\w+ ){1,3}(?:sorry|to wait))\b",
        ),
        (
            "apologies for|so sorry|sorry for|we apologi",
            r"\b(?:so sorry|sorry for|apologies for|we apologi[sz]e)\b[^\n]{1,300}?\b(?:sorry again|so sorry"
            r"|apologi[sz]e again|sorry for"
            r"|apologies again|once again,? (?:sorry|apologies))\b",
        ),
        (
            "nothing ",
            r"\bnothing (?:new |else |more )?(?:to|i can) (?:tell|offer|say to) (?:them|the customer|customers"
            r"|callers|people)\b",
        ),
        ("run out of ", r"\brun out of (?:excuses|ways to (?:say|tell))\b"),
    ),
    "macro_gap": (
        (
            "canned |knowledge base article|macro|mail template|reply template|saved reply|snippet|standard answer",
            r"\b(?:(?:our|the|this|that|my|their|refund|support|reply) )?(?:macro|canned (?:response|reply|answer)"
            r"|reply template|mail template"
            r"|saved reply|standard answer|snippet|knowledge base article)s? (?:is|are|says?|was|still|do|does)"
            r"(?:n't| not)? "
            r"(?:\w+ ){0,3}?(?:wrong|outdated|out of date|stale|useless|incorrect|not true|no longer|match|cover"
            r"|mention\w*|the old)\b",
        ),
        (
            "canned |macro|saved repl|text block",
            r"\b(?:no|wrong|outdated|editing (?:the|every|each)|rewrite (?:the|every|each)|rewriting (?:the|every"
            r"|each)) (?:\w+ )?(?:macros?"
            r"|canned (?:response|reply|answer)s?|saved repl(?:y|ies)|text blocks?)\b(?= ?for| ?from|[.,!]|$)",
        ),
        (
            "cheat|google doc|notepad|notes|snippet|text block|text file|word doc",
            r"\b(?:from|in|out of|keep|kept|paste|pasting|copy|using|with) (?:my|our|their) (?:own|private"
            r"|personal) (?:notes|notepad"
            r"|text file|word doc|google doc|cheat ?sheet|snippets?|text blocks?)\b",
        ),
    ),
    "me_too": (
        ("me too", r"\bme too\b(?! (?:much|many|long|often|little|late|few))"),
        ("same here", r"\bsame here\b"),
        (
            "same ",
            r"(?:^|[.!?\n,]\s{0,3})same (?:problem|issue|thing|error|bug)(?: here| for (?:me|us)| with (?:me|us)"
            r"| too| again|[.,!]|$)",
        ),
        ("+1", r"(?:^|[\n!?(]\s?|\. )\+1(?=\s{0,3}(?:$|[.!\n,)]|for|on|to|from|here|please|same|this))"),
        (
            "also|too",
            r"\b(?:i|we)(?:'m| am|'re| are|'ve| have)? (?:also|too) (?:seeing|having (?:this|the same)|see (?:this"
            r"|the same|it)|experienc\w+"
            r" (?:this|the same|it)|affected|facing (?:this|the same)|hit (?:this|the same)|(?:got|get|have|had) "
            r"(?:this|the same)"
            r" (?:problem|issue|error|bug)|r[au]n into (?:this|the same|it))\b",
        ),
        (
            "same ",
            r"\b(?:i|we|i'm|we're)(?: also| am| are)? (?:have|had|see|seeing|get|hit"
            r"|having) (?:exactly )?the (?:very |exact )?same (?:problem|issue|error|bug|thing|symptom)s?\b",
        ),
        ("happen", r"\bhappens? (?:to|for|with) (?:me|us) (?:too|as well)\b"),
        (
            "customers|everyone|folks|many |other|people|person|users",
            r"\b(?:others?|other (?:people|persons?|users|folks|customers)|a lot of people|many (?:people|users)"
            r"|lots of people|everyone|persons who) (?:who )?(?:is |are )?(?:also )?(?:having|have|has|see|seeing"
            r"|report(?:ed|ing)?|face|facing|confused|affected by|complain(?:ing)?(?: about)?) (?:this|the same"
            r"|it)\b",
        ),
        ("myself included", r"\bmyself included\b"),
        ("reported ", r"\bsame (?:was )?reported (?:in|by|on)\b"),
        (" felt the same", r"\b(?:they|all) felt the same\b"),
    ),
    "confusion": (
        (
            "a bug or|by design|correct behavio|expected|how it |intended|intentional|normal|supposed to",
            r"\b(?:is|are|was|would) (?:this|that|it|these)(?: the| a| an| really| also| all| perhaps| maybe)* "
            r"(?:normal|expected|intended"
            r"|intentional|supposed to|by design|a bug or|correct behaviou?r|how it (?:should|is))\b",
        ),
        (
            "am i|are we|could i be|i might be|maybe i am|maybe i'm|might i be|perhaps i",
            r"\b(?:am i|are we|or am i|what am i|could i be|maybe i'm|maybe i am|perhaps i|might i be|i might be) "
            r"(?:just |simply |perhaps "
            r"|maybe |possibly |totally |be )*(?:doing (?:something|anything|it|this)? ?wrong|doing wrong|missing"
            r"|misunderstand\w*"
            r"|overlook\w*|misread\w*|being (?:stupid|dumb|silly)|the only one|using (?:it|this) wrong\w*|doing "
            r"something)",
        ),
        (
            "might be doing wrong|missed|missing|overlook",
            r"\b(?:something|anything|what|if) (?:that )?(?:i'm|i am|i|we're|we) (?:missing|missed|overlook\w*"
            r"|might be doing wrong|am missing|might be missing)\b",
        ),
        (
            "maybe|perhaps|possibly|probably",
            r"\b(?:maybe|perhaps|probably|possibly) (?:it's |it is )?(?:just me\b|i(?:'ve)? (?:missed|miss"
            r"|misunderstood|misunderstand|did something)|me\b|my (?:fault|mistake)|there's not a bug)",
        ),
        (
            "at a loss|baffled|bewildered|clueless|confused|puzzled|unclear",
            r"\b(?:i|we)(?:'m| am|'re| are| feel| got) (?:\w+ ){0,3}(?:confused|puzzled|baffled|bewildered"
            r"|clueless|unclear|at a loss)\b",
        ),
        ("lost", r"\b(?:i'm|i am|we're|we are|i feel) (?:\w+ )?lost\b(?! (?:my|the|our|some|data|a ))"),
        (
            "sure ",
            r"\b(?:not|n't|un)(?: really| quite| entirely)? ?sure (?:how (?:to (?!repro)|i |this|it )|what (?:to|i"
            r"|this|it|that|is going)|why|where to|if (?:i(?:'m| am| did)|this is|that's (?:the )?(?:expected"
            r"|intended|normal|right|correct)|it's (?:me|a bug|expected|normal|my)|the \w+ should)|whether (?:i"
            r"|this is|it's))",
        ),
        (" unsure ", r"\b(?:i|we) ?(?:'m|'re| am| are)? unsure (?:how|what|why|whether)"),
        ("clue|idea", r"\b(?:i|we)(?:'ve| have| had)? (?:got )?(?:no|little|not the slightest|zero) (?:idea|clue)\b"),
        (
            "figure out|get |know|see why|understand",
            r"\b(?:i|we) (?:really |still |just |simply |actually |also )*(?:don't|do not|can't|cannot|didn't|dont"
            r"|couldn't) (?:really |even "
            r"|actually |quite |still |yet )*(?:understand|figure out|see why|get (?:why|how|what)|known?"
            r"(?: why\b| (?:what|how|where) | enough| if (?:i|this is|it is a|it's a)))",
        ),
        ("did i ", r"\bdid i (?:do (?:something|anything)|miss|break)\b"),
        ("what am i ", r"\bwhat am i (?:doing|missing)\b"),
        ("is it ", r"\bis it (?:just |only )?me\b"),
        ("makes no sense to ", r"\bmakes no sense to (?:me|us)\b"),
        ("stupid question", r"\bstupid question\b"),
        ("dumb question", r"\bdumb question\b"),
        ("what do", r"\bwhat (?:does|do) (?:this|that|it|these) (?:even |actually |really )?mean\b"),
        ("on earth|the he", r"\bwhat (?:the (?:heck|hell)|on earth) (?:does|is|do|are)\b"),
        ("what gives", r"\bwhat gives\b"),
        (
            "confusin",
            r"\b(?:it|this|they|that|docs|notes|documentation|page|screen|ui|naming|everything)(?:'s| is| are"
            r"|s is)? (?:\w+ )?confusing\b(?! (?:to|for|because|when|if|as))",
        ),
        ("confuses me", r"\bconfuses me\b"),
        ("confusing", r"\b(?:found|find) (?:it|this|that) (?:\w+ )?confusing\b"),
        (
            "a mystery|not clear|unclear",
            r"\b(?:it is|it's|is|are|remains?) (?:still |totally |completely |quite |very )?(?:unclear|not clear"
            r"|a mystery) to (?:me|us)\b",
        ),
        (
            "clarify|comment|explain|guide|tell me",
            r"\b(?:can|could) (?:someone|somebody|anyone|anybody|you)(?: please| kindly)? (?:explain|tell me"
            r"|comment|clarify|guide)(?: to me| me)? (?:why|what|if|whether|how)\b(?! to\b)",
        ),
        ("wanted to know ", r"\bwanted to know (?:if|of|whether) this (?:is|was)\b"),
        ("just want", r"\bjust want(?:ed)? to (?:know|be sure) if\b"),
        ("bug?", r"\bis this (?:a )?bug\?"),
    ),
    "churn": (
        (
            "alternative|competition|competitor|different |other |somebody else|someone else",
            r"\b(?:switch(?:ing|ed)?|mov(?:e|ing|ed)|migrat(?:e|ing|ed)|chang(?:e|ing)|go(?:ing)?)(?: back| over| "
            r"away)? (?:to|from) (?:a |an |your "
            r"|the |some )?(?:competitor|competition|another (?:provider|product|tool|vendor|supplier|service"
            r"|platform|app|library|framework|editor"
            r"|ide|company|bank|airline)|different (?:provider|product|tool|vendor|service|platform|app|library"
            r"|framework|editor)|alternative"
            r"|somebody else|someone else|other (?:provider|tool|vendor|app)s?)\b",
        ),
        (
            "cancel|renew|terminat",
            r"\b(?:cancel(?:l?ing|l?ed)?|terminat(?:e|ing)|won't (?:be )?renew(?:ing)?"
            r"|will not (?:be )?renew(?:ing)?) (?:\w+ ){0,2}(?:subscriptions?|contract|accounts?|plan|membership"
            r"|licen[cs]es?|renewal|service)\b",
        ),
        (
            " renew",
            r"\b(?:i|we)(?:'m| am|'re| are)? (?:not|won't|will not|don't want to|never)(?: be)? renew(?:ing)?\b",
        ),
        (
            "look|shop",
            r"\b(?:look(?:ing|ed)?|shop(?:ping)?) (?:at|for|around for|into) (?:\w+ ){0,2}(?:alternatives"
            r"|an alternative|a replacement|competitors?|other (?:products|tools|vendors|providers))\b",
        ),
        (
            "apps|products|the competition|tools|your competitor",
            r"\b(?:your competitors?|the competition|other (?:apps|tools|products)) (?:\w+ ){0,2}(?:can|does|do"
            r"|has|have|offers?|already|handles?)\b",
        ),
        (
            "money back|refund",
            r"\b(?:i|we)(?:'d| would)? (?:ask(?:ing)? for|want|demand|need) (?:a |my |our )?(?:full )?(?:refund"
            r"|money back)\b",
        ),
        ("money back|refund", r"\bgive me (?:a |my )?(?:full )?(?:refund|money back)\b"),
        (
            "ditch|drop|leav|take our business|uninstall",
            r"\b(?:i|we)(?:'ll| will|'re| are|'m| am| may| might| have to| would| had to)+ (?:\w+ )?(?:leav(?:e"
            r"|ing) (?:you\b|your|the (?:platform|product"
            r"|service))|uninstall(?:ing|ed)?\b|take our business|ditch(?:ing)?|drop(?:ping)? your)",
        ),
        ("last straw", r"\blast straw\b"),
        ("breaker for ", r"\bdeal ?breaker for (?:me|us)\b"),
        (
            "never|not going to|will not|won't",
            r"\b(?:i|we)(?:'m| am|'re| are|'ll| will)? (?:\w+ )?(?:not going to|never|won't|will not) (?:choose"
            r"|use|buy|order|shop|fly|book)(?:ing)? (?:\w+ ){0,3}(?:again|any ?more|in future|with (?:you|them)"
            r"|from you|you)\b",
        ),
        ("in future i am not going to", r"\bin future i am not going to\b"),
        ("makes me ", r"\bmakes me (?:not want|want) to (?:not )?(?:use|stop|leave|switch|quit|uninstall)\b"),
        ("is of no use to me", r"\bis of no use to me\b"),
        ("consider", r"\b(?:i'm|i am|we're|we are)? ?consider(?:ing)? to (?:move|switch|go) back\b"),
        (
            "consider|ready to|tempted to|thinking ",
            r"\b(?:consider|thinking (?:of|about)|tempted to|ready to) (?:switch|mov|leav|go)(?:ing"
            r"|e)? (?:back )?(?:to|from|you)",
        ),
        (" will leave", r"\bmany (?:developers|users|customers|people) will leave\b"),
    ),
    "no_owner": (
        (
            "care of|feels responsible|is responsible|knows who |maintain|own|responsibility",
            r"\b(?:no ?body|no one|nobody|noone) (?:really |here |actually |seems to |wants to )?(?:owns?|is "
            r"responsible|feels responsible"
            r"|knows who (?:owns|maintains|is)|maintains?|takes? (?:ownership|responsibility|care of))\b",
        ),
        (
            "is responsible for|maintains|owns",
            r"(?:^|[.!?\n]\s{0,3}|\b(?:know|clear|sure|see|idea|so|ask) )(?:who|which team) (?:even |actually "
            r"|really )?(?:owns|is responsible for|maintains)\b",
        ),
        (
            "bounced|handed|passed|pushed|sent|shuffled",
            r"\b(?:sent|passed|pushed|bounced|shuffled|handed|being passed) (?:\w+ )?(?:back and forth|around between"
            r"|from (?:one (?:team|department|desk|person|agent)|desk|pillar|team|department)\b|between (?:(?:your"
            r"|our|the|two) )?(?:\w+ )?"
            r"(?:teams|departments|desks?))",
        ),
        ("department|problem|team", r"\bnot (?:my|our) (?:team|department|problem)\b"),
        ("owner", r"\b(?:has|have|with) no (?:clear |real )?owner\b"),
        ("orphaned ", r"\borphaned (?:code|service|repo\w*|project|module|component)\b"),
        (
            "asked|instructed|told",
            r"\b(?:instructed|told|asked) to (?:move|take|raise|report|file) (?:the |this |my |it )?(?:issue "
            r"|bug )?(?:upstream|elsewhere|with (?:another|the other))\b",
        ),
        ("department|team", r"\b(?:says?|said|claims?) it(?:'s| is) (?:the other|another) (?:team|department)"),
    ),
    "frustration": (
        (
            " useless|a joke|absurd|annoy|appalling|awful|bullshit|crap|crazy|damn|disappoint|"
            "disgrace|disgusting|fed up|frustrat|fuck|had enough|hate |horrendous|horrible|i hate|"
            "infuriating|insane|joke of a|keep|mad|messed up|nightmare|nothing but trouble|nuts|"
            "outrageous|pathetic|really |ridiculous|rude|sadly|shame|sick and tired|sick of|"
            "so painful|stupid|suck|terrible|the hell|unacceptable|very bad|waste of |wasted |worst |"
            "wtf",
            r"\b(?:unacceptable|ridiculous|outrageous|infuriating|frustrat(?:ed|ing|ion)|fed up|sick of"
            r"|sick and tired|fuck\w*|wtf|disgrace\w*|disgusting|pathetic|appalling|horrible|horrendous|terrible"
            r"|awful|joke of a|a joke|waste of (?:time|money)|wasted (?:hours|days)|(?:is|are|app|totally"
            r"|completely|absolutely) useless|absurd|nightmare|shame(?:ful)? on|driv(?:ing|es) me (?:crazy|mad"
            r"|nuts|insane)|had enough|worst \w+ (?:ever|i)|annoy(?:ing|ed|s)?|disappoint(?:ed|ing|ment)"
            r"|so painful|the hell|i hate|hate (?:this|it|the|that|when)|crap(?:py)?|bullshit|stupid|sucks?|sadly"
            r"|insane|rude|damn|messed up|nothing but trouble|keeps? (?:crashing|freezing"
            r"|failing|breaking)|really (?:bad|slow|hard)|very bad)\b",
        ),
        ("!!!", r"(?<=[a-z0-9])\s?!!!"),
        ("?!", r"[a-z]\?!"),
        (":(", r"(?<=\s):\("),
        (";(", r"(?<=\s);\("),
        ("😡|😠|😤|🤬", r"[😡😠😤🤬]"),
    ),
    "thanks": (
        (
            "appreciate|big fan|congrat|enjoy|good |great |hats off|keep up the g|kudos|love|nice |"
            "shout|thank you|thanks|thx|well done",
            r"\b(?:thank you|thanks|thx|many thanks|kudos|well done|great (?:job|work)|good (?:job|work)|nice (?:job"
            r"|work)|keep up the (?:good|great)|(?:i|we) (?:really |just )?(?:love|appreciate|enjoy)|shout ?-?out"
            r"|hats off|big fan|congrat\w*)\b",
        ),
    ),
    "security": (
        ("cve-", r"\bcve-\d{4}-\d+"),
        ("security ", r"security (?:vulnerabilit\w+|hole|flaw|incident|breach|disclosure|issue|bug|report|advisory)"),
        ("vulnerabilit", r"vulnerabilit(?:y|ies)\b"),
        ("xss", r"\bxss\b"),
        ("sql injection", r"sql injection"),
        ("csrf", r"\bcsrf\b"),
        ("ssrf", r"\bssrf\b"),
        ("remote code execution", r"remote code execution"),
        ("rce", r"\brce\b"),
        ("privilege escalation", r"privilege escalation"),
        ("path traversal", r"path traversal"),
        (" bypass", r"auth(?:entication|orization)? bypass"),
        ("breach|leak", r"data (?:leak|breach)"),
        ("leaked ", r"leaked (?:credential|password|token|key|secret|data)s?"),
        (
            "compromised|exposed|in plain|leaked",
            r"(?:credential|password|token|key|secret)s? (?:were |was |has been |have been |got |is "
            r"|are )?(?:leaked|exposed|in plain ?text|compromised)",
        ),
        (
            "anybody's|other|somebody else's|someone else's",
            r"(?:can|could|able to) (?:see|read|access|open|view) (?:other|another|someone else's|somebody else's"
            r"|anybody's) (?:\w+ )?(?:customer|user|patient|people|account|compan|tenant|person|client)\w*",
        ),
        ("hacked", r"hacked\b"),
        ("phishing", r"phishing"),
        ("ransomware", r"ransomware"),
        ("exploit", r"exploit(?:able|ed|s)? "),
        ("proof of concept exploit", r"proof of concept exploit"),
        ("responsible disclosure", r"responsible disclosure"),
        ("finding|report", r"pen(?:etration)?[- ]?test (?:finding|report)"),
        ("sicherheitslücke", r"sicherheitslücke"),
        ("datenleck", r"datenleck"),
        ("faille de sécurité", r"faille de sécurité"),
        ("fuite de données", r"fuite de données"),
        ("vulnerabilidad de seguridad", r"vulnerabilidad de seguridad"),
        ("fuga de datos", r"fuga de datos"),
        ("falha de segurança", r"falha de segurança"),
        ("vazamento de dados", r"vazamento de dados"),
        ("falla di sicurezza", r"falla di sicurezza"),
        ("fuga di dati", r"fuga di dati"),
        ("beveiligingslek", r"beveiligingslek"),
        ("datalek", r"datalek"),
    ),
    "hr": (
        ("harass", r"\bharass(?:ed|ment|ing)?\b"),
        ("bull", r"\bbull(?:ied|ying)\b"),
        ("discriminat", r"discriminat(?:ed|ion|ing|ory) "),
        ("sexis", r"sexis[tm]"),
        ("racis", r"racis[tm]\b"),
        ("performance ", r"performance (?:review of|improvement plan|warning)"),
        ("pip", r"\bpip\b(?= for| process)"),
        (
            "disability|maternity|pregnan|resignation|rise|salary|sick leave",
            r"my (?:salary|pay ?rise|resignation|maternity|sick leave|pregnan\w+|disability)",
        ),
        (
            " off|disciplin|dismiss|fire|firing",
            r"(?:fire|fired|firing|dismiss(?:ed|al)?|lay(?:ing)? off|laid off|disciplin\w+) (?:him|her|them|me"
            r"|an? (?:employee|colleague)|the employee)",
        ),
        ("grievance", r"grievance"),
        (
            "about|case|complaint|department|investigation",
            r"(?:works council|human resources|\bhr\b) (?:complaint|case|department|investigation|about)",
        ),
        (
            "complaint|report",
            r"(?:complaint|report) (?:to|about|against) (?:hr|my manager|my boss|a colleague|a coworker"
            r"|my colleague)",
        ),
        ("hostile work", r"hostile work(?:place| environment)"),
        ("inappropriate", r"inappropriate(?:ly)? (?:behaviou?r|touch\w*|comments?)"),
        ("belästig", r"belästig\w+"),
        ("mobbing", r"mobbing"),
        ("abmahnung", r"abmahnung"),
        ("harcèlement", r"harcèlement"),
        ("licenciement", r"licenciement"),
        ("acoso", r"\bacoso\b"),
        ("despido", r"despido"),
        ("assédio", r"assédio"),
        ("demissão", r"demissão"),
        ("molestie sul lavoro", r"molestie sul lavoro"),
        ("licenziamento", r"licenziamento"),
        ("pesten op het werk", r"pesten op het werk"),
        ("ontslag", r"ontslag"),
    ),
    "legal": (
        (
            "attorney|lawyer|legal |solicitor",
            r"(?:our|my|your|the|their|a) (?:lawyer|solicitor|attorney|legal (?:team|department|counsel|action"
            r"|notice))s?\b",
        ),
        ("legal ", r"legal (?:action|proceedings|threat|hold|claim|dispute)"),
        ("sue |sued|suing", r"\b(?:sue|suing|sued) (?:you|them|us|the)"),
        ("lawsuit", r"lawsuit"),
        ("litigation", r"litigation"),
        ("court order", r"court order"),
        ("subpoena", r"subpoena"),
        ("cease and desist", r"cease and desist"),
        ("gdpr ", r"\bgdpr (?:request|complaint|breach|violation)"),
        ("erasure|right to be forgotten|subject access", r"(?:subject access|erasure|right to be forgotten) request"),
        ("data protection ", r"data protection (?:authority|complaint|officer)"),
        ("dmca", r"\bdmca\b"),
        ("breach of contract", r"breach of contract"),
        ("rechtsanwalt", r"rechtsanwalt"),
        ("anwalt", r"anwalt\b"),
        ("dsgvo", r"dsgvo[- ](?:anfrage|beschwerde|auskunft)"),
        ("rechtliche schritte", r"rechtliche schritte"),
        ("avocat", r"avocat\b"),
        ("mise en demeure", r"mise en demeure"),
        ("poursuites judiciaires", r"poursuites judiciaires"),
        ("abogad", r"\babogad[oa]s?\b"),
        ("acciones legales", r"acciones legales"),
        ("advogad", r"\badvogad[oa]s?\b"),
        ("ação judicial", r"ação judicial"),
        ("avvocat", r"\bavvocat[oi]\b"),
        ("azioni legali", r"azioni legali"),
        ("advocaat", r"\badvocaat\b"),
        ("juridische stappen", r"juridische stappen"),
        ("avg-verzoek", r"\bavg-verzoek"),
    ),
}

UNLESS: Final[dict[str, tuple[str, ...]]] = {
    "workaround": (
        r"\b(?:when|if|after|before|once|may happen when) (?:the |a )?users? manually\b|\b(?:away|avoid|without"
        r"|removes?|eliminates?) "
        r"the need to\b|\bupdat(?:e|ing) (?:the )?[\w-]{0,20} ?spreadsheet|\binitiali[sz]ing\b",
        r"\b(?:no|without an?y?|not find an?y?|find a|need a|any|avoid|possible|non-intuitive|bad|prefer not) "
        r"work-?arounds?\b",
        r"\bwithout (?:having to )?manually\b|\bif you manually\b|\bto manually ?:|\bto manually reproduce\b",
        r"\bcan(?: all)? be (?:\w+ )?manually\b|\bneed to add\b|\b(?:to|should|could|can|will) be able to manually\b",
        r"\bmanually (?:installed|installing|set|setting|created|edited|triggered|approved)\b",
        r"\bwork-?arounds? (?:has|have) been (?:added|removed|applied)\b|\b(?:remove|drop|delete) (?:\w+ "
        r"){0,2}work-?arounds?\b",
    ),
    "feature_plea": (
        r"^\W{0,4}(?:\w+: )?as an? [^,.!?\n]{2,60}?,? (?:i|we)\b",
        r"\bplease (?:provide|describe|fill|check|attach|specify|read|search|refer|make sure|include (?:any|the"
        r"|all|steps|as))\b",
        r"\bplease add (?:[a-z ]{0,20})?(?:notes?|documentation|docs|tests?|unit|comments?|javadoc|steps"
        r"|screenshots?|details"
        r"|information|labels?|a link|any)\b",
        r"\bplease (?:support|allow) (?:us|me|ukraine|this project|this petition)\b|\blet (?:me|us) know\b",
        r"\bto help us\b|\bhelp(?:s|ful)? (?:us )?(?:to )?diagnos\w+|\blogs? or source code\b|\bsupport me\b",
    ),
    "confusion": (
        r"\bhow to (?:repro|replicate)|\bif i(?:'ve| have)? missed (?:it|this|one)\b|\bmissing ?\(\?\)|\btell me if\b",
        r"\bwe (?:don't|do not|didn't) (?:yet |really )?know (?:what|how|where|why) |\bnot sure whether it is "
        r"related\b",
        r"\bis this (?:\w+ )?(?:a regression|reproducible|issue|request)\b",
        r"\b(?:i don't|i do not|don't) know if (?:this|that|it|these) (?:image|should|can|could|helps?|matters)\b",
        r"\bwhy (?:everyone|people|you|they|anyone|anybody|nobody|we would)\b|\bunsure if this is the right place\b",
        r"\bexpected (?:behaviou?r|result|output)s? ?[:?]$",
    ),
    "doc_mismatch": (
        r"\bhave you (?:tried|read|followed|checked)\b|\bplease (?:read|follow|see)\b|\bcontributors following\b",
        r"\bdocumentation issue\b|\bproblem with the documentation\b|\baccording to (?:our|the) (?:policy|docs? "
        r"team)\b",
        r"\b(?:must|should|can|please) be (?:closed|filed)\b",
    ),
    "rerun": (r"^\W{0,6}(?:\[?error\]?|\[?info\]?)\b|\bre-?run maven\b|\bcan (?:re-?run|restart)\b|\bto re-?run\b",),
    "reopened": (
        r"\b(?:can|could|should) you re-?open the\b|\bre-?open (?:the )?(?:connection|file|workspace|dialog|app"
        r"|window|it once)\b",
    ),
    "me_too": (r"\bi also have (?:a|an|two|the)\b",),
    "distrust": (
        r"\bcertificates?\b|\bself-signed\b|\bbelieve (?:that )?(?:there|i|we|it|this|you)\b|\btrust (?:store"
        r"|anchor)\b",
    ),
    "bypass": (r"\bpass --|\bto disable validation\b|^\W{0,6}(?:button|option|ability|add|allow) (?:to|for)\b",),
    "waiting": (r"\b(?:set|default|increase) (?:the )?(?:timeout|delay)\b",),
    "found_by_third_party": (r"^\W{0,4}as an? [^,.!?\n]{2,60}?,? (?:i|we)\b|\bcreate a customer\b",),
}
"""A wording counts for nothing in a sentence where one of these stands."""
