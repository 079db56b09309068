"""How people admit a shortcut or a mistake, in languages of which no other wordings are known, over lower-case text.

Looked for in every text: other languages lack these words, and the screen leaves out what a text cannot hold. Only what
somebody says of themselves and of their work: tests and reviews left out, data deleted by mistake, fault, shame.
"""

from typing import Final

ADMISSIONS: Final[dict[str, str]] = {
    "Polish": (
        r"(?<!nie )\b(?:moja wina|z mojej winy)\b|\bto (?:był |był tylko |tylko )?mój błąd\b|(?<!nie )\bwstyd mi\b"
        r"|\bnie jeste(?:m|śmy) z tego dumn"
        r"|\b(?:pominąłem|pominęłam|pominęliśmy|(?:wyłączy|zakomentowa)(?:łem|łam|liśmy)) (?:\w+ ){0,2}"
        r"(?:testy|(?:code )?review|przegląd kodu)\b"
        r"|\b(?:wdroży|wypuści|zmergowa|scali|wgra)(?:łem|łam|liśmy) (?:\w+ ){0,4}bez (?:\w+ )?"
        r"(?:testów|przeglądu|review|sprawdzenia)\b"
        r"|\b(?:przez pomyłkę|niechcący|przypadkiem|omyłkowo) (?:usunąłem|usunęłam|usunęliśmy"
        r"|(?:skasowa|nadpisa)(?:łem|łam|liśmy))\b"
        r"|\bprzyznaj(?:ę|emy),? że nie (?:sprawdzi|przetestowa|czyta)(?:łem|łam|liśmy)\b"
    ),
    "Russian": (
        r"(?<!не )\b(?:моя вина|по моей вине)\b|\bэто (?:была )?моя ошибка\b|\b(?:я|мы) сам[аи]? виноват[аы]?\b"
        r"|\bмне (?:очень |так |правда )?стыдно\b|\bне горжусь (?:этим|тем)\b"
        r"|\b(?:я|мы) (?:\w+ ){0,2}(?:пропустил|отключил|закомментировал|обошел|обошёл|обошла|обошли)[аи]? "
        r"(?:\w+ ){0,2}(?:тесты|тестирование|(?:код-)?ревью|проверку кода)\b"
        r"|\b(?:я|мы) (?:\w+ ){0,2}(?:сме[рд]+жил|замерджил|выкатил|залил|задеплоил|выпустил|влил)[аи]? "
        r"(?:\w+ ){0,4}без (?:\w+ )?(?:тестов|тестирования|(?:код-)?ревью|проверки)\b"
        r"|\b(?:я|мы) (?:случайно|по ошибке|нечаянно) (?:удалил|ст[её]р|перезаписал|зат[её]р)(?:а|и|ла|ли)?\b"
        r"|\bпризна(?:юсь|ёмся|емся),? что не (?:проверил|протестировал|читал)[аи]?\b"
    ),
    "Ukrainian": (
        r"(?<!не )\b(?:моя (?:про)?вина|з моєї вини)\b|\bце (?:була )?моя помилка\b|\bмені (?:дуже |так )?соромно\b"
        r"|\bне пишаюс[яь] (?:цим|тим)\b"
        r"|\b(?:я|ми) (?:\w+ ){0,2}(?:пропусти|вимкну|закоментува|обійш)(?:в|ла|ли|ов)(?: \w+){0,2} "
        r"(?:тести|тестування|рев'ю|перевірку коду)\b"
        r"|\b(?:я|ми) (?:\w+ ){0,2}(?:змерджи|викоти|випусти|задеплої|зали)(?:в|ла|ли) (?:[\w']+ ){0,4}без (?:\w+ )?"
        r"(?:тестів|тестування|рев'ю|перевірки)\b"
        r"|\b(?:я|ми) (?:випадково|помилково|ненароком) (?:видали|стер|перезаписа)(?:в|ла|ли)?\b"
    ),
    "Swedish": (
        r"\bdet (?:är|var) (?:helt |bara )?mitt (?:eget )?fel\b|\bjag skäms (?:över|för)\b|\binte (?:\w+ )?stolt över\b"
        r"|\b(?:jag|vi) (?:hoppade över|struntade i|stängde av|kommenterade bort) (?:\w+ ){0,2}"
        r"(?:tester(?:na)?|(?:kod)?granskningen|reviewen)\b"
        r"|\b(?:jag|vi) (?:mergade|släppte|driftsatte|deployade|rullade ut) (?:\w+ ){0,4}utan (?:\w+ )?"
        r"(?:tester|testning|(?:kod)?granskning|review|att testa)\b"
        r"|\b(?:jag|vi) råkade (?:radera|ta bort|skriva över)\b|\bjag glömde (?:att )?köra testerna\b"
    ),
    "Danish": (
        r"\bdet (?:er|var) (?:helt |kun )?min (?:egen )?(?:fejl|skyld)\b|\bjeg skammer mig\b|\bikke (?:\w+ )?stolt af\b"
        r"|\b(?:jeg|vi) (?:sprang (?:over )?|droppede |slog )(?:testene|tests|reviewet|gennemgangen)\b"
        r"|\b(?:jeg|vi) (?:mergede|udgav|deployede|udrullede|flettede) (?:\w+ ){0,4}uden (?:\w+ )?"
        r"(?:tests?|review|gennemgang|at teste)\b"
        r"|\b(?:jeg|vi) kom til at (?:slette|overskrive)\b|\b(?:jeg|vi) slettede (?:\w+ ){0,3}ved en fejl\b"
    ),
    "Norwegian": (
        r"\bdet (?:er|var) (?:helt |bare )?min (?:egen )?(?:feil|skyld)\b|\bjeg skammer meg\b"
        r"|\bikke (?:\w+ )?stolt av\b"
        r"|\b(?:jeg|vi) (?:hoppet over|skrudde av|slo av|droppet) (?:\w+ ){0,2}"
        r"(?:testene|tester|(?:kode)?gjennomgangen)\b"
        r"|\b(?:jeg|vi) (?:merget|slapp|rullet ut|deployet|flettet) (?:\w+ ){0,4}uten (?:\w+ )?"
        r"(?:tester|testing|(?:kode)?gjennomgang|review|å teste)\b"
        r"|\b(?:jeg|vi) kom til å slette\b|\b(?:jeg|vi) slettet (?:\w+ ){0,3}ved (?:en feil|et uhell)\b"
    ),
    "Finnish": (
        r"\b(?:oli|on) (?:täysin |kokonaan )?(?:minun )?(?:oma )?(?:vikani|virheeni|mokani)\b|\bminua hävettää\b"
        r"|\ben ole (?:kovin |yhtään )?ylpeä\b"
        r"|\b(?:ohitin|ohitimme|sammutin|sammutimme) (?:\w+ ){0,2}(?:testit|(?:koodi)?katselmoinnin)\b"
        r"|\bjät(?:in|imme) (?:testit|(?:koodi)?katselmoinnin) (?:väliin|ajamatta|tekemättä)\b"
        r"|\b(?:julkaisin|julkaisimme|mergesin|mergesimme|vein tuotantoon|veimme tuotantoon) (?:\w+ ){0,4}"
        r"ilman (?:\w+ )?(?:testejä|testausta|(?:koodi)?katselmointia)\b"
        r"|\bvahingossa (?:poistin|poistimme|ylikirjoitin)\b|\b(?:poistin|poistimme) (?:\w+ ){0,2}vahingossa\b"
    ),
    "Czech": (
        r"\b(?:je to|byla to|to byla|to je) (?:jen )?(?:moje|má) (?:vlastní )?(?:vina|chyba)\b|\bstydím se za\b"
        r"|\bnejsem na to (?:\w+ )?(?:hrd|pyšn)[ýá]\b"
        r"|\b(?:přeskoči|vypnu|zakomentova)l[aiy]? js(?:em|me) (?:\w+ ){0,3}(?:testy|review|revizi kódu)\b"
        r"|\bjs(?:em|me) (?:\w+ ){0,2}(?:přeskoči|vypnu|zakomentova)l[aiy]? (?:\w+ ){0,2}(?:testy|review|revizi kódu)\b"
        r"|\bjs(?:em|me) (?:\w+ ){0,2}(?:nasadi|zmergova|mergnu|vyda)l[aiy]? (?:\w+ ){0,4}bez (?:\w+ )?"
        r"(?:testů|testování|review|revize)\b"
        r"|\b(?:nasadi|zmergova|mergnu|vyda)l[aiy]? js(?:em|me) (?:\w+ ){0,4}bez (?:\w+ )?"
        r"(?:testů|testování|review|revize)\b"
        r"|\b(?:omylem|nechtěně) js(?:em|me) (?:\w+ ){0,3}(?:smaza|přepsa)l[aiy]?\b"
        r"|\bjs(?:em|me) (?:\w+ ){0,2}(?:omylem|nechtěně) (?:smaza|přepsa)l[aiy]?\b"
    ),
    "Japanese": (
        r"(?:私|わたし|自分|僕|弊社)の(?:ミス|不注意|責任|せい|落ち度)(?:です(?!か)|でした|で(?!は|も|す|し))"
        r"|(?:テスト|レビュー)を?(?:飛ばして|とばして|スキップして|省いて|無効に(?:して|し)|サボって)しま(?:いました|った|い、)"
        r"|(?:テスト|レビュー)(?:を?せずに|なしで|を(?:通|とお)さずに|を受けずに|しないで)[^。！？\n]{0,20}"
        r"(?:マージ|リリース|デプロイ|本番に反映)(?:しました|してしま|した)"
        r"|(?:誤って|うっかり|間違って)[^。！？\n]{0,20}(?:削除|消|上書き)(?:して|し)しま(?:いました|った)"
        r"|手を抜いてしま|恥ずかしく思(?:い|って)|自分が恥ずかしい"
    ),
    "Chinese": (
        r"(?<!不)(?<!不都)(?<!不全)是我的(?:错|錯|失误|失誤|疏忽|过失|過失)(?!吗|嗎|误|誤|么)"
        r"|我(?:们|們)?[^。，,！？!?\n]{0,6}(?:跳过|跳過|略过|略過|关掉|關掉|停用|禁用|注释掉|註解掉|绕过|繞過)了?"
        r"[^。，,！？!?\n]{0,6}(?:单元测试|測試|测试|评审|評審|代码审查|程式碼審查)(?!版|环境|環境|模式|账|帳)"
        r"|我(?:们|們)?[^。！？!?\n]{0,20}(?:没有?|沒有?|未)(?:经过?|經過?|做|跑)?(?:任何)?"
        r"(?:测试|測試|评审|評審|审查|審查)就[^。，,！？!?\n]{0,8}(?:合并|合併|上线|上線|发布|發布|部署)"
        r"|我(?:们|們)?(?:不小心|失手)(?:把[^。，,！？!?\n]{0,20}?)?(?:给|給)?(?:删|刪|覆盖|覆蓋|清空)|我(?:误删|誤刪)"
        r"|我(?:真的|很|非常|深感|感到|觉得|覺得){1,2}(?:惭愧|慚愧|羞愧)|我偷懒了|我偷懶了"
    ),
    "Korean": (
        r"(?:제|내|저희) ?(?:잘못|실수|불찰)(?:입니다|이에요|예요|이었습니다|였습니다|였어요)"
        r"|(?:제가|저는|내가|나는|우리가|우리는|저희가|저희는) [^.!?\n]{0,20}(?:테스트|리뷰)(?:를|을)? ?"
        r"(?:건너뛰었|건너뛰고|생략했|생략하고|비활성화했|비활성화하고|껐습니다|끄고)"
        r"|(?:테스트|리뷰)(?:도|를)? ?(?:없이|안 ?하고|하지 않고)[^.!?\n]{0,20}"
        r"(?:배포|머지|병합|릴리스)(?:했습니다|했어요|해 ?버렸)"
        r"|(?:제가|저는|내가|저희가) (?:[^.!?\n]{0,20} )?실수로 [^.!?\n]{0,20}"
        r"(?:삭제했|지웠|지워 ?버렸|삭제해 ?버렸|덮어썼)"
        r"|(?:부끄럽|창피하|창피합)(?:습니다|네요|니다)|자랑스럽지 (?:않|못)"
    ),
    "Turkish": (
        r"\b(?:benim (?:hatam|suçum)|bizim (?:hatamız|suçumuz))\b(?! değil| m[ıiuü])"
        r"|\b(?:testleri|testi|kod incelemesini|incelemeyi) (?:\w+ ){0,2}(?:atladım|atladık|kapattım|kapattık"
        r"|devre dışı bıraktım|devre dışı bıraktık)\b"
        r"|\b(?:test etmeden|testsiz|inceleme olmadan|incelemesiz|onay almadan) (?:\w+ ){0,4}"
        r"(?:yayınladım|yayınladık|birleştirdim|birleştirdik|(?:merge|deploy) ett[iı][mk]"
        r"|canlıya aldım|canlıya aldık)\b"
        r"|\b(?:yanlışlıkla|kazara) (?:\w+ ){0,3}(?:sildim|sildik|üzerine yazdım)\b"
        r"|\b(?:bundan |çok )?utanıyorum\b|\bgurur duymuyorum\b|\b[iİ]tiraf (?:ediyorum|etmeliyim|edeyim)\b"
    ),
    "Arabic": (
        r"(?<!ليس )(?<!ليست )(?<!مش )(?<!ليس هذا )\b(?:خطئي|غلطتي|ذنبي)\b(?!\s?؟)"
        r"|\b(?:تخطيت|تجاوزت|عطلت|عطّلت|تجاهلت) (?:\w+ ){0,1}(?:الاختبارات|الاختبار|المراجعة|مراجعة الكود)\b"
        r"|\b(?:دمجت|نشرت|أطلقت) [^.!؟?\n]{0,30}(?:دون|بدون|من غير) (?:أي )?(?:اختبار|اختبارات|مراجعة)\b"
        r"|\b(?:حذفت|مسحت) [^.!؟?\n]{0,30}(?:بالخطأ|عن طريق الخطأ|دون قصد|بدون قصد)"
        r"|\bأشعر بالخجل\b|\bأخجل من\b|\bلست فخور"
        r"|\bأعترف (?:ب)?أن(?:ني|ي) (?:لم أختبر|لم أراجع|نسيت|تخطيت|تجاوزت|عطلت|حذفت)\b"
    ),
}
OTHER_SCRIPTS: Final = frozenset({"Russian", "Ukrainian", "Japanese", "Chinese", "Korean", "Arabic"})
"""Languages that are screened by themselves, and in ASCII texts not at all: in one screen with the hundreds of others
they cost all texts 25 microseconds each, alone 2."""
