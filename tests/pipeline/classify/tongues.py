"""Sentences of our own as people write to a desk, five a language, with product words between them."""

from typing import Final

TONGUES: Final[dict[str, tuple[str, ...]]] = {
    "Arabic": (
        "لا أستطيع تسجيل الدخول إلى Billing Portal منذ يوم أمس، أرجو المساعدة.",
        "بعد التحديث الأخير اختفت كل الفواتير من القائمة ولا نعرف السبب.",
        "التطبيق بطيء جدا عند تصدير ملف CSV ويتوقف بعد دقيقة.",
    ),
    "Bengali": (
        "গতকাল থেকে আমি লগইন করতে পারছি না, দয়া করে সাহায্য করুন।",
        "আপডেট করার পরে সব ইনভয়েস তালিকা থেকে হারিয়ে গেছে।",
        "CSV ফাইল এক্সপোর্ট করতে গেলে অ্যাপটি বন্ধ হয়ে যায়।",
    ),
    "Bulgarian": (
        "От вчера не мога да вляза в Billing Portal, моля за помощ.",
        "След последната актуализация всички фактури изчезнаха от списъка.",
        "Приложението е много бавно, когато изтеглям отчета във формат PDF.",
    ),
    "Catalan": (
        "Des d'ahir no puc entrar al portal i els nostres clients tampoc.",
        "Després de l'última actualització les factures han desaparegut de la llista.",
        "Quan exporto l'informe en CSV, l'aplicació es queda penjada i hem de tornar a començar.",
    ),
    "Chinese": (
        "从昨天开始我无法登录 Billing Portal，请帮忙处理。",
        "更新之后所有的发票都从列表中消失了。",
        "导出 CSV 文件时应用程序会崩溃，已经三次了。",
    ),
    "Croatian": (
        "Od jučer se ne mogu prijaviti na portal, molim vas za pomoć.",
        "Nakon zadnje nadogradnje svi računi su nestali s popisa i ne znamo zašto.",
        "Aplikacija je jako spora kada želimo izvesti izvještaj u CSV.",
    ),
    "Czech": (
        "Od včerejška se nemohu přihlásit do portálu, prosím o pomoc.",
        "Po poslední aktualizaci zmizely všechny faktury ze seznamu a nevíme proč.",
        "Aplikace je velmi pomalá, když exportujeme report do CSV.",
    ),
    "Danish": (
        "Siden i går kan jeg ikke logge ind på portalen, og vi har brug for hjælp.",
        "Efter den seneste opdatering er alle fakturaer forsvundet fra listen.",
        "Programmet er meget langsomt, når vi eksporterer rapporten til CSV, og det går ned hver gang.",
    ),
    "Dutch": (
        "Sinds gisteren kan ik niet meer inloggen op het portaal, graag hulp.",
        "Na de laatste update zijn alle facturen uit de lijst verdwenen en wij weten niet waarom.",
        "De app is erg traag als we het rapport naar CSV exporteren.",
    ),
    "Estonian": (
        "Alates eilsest ei saa ma portaali sisse logida, palun aidake.",
        "Pärast viimast uuendust kadusid kõik arved nimekirjast ja me ei tea, miks.",
        "Rakendus on väga aeglane, kui me aruannet CSV-failina alla laadime.",
    ),
    "Finnish": (
        "En ole päässyt kirjautumaan portaaliin eilisen jälkeen, voisitteko auttaa?",
        "Viimeisen päivityksen jälkeen kaikki laskut ovat kadonneet luettelosta.",
        "Sovellus on todella hidas, kun viemme raportin CSV-tiedostoon, ja se kaatuu joka kerta.",
    ),
    "French": (
        "Depuis hier je ne peux plus me connecter au portail, merci de nous aider.",
        "Après la dernière mise à jour, toutes les factures ont disparu de la liste.",
        "L'application est très lente quand nous exportons le rapport en CSV.",
    ),
    "German": (
        "Seit gestern kann ich mich nicht mehr im Portal anmelden, bitte helfen Sie uns.",
        "Nach dem letzten Update sind alle Rechnungen aus der Liste verschwunden.",
        "Die App ist sehr langsam, wenn wir den Bericht als CSV exportieren.",
    ),
    "Greek": (
        "Από χθες δεν μπορώ να συνδεθώ στο Billing Portal, παρακαλώ βοηθήστε.",
        "Μετά την τελευταία ενημέρωση όλα τα τιμολόγια εξαφανίστηκαν από τη λίστα.",
        "Η εφαρμογή είναι πολύ αργή όταν εξάγουμε την αναφορά σε CSV.",
    ),
    "Hebrew": (
        "מאתמול אני לא מצליח להתחבר לפורטל, אשמח לעזרה.",
        "אחרי העדכון האחרון כל החשבוניות נעלמו מהרשימה.",
        "האפליקציה איטית מאוד כשמייצאים את הדוח ל-CSV.",
    ),
    "Hindi": (
        "कल से मैं Billing Portal में लॉगिन नहीं कर पा रहा हूँ, कृपया मदद करें।",
        "पिछले अपडेट के बाद सभी चालान सूची से गायब हो गए हैं।",
        "रिपोर्ट को CSV में निर्यात करते समय ऐप बहुत धीमा है।",
    ),
    "Hungarian": (
        "Tegnap óta nem tudok bejelentkezni a portálra, kérem, segítsenek.",
        "A legutóbbi frissítés után minden számla eltűnt a listáról, és nem tudjuk, miért.",
        "Az alkalmazás nagyon lassú, amikor a jelentést CSV formátumba mentjük.",
    ),
    "Indonesian": (
        "Sejak kemarin saya tidak bisa masuk ke portal, mohon bantuannya.",
        "Setelah pembaruan terakhir semua faktur hilang dari daftar dan kami tidak tahu kenapa.",
        "Aplikasi ini sangat lambat ketika kami mengekspor laporan ke CSV.",
    ),
    "Italian": (
        "Da ieri non riesco più ad accedere al portale, potete aiutarci per favore?",
        "Dopo l'ultimo aggiornamento tutte le fatture sono sparite dalla lista.",
        "L'applicazione è molto lenta quando esportiamo il report in CSV.",
    ),
    "Japanese": (
        "昨日から Billing Portal にログインできません。助けてください。",
        "最新のアップデート後、請求書がすべて一覧から消えました。",
        "レポートを CSV に出力するとアプリが非常に遅くなります。",
    ),
    "Korean": (
        "어제부터 Billing Portal에 로그인할 수 없습니다. 도와주세요.",
        "마지막 업데이트 이후 모든 청구서가 목록에서 사라졌습니다.",
        "보고서를 CSV로 내보낼 때 앱이 매우 느립니다.",
    ),
    "Latvian": (
        "Kopš vakardienas es nevaru pieslēgties portālam, lūdzu, palīdziet.",
        "Pēc pēdējā atjauninājuma visi rēķini ir pazuduši no saraksta, un mēs nezinām, kāpēc.",
        "Lietotne ir ļoti lēna, kad mēs eksportējam pārskatu uz CSV.",
    ),
    "Lithuanian": (
        "Nuo vakar negaliu prisijungti prie portalo, prašau padėti.",
        "Po paskutinio atnaujinimo visos sąskaitos dingo iš sąrašo ir mes nežinome, kodėl.",
        "Programa yra labai lėta, kai eksportuojame ataskaitą į CSV.",
    ),
    "Norwegian": (
        "Siden i går kan jeg ikke logge inn på portalen, og vi trenger hjelp.",
        "Etter den siste oppdateringen er alle fakturaene borte fra listen, og vi vet ikke hvorfor.",
        "Appen er veldig treg når vi eksporterer rapporten til CSV.",
    ),
    "Persian": (
        "از دیروز نمی‌توانم وارد پورتال شوم، لطفا کمک کنید.",
        "بعد از آخرین به‌روزرسانی همه فاکتورها از فهرست ناپدید شده‌اند.",
        "برنامه هنگام گرفتن خروجی CSV بسیار کند است و پاسخ نمی‌دهد.",
    ),
    "Polish": (
        "Od wczoraj nie mogę się zalogować do portalu, proszę o pomoc.",
        "Po ostatniej aktualizacji wszystkie faktury zniknęły z listy i nie wiemy dlaczego.",
        "Aplikacja jest bardzo wolna, kiedy eksportujemy raport do CSV.",
    ),
    "Portuguese": (
        "Desde ontem não consigo entrar no portal, podem ajudar por favor?",
        "Depois da última atualização todas as faturas desapareceram da lista.",
        "O aplicativo fica muito lento quando exportamos o relatório em CSV.",
    ),
    "Romanian": (
        "De ieri nu mă mai pot conecta la portal, vă rog să ne ajutați.",
        "După ultima actualizare toate facturile au dispărut din listă și nu știm de ce.",
        "Aplicația este foarte lentă când exportăm raportul în CSV.",
    ),
    "Russian": (
        "Со вчерашнего дня не могу войти в Billing Portal, помогите, пожалуйста.",
        "После последнего обновления все счета исчезли из списка.",
        "Приложение очень медленно работает, когда мы выгружаем отчёт в CSV.",
    ),
    "Serbian": (
        "Од јуче не могу да се пријавим на портал, молим вас за помоћ.",
        "После последње надоградње сви рачуни су нестали са листе.",
        "Апликација је веома спора када извозимо извештај у CSV, већ три дана.",
    ),
    "Slovak": (
        "Od včera sa nemôžem prihlásiť do portálu, prosím o pomoc.",
        "Po poslednej aktualizácii zmizli všetky faktúry zo zoznamu a nevieme prečo.",
        "Aplikácia je veľmi pomalá, keď exportujeme správu do CSV.",
    ),
    "Slovenian": (
        "Od včeraj se ne morem prijaviti v portal, prosim za pomoč.",
        "Po zadnji posodobitvi so vsi računi izginili s seznama in ne vemo, zakaj.",
        "Aplikacija je zelo počasna, ko izvozimo poročilo v CSV.",
    ),
    "Spanish": (
        "Desde ayer no puedo entrar en el portal, necesitamos ayuda por favor.",
        "Después de la última actualización todas las facturas han desaparecido de la lista.",
        "La aplicación va muy lenta cuando exportamos el informe a CSV.",
    ),
    "Swedish": (
        "Sedan igår kan jag inte logga in på portalen, och vi behöver hjälp.",
        "Efter den senaste uppdateringen har alla fakturor försvunnit från listan.",
        "Appen är väldigt långsam när vi exporterar rapporten till CSV.",
    ),
    "Tamil": (
        "நேற்று முதல் என்னால் உள்நுழைய முடியவில்லை, உதவி செய்யுங்கள்.",
        "புதுப்பித்த பிறகு எல்லா விலைப்பட்டியல்களும் மறைந்துவிட்டன.",
        "CSV கோப்பை ஏற்றுமதி செய்யும்போது செயலி நின்றுவிடுகிறது.",
    ),
    "Thai": (
        "ตั้งแต่เมื่อวานฉันเข้าสู่ระบบ Billing Portal ไม่ได้ กรุณาช่วยด้วย",
        "หลังจากอัปเดตครั้งล่าสุด ใบแจ้งหนี้ทั้งหมดหายไปจากรายการ",
        "แอปช้ามากเมื่อส่งออกรายงานเป็น CSV",
    ),
    "Turkish": (
        "Dünden beri portala giriş yapamıyorum, lütfen yardımcı olun.",
        "Son güncellemeden sonra bütün faturalar listeden kayboldu ve nedenini bilmiyoruz.",
        "Raporu CSV olarak dışa aktarırken uygulama çok yavaş çalışıyor.",
    ),
    "Ukrainian": (
        "З учорашнього дня не можу увійти до Billing Portal, допоможіть, будь ласка.",
        "Після останнього оновлення всі рахунки зникли зі списку, і ми не знаємо чому.",
        "Застосунок дуже повільний, коли ми вивантажуємо звіт у CSV.",
    ),
    "Urdu": (
        "کل سے میں پورٹل میں لاگ ان نہیں ہو پا رہا ہوں، براہ کرم مدد کریں۔",
        "آخری اپ ڈیٹ کے بعد تمام انوائس فہرست سے غائب ہو گئے ہیں۔",
        "رپورٹ کو CSV میں نکالتے وقت ایپ بہت سست چلتی ہے اور بند ہو جاتی ہے۔",
    ),
    "Vietnamese": (
        "Từ hôm qua tôi không thể đăng nhập vào cổng thông tin, xin hãy giúp đỡ.",
        "Sau bản cập nhật mới nhất, tất cả hóa đơn đã biến mất khỏi danh sách.",
        "Ứng dụng rất chậm khi chúng tôi xuất báo cáo sang CSV.",
    ),
}
"""Forty languages. The word lists were written with these in sight."""

APART: Final[dict[str, tuple[str, ...]]] = {
    "Arabic": ("لماذا تم خصم المبلغ مرتين من حسابي هذا الشهر؟", "زر Save لا يعمل على هاتف iPhone، جربت كل شيء."),
    "Bengali": ("এই মাসে আমার কার্ড থেকে দুইবার টাকা কাটা হয়েছে কেন?", "iPhone এ Save বোতাম কাজ করছে না।"),
    "Bulgarian": (
        "Защо този месец ми е удържана сумата два пъти?",
        "Бутонът Save не работи на iPhone, опитах всичко и още чакам отговор.",
    ),
    "Catalan": (
        "Per què m'heu cobrat dues vegades aquest mes? Ningú no em respon.",
        "El botó Save no funciona a l'iPhone i ja ho he provat tot amb la versió 4.2.",
    ),
    "Chinese": ("为什么这个月扣了我两次钱？", "iPhone 上的 Save 按钮没有反应，我什么都试过了。"),
    "Croatian": (
        "Zašto ste mi ovaj mjesec dvaput naplatili pretplatu? Još nisam dobio odgovor.",
        "Gumb Save ne radi na iPhoneu, a probao sam već sve što piše u pomoći.",
    ),
    "Czech": (
        "Proč jste mi tento měsíc strhli platbu dvakrát? Nikdo mi neodpovídá.",
        "Tlačítko Save na iPhonu nefunguje, zkoušel jsem už všechno a pořád nic.",
    ),
    "Danish": (
        "Hvorfor er jeg blevet opkrævet to gange i denne måned? Ingen svarer mig.",
        "Knappen Save virker ikke på min iPhone, og jeg har prøvet alt.",
    ),
    "Dutch": (
        "Waarom is er deze maand twee keer geld van mijn rekening gehaald? Niemand antwoordt.",
        "De knop Save werkt niet op mijn iPhone en ik heb alles al geprobeerd.",
    ),
    "Estonian": (
        "Miks võeti minult sel kuul raha kaks korda? Keegi ei vasta mulle.",
        "Nupp Save ei tööta minu iPhone'is, olen juba kõike proovinud.",
    ),
    "Finnish": (
        "Miksi minulta on veloitettu tässä kuussa kahdesti? Kukaan ei vastaa minulle.",
        "Save-painike ei toimi iPhonessa, olen kokeillut jo kaikkea.",
    ),
    "French": (
        "Pourquoi ai-je été débité deux fois ce mois-ci ? Personne ne me répond.",
        "Le bouton Save ne fonctionne pas sur mon iPhone, j'ai tout essayé.",
    ),
    "German": (
        "Warum wurde mir diesen Monat zweimal Geld abgebucht? Niemand antwortet mir.",
        "Der Button Save geht auf meinem iPhone nicht, ich habe schon alles versucht.",
    ),
    "Greek": (
        "Γιατί χρεώθηκα δύο φορές αυτόν τον μήνα; Κανείς δεν μου απαντά.",
        "Το κουμπί Save δεν λειτουργεί στο iPhone μου.",
    ),
    "Hebrew": ("למה חויבתי פעמיים החודש? אף אחד לא עונה לי.", "הכפתור Save לא עובד באייפון שלי, ניסיתי הכול."),
    "Hindi": ("इस महीने मेरे कार्ड से दो बार पैसे क्यों काटे गए?", "iPhone पर Save बटन काम नहीं कर रहा है।"),
    "Hungarian": (
        "Miért vonták le tőlem kétszer az összeget ebben a hónapban? Senki sem válaszol.",
        "A Save gomb nem működik az iPhone-omon, már mindent megpróbáltam.",
    ),
    "Indonesian": (
        "Mengapa saya ditagih dua kali bulan ini? Tidak ada yang menjawab.",
        "Tombol Save tidak berfungsi di iPhone saya, padahal sudah saya coba semua cara.",
    ),
    "Italian": (
        "Perché questo mese mi avete addebitato due volte l'importo? Nessuno mi risponde.",
        "Il pulsante Save non funziona sul mio iPhone, ho già provato di tutto.",
    ),
    "Japanese": ("今月二回請求されたのはなぜですか？返事がありません。", "iPhone で Save ボタンが反応しません。"),
    "Korean": ("이번 달에 왜 두 번 결제되었나요? 아무도 답하지 않습니다.", "아이폰에서 Save 버튼이 작동하지 않아요."),
    "Latvian": (
        "Kāpēc šomēnes no manis divas reizes noņēma naudu? Neviens man neatbild.",
        "Poga Save manā iPhone nedarbojas, es jau visu esmu izmēģinājis.",
    ),
    "Lithuanian": (
        "Kodėl šį mėnesį iš manęs du kartus nuskaičiavote pinigus? Niekas man neatsako.",
        "Mygtukas Save neveikia mano iPhone, aš jau viską išbandžiau.",
    ),
    "Norwegian": (
        "Hvorfor har jeg blitt belastet to ganger denne måneden? Ingen svarer meg.",
        "Knappen Save virker ikke på min iPhone, og jeg har prøvd alt mulig.",
    ),
    "Persian": ("چرا این ماه دو بار از حساب من پول کم شد؟ کسی جواب نمی‌دهد.", "دکمه Save در آیفون من کار نمی‌کند."),
    "Polish": (
        "Dlaczego w tym miesiącu pobrano mi opłatę dwa razy? Nikt mi nie odpowiada.",
        "Przycisk Save nie działa na moim iPhonie, próbowałem już wszystkiego.",
    ),
    "Portuguese": (
        "Por que fui cobrado duas vezes este mês? Ninguém me responde.",
        "O botão Save não funciona no meu iPhone e já tentei de tudo.",
    ),
    "Romanian": (
        "De ce mi-ați luat banii de două ori luna aceasta? Nimeni nu îmi răspunde.",
        "Butonul Save nu funcționează pe iPhone-ul meu, am încercat deja tot.",
    ),
    "Russian": (
        "Почему в этом месяце с меня дважды списали деньги? Никто не отвечает.",
        "Кнопка Save не работает на моём iPhone, я уже всё попробовал.",
    ),
    "Serbian": (
        "Зашто сте ми овог месеца два пута наплатили? Нико ми не одговара.",
        "Дугме Save не ради на мом телефону.",
    ),
    "Slovak": (
        "Prečo ste mi tento mesiac strhli platbu dvakrát? Nikto mi neodpovedá.",
        "Tlačidlo Save na mojom iPhone nefunguje, skúšal som už všetko.",
    ),
    "Slovenian": (
        "Zakaj ste mi ta mesec dvakrat zaračunali naročnino? Nihče mi ne odgovori.",
        "Gumb Save na mojem iPhonu ne deluje, poskusil sem že vse.",
    ),
    "Spanish": (
        "¿Por qué me han cobrado dos veces este mes? Nadie me contesta.",
        "El botón Save no funciona en mi iPhone y ya lo he probado todo.",
    ),
    "Swedish": (
        "Varför har jag blivit debiterad två gånger den här månaden? Ingen svarar mig.",
        "Knappen Save fungerar inte på min iPhone, jag har redan provat allt.",
    ),
    "Tamil": ("இந்த மாதம் ஏன் இரண்டு முறை பணம் எடுக்கப்பட்டது?", "iPhone இல் Save பொத்தான் வேலை செய்யவில்லை."),
    "Thai": ("ทำไมเดือนนี้ฉันถูกเก็บเงินสองครั้ง ไม่มีใครตอบเลย", "ปุ่ม Save ใช้งานไม่ได้บน iPhone ของฉัน"),
    "Turkish": (
        "Bu ay neden iki kez para çekildi? Kimse bana cevap vermiyor.",
        "Save düğmesi iPhone'umda çalışmıyor, her şeyi denedim.",
    ),
    "Ukrainian": (
        "Чому цього місяця з мене двічі зняли гроші? Ніхто не відповідає.",
        "Кнопка Save не працює на моєму iPhone, я вже все спробував.",
    ),
    "Urdu": ("اس مہینے میرے کارڈ سے دو بار پیسے کیوں کاٹے گئے؟", "میرے آئی فون پر Save کا بٹن کام نہیں کر رہا ہے۔"),
    "Vietnamese": (
        "Tại sao tháng này tôi bị trừ tiền hai lần? Không ai trả lời tôi.",
        "Nút Save không hoạt động trên iPhone của tôi, tôi đã thử mọi cách.",
    ),
}
"""Written before the recogniser and never used to mend it: the honest figure."""
