"""Each signal is found in several wordings, cites the text itself, and stays away from its look-alikes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import phrases, signals, tongues
from tests.effort import that_ends

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
        "I have to delete the draft and type it again.",
        "You always have to log out first.",
        "The only way out is to start a new one.",
        "We went back to the previous version.",
        "They work around it with two accounts.",
        "Wir machen das händisch.",
        "Nous le faisons manuellement.",
        "Lo hacemos a mano cada vez.",
        "Fazemos isso à mão.",
        "Lo facciamo a mano ogni volta.",
        "Wij doen het met de hand.",
        "I skip the report, so I batch my fixes.",
        "We collect them by hand.",
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
        "My third ticket, and nothing moves.",
        "How many times do I have to write?",
        "Por tercera vez les escribo.",
        "Já avisei duas vezes.",
        "Per la seconda volta vi scrivo.",
        "Voor de derde keer schrijf ik.",
        "Same as I told you on the 8th.",
        "Third message about the slow list.",
    ],
    "reopened": [
        "You closed this but it still fails.",
        "It was marked as solved, although nothing changed.",
        "Please reopen.",
        "The bug came back again.",
        "This was supposed to be fixed in 3.2.",
        "It is not actually fixed.",
        "Das Ticket wurde einfach geschlossen.",
        "It was fixed, then it came back.",
        "Cerraron la incidencia y sigue igual, no está resuelto.",
        "O chamado foi fechado e não está resolvido.",
        "Avete chiuso la richiesta, ma non è risolto.",
        "Het ticket is zomaar gesloten.",
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
        "Nadie me responde.",
        "Ninguém respondeu.",
        "Nessuno mi risponde.",
        "Niemand reageert, geen antwoord.",
    ],
    "doc_mismatch": [
        "The docs say it takes a list, but it does not.",
        "Documentation is out of date.",
        "The help page mentions a menu that is not there.",
        "I followed the guide and it still fails.",
        "Die Anleitung ist veraltet.",
        "Contrairement à la documentation, rien ne se passe.",
        "I followed all the steps of the tutorial, and it fails.",
        "The readme is outdated.",
        "La documentación está obsoleta.",
        "A documentação está desatualizada.",
        "La documentazione è obsoleta.",
        "De handleiding klopt niet.",
    ],
    "found_by_third_party": [
        "Our accountant noticed the difference.",
        "A customer told us that the page was empty.",
        "We found out from a client.",
        "Der Steuerberater: unser Prüfer hat den Fehler entdeckt.",
        "Notre comptable a remarqué l'erreur.",
        "Customers reported that the total is empty.",
        "This was pointed out by a customer.",
        "Nuestro contable lo notó antes que nosotros: nuestro contable avisó.",
        "Nosso contador percebeu o erro.",
        "Il nostro commercialista ha notato l'errore.",
        "Onze boekhouder merkte het.",
    ],
    "bypass": [
        "We merged it without approval.",
        "I disabled the flaky test.",
        "They force-pushed to main.",
        "git commit --no-verify, as always",
        "It went straight to production.",
        "Wir haben die Tests übersprungen.",
        "The tests are skipped for now.",
        "Sans relecture, comme toujours.",
        "Desactivamos las pruebas para poder salir.",
        "Desativamos os testes para publicar.",
        "Abbiamo saltato i test per uscire.",
        "De tests uitgezet, want het moest snel.",
        "It was stuck, so I skipped it.",
    ],
    "rerun": [
        "I re-run it until it is green.",
        "It passes on the second try.",
        "We hit the retry button all day.",
        "Just rerun it, they say.",
        "On relance le build jusqu'au vert.",
        "Everyone just reruns the pipeline.",
        "Relanzamos la tarea hasta que sale en verde.",
        "Rodamos tudo de novo até passar.",
        "Rilanciamo la build finché non passa.",
        "Ik start het opnieuw tot het groen is.",
        "A re-run goes green.",
        "It needed two re-runs.",
        "Nobody owns it, so we re-run.",
    ],
    "distrust": [
        "Nobody trusts the tests any more.",
        "We no longer look at the dashboard.",
        "A red build means nothing here.",
        "Alert fatigue is real.",
        "The counter lies.",
        "Den Zahlen trauen wir nicht.",
        "Plus personne ne croit les tests.",
        "Nadie se fía de los informes.",
        "Ninguém confia nos números.",
        "Nessuno si fida dei numeri.",
        "Niemand vertrouwt de cijfers.",
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
        "Me da vergüenza, es mi culpa.",
        "Foi minha culpa, tenho vergonha.",
        "È colpa mia, mi vergogno.",
        "Het is mijn schuld, ik schaam me.",
    ],
    "distress": [
        "I can't cope any more.",
        "The team is burnt out.",
        "I am at my limit.",
        "I feel overwhelmed every Monday.",
        "I cried after the call.",
        "Ich kann nicht mehr.",
        "Je n'en peux plus.",
        "I lost my whole weekend.",
        "No puedo más, estoy agotada.",
        "Não aguento mais isto.",
        "Non ce la faccio più.",
        "Ik kan niet meer, ik ben uitgeput.",
    ],
    "voice_withdrawn": [
        "We stopped filing these.",
        "There is no point in reporting it.",
        "Nobody listens anyway.",
        "You will never fix it.",
        "I won't report bugs any more.",
        "Das bringt doch nichts.",
        "Ça ne sert à rien d'écrire.",
        "We have stopped asking.",
        "No sirve de nada avisar.",
        "Não adianta escrever.",
        "Non serve a niente segnalarlo.",
        "Het heeft toch geen zin.",
    ],
    "waiting": [
        "I am waiting for approval.",
        "Stuck for three weeks.",
        "It takes nine days to get access.",
        "The build sat in the queue for an hour.",
        "We are blocked by the platform team.",
        "Wir warten seit Wochen.",
        "J'attends depuis deux semaines.",
        "My request has been stuck for two weeks.",
        "Esperamos desde hace semanas.",
        "Aguardamos aprovação há dias.",
        "Aspettiamo da settimane.",
        "Wij wachten al drie weken.",
        "Reviews wait three days.",
        "Day eleven of my access request.",
    ],
    "feature_plea": [
        "Could you add a dark theme?",
        "Please support CSV.",
        "It would be nice if it sorted.",
        "I wish there was an undo.",
        "Könnten Sie das bitte ändern?",
        "Serait-il possible de trier ?",
        "Can we please have a filter?",
        "Give us a way to undo this.",
        "Would be great if it sorted by date.",
        "Podrían añadir un filtro?",
        "Poderiam adicionar um filtro?",
        "Sarebbe utile avere un filtro.",
        "Zouden jullie een filter kunnen toevoegen?",
    ],
    "abandonment": [
        "Never mind.",
        "That is not really what I asked.",
        "I have given up.",
        "You can close this.",
        "Hat sich erledigt.",
        "Tant pis.",
        "We stopped using the planner.",
        "Me rindo.",
        "Desisto, não importa.",
        "Ci rinuncio, non importa.",
        "Laat maar, ik geef het op.",
    ],
    "apology_load": [
        "I keep apologising to callers.",
        "Sorry for this. We are so sorry again.",
        "All day we spend telling people sorry.",
        "There is nothing new to tell them.",
        "Ich muss mich ständig entschuldigen.",
        "Toujours m'excuser, sans cesse m'excuser.",
        "Todo el día pidiendo disculpas, siempre lo mismo.",
        "O dia todo pedindo desculpas, não dá.",
        "Sempre a chiedere scusa, ogni giorno.",
        "De hele dag sorry zeggen, altijd.",
    ],
    "macro_gap": [
        "The macro is outdated.",
        "The canned reply does not mention it.",
        "I answer from my own notes.",
        "No macro for this case.",
        "Der Textbaustein ist veraltet.",
        "I paste from my own notes.",
        "La réponse type est obsolète.",
        "La respuesta tipo está desactualizada.",
        "A resposta padrão está desatualizada.",
        "La risposta standard è sbagliata.",
        "Het standaardantwoord is verouderd.",
    ],
    "me_too": [
        "Same here.",
        "Me too!",
        "+1",
        "We are also seeing this.",
        "It happens for us as well.",
        "Bei uns auch.",
        "Moi aussi.",
        "Others have the same problem: other users have this.",
        "A mí también me pasa, nos pasa lo mismo.",
        "Comigo também acontece, isto é sempre.",
        "Anche a me succede.",
        "Bij ons ook, het is hetzelfde probleem.",
    ],
    "confusion": [
        "Is this normal?",
        "Am I doing something wrong?",
        "Maybe it's just me.",
        "I am confused.",
        "I don't understand why it moved.",
        "Ist das normal?",
        "Je ne comprends pas.",
        "Not sure how to go on from here.",
        "What does this even mean?",
        "Could someone explain why it moves?",
        "No entiendo qué pasa, ¿es normal?",
        "Não entendo o que houve.",
        "Non capisco perché.",
        "Ik snap het niet.",
    ],
    "churn": [
        "We are looking at alternatives.",
        "I will cancel my subscription.",
        "We are moving to another provider.",
        "Your competitor already has it.",
        "I want my money back for this app.",
        "Wir kündigen den Vertrag.",
        "Nous allons changer de fournisseur.",
        "I will never buy from you again.",
        "Voy a cancelar mi suscripción.",
        "Vou cancelar minha assinatura.",
        "Voglio disdire il contratto.",
        "Wij stappen over naar een andere leverancier.",
    ],
    "no_owner": [
        "Nobody owns this service.",
        "It was passed back and forth.",
        "Which team owns the gateway?",
        "They say it is not our team.",
        "Niemand ist zuständig.",
        "Nous, personne n'est responsable.",
        "Nadie se hace cargo.",
        "Ninguém se responsabiliza.",
        "Nessuno se ne occupa.",
        "Niemand is verantwoordelijk.",
    ],
    "frustration": [
        "This is ridiculous.",
        "I am fed up.",
        "Fix it!!!",
        "Such a waste of time.",
        "Das ist unzumutbar.",
        "So annoying.",
        "C'est inadmissible, nous sommes déçus.",
        "Estoy harto, es inaceptable.",
        "Isto é inaceitável.",
        "È vergognoso.",
        "Dit is belachelijk.",
    ],
    "security": [
        "There is an SQL injection in the form.",
        "I can see other customers' invoices.",
        "CVE-2024-1234 affects us.",
        "Our API key was leaked.",
        "Das ist eine Sicherheitslücke.",
        "Hay una vulnerabilidad de seguridad.",
        "Er is een datalek.",
    ],
    "hr": [
        "I was harassed by a colleague.",
        "My manager put me on a performance improvement plan.",
        "I want to file a complaint about my manager.",
        "Das ist Mobbing.",
        "Ella sufre acoso.",
        "Licenziamento senza motivo.",
    ],
    "legal": [
        "Our lawyer will be in touch.",
        "We will take legal action.",
        "This is a GDPR request.",
        "A lawsuit is pending.",
        "Mein Anwalt meldet sich.",
        "Mi abogado les escribirá.",
        "Mijn advocaat neemt contact op.",
    ],
    "thanks": [
        "Thank you, it works now.",
        "Great job everyone!",
        "Kudos to Mia.",
        "Vielen Dank!",
        "Merci à vous.",
        "Gracias por todo.",
        "Obrigado por tudo.",
        "Grazie mille, per tutto.",
        "Bedankt, het werkt.",
    ],
    "praise_contrast": [
        "The lady was so kind, but the app is broken.",
        "Thanks to Ben it works despite your system.",
        "Great support, however the export fails.",
        "I love this app. It crashes every evening.",
        "Great tool, unfortunately it forgets my settings.",
        "Thanks, but it is not really that.",
    ],
    "priority_mismatch": [
        "Low priority: we were charged twice.",
        "We cannot take payments.",
        "Payroll is stuck.",
        "Not urgent, but it deleted our records.",
    ],
}

LOOKS_LIKE: dict[str, list[str]] = {
    "workaround": [
        "The workshop is around the corner.",
        "Export to CSV fails.",
        "No workaround is known.",
        "The plugin was manually installed.",
        "If you manually select the box, it forgets.",
        "Workarounds have been removed.",
        "The parser works around a compiler fault.",
        'The label says "export it by hand".',
        "> We have to type it by hand.",
    ],
    "repeat_contact": [
        "The third time zone is missing.",
        "It said so in the log.",
        "The second ticket in the list is red.",
    ],
    "reopened": [
        "The dialog closed the file.",
        "The window is closed.",
        "Please reopen the file and press save.",
        "Can you reopen the dialog?",
    ],
    "long_silence": [
        "The server gave no valid certificate.",
        "Update the answer key.",
        "There is no response from the server.",
        "No update is available for this device.",
    ],
    "doc_mismatch": [
        "The docs are lovely.",
        "Documentation says how, thanks.",
        "Have you read the documentation?",
        "See the documentation issue.",
        "Following my steps, the page turns blue.",
    ],
    "found_by_third_party": [
        "Create a customer account.",
        "The client library logs in.",
        "As a customer, I want to pay by card.",
        "It is loaded when requested by the user.",
    ],
    "bypass": [
        "I merged it after approval.",
        "Skip to the next song.",
        "Pass --insecure to disable validation.",
        "A button to skip tests would help.",
    ],
    "rerun": [
        "Run the job.",
        "Try the new theme.",
        "[ERROR] Re-run Maven with the -X switch.",
        "The suite is flaky.",
        "I restarted my laptop.",
    ],
    "distrust": [
        "The certificate is not trusted.",
        "Nobody is here.",
        "I do not believe that there is a setting.",
        "We do not trust the root certificate: we do not believe you.",
    ],
    "confession": [
        "I know the answer.",
        "The upload failed without an error.",
        "My error message is long.",
        "The proud owner of a boat.",
        "I know how it works.",
    ],
    "distress": [
        "The disc was burned.",
        "The limit is 10.",
        "I am happy.",
        "This command will get fired on start.",
        "The lamp burned down.",
    ],
    "voice_withdrawn": [
        "The service stopped.",
        "The report has a point.",
        "Nothing happens when I click.",
        "The exporter stopped reporting metrics.",
    ],
    "waiting": [
        "The waiter came.",
        "Set the timeout to three weeks.",
        "Increase the timeout: it waits for ten minutes.",
        "We wait for the page to load.",
    ],
    "feature_plea": [
        "It can add numbers.",
        "I like it.",
        "Please provide the steps to reproduce.",
        "As a user, I would like to be able to sort.",
        "Feature request",
        "Please let me know how to do it.",
        "Please make sure that this is a bug.",
        "Is there any way to filter?",
        "Please add tests.",
    ],
    "abandonment": [
        "The mind map is empty.",
        "Close the window.",
        "Never mind what the log says.",
    ],
    "apology_load": [
        "Sorry for the short notice.",
        "Unfortunately it is slow. It is blue.",
    ],
    "macro_gap": [
        "The C macro expands twice.",
        "Run the script.",
        "The template is missing a bracket.",
    ],
    "me_too": [
        "The same file is used twice.",
        "UTC+1 is wrong.",
        "Press +10.",
        "The counter is off by +1.",
        "It annoys me too much.",
        "I also have a test project.",
    ],
    "confusion": [
        "It is normal mode.",
        "The header is missing.",
        "The rows are lost.",
        "I don't know if this helps.",
        "Unsure if this is the right place.",
        "A name that may be confusing for users.",
        "I don't understand why everyone is so rude.",
    ],
    "churn": [
        "Cancel the upload.",
        "Switch to the second tab.",
        "The go to definition command fails.",
        "Switch to another tab.",
        "Move to the next column.",
    ],
    "no_owner": [
        "The owner field is empty.",
        "Orphaned processes after the build.",
    ],
    "frustration": [
        "It terrifies no one.",
        "Usually it works!",
        "Unfortunately the flag is off.",
        "N/A ???",
    ],
    "security": ["The job runs as a security guard.", "See other pages.", "The password field is empty."],
    "hr": ["The chr function fails.", "Fire the event twice.", "Report a bug to the team."],
    "legal": ["The illegal argument exception is thrown.", "A solution for the issue."],
    "thanks": ["Thanks, but it fails.", "It is great that it crashes."],
    "praise_contrast": [
        "Thank you so much!",
        "It fails, but only at night.",
        "This is not a great tool for lists, but it runs.",
        "I like to split code, but that is me.",
    ],
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


@pytest.mark.parametrize("language", tongues.FOREIGN)
def test_every_language_has_words_for_every_signal_that_words_decide(language):
    assert set(tongues.FOREIGN[language]) == set(phrases.PHRASES) - signals.WITHHELD
    assert tongues.MARKS[language]


def test_what_decides_who_may_read_a_text_is_found_in_quotations_and_code_too():
    found = signals.find("A title", 'He wrote: "our lawyer will be in touch" and `sql injection` works.')

    assert {signal.name for signal in found} >= {"legal", "security"}


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

    with that_ends():
        signals.find(large, large)
