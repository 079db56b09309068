from datetime import UTC, datetime

from sqlalchemy import Engine

from pipeline.answers import Given
from pipeline.store import answers, db, pain_edits

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)
GIVEN = Given(kind="not_now", text="The roaster moves in May", due=None, to=None)


def keep(session: object, pain: str, nonce: str) -> int:
    return answers.keep(
        session, pain=pain, leader="kit", period="2026-W10", given=GIVEN, how="page", nonce=nonce, at=AT
    ).id  # type: ignore[arg-type]


def test_an_answer_follows_its_pain_into_another(database: Engine) -> None:
    with db.transaction(database) as session:
        one, two = keep(session, "p-one", "n1"), keep(session, "p-two", "n2")
        pain_edits.redirect(session, "p-one", "p-two")

        assert [a.id for a in answers.of_pain(session, "p-two")] == [one, two]
        assert [a.id for a in answers.of_pain(session, "p-one")] == [one, two]
        assert {pain: [a.id for a in some] for pain, some in answers.until(session, AT.replace(hour=10)).items()} == {
            "p-two": [one, two]
        }


def test_the_same_form_gives_the_same_answer(database: Engine) -> None:
    with db.transaction(database) as session:
        assert keep(session, "p-one", "n1") == keep(session, "p-one", "n1")
        assert len(answers.of_pain(session, "p-one")) == 1


def test_told_twice_is_told_once(database: Engine) -> None:
    with db.transaction(database) as session:
        one = keep(session, "p-one", "n1")
        for how in ("person", "comment"):
            answers.tell(session, one, [("desk", "1"), ("desk", "2"), ("desk", "1")], how, AT)

        assert answers.told_of(session, one) == {"desk:1", "desk:2"}
