"""The wordings of each signal, as regular expressions over lower-case text, and the words that must stand there first.

Every repetition is bounded, so a hostile text costs no more than its length. English first, some German and French.
"""

from typing import Final

PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "workaround": (
        r"\b(?:by hand|manually)\b(?! (?:installed|installing|install|set|setting|edited|created|triggered)\b)",
        r"\bspreadsheets?\b(?! (?:fails?|crash\w*|is|does|cannot|can't|view|editor|file))",
        r"\b(?:instead|so) (?:i|we|they|everyone|everybody)(?: now| just| all| simply| always)? "
        r"(?:use|keep|write|copy|print|call|phone|mail|ask|send|restart|reload|paste|type|rename"
        r"|download|maintain|batch|save)\b",
        r"\b(?:on paper|sticky notes?|post-its?|on a whiteboard|with a calculator)\b|\b(?:my|our|their|his|her) own "
        r"(?:\w+ )?(?:sheet|script|tool|list|notes?|table|file|macro|fork|copy|calendar|cron ?job)\b",
        r"work(?:-| )?arounds?\b",
        r"(?:for now|in the meantime|meanwhile|until then),? (?:i|we|they|our \w+) (?:just |have to |must |are "
        r"|am |re |'re )?\w+",
        r"(?:export|copy|paste|type|re-?type|re-?enter|download)\w*[^.!?\n]{0,40}?\b(?:by hand|manually"
        r"|into (?:a |an |our |my )?(?:spreadsheet|excel|google sheet|notepad))",
        r"\b(?:keep|kept|maintain|have|use|using|built|wrote|made) (?:our|my|a|an) (?:own )?(?:little |small "
        r"|private |home-?made )?(?:spreadsheet|excel sheet|script|macro|list|notebook|copy|cron ?job)\b",
        r"every (?:night|morning|evening|day|week|month|time|friday|monday)[^.!?\n]{0,40}?\b(?:by hand|manually"
        r"|i (?:have to|must|need to)|we (?:have to|must|need to))",
        r"(?:\bi|\bwe|have to|had to|must|need to) (?:now )?(?:just |simply |always )?(?:fix|do|enter|correct"
        r"|count|add|send|check|update|move|merge|change|restart|reload|clear)\w*[^.!?\n]{0,40}?\b(?:by hand"
        r"|manually|ourselves)\b",
        r"copy[- ]?(?:and[- ])?past(?:e|ing)\b",
        r"\bhacky? (?:solution|script|fix)\b",
        r"(?:i|we)(?:'ve| have)? (?:found|got|get|getting|got used to) (?:a way )?(?:around|round) (?:it|this"
        r"|that)",
        r"only way (?:i|we) (?:can|could|found)",
        r"notbehelf|übergangsweise|behelfen (?:wir )?uns|von hand|contournement|à la main|en attendant,? (?:je"
        r"|nous|on)",
    ),
    "repeat_contact": (
        r"(?:second|third|fourth|fifth|2nd|3rd|4th|5th|\d+th|umpteenth) (?:time|ticket|e-?mail|request|message"
        r"|call)(?: (?:i|we)\b| that (?:i|we)\b| about| on this| this (?:week|month|year)| to you| reporting|,)",
        r"as (?:i|we)(?:'ve| have)? (?:already )?(?:said|written|wrote|mentioned|explained|told you|reported)",
        r"(?:i|we)(?:'ve| have)? already (?:told|written|wrote|reported|asked|explained|contacted|called|sent"
        r"|opened|raised|filed)",
        r"(?:i|we)(?:'ve| have)? (?:reported|written|asked|raised|contacted|called|filed|mailed"
        r"|complained)[^.!?\n]{0,40}?\b(?:again|before|twice|three times|several times|many times|multiple times"
        r"|last (?:week|month|year))",
        r"(?:asking|writing|reporting|contacting you|raising this|calling|chasing|following up)(?: about this"
        r"| on this| to you)? (?:again|once more|yet again|for the)",
        r"see (?:my|our) (?:previous|earlier|last|other) (?:ticket|e-?mail|message|request|report)s?",
        r"schon (?:wieder|mehrfach|einmal) (?:gemeldet|geschrieben|gefragt|berichtet)|zum (?:zweiten|dritten"
        r"|vierten|wiederholten) mal|déjà (?:signalé|écrit|demandé|contacté)|pour la (?:deuxième|troisième"
        r"|quatrième|énième) fois",
    ),
    "reopened": (
        r"(?:you|they|someone|somebody|it was|was|has been|got|were|support|bot)(?: have|'ve| has)?(?: just"
        r"| simply| again| automatically)? closed (?:this|it|my|our|the|as|without|before|twice|by|but|again|and"
        r"|automatically)",
        r"(?:marked|set|closed)(?: this| it| my \w+)?(?: as)? (?:solved|resolved|done|fixed|duplicate"
        r"|stale)\b[^.!?\n]{0,30}\b(?:but|yet|still|although|though|not)\b",
        r"\bre-?open(?:ing|ed)?\b(?=[^.!?\n]{0,40}?\b(?:this|it|my|our|because|since|as|ticket|issue|please"
        r"|again))",
        r"(?:please|can you|could you|i am|i'm|we are|had to) re-?open",
        r"(?:it|this|that|the (?:bug|problem|issue|error))(?:'s| is| has)? (?:come |came )?back again",
        r"was (?:supposed|said|meant) to be (?:fixed|solved|resolved)",
        r"(?:not|n't) (?:actually |really )?(?:fixed|solved|resolved)(?: at all| yet|,|\.|!|$)",
        r"wurde (?:einfach )?geschlossen|wieder (?:öffnen|geöffnet)|a été (?:fermé|clos)|rouvrir",
    ),
    "long_silence": (
        r"(?:still|yet|have|had|has|'ve|got|get|getting|received|heard|with|there is|there's|is) (?:had |got "
        r"|received |been |heard |have )?(?:no|not a single|zero|never (?:had |got )?(?:a|any)) (?:answer|reply"
        r"|replies|response|feedback|reaction|word|update|news)\b",
        r"(?:have|has|had|'ve|did|do)(?:n't| not) (?:heard|received|got|gotten|hear|get|receive)(?: anything"
        r"| a (?:reply|response|word)| any (?:reply|response|answer|news|word|feedback)| back| from (?:you|anyone"
        r"|anybody|support|them))",
        r"(?:no ?body|no one|nobody|noone)(?: has| ever| from \w+| at \w+)? (?:answers?|answered|replie[ds]"
        r"|responds?|responded|reacts?|reacted|got back|gets back|came back|picks up|looked at|has looked)",
        r"\bcrickets\b|radio silence|dead silence|ignored (?:for|since)|been ignored|keep being ignored",
        r"any (?:news|update|progress) (?:on this|here|at all|yet|\?)|any (?:news|updates?)\?",
        r"(?:waiting|waited) (?:for )?(?:\w+ ){0,4}(?:an answer|a reply|a response|your (?:answer|reply|response)"
        r"|somebody|someone|feedback)",
        r"keine (?:antwort|rückmeldung|reaktion)|immer noch nichts gehört|meldet sich (?:niemand|keiner)"
        r"|aucune (?:réponse|nouvelle)|sans réponse|personne ne répond",
    ),
    "doc_mismatch": (
        r"\b(?:docs?|documentation|manual|guide|readme|help|wiki|tutorial|faq|article|page) still "
        r"(?:says?|tells?|claims?|describes?|shows?|mentions?|lists?|points?)\b",
        r"(?:docs?|documentation|manual|guide|readme|help (?:page|article|centre|center)|wiki|tutorial|faq"
        r"|article|instructions|runbook|knowledge base)(?: page)? (?:\w+ )?(?:says?|said|claims?|states?|tells?"
        r"|suggests?|describes?|mentions?|promises?|shows?)\b[^.!?\n]{0,120}\b(?:but|however|yet|although|n't|not"
        r"|no such|never|instead|wrong)\b",
        r"(?:docs?|documentation|manual|guide|readme|help (?:page|article|centre|center)|wiki|tutorial"
        r"|instructions|runbook|article)(?: page)?(?: is| are|'s)? (?:\w+ )?(?:out ?of ?date|outdated|wrong"
        r"|incorrect|stale|misleading|contradict\w*|obsolete|incomplete|do(?:es)?n't match|do(?:es)? not match)",
        r"(?:contrary to|according to|despite|unlike|followed|following|as described in|not as) (?:what )?(?:the "
        r"|your |our )(?:\w+ )?(?:docs?|documentation|manual|guide|readme|help|wiki|tutorial|instructions"
        r"|runbook)\b[^.!?\n]{0,120}(?:\bbut\b|n't\b|\bnot\b|\bno\b|\bfail|\berror|\bstill\b|\bnothing\b)",
        r"(?:laut|entgegen der) (?:der )?(?:doku|dokumentation|anleitung|hilfe)|(?:doku|dokumentation"
        r"|anleitung) (?:ist )?(?:veraltet|falsch)|documentation (?:est )?(?:obsolète|fausse)"
        r"|contrairement à la (?:doc|documentation)",
    ),
    "found_by_third_party": (
        r"(?:our|my|the|a|an|his|her|their) (?:\w+ )?(?:accountant|auditor|audit|tax adviser|tax advisor|bank"
        r"|lawyer|customer|client|patient|partner|supplier|inspector|regulator|guest|student|parent|reseller"
        r"|bookkeeper|pharmacist)s? (?:has |have |just |had |only |first )?(?:noticed|found|spotted|discovered"
        r"|told (?:us|me)|pointed out|complained|called (?:us|me)|asked (?:us|me|why)|flagged|caught|informed"
        r"|reported|rang)",
        r"(?:found out|learn(?:ed|t)|heard|noticed)(?: about (?:it|this|that))? (?:only )?(?:from|through|via"
        r"|because|when) (?:a|our|the|an|one of our) (?:\w+ )?(?:customer|client|accountant|auditor|user|patient"
        r"|partner|twitter|supplier)",
        r"(?:unser|unsere|mein|meine|der|die) (?:steuerberater\w*|prüfer\w*|kund\w+|wirtschaftsprüfer\w*"
        r"|buchhalter\w*) (?:hat|haben) (?:\w+ ){0,3}(?:bemerkt|gemerkt|entdeckt|gefunden|gefragt)|(?:notre|mon"
        r"|nos) (?:comptable|client|clients|auditeur) (?:a|ont|nous a|m'a) (?:remarqué|signalé|trouvé|demandé)",
    ),
    "bypass": (
        r"merged (?:it |this |that |my \w+ )?(?:anyway |to \w+ )?(?:without|despite|with red|on red|over red)",
        r"(?:skip(?:s|ped|ping)?|disabl(?:e|es|ed|ing)|turn(?:ed|ing)? off|comment(?:ed|ing)? out|bypass(?:ed|es"
        r"|ing)?|ignor(?:e|es|ed|ing)|switch(?:ed|ing)? off|mut(?:ed|ing)) (?:\w+ ){0,3}(?:tests?|checks?|ci"
        r"|pipeline|review|hook|hooks|lint|linter|scan|scanner|gate|approval|suite|alerts?|validation)\b",
        r"force[- ]?(?:merge|push|pushed|merged|deploy|deployed)",
        r"--no-verify|\[skip ci\]|\[ci skip\]|admin (?:merge|override)|override the (?:gate|check|approval)",
        r"straight (?:to|on|into) (?:prod|production|main|master)\b",
        r"without (?:a |any |waiting for )?(?:the )?(?:code )?(?:review|approval|running the tests|tests|qa"
        r"|sign-?off)\b",
        r"ohne (?:review|freigabe|tests?) (?:gemerg\w+|ausgerollt|deployt)|tests? (?:übersprungen|abgeschaltet"
        r"|deaktiviert)|sans (?:relecture|revue|tests)|désactiv\w+ (?:les |le )?tests?",
    ),
    "rerun": (
        r"\bre-?runs?\b|\bre-?ran\b|\bre-?running\b",
        r"\b(?:press|click|hit|run|start|try|kick)(?:s|ed|ing)? (?:it|the (?:job|build|pipeline|tests?|suite)) "
        r"(?:again|twice|three times|a second time|over and over)\b",
        r"re-?(?:run|ran|running|runs|try|tried|trigger\w*|start(?:ed|ing)?)(?: \w+){0,6}? (?:until|till|again"
        r"|twice|three times|\d+ times|several times|and (?:it|then it) (?:passes|passed|is green|went green"
        r"|works))",
        r"(?:press|hit|click|push)(?:ed|ing|es)? (?:re-?run|re-?try|the re-?(?:run|try) button)",
        r"until (?:it|they|everything|the build|ci|the pipeline)(?:'s| is| are| goes| turns| went| was)? (?:green"
        r"|pass(?:es|ed)?)",
        r"(?:flaky|flakey|flake[sd]?|flakiness|intermittent(?:ly)?)\b",
        r"(?:passes|passed|green|works?) (?:on|after) (?:the )?(?:a )?(?:re-?try|re-?run|second (?:try|run"
        r"|attempt)|third (?:try|run|attempt))",
        r"just re-?(?:run|try|start) (?:it|the)",
        r"nochmal (?:starten|laufen lassen|anstoßen)|neu (?:starten|anstoßen),? bis|relanc\w+ (?:\w+ ){0,4}jusqu",
    ),
    "distrust": (
        r"\b(?:nobody|no one|none of us|people|everyone|everybody|i|we) (?:\w+ )?"
        r"(?:don't|do not|doesn't|no longer|stopped|hardly) (?:\w+ )?(?:trust|trusting|believe"
        r"|believing) (?!you|him|her|me)",
        r"\b(?:ignor(?:e|es|ed|ing)) (?:the |all |any |a )?(?:red|alerts?|warnings|failures|failing)\b",
        r"(?:no ?body|no one|nobody|none of us|we (?:no longer|don't|do not|stopped|hardly)|i (?:no longer|don't"
        r"|do not|stopped))(?: really| even| here| any ?more)? (?:trusts?|trusting|believes?|believing|looks? at"
        r"|looking at|reads?|reading|cares? about|takes?) (?:\w+ ){0,3}(?:ci|tests?|build|builds|results?"
        r"|dashboard|alerts?|numbers?|report|reports|pipeline|suite|red|it any ?more|estimates?|monitoring)",
        r"(?:red|failing|broken|a failure)(?: builds?| ci| tests?)? (?:means|is|are) (?:nothing|normal|noise"
        r"|ignored|usual)",
        r"alert fatigue|(?:cries|cried|crying) wolf|lost (?:all |any )?(?:trust|faith|confidence) in",
    ),
    "confession": (
        r"not (?:very |really |at all |so )?proud",
        r"(?:i|we) know (?:that )?(?:i|we|this|it)(?:'m| am|'re| are)? (?:should ?n[o']t|should not|shouldn't"
        r"|not supposed to|is wrong|is bad|am not supposed|is against)",
        r"(?:i|we)(?:'ve| have)? (?:also |just |then |simply )?(?:merged|pushed|deployed|shipped|released"
        r"|approved|signed)(?: it| this| that| \w+ \w+)?(?: anyway)? without\b",
        r"(?:my|our|entirely my|totally my) (?:own )?(?:fault|mistake|bad|error)\b(?! message)",
        r"(?:i|we)(?:'m| am|'re| are| feel| felt|'ve been)? (?:\w+ )?(?:ashamed|embarrassed|guilty)\b",
        r"(?:i|we) (?:must |have to |should |need to )?(?:confess|admit)\b",
        r"(?:i|we) (?:forgot|accidentally|mistakenly|wrongly|stupidly|by mistake) (?:\w+ )?(?:to |deleted|dropped"
        r"|pushed|merged|sent|committed|removed|overwr\w+|deployed)",
        r"(?:i|we) (?:should have|should've) (?:checked|tested|asked|known|said|read|noticed|told|reviewed)",
        r"(?:i|we) (?:cut|took|have cut|have taken|'ve cut|am cutting|are cutting) (?:\w+ )?(?:corners?"
        r"|shortcuts?|a short ?cut)",
        r"(?:i|we) (?:faked|fudged|cheated|lied|backdated|hid|covered (?:it|this) up|rubber-?stamped?"
        r"|pretend(?:ed)?)",
        r"(?:don't|do not|please don't|please do not|nobody) (?:tell|know)s? (?:my|our|the) (?:boss|manager|lead"
        r"|team)",
        r"(?:i|we) (?:broke|messed up|screwed up|botched)\b",
        r"(?:i|we) (?:approve|approved|sign|signed|merge|merged|close|closed|click|clicked|answer|answered|guess"
        r"|guessed)(?: \w+){0,4}? (?:unread|without (?:reading|looking|checking|testing)|blindly)",
        r"nicht stolz|mein fehler|meine schuld|ich schäme mich|ich weiß,? dass ich (?:das )?nicht|pas fi(?:er"
        r"|ère)|ma faute|j'ai honte|je sais que je ne devrais pas",
    ),
    "distress": (
        r"(?:can't|cannot|can not|could not|couldn't|unable to) (?:cope|take (?:it|this|any ?more|much more)"
        r"|go on|sleep|keep up|do this any ?more|keep doing this)",
        r"burn(?:ed|t|ing)?[- ]?out\b|at (?:my|our) (?:limit|breaking point|wits'? end)|breaking point"
        r"|near(?:ly)? (?:in )?tears|in tears|crying (?:at|after|over|in)|(?:i|we) (?:cried|cry)\b",
        r"(?:i|we)(?:'m| am|'re| are| feel| have been|'ve been) (?:\w+ )?(?:exhausted|overwhelmed|desperate"
        r"|drowning|anxious|depressed|miserable|dreading|afraid|scared|at the end of)",
        r"(?:i|we) dread\b|panic attack|mental health|lost sleep|sleepless|nervous breakdown|sick (?:leave"
        r"|with (?:worry|stress))|quit(?:ting)? (?:my|this|the) job|want(?:ed)? to quit|thinking (?:of"
        r"|about) (?:quitting|leaving the (?:team|company))",
        r"ich kann nicht mehr|am ende (?:meiner|unserer) kräfte|überfordert|je n'en peux plus|épuisée?s?\b"
        r"|à bout\b",
    ),
    "voice_withdrawn": (
        r"(?:stopped|gave up|given up|quit|tired of|done|no longer|not going to|won't|will not|don't"
        r"|do not)(?: bother(?:ing)?(?: with| to)?| even| any ?more)? (?:filing|reporting|writing|raising|asking"
        r"|complaining|opening|sending|file|report|raise|ask|complain|open|send|mention\w*)(?:\s(?:any|more|these"
        r"|this|it|them|tickets?|issues?|bugs?|things?|anything|for help|any ?more)\b){1,3}(?: any ?more)?",
        r"(?:no|little|not much|what's the|what is the|see no|is there any|hardly any) (?:point|use|sense) (?:in "
        r"|of )?(?:\w+ )?(?:reporting|filing|asking|writing|raising|complaining|opening|telling|mentioning)",
        r"(?:nothing|nobody|no one)(?: ever| will| is going to|'s going to)? (?:changes|change|listens|listen"
        r"|fixes|fix|cares) (?:anyway|when|if|after|any ?more)",
        r"you (?:won't|will not|never|'ll never|will never) (?:fix|listen|answer|change|read) (?:it|this|that"
        r"|to us|anyway|anything)",
        r"why (?:do (?:i|we) )?(?:even )?bother\b|not worth (?:reporting|filing|a ticket|raising)|last time (?:i"
        r"|we)(?:'ll| will)? (?:report|write|ask|file)",
        r"bringt (?:ja )?(?:doch )?nichts|melde (?:ich|das) nicht mehr|hört (?:ja )?(?:eh|sowieso) (?:niemand"
        r"|keiner) zu|ça ne sert à rien|on ne signale plus|je ne signale plus",
    ),
    "waiting": (
        r"\bqueue(?:s|d|ing)?\b[^.!?\n]{0,40}\b(?:minutes?|hours?|days?|weeks?)\b",
        r"\b(?:approvals?|access|permissions?|reviews?)\b[^.!?\n]{0,40}\b(?:takes?|took|pending|waits?|waited)\b",
        r"\bwait(?:s|ed|ing)?\b[^.!?\n]{0,40}\b(?:minutes?|hours?|days?|weeks?|months?|ages|forever)\b",
        r"(?:waiting|waited|waits?|stuck|blocked|been sitting|sat|sitting|pending|queued)(?: \w+){0,5}? (?:for"
        r"|since|over|more than|at least|about|around|nearly|almost|on) (?:\w+ ){0,3}(?:minutes?|hours?|days?"
        r"|weeks?|months?|years?|sprints?)\b",
        r"(?:waiting|waits?|wait|waited|blocked) (?:\w+ )?(?:for|on|by) (?:\w+ ){0,3}(?:approval|review|reviews"
        r"|reviewer|access|permission|permissions|sign-?off|ci|the (?:build|pipeline|queue|other team"
        r"|platform team|infra team|dba|dbas|security team|legal)|engineering|a runner|runners|credentials"
        r"|test data|an environment|staging)\b",
        r"access request|takes? (?:\w+ ){0,4}(?:days|weeks|months|hours) to (?:get|be|have|approve|review|answer"
        r"|provision|reach|arrive|build|run|finish)",
        r"(?:minutes?|hours?|days?|weeks?|months?) (?:in|on) (?:the )?(?:queue|hold)\b|on hold for"
        r"|in the queue (?:for|since)",
        r"(?:warte|warten) (?:wir |ich )?(?:\w+ ){0,3}(?:seit|auf)|seit (?:\w+ )?(?:tagen|wochen|monaten|stunden)"
        r"|(?:j'attends|nous attendons|on attend) |depuis (?:\w+ ){1,2}(?:jours|semaines|mois|heures)",
    ),
    "feature_plea": (
        r"(?:can|could|would|will) (?:you|we|someone|somebody|it)(?: guys| please| perhaps| also"
        r"| not)*(?: be able to| be possible to)? (?:add|allow|support|make it|let us|let me|let users|implement"
        r"|provide|include|enable|introduce|bring back|give us)\b",
        r"(?:please|pls) (?:add|allow|support|let|implement|provide|include|enable|introduce|bring back|give us)\b",
        r"(?:it would|it'd|that would|would) be (?:\w+ )?(?:nice|great|good|helpful|useful|awesome|amazing|lovely"
        r"|cool|handy|perfect|ideal)(?: if| to|,)",
        r"(?:i|we)(?: really| just| only| would|'d)* (?:wish|would like|would love|'d like|'d love"
        r"|'d really like)(?: \w+){0,2} (?:could|to be able|an option|a way|if|there was|there were|the ability"
        r"|support|to see)",
        r"feature request|is there (?:a|any) (?:plan|chance|way) (?:to|that|you|of|for)\b",
        r"wäre (?:es )?(?:\w+ )?(?:schön|toll|hilfreich|gut|super),? wenn|könnten sie (?:bitte )?"
        r"|serait(?:-il)? (?:\w+ )?(?:possible|bien|utile|génial)|pourriez-vous",
    ),
    "abandonment": (
        r"never ?mind\b|forget (?:it|about it|i asked)\b|not really (?:that|what i (?:asked|meant|wanted))"
        r"|that(?:'s| is| was)? not (?:really )?what (?:i|we) (?:asked|meant|wanted|need)",
        r"(?:i|we)(?:'ve| have|'ll| will| am|'m)? (?:just )?(?:given up|gave up|give up|giving up)\b|(?:i"
        r"|we)(?:'ll| will)? (?:just )?(?:live with|leave) it\b|you can close this|feel free to close|close (?:it"
        r"|this) then|drop it then",
        r"vergessen sie(?: es)?|hat sich erledigt|egal,? (?:dann|lassen)|laissez tomber|tant pis|j'abandonne",
    ),
    "apology_load": (
        r"(?:keep|kept|tired of|sick of|always|again|constantly|all day|every day|having to|have to"
        r"|spend\w*)(?: \w+){0,4}? (?:apologi[sz]\w+|saying sorry|say sorry|telling (?:\w+ ){1,3}(?:sorry"
        r"|to wait))",
        r"(?:sorry|unfortunately|apologi[sz]e)[^\n]{1,300}?\b(?:sorry|unfortunately|apologi[sz]e|apologies)\b",
        r"nothing (?:new |else )?to (?:tell|offer|say to) (?:them|the customer|customers|callers|people)"
        r"|run out of (?:excuses|ways to)",
        r"ständig entschuldigen|immer wieder entschuldigen|sans cesse (?:m'|nous )?excus",
    ),
    "macro_gap": (
        r"(?:macro|canned (?:response|reply|answer)|template|saved reply|standard answer|snippet"
        r"|knowledge base article|script)s?(?: \w+){0,3}? (?:is|are|says?|was|still|does|do|has|have)(?:n't"
        r"| not)? (?:\w+ ){0,3}(?:wrong|outdated|out of date|stale|old|missing|useless|incorrect|not true"
        r"|no longer|match|cover|mention\w*|help)",
        r"(?:no|own|private|personal|wrong|outdated|edit(?:ing)? (?:the|every|each)|rewrite|rewriting|copy|paste"
        r"|pasting) (?:\w+ ){0,2}(?:macros?|canned (?:response|reply|answer)s?|saved repl(?:y|ies)|text blocks?"
        r"|snippets?)\b(?= \w| ?for| ?from|[.,!]|$)",
        r"(?:own|private|personal) (?:notes|notepad|text file|word doc|google doc|cheat ?sheet)",
        r"textbaustein\w* (?:\w+ ){0,3}(?:veraltet|falsch|fehl\w+)|réponse type (?:\w+ ){0,3}(?:obsolète|fausse)",
    ),
    "me_too": (
        r"\bme too\b|same (?:here|problem|issue|thing|error|bug)(?: here| for (?:me|us)| with| too| again|[.,!]"
        r"|$)|(?<![\w.])\+1\b(?![\d-]|\s?\(?\d)|(?:i|we)(?:'m| am|'re| are|'ve| have)? (?:also|too) (?:seeing"
        r"|having|see|have|experienc\w+|affected|facing|hit\w*|get\w*|got|run into|ran into)|(?:i|we) (?:have|had"
        r"|see|get|hit) (?:exactly )?(?:the |this )(?:very )?same\b|happens? (?:to|for|with) (?:me|us) (?:too"
        r"|as well)|(?:bei (?:mir|uns) auch|geht (?:mir|uns) auch so|moi aussi|pareil (?:ici|chez nous))",
    ),
    "confusion": (
        r"is (?:this|that|it) (?:\w+ )?(?:normal|expected|intended|intentional|supposed|by design|a bug or"
        r"|correct behaviou?r|how it)",
        r"(?:am|are|were|was|could|maybe|perhaps|probably|or|not sure if|unless) (?:i|we)(?:'m| am|'re| are| be"
        r"| just| doing)* (?:doing|missing|using|misunderstand\w*|overlook\w*|misread\w*|being stupid"
        r"|understanding|the only)(?: \w+){0,2}(?: wrong\w*| something| it)?",
        r"(?:maybe|perhaps|probably|possibly)(?: it(?:'s| is))? (?:i'm|i am|we're|we are|just me|me\b|my (?:fault"
        r"|mistake|own))",
        r"(?:i|we)(?:'m| am|'re| are) (?:\w+ )?(?:lost|confused|puzzled|baffled)\b|(?:i|we)(?:'m| am|'re"
        r"| are)? (?:\w+ )?(?:not sure (?:if|whether|what|how|why)|no idea)",
        r"(?:i|we) (?:don't|do not|can't|cannot|didn't) (?:really )?(?:understand|figure out|see why|know (?:what"
        r"|how|why|whether|if))",
        r"did i (?:do|miss|break)|what am i (?:doing|missing)|is it (?:just )?me\b|confusing|makes no sense"
        r"|stupid question|dumb question|what does (?:this|that|it) (?:even )?mean",
        r"ist das (?:so )?(?:normal|gewollt|richtig)|mache ich (?:etwas|was) falsch|verstehe (?:ich )?nicht"
        r"|est-ce (?:que c'est )?normal|je ne comprends pas|c'est normal",
    ),
    "churn": (
        r"(?:switch(?:ing|ed)?|mov(?:e|ing|ed)|migrat(?:e|ing|ed)|chang(?:e|ing)|go(?:ing)? (?:back )?) (?:over "
        r"|away |back )?(?:to|from) (?:a |an |your |the )?(?:competitor|competition|another (?:provider|product"
        r"|tool|vendor|supplier|service|platform|app)|different (?:provider|product|tool|vendor|service|platform"
        r"|app)|alternative|somebody else|someone else|other (?:provider|tool|vendor))",
        r"(?:cancel(?:l?ing|l?ed)?|terminat(?:e|ing)|not (?:be )?renew(?:ing)?|won't (?:be )?renew(?:ing)?"
        r"|will not (?:be )?renew(?:ing)?) (?:\w+ ){0,2}(?:subscriptions?|contract|accounts?|plan|membership"
        r"|licen[cs]es?|renewal|service)\b|(?:not|won't|will not|don't want to|never)(?: be)? renew(?:ing)?\b",
        r"(?:look(?:ing|ed)?|shop(?:ping)?) (?:at|for|around for|into) (?:\w+ ){0,2}(?:alternatives?"
        r"|replacements?|competitors?|other (?:products|tools|vendors|providers))",
        r"(?:competitors?|alternatives?) (?:\w+ ){0,2}(?:can|does|do|has|have|offers?|already|handle)",
        r"(?:ask(?:ing)? for|want|demand|give me|get) (?:a |my |our )?(?:full )?(?:refund|money back)",
        r"(?:i|we)(?:'ll| will|'re| are|'m| am| may| might| have to| would)? (?:\w+ )?(?:leav(?:e|ing) (?:you"
        r"|your|the (?:platform|product|service)|for)|uninstall\w*|take our business|ditch\w*|drop(?:ping)? your)",
        r"last straw|deal ?breaker",
        r"(?:vertrag|abo|konto) (?:\w+ )?kündig\w+|kündig\w+ (?:\w+ ){0,3}(?:vertrag|abo)|anderen? anbieter"
        r"|wechseln (?:wir )?zu|résili\w+|changer de (?:fournisseur|prestataire)|(?:un |à la )concurrent?\w*",
    ),
    "no_owner": (
        r"(?:no ?body|no one|nobody|noone) (?:really |here |actually |seems to |wants to )?(?:owns?"
        r"|is responsible|feels responsible|knows who|maintains?|takes? (?:care|ownership))",
        r"(?:who|which team) (?:even |actually |really )?(?:owns|is responsible for|maintains)\b|(?:sent|passed"
        r"|pushed|bounced|shuffled|handed|being passed) (?:\w+ )?(?:back and forth|from (?:one )?\w+(?: team"
        r"| department)? to|around between|between (?:teams|departments))|not (?:my|our) (?:team|department"
        r"|problem)\b|ping-?pong|(?:has|have|with) no (?:clear )?owner|orphaned",
        r"niemand (?:ist )?zuständig|keiner (?:ist|fühlt sich) zuständig|personne n'est responsable",
    ),
    "frustration": (
        r"\b(?:unacceptable|ridiculous|outrageous|infuriating|frustrat(?:ed|ing|ion)|fed up|sick of|fucking|wtf"
        r"|disgrace\w*|disgusting|pathetic|appalling|horrible|terrible|awful|joke of a|waste of (?:time|money)"
        r"|useless|absurd|nightmare|shameful|driving me (?:crazy|mad|nuts)|drives me (?:crazy|mad|nuts)"
        r"|had enough|worst \w+ (?:ever|i))\b|!!!|unverschämt|unzumutbar|frustrierend|inacceptable|scandaleux",
    ),
    "thanks": (
        r"\b(?:thank you|thanks|thx|many thanks|kudos|well done|great (?:job|work)|good (?:job|work)|nice (?:job"
        r"|work)|keep up the (?:good|great)|(?:i|we) (?:really |just )?(?:love|appreciate|enjoy)|shout ?-?out"
        r"|hats off|big fan|congrat\w*|danke|vielen dank|merci|gracias)\b",
    ),
    "security": (
        r"\bcve-\d{4}-\d+|security (?:vulnerabilit\w+|hole|flaw|incident|breach|disclosure|issue|bug|report"
        r"|advisory)|vulnerabilit(?:y|ies)\b|\bxss\b|sql injection|\bcsrf\b|\bssrf\b|remote code execution"
        r"|\brce\b|privilege escalation|path traversal|auth(?:entication|orization)? bypass|data (?:leak|breach)"
        r"|leaked (?:credential|password|token|key|secret|data)s?|(?:credential|password|token|key"
        r"|secret)s? (?:were |was |has been |have been |got |is |are )?(?:leaked|exposed|in plain ?text"
        r"|compromised)|(?:can|could|able to) (?:see|read|access|open|view) (?:other|another|someone else's"
        r"|somebody else's|anybody's) (?:\w+ )?(?:customer|user|patient|people|account|compan|tenant|person"
        r"|client)\w*|hacked\b|phishing|ransomware|exploit(?:able|ed|s)? |proof of concept exploit"
        r"|responsible disclosure|pen(?:etration)?[- ]?test (?:finding|report)|sicherheitslücke|datenleck"
        r"|faille de sécurité|fuite de données",
    ),
    "hr": (
        r"\bharass(?:ed|ment|ing)?\b|\bbull(?:ied|ying)\b|discriminat(?:ed|ion|ing|ory) |sexis[tm]|racis[tm]\b"
        r"|performance (?:review of|improvement plan|warning)|\bpip\b(?= for| process)|my (?:salary|pay ?rise"
        r"|resignation|maternity|sick leave|pregnan\w+|disability)|(?:fire|fired|firing|dismiss(?:ed|al)?"
        r"|lay(?:ing)? off|laid off|disciplin\w+) (?:him|her|them|me|an? (?:employee|colleague)|the employee)"
        r"|grievance|(?:works council|human resources|\bhr\b) (?:complaint|case|department|investigation|about)"
        r"|(?:complaint|report) (?:to|about|against) (?:hr|my manager|my boss|a colleague|a coworker"
        r"|my colleague)|hostile work(?:place| environment)|inappropriate(?:ly)? (?:behaviou?r|touch\w*"
        r"|comments?)|belästig\w+|mobbing|abmahnung|harcèlement|licenciement",
    ),
    "legal": (
        r"(?:our|my|your|the|their|a) (?:lawyer|solicitor|attorney|legal (?:team|department|counsel|action"
        r"|notice))s?\b|legal (?:action|proceedings|threat|hold|claim|dispute)|\b(?:sue|suing|sued) (?:you|them"
        r"|us|the)|lawsuit|litigation|court order|subpoena|cease and desist|\bgdpr (?:request|complaint|breach"
        r"|violation)|(?:subject access|erasure|right to be forgotten) request|data protection (?:authority"
        r"|complaint|officer)|\bdmca\b|breach of contract|rechtsanwalt|anwalt\b|dsgvo[- ](?:anfrage|beschwerde"
        r"|auskunft)|rechtliche schritte|avocat\b|mise en demeure|poursuites judiciaires",
    ),
}

_TRIGGERS: Final[dict[str, str]] = {
    "workaround": (
        " own |instead|so i|so we|so they|so every|paper|sticky|post-it|whiteboard|calculator|around|for now|"
        "meantime|meanwhile|until then|by hand|manual|spreadsheet|excel|csv|notepad|script|macro| list|"
        "notebook| copy|cron|every |ourselves|past|hack|round |only way|notbehelf|übergangsweise|behelfen|"
        "von hand|contournement|à la main|en attendant"
    ),
    "repeat_contact": (
        "time|second |third |fourth|fifth|2nd|3rd|4th|5th|umpteenth|as i|as we|already|again|before|twice|"
        "last |once more|for the|see my|see our|schon| mal|déjà|fois"
    ),
    "reopened": ("close|solved|fixed|reopen|re-open|back again|marked|set |geschlossen|wieder |fermé| clos|rouvrir"),
    "long_silence": (
        "answer|repl|respon|feedback|reaction|word|update|news|heard|hear|receive|got|get|react|back|pick|"
        "look|cricket|silence|ignored|progress|waiting|waited|antwort|rückmeldung|reaktion|immer noch|meldet|"
        "aucun|sans réponse|personne"
    ),
    "doc_mismatch": (
        "page|doc|manual|guide|readme|help |wiki|tutorial|faq|article|instructions|runbook|knowledge|anleitung|hilfe"
    ),
    "found_by_third_party": (
        "account|audit|tax|bank|lawyer|customer|client|patient|partner|supplier|inspector|regulator|guest|"
        "student|parent|reseller|bookkeep|pharmacist|user|twitter|prüfer|kund|steuerberater|buchhalter|"
        "comptable|auditeur"
    ),
    "bypass": (
        "merge|skip|disabl|turn|comment|bypass|ignor|switch|mut|force|no-verify|admin|override|straight|"
        "without |ohne |übersprungen|abgeschaltet|deaktiviert|sans |désactiv"
    ),
    "rerun": (
        "press|click|hit|run|start|try|kick|rerun|re-run|reran|re-ran|retry|re-try|retri|re-tri|trigger|"
        "restart|re-start|until|flak|intermittent|second |third |nochmal|neu |relanc"
    ),
    "distrust": (
        "ignor|trust|believ|look|nobody|no body|no one|noone|none of us|no longer|don't|do not|stopped|"
        "hardly|red|failing|broken|failure|fatigue|wolf|trust|faith|confidence"
    ),
    "confession": (
        "proud| know|know |without|my |our |ashamed|embarrassed|guilty|confess|admit|forgot|accident|mistake|"
        "wrongly|stupid|should|corner|short|faked|fudged|cheat|lied|backdated|hid|cover|rubber|pretend|tell|"
        "broke|messed|screwed|botched|unread|blind|stolz|mein fehler|schuld|schäme|weiß|fier|faute|honte|"
        "je sais"
    ),
    "distress": (
        "n't |cannot|can not|could not|unable|burn|limit|breaking|wit|tears|cry|cried|exhausted|overwhelmed|"
        "desperate|drowning|anxious|depressed|miserable|dread|afraid|scared|at the end|panic|mental|sleep|"
        "nervous|sick|quit|leaving the|nicht mehr|am ende|überfordert|je n'en|épuis|à bout"
    ),
    "voice_withdrawn": (
        "stopped|gave up|given up|quit|tired|done |no longer|not going|won't|will not|don't|do not|point|"
        "use |sense|nothing|nobody|no one|never|you'll|bother|worth|last time|bringt|melde|hört|ça ne|signale"
    ),
    "waiting": (
        "approval|access|permission|review|wait|stuck|blocked|sitting|sat |pending|queue|access request|take|"
        "hold|warte|seit |j'attends|attendons|attend |depuis"
    ),
    "feature_plea": (
        "can |could |would |will |please|pls|would be|it'd|wish|like|love|feature request|is there|wäre|"
        "könnten|serait|pourriez"
    ),
    "abandonment": (
        "mind|forget|not really|not what|giv|gave|live with|leave it|close|drop it|vergessen|erledigt|egal|"
        "laissez|tant pis|abandonne"
    ),
    "apology_load": ("apolog|sorry|unfortunately|telling|nothing|excuses|ways to|entschuldigen|excus"),
    "macro_gap": (
        "macro|canned|template|saved repl|standard answer|snippet|knowledge base|script|text block|notes|"
        "notepad|text file|word doc|google doc|cheat|textbaustein|réponse type"
    ),
    "me_too": ("me too|same|+1|also|too |happen|auch|moi aussi|pareil"),
    "confusion": (
        "is this|is that|is it|am i|are we|are i|was i|were we|i |we |i'm|maybe|perhaps|probably|possibly|"
        "confus|makes no sense|question|what does|normal|falsch|verstehe|comprends|sure if|unless"
    ),
    "churn": (
        "switch|mov|migrat|chang|go|cancel|terminat|renew|look|shop|competitor|alternative|refund|money back|"
        "leav|uninstall|business|ditch|drop|straw|breaker|kündig|anbieter|wechseln|résili|fournisseur|"
        "prestataire|concurrent"
    ),
    "no_owner": (
        "nobody|no body|no one|noone|who |which team|back and forth| from |between|not my|not our|pong|owner|"
        "orphaned|zuständig|responsable"
    ),
    "frustration": (
        "unacceptable|ridiculous|outrageous|infuriating|frustrat|fed up|sick of|fuck|wtf|disg|pathetic|"
        "appalling|horrible|terrible|awful|joke of|waste of|useless|absurd|nightmare|shameful|driv|"
        "had enough|worst|!!!|unverschämt|unzumutbar|frustrierend|inacceptable|scandaleux"
    ),
    "thanks": (
        "thank|thx|kudos|well done|great|good|nice|keep up|love|appreciate|enjoy|shout|hats|big fan|congrat|"
        "danke|dank|merci|gracias"
    ),
    "security": (
        "cve-|security|vulnerab|xss|injection|csrf|ssrf|code execution|rce|escalation|traversal|bypass|leak|"
        "breach|exposed|plain text|plaintext|plain-text|compromised|other|else's|anybody's|hacked|phishing|"
        "ransomware|exploit|disclosure|pen|sicherheitslücke|datenleck|faille|fuite"
    ),
    "hr": (
        "harass|bull|discriminat|sexis|racis|performance|pip|my |fire|firing|dismiss|lay|laid|disciplin|"
        "grievance|works council|human resources|hr|complaint|report|hostile|inappropriate|belästig|mobbing|"
        "abmahnung|harcèlement|licenciement"
    ),
    "legal": (
        "lawyer|solicitor|attorney|legal|sue|suing|lawsuit|litigation|court|subpoena|cease|gdpr|"
        "subject access|erasure|forgotten|data protection|dmca|breach|anwalt|dsgvo|rechtliche|avocat|"
        "mise en demeure|poursuites"
    ),
}

TRIGGERS: Final[dict[str, tuple[str, ...]]] = {name: tuple(words.split("|")) for name, words in _TRIGGERS.items()}
"""A phrase is looked for only where one of these stands: every phrase of the signal contains one of them."""
