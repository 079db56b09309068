"""Each signal is found in several wordings, cites the text itself, and stays away from its look-alikes."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import phrases, signals

SHOWS: dict[str, list[str]] = {
    "workaround": [
        "For now we just type the totals into a spreadsheet.",
        "I keep my own list of prices.",
        "Our workaround is to reload the page.",
        "We have to merge the two files by hand.",
        "Every night I export it manually.",
        "The only way we found is to delete the draft.",
        "Wir behelfen uns mit einer Tabelle, von Hand.",
        "En attendant, on le fait à la main.",
    ],
    "repeat_contact": [
        "This is the third time I write about this.",
        "As I said last week, it fails.",
        "We have already reported this.",
        "I have asked about this twice.",
        "Asking again: when?",
        "Please see my previous ticket.",
        "Ich habe das schon mehrfach gemeldet.",
        "J'ai déjà signalé ce problème.",
    ],
    "reopened": [
        "You closed this but it still fails.",
        "It was marked as solved, although nothing changed.",
        "Please reopen.",
        "The bug came back again.",
        "This was supposed to be fixed in 3.2.",
        "It is not actually fixed.",
        "Das Ticket wurde einfach geschlossen.",
    ],
    "long_silence": [
        "Still no answer.",
        "We have not heard back from you.",
        "Nobody has replied since May.",
        "I have been ignored for weeks.",
        "Any news on this?",
        "Waiting for a reply.",
        "Immer noch keine Antwort.",
        "Toujours aucune réponse.",
    ],
    "doc_mismatch": [
        "The docs say it takes a list, but it does not.",
        "Documentation is out of date.",
        "The help page mentions a menu that is not there.",
        "I followed the guide and it still fails.",
        "Die Anleitung ist veraltet.",
        "Contrairement à la documentation, rien ne se passe.",
    ],
    "found_by_third_party": [
        "Our accountant noticed the difference.",
        "A customer told us that the page was empty.",
        "We found out from a client.",
        "Der Steuerberater: unser Prüfer hat den Fehler entdeckt.",
        "Notre comptable a remarqué l'erreur.",
    ],
    "bypass": [
        "We merged it without approval.",
        "I disabled the flaky test.",
        "They force-pushed to main.",
        "git commit --no-verify, as always",
        "It went straight to production.",
        "Wir haben die Tests übersprungen.",
    ],
    "rerun": [
        "I re-run it until it is green.",
        "The suite is flaky.",
        "It passes on the second try.",
        "We hit the retry button all day.",
        "Just rerun it, they say.",
        "On relance le build jusqu'au vert.",
    ],
    "distrust": [
        "Nobody trusts the tests any more.",
        "We no longer look at the dashboard.",
        "A red build means nothing here.",
        "Alert fatigue is real.",
    ],
    "confession": [
        "I am not proud of it.",
        "I know we shouldn't do this.",
        "I merged it without a review.",
        "It was my fault.",
        "I feel ashamed.",
        "We cut corners to ship.",
        "I should have tested it.",
        "I accidentally deleted the table.",
        "Please don't tell my manager.",
        "I approve them unread.",
        "Ich bin nicht stolz darauf.",
        "Je sais que je ne devrais pas, c'est ma faute.",
    ],
    "distress": [
        "I can't cope any more.",
        "The team is burnt out.",
        "I am at my limit.",
        "I feel overwhelmed every Monday.",
        "I cried after the call.",
        "Ich kann nicht mehr.",
        "Je n'en peux plus.",
    ],
    "voice_withdrawn": [
        "We stopped filing these.",
        "There is no point in reporting it.",
        "Nobody listens anyway.",
        "You will never fix it.",
        "I won't report bugs any more.",
        "Das bringt doch nichts.",
        "Ça ne sert à rien d'écrire.",
    ],
    "waiting": [
        "I am waiting for approval.",
        "Stuck for three weeks.",
        "It takes nine days to get access.",
        "The build sat in the queue for an hour.",
        "We are blocked by the platform team.",
        "Wir warten seit Wochen.",
        "J'attends depuis deux semaines.",
    ],
    "feature_plea": [
        "Could you add a dark theme?",
        "Please support CSV.",
        "It would be nice if it sorted.",
        "I wish there was an undo.",
        "Is there any way to filter?",
        "Könnten Sie das bitte ändern?",
        "Serait-il possible de trier ?",
    ],
    "abandonment": [
        "Never mind.",
        "That is not really what I asked.",
        "I have given up.",
        "You can close this.",
        "Hat sich erledigt.",
        "Tant pis.",
    ],
    "apology_load": [
        "I keep apologising to callers.",
        "Sorry for this. We are so sorry again.",
        "All day we spend telling people sorry.",
        "There is nothing new to tell them.",
        "Ich muss mich ständig entschuldigen.",
    ],
    "macro_gap": [
        "The macro is outdated.",
        "The canned reply does not mention it.",
        "I answer from my own notes.",
        "No macro for this case.",
        "Der Textbaustein ist veraltet.",
    ],
    "me_too": [
        "Same here.",
        "Me too!",
        "+1",
        "We are also seeing this.",
        "It happens for us as well.",
        "Bei uns auch.",
        "Moi aussi.",
    ],
    "confusion": [
        "Is this normal?",
        "Am I doing something wrong?",
        "Maybe it's just me.",
        "I am confused.",
        "I don't understand why it moved.",
        "Ist das normal?",
        "Je ne comprends pas.",
    ],
    "churn": [
        "We are looking at alternatives.",
        "I will cancel my subscription.",
        "We are moving to another provider.",
        "Your competitor already has it.",
        "I want a refund.",
        "Wir kündigen den Vertrag.",
        "Nous allons changer de fournisseur.",
    ],
    "no_owner": [
        "Nobody owns this service.",
        "It was passed back and forth.",
        "Which team owns the gateway?",
        "They say it is not our team.",
        "Niemand ist zuständig.",
    ],
    "frustration": ["This is ridiculous.", "I am fed up.", "Fix it!!!", "Such a waste of time.", "Das ist unzumutbar."],
    "security": [
        "There is an SQL injection in the form.",
        "I can see other customers' invoices.",
        "CVE-2024-1234 affects us.",
        "Our API key was leaked.",
        "Das ist eine Sicherheitslücke.",
    ],
    "hr": [
        "I was harassed by a colleague.",
        "My manager put me on a performance improvement plan.",
        "I want to file a complaint about my manager.",
        "Das ist Mobbing.",
    ],
    "legal": [
        "Our lawyer will be in touch.",
        "We will take legal action.",
        "This is a GDPR request.",
        "A lawsuit is pending.",
        "Mein Anwalt meldet sich.",
    ],
    "thanks": ["Thank you, it works now.", "Great job everyone!", "Kudos to Mia.", "Vielen Dank!"],
    "praise_contrast": [
        "The lady was so kind, but the app is broken.",
        "Thanks to Ben it works despite your system.",
        "Great support, however the export fails.",
    ],
    "priority_mismatch": [
        "Low priority: we were charged twice.",
        "We cannot take payments.",
        "Payroll is stuck.",
        "Not urgent, but it deleted our records.",
    ],
}

LOOKS_LIKE: dict[str, list[str]] = {
    "workaround": ["The workshop is around the corner.", "Export to CSV fails."],
    "repeat_contact": ["The third time zone is missing.", "It said so in the log."],
    "reopened": ["The dialog closed the file.", "The window is closed."],
    "long_silence": ["The server gave no valid certificate.", "Update the answer key."],
    "doc_mismatch": ["The docs are lovely.", "Documentation says how, thanks."],
    "found_by_third_party": ["Create a customer account.", "The client library logs in."],
    "bypass": ["I merged it after approval.", "Skip to the next song."],
    "rerun": ["Run the job.", "Try the new theme."],
    "distrust": ["The certificate is not trusted.", "Nobody is here."],
    "confession": [
        "I know the answer.",
        "The upload failed without an error.",
        "My error message is long.",
        "The proud owner of a boat.",
    ],
    "distress": ["The disc was burned.", "The limit is 10.", "I am happy."],
    "voice_withdrawn": ["The service stopped.", "The report has a point.", "Nothing happens when I click."],
    "waiting": ["The waiter came.", "Set the timeout to three weeks."],
    "feature_plea": ["It can add numbers.", "I like it."],
    "abandonment": ["The mind map is empty.", "Close the window."],
    "apology_load": ["Sorry for the short notice."],
    "macro_gap": ["The C macro expands twice.", "Run the script."],
    "me_too": ["The same file is used twice.", "UTC+1 is wrong.", "Press +10."],
    "confusion": ["It is normal mode.", "The header is missing."],
    "churn": ["Cancel the upload.", "Switch to the second tab.", "The go to definition command fails."],
    "no_owner": ["The owner field is empty."],
    "frustration": ["It terrifies no one.", "Usually it works!"],
    "security": ["The job runs as a security guard.", "See other pages.", "The password field is empty."],
    "hr": ["The chr function fails.", "Fire the event twice.", "Report a bug to the team."],
    "legal": ["The illegal argument exception is thrown.", "A solution for the issue."],
    "thanks": ["Thanks, but it fails.", "It is great that it crashes."],
    "praise_contrast": ["Thank you so much!", "It fails, but only at night."],
    "priority_mismatch": ["The price tag is blue.", "Low priority: rename the file."],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in SHOWS.items() for t in texts])
def test_each_signal_is_found_and_cites_the_text(name: str, text: str) -> None:
    found = {signal.name: signal.text for signal in signals.find("A title", text)}

    assert name in found
    assert found[name] in text


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in LOOKS_LIKE.items() for t in texts])
def test_look_alikes_are_left_alone(name: str, text: str) -> None:
    assert name not in {signal.name for signal in signals.find("A title", text)}


def test_every_signal_has_wordings_and_look_alikes() -> None:
    names = {*phrases.PHRASES, "praise_contrast", "priority_mismatch"}

    assert set(SHOWS) == names
    assert set(LOOKS_LIKE) == names


def test_a_signal_in_the_title_cites_the_title() -> None:
    (signal,) = signals.find("Still No Answer", "The page is blue.")

    assert (signal.name, signal.text) == ("long_silence", "Still No Answer")


@given(
    st.lists(
        st.sampled_from([*[t for ts in SHOWS.values() for t in ts], "İstanbul", "ß", "’", "\n", "ŉ ", "Ω"]), max_size=6
    ),
    st.text(max_size=20),
)
@settings(max_examples=150, deadline=None)
def test_signals_are_exact_substrings_whatever_the_letters(parts: list[str], odd: str) -> None:
    title, body = odd + "".join(parts[:2]), odd.join(parts).replace("'", "’")

    for signal in signals.find(title, body):
        assert signal.text
        assert signal.text in title or signal.text in body


def test_no_phrase_is_hidden_by_its_triggers() -> None:
    for texts in (*SHOWS.values(), *LOOKS_LIKE.values()):
        for text in texts:
            low = text.lower()
            for name, pattern in signals.COMPILED.items():
                if pattern.search(low):
                    assert any(trigger in low for trigger in phrases.TRIGGERS[name]), (name, text)


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "i ",
        "we ",
        "we have ",
        "can't ",
        "the docs say ",
        "sorry ",
        "waiting for ",
        "my ",
        "copy ",
        "not ",
        "every ",
        "re-run ",
        "thanks but ",
        "low ",
        "lost ",
        "'",
        "\n",
        "sorry",
        "patient ",
    ],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    large = unit * (100_000 // len(unit))

    begun = time.process_time()
    signals.find(large, large)

    assert time.process_time() - begun < 2.0  # only a fixed part is read; a catastrophic pattern takes minutes
