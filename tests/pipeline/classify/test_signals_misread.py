"""Texts that sound like a signal and are none, by the kind of misunderstanding; and the like of them that are one."""

import pytest

from pipeline.classify import signals

MISREAD: dict[str, dict[str, list[str]]] = {
    "advice": {
        "feature_plea": [
            "If you want to use it, please enable it by setting forceUsage.",
            "Please enable it with the flag below.",
            "To turn it on, please add the key to your settings.",
            "Please allow up to three days for delivery.",
            "Please allow cookies for this page.",
            "Please enable JavaScript.",
            "Please make a backup first.",
            "If you have the same fault, please add your version.",
            "Please make sure you have the latest release.",
            "Before you write, please support your claim with a log.",
            "Please let me know if it works.",
        ],
        "workaround": [
            "If you need to restart, do it at night.",
            "You should need to reset it only once.",
            "When users manually edit the file, it forgets.",
            "You can start it manually.",
            "You must uninstall it before the upgrade.",
        ],
        "doc_mismatch": ["Please read the docs, they say how, but ask if it fails.", "Have you followed the guide?"],
        "rerun": ["You can re-run the job until it passes.", "Re-run the command until it is green."],
    },
    "help is asked for": {
        "feature_plea": [
            "It would be nice if someone could guide me.",
            "It would be great if anybody can help.",
            "It'd be great if you could explain this.",
            "It would be helpful if you could share your settings.",
            "It would be awesome if somebody can point me to the page.",
            "Can you provide an example?",
            "Could you give us more details about it?",
            "If some one can guide me step by step it would be great.",
            "It would be good to have an update about this.",
            "It would be useful to have an idea of the way forward.",
        ],
    },
    "others are invited": {
        "feature_plea": [
            "If you have more remarks, please add them.",
            "Please add your name to the list.",
            "Please add any ideas below.",
            "Please add more info.",
            "Please support this petition.",
            "Please support our project.",
            "Please consider supporting me.",
            "Please add yourself as a watcher.",
            "Please add a comment if you know more.",
            "Please let us know what you think.",
        ],
    },
    "review of code": {
        "feature_plea": [
            "Could you add a test for this?",
            "Can you add a quick comment of what true means here?",
            "Can you please add unit tests?",
            "Could you please add Javadoc for the method?",
            "Please add brackets here.",
            "Please add spaces around the sign for consistency.",
            "Can you add something similar to the following?",
            "It would be nice to have a test here.",
            "It would be good if the comment said why.",
            "nit: it would be nice if this was a constant",
            "Please include the docs in this PR.",
        ],
        "confusion": [
            "nit: I don't understand why this is public.",
            "I'm a little confused about why this needs to be public.",
        ],
        "me_too": ["+1 to merge", "LGTM, +1 to merge."],
    },
    "quotation": {
        "workaround": ["The tip reads «we do it by hand every day».", "> For now we just type it again"],
        "abandonment": ['He wrote "I give up" on the wall.'],
        "churn": ["> I will cancel my subscription."],
        "voice_withdrawn": ["“There is no point in reporting it”, it says on the mug."],
        "long_silence": ['The test prints "still no answer" and ends.'],
    },
    "form and bot": {
        "confusion": [
            "- npm is crashing.\n- npm is doing something I don't understand.",
            "### Expected behaviour:",
            "- [ ] I am confused",
        ],
        "reopened": [
            "This issue has been automatically marked as stale because it has not had activity.",
            "It was closed automatically, but feel free to reopen.",
        ],
        "long_silence": [
            "This issue is waiting for your response. Please respond or the issue will be closed.",
            "Waiting for your response, please respond or it will be closed.",
        ],
        "abandonment": ["Feel free to close this.", "If this is the wrong place, feel free to close."],
        "feature_plea": ["Please provide the version.", "Please describe what happens.", "Please include all steps."],
    },
    "change log": {
        "workaround": [
            "Fixed: users no longer have to restart.",
            "Fixed a fault where users had to restart the app.",
            "Removed the need to do it manually.",
            "Added a button, so users don't have to type it by hand.",
            "Changed: we have to copy the file by hand no more.",
        ],
        "doc_mismatch": ["Fixed outdated docs.", "Fix incorrect Javadocs for the builder"],
        "bypass": ["Fixed: tests were skipped for now.", "The tests are no longer skipped for now."],
        "reopened": ["Fixed: it was fixed, then it came back."],
        "feature_plea": ["Added what it would be nice to have."],
    },
    "user story": {
        "workaround": ["As an admin, I want a script so that I don't have to copy it by hand."],
        "feature_plea": ["As a clerk, I would like to be able to print.", "As a nurse, I wish I could see the ward."],
        "found_by_third_party": ["As a customer, I want to be told when a customer reported a fault."],
        "confusion": ["As a beginner, I should understand what it does, not say I have no idea."],
        "waiting": ["As a lead, I want to see who is waiting for approval."],
    },
    "what others might think": {
        "confusion": [
            "A user might ask: is this normal?",
            "Users may think am I doing something wrong.",
            "Newcomers could wonder what am I missing.",
            "Users don't know what to do, or could get confused.",
            "People may find this confusing.",
            "Somebody might say I have no idea.",
        ],
        "churn": ["Somebody could say I will cancel my subscription."],
        "distrust": ["People could conclude nobody trusts the tests.", "Users might say the dashboard lies."],
        "voice_withdrawn": ["The exporter won't report it."],
    },
    "negation": {
        "workaround": [
            "No workaround is known.",
            "You no longer have to restart.",
            "We never have to restart it.",
            "Users won't need to manually add it.",
            "It saves us having to do it by hand.",
            "Nobody has to restart it.",
        ],
        "confusion": ["I am not confused.", "It is not confusing.", "I'm no longer lost."],
        "abandonment": ["I will not give up.", "We never gave up."],
        "churn": ["We are not leaving you.", "I am not cancelling my subscription."],
        "distress": ["I am not exhausted.", "We are not afraid of misspelling a key."],
        "bypass": ["Nobody may merge without review.", "We never skip the tests.", "Don't disable the check."],
        "frustration": ["It is not annoying."],
        "waiting": ["We are no longer waiting for approval.", "Nobody is stuck, no waiting for weeks."],
        "praise_contrast": ["Great app. No bugs.", "I love it, no crashes or complaints but one page."],
    },
    "question": {
        "workaround": [
            "Do we have to delete their names?",
            "Does a user have to restart?",
            "Should I have to copy it by hand?",
            "Is there a workaround?",
            "How can I work around this?",
        ],
        "distrust": ["Should we ignore the warnings?", "Can I ignore alerts?"],
        "churn": ["Why can't I cancel my subscription?", "How do I cancel our plan?"],
        "no_owner": ["Which thread owns the lock?"],
    },
    "step of a reproduction": {
        "workaround": [
            "1. Restart the app by hand.",
            "3) Users log out by hand.",
            "I manually added output 8.",
            "To reproduce, I have to restart it.",
            "I created this picture by manually changing the height.",
            "Note that I manually renamed the file.",
        ],
        "doc_mismatch": [
            "1. Install it following the official instruction: conda install.",
            "2. Follow the guide, but stop at step 3.",
            "Following the steps below it fails.",
            "I followed these steps and it fails.",
            "Steps followed: open it, then it fails.",
        ],
        "rerun": ["2. Click it and rerun it.", "Re-run the query to see the error."],
        "repeat_contact": ["The second time I open it, it fails.", "Load it a second time, and it works."],
        "me_too": ["Using the CLI we see the same issue.", "We also see this issue on a test server."],
    },
    "attempt": {
        "workaround": [
            "I tried setting it to false by hand but it does not work.",
            "We tried to restart it by hand.",
            "I have tried to edit it manually.",
        ],
        "doc_mismatch": ["I followed the guide and it worked fine."],
        "abandonment": ["I gave up after 5 minutes of waiting for the bar."],
    },
    "aside and hedge": {
        "confusion": [
            "I don't know what that xxxx is but it's not the ID.",
            "I don't know if it's linked.",
            "Let me know if I missed something.",
            "Sorry if I missed it.",
            "Not sure how to reproduce it.",
            "I have no idea of what the rate would have been.",
            "I'm not sure whether it is related.",
            "I'm unsure what kind of storage it needs.",
            "It fails (I don't know why).",
            "Not sure how to best name this.",
        ],
        "distrust": ["I do not believe that it is needed.", "I can't believe the weather."],
        "confession": [
            "I must admit it looks fine.",
            "I forgot to mention the version.",
            "The source of my error is the header.",
        ],
        "distress": ["I'm afraid that is not possible.", "It cannot keep up with the volume."],
    },
    "objection": {
        "confusion": [
            "I do not understand the need to remove it.",
            "I don't understand the hate.",
            "I don't know how after ten years you still have it.",
            "I don't understand why people want this.",
            "I have no idea what you are talking about.",
            "I do not understand how you can ship this.",
        ],
    },
    "plan of the team": {
        "workaround": [
            "We need to copy the plugins.",
            "We need to fork it.",
            "We should work around it.",
            "For now we have to wait for the vendor.",
            "In the meantime, I am considering a change.",
        ],
        "churn": ["We should consider moving to JFlex.", "Please consider switching to the new class."],
        "abandonment": ["We no longer use the icon files."],
        "waiting": ["Each review should take around 3 days."],
    },
    "another meaning": {
        "workaround": [
            "Open the spreadsheet with the new format.",
            "So I use the table often.",
            "I was working around the fact that it is late.",
            "Crafted by hand you get nine pieces.",
            "The only way that you can beat me is luck.",
        ],
        "churn": [
            "Cancel all subscriptions in the cleanup function.",
            "Other apps can use it.",
            "I had to uninstall the plugin.",
            "I want a refund for the shoes.",
        ],
        "found_by_third_party": ["An end-user facing page is missing.", "The link a student found in the block."],
        "me_too": ["It suits me too well.", "Everyone has the same rights.", "I would do same here."],
        "reopened": ["Import it back again.", "The window was closed without saving.", "If it is not fixed, tell me."],
        "long_silence": ["The user has no feedback while it loads.", "I don't hear anything in my headphones."],
        "rerun": ["The task is retried 3 times.", "I re-run a job and the sum is wrong."],
        "distrust": ["The library lies in the folder.", "We cannot trust data from other sources."],
        "bypass": ["The tests are skipped if there is no display.", "It would be good if the test was skipped."],
        "waiting": ["The thread is waiting for access.", "We have been sitting on old versions for years."],
        "praise_contrast": ["That was great. Now it shows nine of them.", "I appreciate any help. It fails."],
        "priority_mismatch": ["My card payment is stuck."],
    },
    "label and message": {
        "feature_plea": ["The message says please enable the port.", "The dialog reads: please add a card."],
        "abandonment": ["A button named OK, never mind", "The label says forget it then."],
        "long_silence": ["The dialog shows no answer yet.", "I click the button and got no response."],
        "confusion": ["The tooltip says what does this mean?"],
        "churn": ["The menu shows cancel my subscription."],
    },
    "name of a product": {
        "me_too": ["The Me Too Movement page is blank.", "Same Here is an app."],
        "abandonment": ["The song Never Mind the rest is missing."],
        "workaround": ["The Workaround Ltd page is blank."],
        "long_silence": ["The film Crickets does not play."],
    },
    "courtesy": {
        "feature_plea": [
            "I wish you a nice weekend.",
            "I wish it weren't so.",
            "If you get it merged, that would be great.",
        ],
        "praise_contrast": ["I appreciate you taking the time. It fails.", "Thank you for your support. It crashes."],
        "frustration": ["Thank you!!!", "Great!!!"],
        "apology_load": ["Sorry for what might be wrong, and sorry for my English."],
    },
    "German": {
        "workaround": [
            "Das muss niemand mehr von Hand eintragen.",
            "Man kann es manuell starten.",
            "Es geht jetzt ohne Umweg, nicht mehr von Hand.",
        ],
        "reopened": ["Das Fenster wurde geschlossen.", "Bitte die Datei wieder öffnen."],
        "long_silence": ["Der Server gibt noch keine Antwort."],
        "feature_plea": ["Könnten Sie mir bitte helfen?", "Ich wünsche Ihnen ein schönes Wochenende."],
        "doc_mismatch": ["Laut Anleitung geht das so."],
        "churn": ["Wir wechseln zu Tab zwei."],
        "frustration": ["Kein Ärger mit dem Drucker."],
    },
    "French": {
        "workaround": [
            "On peut le lancer manuellement.",
            "Le lien de contournement est sur la carte.",
            "Plus besoin de le faire à la main.",
        ],
        "reopened": ["Le fichier a été fermé.", "Je dois rouvrir la fenêtre."],
        "long_silence": ["Il n'y a aucune réponse du serveur."],
        "feature_plea": ["Serait-il possible de me rappeler ?", "Pourriez-vous nous aider ?"],
        "confusion": ["Pas de souci, c'est normal."],
        "churn": ["Le concurrent est une classe du programme de notre école."],
    },
    "Spanish": {
        "workaround": ["Ya no lo hacemos a mano.", "Se puede lanzar manualmente desde el menú."],
        "reopened": ["La ventana fue cerrada por mi mano.", "Tengo que reabrir el archivo."],
        "long_silence": ["El servidor sigue sin respuesta."],
        "feature_plea": ["¿Sería posible ayudarme con esto?", "¿Podrían decirme la hora, por favor?"],
        "distress": ["Las entradas están agotadas en esta página."],
        "churn": ["La competencia empieza el lunes para todos."],
    },
    "Portuguese": {
        "workaround": ["Agora não é mais feito à mão.", "Isto pode ser iniciado manualmente."],
        "reopened": ["O arquivo foi fechado por mim.", "A janela não foi fechada."],
        "long_silence": ["O servidor ainda está sem resposta."],
        "feature_plea": ["Seria possível me ajudar com isso?", "Poderiam me dizer o preço, por favor?"],
        "distress": ["O produto está esgotado há uma semana."],
    },
    "Italian": {
        "workaround": ["Non lo facciamo più a mano.", "Si può avviare manualmente da questo menu."],
        "reopened": ["Il file è stato chiuso da noi."],
        "long_silence": ["Il server è ancora senza risposta."],
        "feature_plea": ["Sarebbe possibile aiutarmi con questo?"],
        "me_too": ["Questo succede anche dopo il riavvio."],
    },
    "Dutch": {
        "workaround": ["Wij doen het niet meer met de hand.", "Het kan ook handmatig gestart worden."],
        "reopened": ["Het venster is gesloten.", "Ik moet het bestand heropenen."],
        "long_silence": ["De server geeft nog geen antwoord."],
        "feature_plea": ["Kunnen jullie mij helpen met dit formulier?"],
        "distress": ["De voorraad is uitgeput, dat is alles."],
    },
}

MEANT: dict[str, list[str]] = {
    "feature_plea": [
        "Please add an option to hide it.",
        "Can you please bring back the old list?",
        "It would be nice if the app remembered my choice.",
        "It would be great to have a dark theme.",
        "If we could sort by date, that would be great.",
        "I just wish there was a calendar.",
        "Would it be possible to add a filter?",
        "We would love to see the votes on the board.",
        "Is there any plan to support Linux?",
    ],
    "confusion": [
        "I don't know how to fix it.",
        "I have no idea what happened.",
        "I'm not sure why my card was charged.",
        "What am I doing wrong?",
        "Could you please explain why it was declined?",
        "Is it supposed to do this?",
        "Is this expected behaviour?",
        "A bug or a feature?",
        "We don't understand why the rows move.",
    ],
    "workaround": [
        "The workaround is to log out twice.",
        "You have to close and re-open the file to see it.",
        "The user has to re-enter all fields.",
        "The only way to get rid of it is to restart.",
        "It needs to be added manually.",
        "For now I am copying it into a spreadsheet.",
        "4) Have to manually join the parts.",
        "I rolled back to version 2.",
        "Everyone keeps a copy on paper, we track it in Excel.",
        "You can work around it by adding a space.",
    ],
    "doc_mismatch": [
        "I followed all the steps of the tutorial, and it still fails.",
        "I have followed your instructions, but nothing changed.",
        "Followed the steps in the readme.\nIt ends with an error.",
        "The docs say that the option was removed, but it works.",
        "The docs are wrong.",
    ],
    "churn": [
        "I cancelled my subscription, yet you charge me.",
        "Please close my account, we are leaving for good: I am cancelling my plan.",
        "I want my money back for this app.",
        "I am thinking about switching to another bank.",
        "Other tools already do this.",
    ],
    "reopened": [
        "The bug was not correctly fixed.",
        "It was supposed to have been fixed in the last release.",
        "You closed it before I could answer.",
        "Could you reopen this issue?",
    ],
    "long_silence": [
        "I asked on the forum and got no answer.",
        "We have not received a reply.",
        "Any update on this?",
    ],
    "me_too": ["It happens to me too.", "Same problem here.", "I'm having the same issue."],
    "waiting": ["We are blocked here for many days.", "I have been waiting for more than a week."],
    "bypass": ["I have commented out the bad test for now.", "Currently we just skip those tests."],
    "found_by_third_party": ["One of our customers is reporting a crash.", "Reported by a user in the forum."],
    "repeat_contact": ["I asked for this last week but nothing happened: I have already told support."],
    "praise_contrast": [
        "I love it, but it crashes with the new update.",
        "Great software, despite the new page.",
        "The app was great until the last update. Now it crashes.",
    ],
    "distress": ["I can't keep up any more.", "I am afraid to deploy on Fridays."],
    "confession": ["My bad, I deleted the wrong row.", "I forgot to run the tests before the release."],
    "distrust": ["I can never trust these numbers.", "We don't trust it any more."],
    "rerun": ["We re-run it until it passes.", "So we re-run."],
    "abandonment": ["I give up.", "I am not using it any more."],
    "frustration": ["Still broken!!!", "It won't load!!!"],
    "priority_mismatch": ["Our payments are stuck."],
}


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [(kind, name, text) for kind, names in MISREAD.items() for name, texts in names.items() for text in texts],
)
def test_what_only_sounds_like_a_signal_is_read_over(kind: str, name: str, text: str) -> None:
    assert name not in {signal.name for signal in signals.find("A title", text)}, kind


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in MEANT.items() for text in texts])
def test_what_is_meant_is_still_found(name: str, text: str) -> None:
    assert name in {signal.name for signal in signals.find("A title", text)}


def test_a_bad_sentence_hides_no_good_one() -> None:
    text = "As a user, I want to sort. Please add tests. It would be nice if the list remembered my choice."

    assert "feature_plea" in {signal.name for signal in signals.find("", text)}


def test_what_protects_a_writer_is_found_in_stories_and_change_logs_too() -> None:
    text = "As a tester, I want to say that I am exhausted. Fixed: it was my fault."

    assert {"confession", "distress"} <= {signal.name for signal in signals.find("", text)}
