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
}


def signal(name: str) -> str:
    """Our own name of a signal, whatever the classifier calls it."""
    return ALIASES.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunch:
    """A hypothesis that two different signals of one pain suggest: one of `first` with one of `second`."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    side: str | None
    says: str
    wrong_if: str


def _hunch(first: str, second: str, side: str | None, says: str, wrong_if: str) -> Hunch:
    return Hunch(first=tuple(first.split()), second=tuple(second.split()), side=side, says=says, wrong_if=wrong_if)


HUNCHES = (
    _hunch(
        "rerun distrust",
        "bypass distrust rerun",
        "developer",
        "The quality gate no longer stops anyone",
        "main broke no more often than usual",
    ),
    _hunch(
        "found_by_third_party",
        "workaround repeat_contact doc_mismatch",
        "customer",
        "Customers, not our checks, are the safety net",
        "our own monitoring saw these faults earlier",
    ),
    _hunch(
        "reopened",
        "repeat_contact long_silence",
        "customer",
        "Closing without a cure teaches customers to stop adding detail",
        "reopened issues are rarer than last quarter",
    ),
    _hunch(
        "churn",
        "repeat_contact long_silence workaround confusion",
        "customer",
        "Some customers are comparing while they wait",
        "renewals among those who wrote are unchanged",
    ),
    _hunch(
        "priority_mismatch",
        "repeat_contact workaround out_of_hours",
        "customer",
        "Our form does not let people say how bad it is",
        "issues like these are raised on the day they arrive",
    ),
    _hunch(
        "doc_mismatch confusion",
        "workaround repeat_contact",
        None,
        "The page and the product disagree, so people trust neither",
        "the page was read by those who wrote and matches what they see",
    ),
    _hunch(
        "repeat_contact long_silence abandonment",
        "workaround",
        "customer",
        "They have stopped waiting for us and live around it",
        "those with a workaround say that it costs them nothing",
    ),
    _hunch(
        "macro_gap",
        "apology_load waiting workaround",
        "developer",
        "The official answer is behind the product, and people carry the gap themselves",
        "the answers in use were checked against the present release",
    ),
    _hunch(
        "waiting long_silence",
        "workaround bypass rerun",
        None,
        "A wait has become so normal that people plan around it",
        "the same wait is shorter than a month ago",
    ),
    _hunch(
        "no_owner long_silence backlog_growth",
        "rerun waiting workaround",
        None,
        "Nobody owns this, so everybody pays a little",
        "one team can say when it last decided about it",
    ),
    _hunch(
        "feature_plea",
        "workaround repeat_contact churn",
        "customer",
        "Different wishes, one job underneath",
        "those who wished describe different jobs when asked",
    ),
)
HINTS = {
    "workaround": "A workaround is in use; a silent fix could break somebody's routine, so tell before you ship",
    "found_by_third_party": "An outsider noticed first, so our own checks may not look there",
    "doc_mismatch": "The help page and the product may disagree",
    "waiting": "Waiting may push people to batch their work, which makes reviews harder",
    "long_silence": "The silence may hurt more than the fault",
    "repeat_contact": "The first answer may not have answered",
    "reopened": "The first cure may have treated the symptom",
    "rerun": "Red may have stopped meaning anything",
    "confusion": "The product may not show what it is doing",
    "priority_mismatch": "The form may not let people say how bad it is",
}
NOTES = (
    ("money", "At least one of them holds back payment."),
    ("churn", "Some speak of leaving."),
    ("repeat_contact", "Some have written before."),
    ("long_silence", "Some still wait for any reply."),
    ("found_by_third_party", "Outsiders noticed first."),
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
    ("money", "money is stopped"),
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
        "one": "ask {owner} what stands in the way of ending {named}",
        "vacant": "say who answers for {named}",
        "several": "decide who answers for {named}: {owner}",
        "across": "limit with {owner} what {named} costs others",
        "others": "agree with {owner} what {named} may cost your teams",
    },
    "top": {
        "nobody": "give {named} an owner",
        "one": "ask {owner} what ending {named} would take: time, money or a rule",
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
        "developer": "With whoever has to live with {it}. Ask {lead} to offer it; the person may say "
        "no. Go to watch; ask what, then why. Fix nothing in the room.",
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
QUIET_QUESTION = "One question to ask: what did we not file?"
PLEASE = "Please do not look for the author. Ask every team instead."
