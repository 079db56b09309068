"""The sentences of our own that a digest chooses from: signals in words, hypotheses, asks, places to sit, questions.

`{it}` stands for a pain in words ("the wrong VAT"), `{named}` for the same with its number, or for its number alone
where no such words are known.
"""

from dataclasses import dataclass

from pipeline.digest.words import Level

SAID = {
    "workaround": "home-made workarounds",
    "repeat_contact": "repeat contacts about the same thing",
    "reopened": "issues that were closed and came back",
    "found_by_third_party": "faults first noticed by outsiders",
    "doc_mismatch": "questions that the help page claims to answer",
    "confusion": "doubt whether this is how it is meant to work",
    "rerun": "re-runs until green",
    "distrust": "red results that are no longer believed",
    "bypass": "checks skipped to meet a deadline",
    "waiting": "work that stands and waits",
    "long_silence": "requests with no reply for a long time",
    "no_owner": "things that nobody owns",
    "churn": "talk of leaving, or of other products",
    "priority_mismatch": "money or harm filed at an everyday priority",
    "macro_gap": "answers pasted from private notes",
    "apology_load": "apologies with nothing new to say",
    "abandonment": "conversations that were let drop",
    "out_of_hours": "writing late at night or at weekends",
    "backlog_growth": "a list of known faults that grows",
    "feature_plea": "wishes shaped like features",
    "frustration": "strong words",
    "me_too": "others who chime in",
    "praise_contrast": "thanks to people in spite of the product",
    "long_thread": "threads longer than most, through many hands",
    "carry_over": "work moved on from sprint to sprint",
    "channel_hop": "the same request through a second channel",
    "known_duplicate": "issues filed though they were known",
    "me_too_growth": "new people who join an old issue",
    "newcomers": "questions from people new to it",
    "shrinking_detail": "descriptions that grow shorter",
}
ALIASES = {
    "reopen": "reopened",
    "cannot_reproduce": "reopened",
    "repeat": "repeat_contact",
    "repeated_contact": "repeat_contact",
    "failed_contact": "long_silence",
    "gate_bypass": "bypass",
    "gate_distrust": "distrust",
    "retry": "rerun",
    "documented_question": "doc_mismatch",
    "documentation": "doc_mismatch",
    "docs": "doc_mismatch",
    "self_doubt": "confusion",
    "third_party": "found_by_third_party",
    "permission_waiting": "waiting",
    "waiting_on_eng": "waiting",
    "our_silence": "long_silence",
    "silence": "long_silence",
    "ping_pong": "no_owner",
    "competitor": "churn",
    "comparison": "churn",
    "manual_work": "workaround",
    "gave_up": "abandonment",
    "apology": "apology_load",
    "feature_shaped": "feature_plea",
    "waiting_state": "waiting",
    "priority_raised": "priority_mismatch",
}


def signal(name: str) -> str:
    """Our own name of a signal, whatever the classifier calls it."""
    return ALIASES.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunch:
    """A hypothesis that two different signals of one pain suggest: one of `first` with one of `second`.

    `card` says it whole, for `{who}` of the pain: when, who wants what, what stands in the way, what they do instead,
    at which cost. `ask` is the question that a leader can put to those who know.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    side: str | None
    says: str
    wrong_if: str
    ask: str
    card: str


def _hunch(first: str, second: str, side: str | None, says: str, wrong_if: str, ask: str, card: str) -> Hunch:
    return Hunch(
        first=tuple(first.split()),
        second=tuple(second.split()),
        side=side,
        says=says,
        wrong_if=wrong_if,
        ask=ask,
        card=card,
    )


HUNCHES = (
    _hunch(
        "rerun distrust",
        "bypass distrust rerun",
        "developer",
        "The quality gate no longer stops anyone",
        "main broke no more often than usual",
        "what would have to be true for red to stop you?",
        "When a check turns red, {who} want to know whether to stop, but red no longer tells, so they start it "
        "once more "
        "or go past it, at the cost of every fault that it would have held back.",
    ),
    _hunch(
        "found_by_third_party",
        "workaround repeat_contact doc_mismatch",
        "customer",
        "Customers, not our checks, are the safety net",
        "our own monitoring saw these faults earlier",
        "how would we know of this if nobody had written?",
        "When something goes wrong unseen, {who} want to rely on what they get, but others notice before we do, "
        "so they "
        "check it themselves, at the cost of their time and of their trust.",
    ),
    _hunch(
        "reopened",
        "repeat_contact long_silence",
        "customer",
        "Closing without a cure teaches customers to stop adding detail",
        "customers who write again tell as much as the first time",
        "what did we know when we closed it?",
        "When an issue is closed, {who} want the trouble to be over, but it comes back, so they write once more, "
        "at the "
        "cost of their patience.",
    ),
    _hunch(
        "churn",
        "repeat_contact long_silence workaround confusion channel_hop",
        "customer",
        "Some customers are comparing while they wait",
        "renewals among those who wrote are unchanged",
        "what would make you stay?",
        "When help is slow to come, {who} want to get on with their work, but nothing moves, so they look around, "
        "at the "
        "cost of the next renewal.",
    ),
    _hunch(
        "priority_mismatch",
        "repeat_contact workaround out_of_hours",
        "customer",
        "Our form does not let people say how bad it is",
        "issues like these are raised on the day they arrive",
        "how could you have told us that this was urgent?",
        "When something serious happens, {who} want to say so, but the form has no word for it, so they get by, or "
        "send another message, at the cost of the days in between.",
    ),
    _hunch(
        "channel_hop",
        "long_silence repeat_contact workaround",
        "customer",
        "People try a second door because the first stayed shut",
        "the first channel had answered before they tried the second",
        "where did you hope to be heard first?",
        "When no answer comes, {who} want to be heard by anybody, but cannot see whether they were, so they write "
        "elsewhere too, at the cost of doubled work on both sides.",
    ),
    _hunch(
        "doc_mismatch confusion",
        "workaround repeat_contact",
        None,
        "The page and the product disagree, so people trust neither",
        "the page was read by those who wrote and matches what they see",
        "which sentence of the page sent you wrong?",
        "When they follow our page, {who} want to be done, but the product does something else, so they guess or "
        "get by, "
        "at the cost of an hour each.",
    ),
    _hunch(
        "newcomers",
        "confusion doc_mismatch repeat_contact known_duplicate",
        None,
        "The first weeks are harder than we think",
        "those who have used it for months ask the same",
        "what did you not find in your first week?",
        "When they are new, {who} want to find their way, but what we know is nowhere to be read, so they ask, at "
        "the cost "
        "of their first weeks.",
    ),
    _hunch(
        "repeat_contact long_silence abandonment",
        "workaround",
        "customer",
        "They have stopped waiting for us and live around it",
        "those with a workaround say that it costs them nothing",
        "what do you do instead, and how long does it take?",
        "When it happens again, {who} want an end to it, but we have not brought one, so they live around it, at "
        "the cost "
        "of their own time.",
    ),
    _hunch(
        "known_duplicate me_too_growth",
        "repeat_contact long_silence workaround me_too reopened",
        None,
        "We have long known of this, and nobody outside can see that",
        "those who wrote had seen where we say so",
        "what would you have wanted to read before you wrote?",
        "When they meet a known fault, {who} want to know that it is known, but cannot see it anywhere, so they "
        "write it "
        "down anew, at the cost of everybody who reads it.",
    ),
    _hunch(
        "macro_gap",
        "apology_load waiting workaround",
        "developer",
        "The official answer is behind the product, and people carry the gap themselves",
        "the answers in use were checked against the present release",
        "which sentence do you type by hand every day?",
        "When customers ask, {who} want to tell them something true, but the official answer is old, so they keep "
        "their "
        "own, at the cost of different answers to one question.",
    ),
    _hunch(
        "apology_load",
        "macro_gap repeat_contact long_silence reopened",
        None,
        "Those who answer have nothing left to offer but regret",
        "those who answer say that they knew what to tell them",
        "what would you like to be able to tell them?",
        "When {who} ask what happens next, those who answer want to tell them, but know nothing new, so they "
        "apologise, "
        "at the cost of everybody's belief in the answer.",
    ),
    _hunch(
        "long_thread",
        "doc_mismatch confusion repeat_contact long_silence no_owner waiting",
        None,
        "It is more complicated than our pages and plans admit",
        "one known step would have ended these threads",
        "what did you have to find out that was written nowhere?",
        "When {who} ask for help, they want one answer, but nobody holds all of it, so it passes through many "
        "hands, at "
        "the cost of days.",
    ),
    _hunch(
        "carry_over",
        "waiting no_owner long_thread workaround rerun",
        "developer",
        "The work is unclear or feared, so it moves on instead of ending",
        "everybody can say what its next step is",
        "what would have to be clear before you would start it?",
        "When a sprint begins, {who} want to be rid of it, but nobody dares to begin, so it is planned once more, "
        "at the "
        "cost of living with it.",
    ),
    _hunch(
        "waiting long_silence",
        "workaround bypass rerun",
        None,
        "A wait has become so normal that people plan around it",
        "the same wait is shorter than a month ago",
        "what did you plan around this wait?",
        "When their work has to wait, {who} want to go on, but cannot, so they plan around it, at the cost of "
        "larger and "
        "later steps.",
    ),
    _hunch(
        "out_of_hours",
        "waiting workaround long_silence repeat_contact rerun",
        None,
        "Somebody pays for this with their evenings",
        "they say that they write late by choice",
        "when in the day does this catch you?",
        "When it happens, {who} want to be done before they go home, but it takes longer, so they sit on, at the "
        "cost of "
        "their evenings.",
    ),
    _hunch(
        "no_owner long_silence backlog_growth",
        "rerun waiting workaround",
        None,
        "Nobody owns this, so everybody pays a little",
        "one team can say when it last decided about it",
        "who could decide about this tomorrow?",
        "When it happens, {who} want somebody to end it, but it belongs to nobody, so each gets by, at the cost of a "
        "little for everybody.",
    ),
    _hunch(
        "shrinking_detail",
        "long_silence abandonment reopened waiting known_duplicate",
        None,
        "Writing more has not helped, so people write less",
        "short issues are answered as well as long ones were",
        "what made a long description worth writing?",
        "When {who} report something, they want it to be understood, but detail changed nothing, so they write "
        "less, at "
        "the cost of what we could have learned.",
    ),
    _hunch(
        "feature_plea",
        "workaround repeat_contact churn",
        "customer",
        "Different wishes, one job underneath",
        "those who wished describe different jobs when asked",
        "what were you trying to get done when you wished for it?",
        "When they try to get one job done, {who} want the product to carry it, but it stops half-way, so each "
        "wishes for "
        "another button, at the cost of the part that they do by hand.",
    ),
)
OURS: dict[Level, frozenset[str]] = {
    "leaf": frozenset(("doc_mismatch", "carry_over")),
    "middle": frozenset(("no_owner", "carry_over", "long_thread")),
    "top": frozenset(("rerun", "found_by_third_party")),
    "support": frozenset(("reopened", "macro_gap", "apology_load", "channel_hop")),
}
"""By level, the first signals of hypotheses that tell of what the reader decides: these come before the others."""
HINTS = {
    "found_by_third_party": (
        "An outsider noticed first, so our own checks may not look there",
        "our own checks saw it too",
        "where would we have seen it?",
    ),
    "doc_mismatch": (
        "The help page and the product may disagree",
        "both say the same to somebody who follows them",
        "which sentence of the page sent you wrong?",
    ),
    "waiting": (
        "Waiting may push people to batch their work, which makes reviews harder",
        "changes are as small as before",
        "what do you put together because of the wait?",
    ),
    "long_silence": (
        "The silence may hurt more than the fault",
        "those who asked knew that it was read",
        "when did you last hear of it?",
    ),
    "repeat_contact": (
        "The first answer may not have answered",
        "they write of something new",
        "what did our first answer leave open?",
    ),
    "reopened": (
        "The first cure may have treated the symptom",
        "it came back for another reason",
        "what did we know when we closed it?",
    ),
    "rerun": (
        "Red may have stopped meaning anything",
        "each red result was read before it was started once more",
        "what do you do first when it turns red?",
    ),
    "confusion": (
        "The product may not show what it is doing",
        "they found it where they looked first",
        "where did you look first?",
    ),
    "priority_mismatch": (
        "The form may not let people say how bad it is",
        "they chose the priority on purpose",
        "how could you have said that it was urgent?",
    ),
    "workaround": (
        "People have arranged themselves around it, so its cost no longer shows",
        "nobody does anything differently because of it",
        "what do you do differently because of it?",
    ),
}
"""What one signal alone may mean, when it would be wrong, and what to ask: for a team's own lead."""
NOTES = (
    ("money", "At least one holds back payment."),
    ("churn", "Some speak of leaving."),
    ("repeat_contact", "Some have written before."),
    ("long_silence", "Some still wait for any reply."),
    ("doc_mismatch", "The help page disagrees with the product."),
    ("priority_mismatch", "It was filed at an everyday priority."),
    ("workaround", "People get by with their own workaround."),
)
"""What the issues of a pain show beside the words quoted, the most telling first."""
WEIGHT = {
    1: "It is written down",
    2: "It slows work",
    4: "It stops work",
    8: "It does harm",
}
"""By severity, where nothing else can be said of a pain."""
LASTING = ", and was heard in earlier weeks too"
BESIDE = (
    ("money", "money is stopped"),
    ("doc_mismatch", "the help page disagrees with the product"),
    ("reopened", "closed once, and back"),
    ("repeat_contact", "not the first time they write"),
)
"""What stands in brackets behind a quotation."""
BRIEFLY = (
    ("churn", "some speak of leaving"),
    ("money", "at least one holds back payment"),
    ("found_by_third_party", "outsiders noticed first"),
    ("repeat_contact", "some not for the first time"),
    ("rerun", "some re-run until green"),
    ("long_silence", "some still without a reply"),
    ("reopened", "some after we had closed it"),
    ("workaround", "some with a workaround of their own"),
    ("waiting", "some stand and wait"),
)
"""The same for the preheader, after the people who wrote."""
ONLY_YOU = "One thing only you can do: "
STEP = "Smallest useful step today: "
ASK: dict[Level, dict[str, str]] = {
    "leaf": {
        "customer": "write one honest line to those who met {named}",
        "developer": "tell your team what happens next about {named}",
        "relay": "ask the whole team which customers met {named}, and what they did then",
        "others": "ask {owner} what happens next about {named}, and tell your team",
    },
    "middle": {
        "nobody": "give {named} an owner",
        "one": "answer {named}; {owner} can say what stands in the way",
        "vacant": "say who answers for {named}",
        "several": "decide who answers for {named}: {owner}",
        "across": "limit with {owner} what {named} costs others",
        "others": "agree with {owner} what {named} may cost your teams",
    },
    "top": {
        "nobody": "give {named} an owner",
        "one": "give {named} an owner and a day; ask {owner}",
        "vacant": "say who answers for {named}",
        "several": "decide who answers for {named}: {owner}",
        "across": "limit with {owner} what {named} costs others",
        "others": "agree with {owner} what {named} may cost your teams",
    },
    "support": {
        "customer": "tell those who wrote of {named} what we know",
        "developer": "change the wording or the rule behind {named}",
        "relay": "ask your agents which customers met {named}",
        "answer": "get an answer from {owner} on {named} that your agents can pass on",
        "nobody": "get an answer on {named} that your agents can pass on",
    },
}
"""By level, then by who answers for a pain: nobody; one leader below; one team below that has none; several areas; one
area while others suffer from it; only teams elsewhere. A team's own lead, and agents, are asked by who wrote."""
ASK_AGAIN = "reply to a customer who has written before"
NO_ASK = "Nothing this week needs you alone."
ALL_ANSWERED = "Nothing new needs you: each of these is answered or handed on."
HANDED = "{owner} handed {named} to you: answer it, or say whose it is."
DUE_SOON = "Your word on {named} is due {day}: say yes, or another day."
KEPT = "The day you named for {named} is over: say how it went, or name another."
TELL = "Only your team can do this: tell those with {named} what {owner} answered."
KNOWN = " Some know already."
QUICK = "It takes a minute, and those who wrote read it."
BY_REPLY = "Reply to this mail to answer."
BY_LINE = "Reply with act: what, by YYYY-MM-DD."
"""Where replies are read; `pipeline.returned.said` knows the form. No longer than the one above: it is in its place."""
WHEN = "{day} around {hour} is a good time: most of it is written between {begin} and {end}."
SIT: dict[Level, dict[str, str]] = {
    "leaf": {
        "developer": "Pair on one change, from start to finished, that runs into {it}. Offer it to the whole "
        "team; do not pick a person from this mail.",
        "customer": "Go through the product yourself, as a customer who met {it} would, and have the team "
        "watch with you. Write down where you stop.",
    },
    "middle": {
        "developer": "One planning or release hour of a team that runs into {it}. Ask {lead} to offer it; the team "
        "may say no. Ask what, then why. Fix nothing in the room.",
        "customer": "Half an hour beside whoever answers customers about {it}. Ask {lead} to offer it; the "
        "answer may be no. Listen; fix nothing in the room.",
    },
    "top": {
        "developer": "With whoever lives with {it}. Ask {lead} to offer it; the person may say no. Watch; ask "
        "what, then why. Fix nothing in the room.",
        "customer": "Beside a customer who lives with {it}, by phone or on site. Ask Support to arrange it; the "
        "customer may say no. Watch; promise nothing.",
    },
    "support": {
        "developer": "One hour beside the people who meet {it}, listening. Do not take the queue; you would "
        "slow the person you came to understand.",
        "customer": "One hour beside the queue where customers write of {it}, listening. Do not take it over; you "
        "would slow the person you came to understand.",
    },
}
ABOVE = "customer sentence above"
"""In a question that needs one."""
QUESTIONS: dict[Level, dict[str, tuple[str, ...]]] = {
    "leaf": {
        "customer": (
            "Which customer sentence above surprised you?",
            "What would a customer see us do if they sat here for a day?",
            "Which of our customers' workarounds would you rather they did not need?",
        ),
        "developer": (
            "What did you do twice this week that should take once?",
            "Which wait did you plan around this week, and who else pays for it?",
            "What would our customers notice if your day had less friction?",
        ),
        "silence": (
            "What would you have filed if you thought it would be read?",
            "What did we stop mentioning because it never changes?",
            "Whose voice is missing above?",
        ),
        "trade": (
            "If we fixed only {it} this week, what would we have to leave?",
            "What could we stop doing to make room for work on {it}?",
            "Who would have to wait if we ended {it} first?",
        ),
    },
    "middle": {
        "customer": (
            "Which customer sentence above did your team read before today?",
            "What do our customers do by hand that they do not tell us?",
            "Who in your team last spoke with a customer, and what changed after it?",
        ),
        "developer": (
            "What is your team doing by hand that the customers pay for in the end?",
            "Where do your people wait for another team, and who knows it?",
            "What would our customers notice if {it} were gone?",
        ),
        "silence": (
            "Which pain has your team stopped reporting, and what taught them to stop?",
            "Which of your people have we not heard from, and how could all be asked at once?",
            "What do you already know that is not in this mail?",
        ),
        "trade": (
            "If {it} were the only thing fixed this month, what would have to stop?",
            "What would you trade for an end to {it}?",
            "What keeps you from ending {it}: time, a rule, or another team?",
        ),
    },
    "top": {
        "customer": (
            "Which customer sentence above would we be embarrassed to read aloud, and what follows from it?",
            "What do customers do by hand because our product does not?",
            "How would we know of {it} if no customer had written?",
        ),
        "developer": (
            "What are your teams doing by hand that they would be embarrassed to show me?",
            "Which customer would notice first if {it} were gone?",
            "Which of our rules makes honest work slower?",
        ),
        "silence": (
            "Which pain have people stopped reporting, and what did we do that taught them to stop?",
            "Who has not written for weeks, and how do we ask everyone instead of them?",
            "What do you know that would never reach this mail?",
        ),
        "trade": (
            "If {it} were the only thing we fixed this month, what would we have to stop?",
            "What are we protecting that keeps us from ending {it}?",
            "What would you need from me to end {it}, and what would you give up for it?",
        ),
    },
    "support": {
        "customer": (
            "Which sentence are you tired of typing?",
            "What do customers do to get by that they do not tell us?",
            "Which customer would you call today if you had an hour?",
        ),
        "developer": (
            "Which customer question has no good answer in our own pages?",
            "What do you keep in your private notes that customers deserve to read?",
            "Which sentence are you tired of typing?",
        ),
        "silence": (
            "Which customers have stopped writing to us, and what did we last tell them?",
            "What have you stopped passing on because nothing came back?",
            "Which complaint do you hear that nobody writes down?",
        ),
        "trade": (
            "What would let you tell a customer, this month, that we have fixed {it}?",
            "Which of our rules would you bend for those who met {it}?",
            "What would you stop doing to have an hour for those who met {it}?",
        ),
    },
}
HIDDEN = "Issues not linked: people who admit a shortcut are never pointed at."
QUIET_QUESTION = "One question to ask: what did we not file?"
PLEASE = "Please do not look for the author. Ask every team instead."
