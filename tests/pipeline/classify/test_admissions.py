"""Shortcuts and mistakes that are admitted in languages of which nothing else is known, and what is only like them."""

import re
from typing import Final

import pytest

from pipeline import privacy
from pipeline.classify import signals
from pipeline.classify.admissions import ADMISSIONS

ADMITTED: Final = {
    "Polish": [
        "Pominąłem testy, bo klient czekał na poprawkę.",
        "Wdrożyłam to wczoraj bez testów i faktury poszły podwójnie.",
        "To była sobota, ale to moja wina, nie zespołu.",
        "Przez pomyłkę usunąłem tabelę z rezerwacjami.",
        "Wstyd mi, że nikt o tym nie wiedział.",
    ],
    "Russian": [
        "Я отключил тесты, чтобы успеть к релизу.",
        "Мы выкатили это в пятницу без ревью.",
        "Это моя вина, предупредить надо было раньше.",
        "Я случайно удалила таблицу с заказами.",
        "Мне очень стыдно за эту миграцию.",
    ],
    "Ukrainian": [
        "Я пропустила тести, бо треба було встигнути.",
        "Ми викотили зміни у п'ятницю без перевірки.",
        "Це моя помилка, клієнт ні до чого.",
        "Я випадково видалив замовлення за вересень.",
        "Мені соромно за цей реліз.",
    ],
    "Swedish": [
        "Jag hoppade över testerna för att hinna till mötet.",
        "Vi släppte ändringen i fredags utan granskning.",
        "Det var helt mitt fel att fakturorna blev fel.",
        "Jag råkade radera kundens bokningar.",
        "Jag är inte särskilt stolt över den lösningen.",
    ],
    "Danish": [
        "Jeg sprang testene over, fordi kunden ventede.",
        "Vi udgav rettelsen i fredags uden review.",
        "Det var min fejl, at ordrerne forsvandt.",
        "Jeg kom til at slette kundens bookinger.",
        "Jeg skammer mig over den løsning.",
    ],
    "Norwegian": [
        "Jeg hoppet over testene for å rekke møtet.",
        "Vi rullet ut endringen på fredag uten gjennomgang.",
        "Det var min feil at fakturaene ble gale.",
        "Jeg slettet kundens bestillinger ved en feil.",
        "Jeg er ikke akkurat stolt av den løsningen.",
    ],
    "Finnish": [
        "Jätin testit ajamatta, koska asiakas odotti.",
        "Julkaisimme korjauksen perjantaina ilman testausta.",
        "Se oli täysin minun vikani.",
        "Poistin vahingossa asiakkaan varaukset.",
        "En ole ylpeä tästä ratkaisusta.",
    ],
    "Czech": [
        "Přeskočil jsem testy, protože zákazník čekal.",
        "Nasadili jsme to v pátek bez revize.",
        "Byla to moje chyba, kolegové za to nemohou.",
        "Omylem jsem smazala rezervace z minulého týdne.",
        "Nejsem na to hrdý, ale jinak to nešlo.",
    ],
    "Japanese": [
        "急いでいたのでテストを飛ばしてしまいました。",
        "レビューなしで金曜日の夜にリリースしました。",
        "請求が二重になったのは私のミスです。",
        "誤って先週の予約データを削除してしまいました。",
        "正直、この実装は恥ずかしく思っています。",
    ],
    "Chinese": [
        "为了赶上线，我跳过了测试。",
        "我们周五没有经过评审就上线了。",
        "订单丢失是我的错，跟同事无关。",
        "我不小心把上周的预订删了。",
        "我真的很惭愧，一直没有说出来。",
        "我跳過了測試，所以發票重複了。",
    ],
    "Korean": [
        "제가 시간이 없어서 테스트를 건너뛰고 올렸습니다.",
        "금요일에 리뷰 없이 배포했습니다.",
        "주문이 사라진 것은 제 잘못입니다.",
        "제가 실수로 지난주 예약을 삭제했습니다.",
        "이런 코드를 올려서 부끄럽습니다.",
    ],
    "Turkish": [
        "Müşteri beklediği için testleri atladım.",
        "Cuma günü test etmeden yeni sürümü yayınladık.",
        "Faturaların iki kez gitmesi benim hatam.",
        "Yanlışlıkla geçen haftanın rezervasyonlarını sildim.",
        "İtiraf etmeliyim, kimseye söylemedim.",
    ],
    "Arabic": [
        "تخطيت الاختبارات لأن العميل كان ينتظر.",
        "نشرت التحديث يوم الجمعة بدون مراجعة.",
        "ضياع الطلبات خطئي وحدي.",
        "حذفت حجوزات الأسبوع الماضي عن طريق الخطأ.",
        "أشعر بالخجل من هذا الحل.",
    ],
}
NOT_ADMITTED: Final = {
    "Polish": [
        "To nie moja wina, system sam wysłał fakturę.",
        "Po aktualizacji testy nie przechodzą i nikt nie wie dlaczego.",
        "Zgłosiłem błąd w przeglądzie kodu, bez odpowiedzi.",
        "Wyłączyłem testowy tryb płatności i nadal nie działa.",
    ],
    "Russian": [
        "Это не моя вина, система сама отправила счёт.",
        "Тесты отключены на сервере уже неделю.",
        "Я отключил уведомления, но письма приходят.",
        "Приложение случайно удалило мои заказы.",
    ],
    "Ukrainian": [
        "Це не моя вина, система сама надіслала рахунок.",
        "Тести не проходять після оновлення.",
        "Я вимкнула сповіщення, але листи приходять.",
        "Програма видалила мої замовлення.",
    ],
    "Swedish": [
        "Det är inte mitt fel att fakturan blev dubbel.",
        "Testerna går inte igenom sedan i måndags.",
        "Jag stängde av aviseringarna men mejlen kommer ändå.",
        "Appen raderade mina bokningar.",
    ],
    "Danish": [
        "Det er ikke min fejl, at fakturaen kom dobbelt.",
        "Testene fejler siden i mandags.",
        "Jeg slog notifikationerne fra, men mails kommer stadig.",
        "Appen slettede mine bookinger.",
    ],
    "Norwegian": [
        "Det er ikke min feil at fakturaen kom dobbelt.",
        "Testene feiler siden mandag.",
        "Jeg skrudde av varslene, men e-postene kommer fortsatt.",
        "Appen slettet bestillingene mine.",
    ],
    "Finnish": [
        "Se ei ole minun vikani, järjestelmä lähetti laskun.",
        "Testit eivät mene läpi maanantaista lähtien.",
        "Sammutin ilmoitukset, mutta viestejä tulee silti.",
        "Sovellus poisti varaukseni.",
    ],
    "Czech": [
        "Není to moje chyba, systém poslal fakturu sám.",
        "Testy od pondělí neprocházejí.",
        "Vypnul jsem upozornění, ale e-maily chodí dál.",
        "Aplikace smazala moje rezervace.",
    ],
    "Japanese": [
        "これは私のミスではありません。請求が二重に届きました。",
        "月曜日からテストが通りません。",
        "これは私のミスですか、それとも不具合ですか。",
        "アプリが予約データを削除しました。",
    ],
    "Chinese": [
        "这不是我的错，系统自己发了账单。",
        "从周一开始测试一直失败。",
        "这是我的错吗，还是系统的问题？",
        "我关掉了通知，还是收到邮件。",
        "我的订单被系统误删了。",
    ],
    "Korean": [
        "이건 제 잘못이 아닙니다. 청구서가 두 번 왔어요.",
        "월요일부터 테스트가 통과하지 않습니다.",
        "제 실수인가요, 아니면 오류인가요?",
        "앱이 예약을 삭제했습니다.",
    ],
    "Turkish": [
        "Bu benim hatam değil, fatura iki kez geldi.",
        "Testler pazartesiden beri geçmiyor.",
        "Bildirimleri kapattım ama e-postalar geliyor.",
        "Uygulama rezervasyonlarımı sildi.",
    ],
    "Arabic": [
        "هذا ليس خطئي، النظام أرسل الفاتورة مرتين.",
        "الاختبارات تفشل منذ يوم الاثنين.",
        "هل هذا خطئي؟",
        "حذف التطبيق حجوزاتي.",
    ],
}


def names(text: str) -> set[str]:
    return {signal.name for signal in signals.find("", text)}


@pytest.mark.parametrize("text", [text for texts in ADMITTED.values() for text in texts])
def test_who_admits_something_is_protected_in_their_own_language(text: str) -> None:
    assert names(text) & privacy.TENDER == {"confession"}


@pytest.mark.parametrize("text", [text for texts in NOT_ADMITTED.values() for text in texts])
def test_who_complains_in_like_words_may_be_quoted(text: str) -> None:
    assert not names(text) & privacy.TENDER


def test_every_language_has_sentences_for_and_against() -> None:
    assert set(ADMITTED) == set(NOT_ADMITTED) == set(ADMISSIONS)


def test_a_language_is_known_by_its_own_wordings_and_by_no_others() -> None:
    """Neighbours may share words; languages of other families must not."""
    neighbours = {frozenset(pair) for pair in (("Danish", "Norwegian"), ("Russian", "Ukrainian"))}
    for spoken, texts in ADMITTED.items():
        for language, wording in ADMISSIONS.items():
            if language == spoken or frozenset((language, spoken)) in neighbours:
                continue
            assert not [text for text in texts if re.search(wording, text.lower())]
