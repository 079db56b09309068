"""Wordings of each signal in German, French, Spanish, Portuguese, Italian and Dutch, over lower-case text.

A language's wordings are looked for only where one of its `MARKS` stands, so that English texts pay nothing for them.
What decides who may read a text (security, HR, legal) is not here: `pipeline.classify.phrases` looks for it everywhere.
"""

from typing import Final

MARKS: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "German": """anleitung auch bei bitte danke das dem den doku für habe haben hat ich immer ist jede kein keine
            keiner könnten mal mein meine mir neu nicht niemand noch ohne schon seit sich stimmt textbaustein
            und uns unser unsere vielen warum wir wird wurde wäre zu zum zwischen""",
        "French": """attendant aucun aucune aussi avec c depuis des du déjà encore est j je laissez les ma merci moi
            mon n ne nos notre nous pareil pas personne pis pourriez qui relance sans serait tant toujours une
            vous ça""",
        "Spanish": """cada desde el es estamos esto está favor gracias hace hasta hay la las lo los me mi mientras más
            nada nadie nos nosotros nuestra nuestro para podrían por puedo que rindo seguimos sería siempre
            sigue sin también todo una vez ya yo""",
        "Portuguese": """ainda aqui até cada desisto enquanto estamos está eu favor há isso isto já mesmo meu minha nada
            ninguém nossa nosso não nós obrigada obrigado para poderiam por sem sempre seria também tudo uma
            vez você""",
        "Italian": """abbiamo anche ancora che da favore fino già gli grazie ho il intanto io lo mi mia mio nessuno
            niente noi non nostra nostro ogni per potreste questo rinuncio sarebbe sempre senza siamo sono
            tutto una volta è""",
        "Dutch": """al alsjeblieft altijd bedankt dat dit een elke geen graag het hetzelfde hier ik keer kunnen laat
            maar mijn niemand niet nog ondertussen ons onze ook op opnieuw sinds steeds tot van wij zonder zou""",
    }.items()
}
"""Words of which one must stand in a text before a language's wordings are looked for."""

_GERMAN: Final = {
    "workaround": (
        r"\bnotbehelf|\bübergangsweise\b|\bbehelfen (?:wir )?uns\b|\bvon hand\b(?! (?:gezeichnet|gemalt|gemacht))"
        r"|\bhändisch\b|\bmanuell (?:nach|ein"
        r"|über|um|aus)?\w*tragen|\bin einer eigenen (?:excel|tabelle)|\beigene (?:excel|liste|tabelle|skripte?)\b"
        r"|\bso lange (?:machen|schreiben|nutzen) wir\b"
    ),
    "repeat_contact": (
        r"\bschon (?:wieder|mehrfach|einmal|zweimal|dreimal) (?:gemeldet|geschrieben|gefragt|berichtet)|\bzum "
        r"(?:zweiten|dritten|vierten|fünften|wiederholten) mal\b|\bwie (?:ich |wir )?(?:bereits|schon) (?:geschrieben"
        r"|gesagt|gemeldet|erwähnt)"
    ),
    "reopened": (
        r"\b(?:ticket|anfrage|meldung|fall|vorgang|issue|es|das) wurde (?:einfach |ohne \w+ )?geschlossen\b"
        r"|\bwieder (?:öffnen|geöffnet)\b|\bist (?:immer noch |noch immer |angeblich )"
        r"nicht (?:behoben|gelöst)\b|\btritt (?:schon )?wieder auf\b"
    ),
    "long_silence": (
        r"\b(?:noch|bisher|bislang|leider|wieder|erhalte|bekomme|gar|überhaupt) keine (?:antwort|rückmeldung"
        r"|reaktion)\b|\bimmer noch nichts gehört\b|\bmeldet sich (?:niemand|keiner)\b"
        r"|\bniemand (?:antwortet|reagiert)\b"
    ),
    "doc_mismatch": (
        r"\b(?:laut|entgegen) (?:der )?(?:doku|dokumentation|anleitung|hilfe)\b[^.!?\n]{0,100}\b(?:aber|nicht"
        r"|kein\w*|doch|trotzdem)\b|\b(?:doku|dokumentation|anleitung"
        r"|hilfe) (?:ist )?(?:veraltet|falsch|stimmt nicht)\b|\bstimmt nicht mit der (?:doku|dokumentation|anleitung) "
        r"überein"
    ),
    "found_by_third_party": (
        r"\b(?:unser|unsere|mein|meine|der|die|ein) (?:steuerberater\w*|prüfer\w*|kund\w+|wirtschaftsprüfer\w*"
        r"|buchhalter\w*|patient\w*) (?:hat|haben) (?:\w+ ){0,3}(?:bemerkt|gemerkt|entdeckt|gefunden|gefragt|gemeldet"
        r"|hingewiesen)"
    ),
    "bypass": (
        r"\bohne (?:review|freigabe|tests?) (?:gemerg\w+|ausgerollt|deployt|veröffentlicht)|\b(?:tests?"
        r"|prüfung(?:en)?) (?:übersprungen|abgeschaltet|deaktiviert|auskommentiert)\b"
    ),
    "rerun": (
        r"\bnochmal (?:starten|laufen lassen|anstoßen)\b|\bneu (?:starten|anstoßen|gestartet|angestoßen),? bis\b"
        r"|\bbis (?:er|es|alles) grün ist\b"
    ),
    "distrust": (
        r"\b(?:traut|glaubt|vertraut) (?:hier )?(?:niemand|keiner)\b|\b(?:niemand|keiner) (?:traut|glaubt|vertraut) "
        r"(?:mehr )?(?:den|dem|der)\b|\bden zahlen (?:traue|glaube)n? (?:ich|wir) nicht\b"
    ),
    "confession": (
        r"\bnicht stolz\b|\bmein fehler\b|\bmeine schuld\b|\bich schäme mich\b|\bich weiß,? dass (?:ich|wir) (?:das "
        r")?nicht\b|\bich habe (?:\w+ )?(?:vergessen|versehentlich)\b"
        r"|\bich habe (?:\w+ ){0,4}(?:übersprungen|abgeschaltet|auskommentiert|ausgehebelt)\b"
        r"|\b(?:ich|wir) (?:habe|haben) (?:\w+ ){0,3}ohne (?:review|freigabe|tests?) "
        r"(?:gemerg\w+|ausgerollt|deployt|veröffentlicht)\b"
    ),
    "distress": (
        r"\bich kann nicht mehr\b|\bam ende (?:meiner|unserer) kräfte\b|\büberfordert\b|\bschlaflos|\bschlafe (?:\w+ "
        r")?nicht mehr\b|\bausgebrannt\b"
    ),
    "voice_withdrawn": (
        r"\bbringt (?:ja )?(?:doch )?nichts\b|\bmelde (?:ich|das) nicht mehr\b|\bhört (?:ja )?(?:eh|sowieso) "
        r"(?:niemand|keiner) zu\b|\bhaben aufgehört,? (?:\w+ )?zu melden\b"
    ),
    "waiting": (
        r"\b(?:warte|warten) (?:wir |ich )?(?:\w+ ){0,3}(?:seit|auf (?:die |eine |den )?(?:freigabe|genehmigung|zugang"
        r"|review|antwort|rechte))\b|\bseit (?:\w+ )?(?:tagen|wochen|monaten|stunden) (?:\w+ ){0,3}(?:warte|blockiert"
        r"|offen)"
    ),
    "feature_plea": (
        r"\bwäre (?:es )?(?:\w+ )?(?:schön|toll|hilfreich|gut|super|klasse),? wenn\b"
        r"|\bkönnten sie (?:bitte )?(?:(?:das|dies|eine?n?|die|den) )?(?:\w+ ){0,3}(?:ändern|hinzufügen|einbauen"
        r"|ergänzen|ermöglichen"
        r"|anbieten|unterstützen)\b|\bich wünsche mir (?:eine?n?|dass|mehr|die|den)\b|\bbitte (?:eine|einen"
        r"|ein) \w+ (?:einbauen|ergänzen|hinzufügen)"
    ),
    "abandonment": (
        r"\bvergessen sie(?: es)?\b|\bhat sich erledigt\b|\begal,? (?:dann|lassen)\b|\bich gebe (?:es )?auf\b"
        r"|\blassen wir es\b"
    ),
    "apology_load": r"\bständig (?:\w+ )?entschuldigen\b|\bimmer wieder (?:\w+ )?entschuldigen\b",
    "macro_gap": (
        r"\btextbaustein\w* (?:\w+ ){0,3}(?:veraltet|falsch|fehl\w+|stimmt nicht)\b|\baus (?:meinen|unseren) "
        r"(?:eigenen|privaten) notizen\b"
    ),
    "me_too": (
        r"\bbei (?:mir|uns) (?:ist es )?auch\b|\bgeht (?:mir|uns) auch so\b|\bgleiches problem (?:hier|bei)\b|\bdas "
        r"gleiche problem haben wir\b"
    ),
    "confusion": (
        r"\bist das (?:so )?(?:normal|gewollt|richtig)\b|\bmache ich (?:etwas|was) falsch\b|\bverstehe (?:ich "
        r")?(?:das |es |gar |leider |einfach )?nicht\b|\bbin (?:\w+ )?verwirrt\b|\bkeine ahnung,? (?:warum|wie|was)\b"
    ),
    "churn": (
        r"\b(?:vertrag|abo|konto) (?:\w+ )?kündig\w+|\bkündig\w+ (?:\w+ ){0,3}(?:vertrag|abo)\b|\banderen? anbieter\b"
        r"|\bwir wechseln zu (?:einem|einer|der konkurrenz)\b|\bwechseln wir zu (?:einem|einer|der konkurrenz)\b"
    ),
    "no_owner": (
        r"\bniemand (?:ist |fühlt sich )?zuständig\b|\bkeiner (?:ist|fühlt sich) zuständig\b|\bzwischen (?:den "
        r")?(?:teams|abteilungen) (?:hin und her)\b"
    ),
    "frustration": r"\bunverschämt|\bunzumutbar|\bfrustrier\w+|\bnerv(?:t|ig)\b|\bkatastrophe\b|\bärgerlich\w*\b",
    "thanks": r"\b(?:vielen |herzlichen )?dank(?:e)?\b",
}
_FRENCH: Final = {
    "workaround": (
        r"\b(?:solution de|notre|seul) contournement\b|\bà la main\b|\b(?:je|nous|on|devons|dois|doit|obligée?s?"
        r"|faisons|faut) [^.!?\n]{0,40}\bmanuellement\b|\ben attendant,? (?:je|nous|on)\b|\bon se débrouille\b"
    ),
    "repeat_contact": (
        r"\bdéjà (?:signalé|écrit|demandé|contacté|expliqué)|\bpour la (?:deuxième|seconde|troisième|quatrième"
        r"|énième) fois\b|\bcomme je (?:vous )?l'ai (?:déjà )?dit\b|\bje (?:vous )?relance (?:encore|à nouveau)\b"
    ),
    "reopened": (
        r"\b(?:ticket|demande|incident|dossier|problème) a été (?:fermée?|close?)\b|\brouvrir (?:le ticket"
        r"|la demande|l'incident|ce)\b"
        r"|\bn'est toujours pas (?:résolu|corrigé|réparé)\b|\ble (?:problème|bug) est revenu\b"
    ),
    "long_silence": (
        r"\b(?:toujours|encore|reçu|eu|ai) (?:\w+ )?aucune (?:réponse|nouvelle)\b(?! du serveur)"
        r"|\btoujours sans (?:réponse|nouvelles)\b|\bpersonne ne (?:répond|m'a répondu|nous "
        r"répond)\b"
    ),
    "doc_mismatch": (
        r"\bdocumentation (?:n'est pas à jour|(?:est )?(?:obsolète|fausse|périmée))|\bcontrairement à (?:la (?:doc"
        r"|documentation)|l'aide)\b|\bselon la (?:doc|documentation)\b[^.!?\n]{0,100}\b(?:mais|pas|pourtant)\b"
    ),
    "found_by_third_party": (
        r"\b(?:notre|mon|nos|un|une) (?:comptable|cliente?|clients|auditeur|patiente?) (?:a|ont|nous a|m'a|nous ont) "
        r"(?:remarqué|signalé|trouvé|demandé|découvert)"
    ),
    "bypass": (
        r"\bsans (?:relecture|revue|tests|validation)\b|\bdésactiv\w+ (?:les |le |tous les )?(?:tests?|contrôles?)\b"
        r"|\bcontourn\w+ (?:la|le|les) (?:validation|contrôles?|revue)"
    ),
    "rerun": r"\brelanc\w+ (?:\w+ ){0,5}jusqu|\bjusqu'à ce (?:qu'il|que ça) passe\b",
    "distrust": (
        r"\b(?:personne|plus personne) ne (?:croit|fait confiance)|\bje ne (?:crois|fais) plus (?:à|aux|confiance)"
        r"|\bon ne regarde plus les alertes\b"
    ),
    "confession": (
        r"\bpas fi(?:er|ère)\b|\bma faute\b|\bj'ai honte\b|\bje sais que je ne devrais pas\b|\bj'ai oublié de\b"
        r"|\bj'avoue\b|\bj'ai (?:sauté|désactivé|ignoré|contourné) (?:les |la |le |l')?(?:tests?"
        r"|vérifications?|contrôles?|relecture|revue)\b"
        r"|\b(?:j'ai|nous avons|on a) (?:fusionné|déployé|livré) sans (?:relecture|revue|tests?)\b"
    ),
    "distress": (
        r"\bje n'en peux plus\b|\bépuisée?s?\b|\b(?:je suis|nous sommes|on est) à bout\b|\bje ne dors plus\b"
        r"|\ben larmes\b|\bdébordée?s?\b"
    ),
    "voice_withdrawn": (
        r"\bça ne sert à rien\b|\b(?:on|je) ne signale plus\b|\bpersonne n'écoute\b|\bà quoi bon (?:signaler|écrire)\b"
    ),
    "waiting": (
        r"\b(?:j'attends|nous attendons|on attend) (?:\w+ ){0,3}(?:depuis|l'accès|l'accord|la validation"
        r"|l'autorisation|la revue)|\bbloquée?s? depuis\b"
    ),
    "feature_plea": (
        r"\bserait(?:-il|-ce)? (?:\w+ )?(?:possible|bien|utile|génial|super) (?:d['e]|que|si)"
        r"|\bserait-il possible de (?!me|nous|vous)\w+|\bpourriez-vous (?:ajouter|permettre"
        r"|prévoir)\b|\bj'aimerais (?:bien )?pouvoir\b"
    ),
    "abandonment": r"\blaissez tomber\b|\btant pis\b|\bj'abandonne\b|\bje laisse tomber\b",
    "apology_load": (
        r"\bsans cesse (?:m'|nous |s')?excus|\bpasse (?:mes|nos) journées à (?:m'|nous )?excuser\b|\btoujours (?:m'"
        r"|nous )excuser\b"
    ),
    "macro_gap": (
        r"\bréponse type (?:\w+ ){0,3}(?:obsolète|fausse|périmée)|\bmes (?:propres )?notes (?:personnelles|privées)\b"
    ),
    "me_too": r"\bmoi aussi\b|\bpareil (?:ici|chez nous|pour moi)\b|\bmême problème (?:ici|chez)\b",
    "confusion": (
        r"\best-ce (?:que c'est )?normal\b|\bje ne comprends pas\b|\bc'est normal ?\?|\bje suis (?:\w+ )?perdue?\b"
        r"|\bai-je (?:raté|oublié) quelque chose\b"
    ),
    "churn": (
        r"\b(?:je|nous|vais|allons|veux|voulons) (?:\w+ )?résili\w+|\bchanger de (?:fournisseur|prestataire"
        r"|banque|logiciel)\b|\b(?:passer|passons|aller|allons|vais|pars|partons) (?:à la concurrence"
        r"|chez un concurrent)\b|\bje demande (?:un|le) remboursement\b"
    ),
    "no_owner": (
        r"\bpersonne n'est responsable\b|\bse renvoie(?:nt)? la balle\b|\bce n'est pas (?:notre|nos) équipe\b"
    ),
    "frustration": r"\binacceptable\b|\bscandaleux\b|\bras le bol\b|\bmarre\b|\binadmissible\b|\bagaç\w+",
    "thanks": r"\bmerci\b",
}
_SPANISH: Final = {
    "workaround": (
        r"\b(?:lo|la|los|las|hacemos|hago|tenemos que|tengo que|hay que) [^.!?\n]{0,40}\b(?:a mano|manualmente)\b"
        r"|\bmientras tanto,? (?:lo |la )?(?:hago|hacemos|uso|usamos|tengo que|tenemos que)\b|\bpor ahora (?:lo "
        r"|tenemos|usamos|hago)|\bcon una hoja de "
        r"cálculo\b|\bsolución (?:temporal|provisional)\b"
    ),
    "repeat_contact": (
        r"\bpor (?:segunda|tercera|cuarta|enésima) vez\b|\bcomo ya (?:le |les |os )?(?:dije|dijimos|escribí|comenté"
        r"|expliqué)|\bya (?:he|hemos|lo he|lo hemos) (?:avisado|escrito|informado|reportado|preguntado|pedido)"
    ),
    "reopened": (
        r"\b(?:cerraron|cerrasteis|han cerrado|se cerró) (?:la incidencia|el ticket|el caso|mi \w+)\b|\breabrir\b"
        r"|\b(?:y|pero|todavía|aún|sigue igual,) (?:no está|sigue sin estar) "
        r"(?:resuelto|solucionado|arreglado)\b|\bha vuelto a (?:pasar|fallar)\b"
    ),
    "long_silence": (
        r"\b(?:sigo|seguimos|todavía|aún|recibido|tenido) (?:\w+ )?(?:sin|ninguna) respuesta\b|\bnadie (?:me "
        r"|nos )?(?:responde|contesta|ha respondido|ha contestado)\b"
        r"|\bseguimos esperando respuesta\b"
    ),
    "doc_mismatch": (
        r"\bdocumentación (?:está |es )?(?:obsoleta|desactualizada|errónea|equivocada)|\b(?:según|al contrario de lo "
        r"que dice) la (?:documentación|guía|ayuda)\b[^.!?\n]{0,100}\b(?:pero|no)\b|\bseguí (?:la guía|los pasos|las "
        r"instrucciones)\b"
    ),
    "found_by_third_party": (
        r"\b(?:nuestro|nuestra|mi|un|una) (?:contable|gestor|cliente|clienta|auditor|auditora|paciente) (?:se |nos "
        r"|me )?(?:ha |dio |lo )?(?:notó|notado|avisó|avisado|descubrió|encontró|dijo|cuenta|preguntó)"
    ),
    "bypass": (
        r"\bsin (?:revisión|aprobación|pasar las pruebas|pruebas)\b|\b(?:desactivamos|desactivé|saltamos|omitimos|nos "
        r"saltamos) (?:las |los |la |el )?(?:pruebas|tests?|controles|revisión)\b"
    ),
    "rerun": (
        r"\b(?:relanz\w+|volvemos a lanzar|reintent\w+) (?:\w+ ){0,5}hasta que\b|\bhasta que (?:pasa|salga|esté|se "
        r"pone) (?:en )?(?:verde)?\b"
    ),
    "distrust": (
        r"\bnadie (?:se fía|confía|cree)\b|\bya no (?:me fío|nos fiamos|confiamos|confío|creemos|creo) (?:en|de)\b"
    ),
    "confession": (
        r"\bno estoy orgullos[oa]\b|\b(?:es|fue) (?:mi culpa|culpa mía|error mío|mi error)\b|\bme da vergüenza\b|\bsé "
        r"que no debería\b|\bconfieso\b|\bsin querer (?:borré|eliminé)|\bme salté (?:las? |los? )?(?:pruebas?|tests?"
        r"|revisi(?:ón|ones))\b|\bdesactivé (?:las? |los? )?(?:pruebas?|tests?|controles|comprobaci(?:ón|ones))\b"
        r"|\b(?:hice|hicimos) (?:el )?(?:merge|despliegue) sin (?:revisión|pruebas)\b"
    ),
    "distress": (
        r"\bno puedo más\b|\b(?:estoy|estamos) (?:\w+ )?agotad[oa]s?\b|\bestamos desbordad[oa]s?\b|\bno duermo\b"
        r"|\ben lágrimas\b|\bestoy quemad[oa]\b"
    ),
    "voice_withdrawn": (
        r"\bno sirve de nada\b|\bya no (?:aviso|reporto|avisamos|informamos)\b|\bnadie (?:nos )?escucha\b|\bpara qué "
        r"(?:avisar|escribir)\b"
    ),
    "waiting": (
        r"\b(?:espero|esperamos|esperando|llevo|llevamos) (?:\w+ ){0,4}(?:desde|días|semanas|meses|aprobación|permiso"
        r"|acceso|revisión)\b|\bbloquead[oa]s? desde\b"
    ),
    "feature_plea": (
        r"\bpodrían (?:añadir|agregar|permitir|incluir)\b|\bsería (?:\w+ )?(?:genial|bueno|útil|ideal"
        r"|estupendo) (?:si|poder|que|tener)\b|\bsería posible (?:añadir|agregar|permitir|incluir)\b"
        r"|\bme gustaría (?:poder|que)\b|\bpor favor,? (?:añadan|agreguen|permitan)\b"
    ),
    "abandonment": r"\bme rindo\b|\bolvídenlo\b|\bolvídelo\b|\bya da igual\b|\bdéjenlo\b|\bya no importa\b",
    "apology_load": (
        r"\b(?:siempre|todo el día|constantemente) (?:\w+ )?(?:disculpándo\w+|pidiendo (?:perdón|disculpas))"
    ),
    "macro_gap": (
        r"\brespuesta (?:tipo|predefinida) (?:\w+ ){0,3}(?:obsoleta|desactualizada|equivocada)|\bmis (?:propias "
        r")?notas (?:personales|privadas)?\b"
    ),
    "me_too": (
        r"\ba mí también\b|\bnos pasa lo mismo\b|\bme pasa lo mismo\b|\bmismo problema (?:aquí|por aquí)\b|\byo "
        r"también\b"
    ),
    "confusion": (
        r"\b¿?es (?:esto )?normal\?|\bno entiendo\b|\bestoy (?:\w+ )?(?:confundid[oa]|perdid[oa])\b|\b¿?estoy "
        r"haciendo algo mal\b|\bno sé (?:cómo|qué (?:hacer|pasa|significa)|por qué)\b"
    ),
    "churn": (
        r"\b(?:cancelar|dar de baja|cancelaré|cancelaremos) (?:\w+ ){0,3}(?:suscripción|contrato|cuenta|servicio)\b"
        r"|\bcambiar de (?:proveedor|banco|compañía)\b|\b(?:pasar|pasarnos|irnos|ir|vamos) a la competencia\b"
    ),
    "no_owner": (
        r"\bnadie (?:se hace cargo|es responsable|se responsabiliza)\b|\bde un departamento a otro\b|\bno es "
        r"(?:nuestro|de nuestro) (?:equipo|departamento)\b"
    ),
    "frustration": r"\binaceptable\b|\bvergonzoso\b|\bharto\b|\bharta\b|\bindignante\b|\bfrustrante\b",
    "thanks": r"\bgracias\b",
}
_PORTUGUESE: Final = {
    "workaround": (
        r"\bà mão\b|\b(?:fazemos|faço|tenho que|temos que|preciso|precisamos) [^.!?\n]{0,40}\bmanualmente\b"
        r"|\benquanto isso,? (?:eu|nós|a gente|uso|usamos|faço|fazemos)\b|\bpor enquanto (?:eu|nós|a gente|usamos"
        r"|temos|faço)\b|\bem uma "
        r"planilha\b|\bnuma planilha\b|\bsolução (?:temporária|provisória)\b"
    ),
    "repeat_contact": (
        r"\bpela (?:segunda|terceira|quarta|enésima) vez\b|\bcomo (?:eu )?já (?:disse|escrevi|expliquei|informei)"
        r"|\bjá (?:avisei|avisamos|escrevi|escrevemos|reportei|perguntei|reclamei)\b"
    ),
    "reopened": (
        r"\b(?:fecharam|encerraram) (?:o chamado|meu|a solicitação|o ticket)\b|\b(?:chamado|ticket"
        r"|solicitação) foi (?:fechad[oa]|encerrad[oa])\b|\b(?:ainda não está|e não está|mas não foi) "
        r"(?:resolvido|corrigido|consertado)\b|\bvoltou a (?:acontecer|falhar)\b"
    ),
    "long_silence": (
        r"\b(?:ainda|continuo|continuamos|recebi|tive) (?:\w+ )?(?:sem|nenhuma) resposta\b|\bninguém (?:me "
        r"|nos )?(?:responde|respondeu)\b|\bcontinuamos esperando "
        r"resposta\b"
    ),
    "doc_mismatch": (
        r"\bdocumentação (?:está |é )?(?:obsoleta|desatualizada|errada)|\b(?:segundo|ao contrário do que diz) a "
        r"(?:documentação|ajuda)\b[^.!?\n]{0,100}\b(?:mas|não)\b|\bsegui (?:o guia|os passos|as instruções)\b"
    ),
    "found_by_third_party": (
        r"\b(?:nosso|nossa|meu|minha|um|uma) (?:contador|contadora|contabilista|cliente|auditor|auditora|paciente) "
        r"(?:nos |me )?(?:percebeu|notou|avisou|descobriu|encontrou|perguntou|reclamou)"
    ),
    "bypass": (
        r"\bsem (?:revisão|aprovação|rodar os testes|testes)\b|\b(?:desativamos|desativei|pulamos|ignoramos) (?:os "
        r"|as |a |o )?(?:testes?|verificações|revisão|controles)\b"
    ),
    "rerun": (
        r"\b(?:rodamos|rodo|executamos|reinicio|reiniciamos) (?:\w+ ){0,4}(?:de novo|novamente) até\b|\baté (?:passar"
        r"|ficar verde)\b"
    ),
    "distrust": (
        r"\bninguém (?:\w+ )?(?:confia|acredita)\b|\b(?:já )?não (?:confiamos|confio|acreditamos|acredito) (?:mais "
        r")?(?:em|nos|nas|no|na)\b"
    ),
    "confession": (
        r"\bnão (?:me orgulho|tenho orgulho)\b|\b(?:é|foi) (?:minha culpa|culpa minha|erro meu)\b|\btenho vergonha\b"
        r"|\bsei que não (?:devia|deveria)\b|\bconfesso\b|\bapaguei sem querer\b"
        r"|\b(?:pulei|desativei|ignorei) (?:os? |as? )?(?:testes?|revis(?:ão|ões)|verificaç(?:ão|ões))\b"
        r"|\b(?:fiz|fizemos) (?:o )?(?:merge|deploy) sem (?:revisão|testes)\b"
    ),
    "distress": (
        r"\bnão aguento mais\b|\b(?:estou|estamos) (?:\w+ )?(?:esgotad|sobrecarregad|exaust)[oa]s?\b|\bnão durmo\b"
    ),
    "voice_withdrawn": (
        r"\bnão adianta\b|\b(?:já )?não (?:aviso|reporto|avisamos) mais\b|\bninguém (?:nos )?(?:escuta|ouve)\b|\bde "
        r"que serve (?:avisar|escrever)\b"
    ),
    "waiting": (
        r"\b(?:espero|esperamos|esperando|aguardo|aguardamos|aguardando) (?:\w+ ){0,4}(?:desde|há|dias|semanas|meses"
        r"|aprovação|permissão|acesso|revisão)\b|\bbloquead[oa]s? (?:há|desde)\b"
    ),
    "feature_plea": (
        r"\bpoderiam (?:adicionar|permitir|incluir|acrescentar)\b|\bseria (?:\w+ )?(?:ótimo|bom|útil|ideal"
        r"|legal) (?:se|poder|ter|que)\b|\bseria possível (?:adicionar|permitir|incluir)\b|\bgostaria de poder\b"
        r"|\bpor favor,? (?:adicionem|permitam|incluam)\b"
    ),
    "abandonment": r"\bdesisto\b|\besqueçam?\b|\bdeixa pra lá\b|\bdeixem (?:estar|para lá)\b",
    "apology_load": r"\b(?:sempre|o dia todo|constantemente) (?:\w+ )?pedindo desculpas?\b",
    "macro_gap": (
        r"\bresposta (?:padrão|pronta) (?:\w+ ){0,3}(?:obsoleta|desatualizada|errada)|\bminhas (?:próprias )?(?:notas"
        r"|anotações) (?:pessoais|particulares)\b"
    ),
    "me_too": (
        r"\bcomigo também\b|\bacontece o mesmo (?:comigo|conosco|aqui)\b|\bmesmo problema (?:aqui|por aqui)\b|\beu "
        r"também\b"
    ),
    "confusion": (
        r"\bisto é normal\b|\bisso é normal\b|\bnão entendo\b|\bestou (?:\w+ )?(?:confus[oa]|perdid[oa])\b|\bestou "
        r"fazendo algo errado\b|\bnão sei (?:como|o que|por que)\b"
    ),
    "churn": (
        r"\b(?:cancelar|cancelarei|cancelaremos|vou cancelar) (?:\w+ ){0,3}(?:assinatura|contrato|conta|serviço"
        r"|plano)\b|\b(?:mudar|trocar) de (?:fornecedor|banco|operadora)\b|\b(?:para|pro) (?:o |um )?concorrente\b"
    ),
    "no_owner": (
        r"\bninguém (?:é responsável|se responsabiliza|assume)\b|\bempurram? de um (?:setor|departamento) (?:para"
        r"|pro) outro\b|\bnão é (?:a |da )?nossa equipe\b"
    ),
    "frustration": (r"\binaceitável\b|\bridículo\b|\babsurdo\b|\bfrustrante\b|\bvergonha de serviço\b|\bpéssimo\b"),
    "thanks": r"\bobrigad[oa]\b",
}
_ITALIAN: Final = {
    "workaround": (
        r"\b(?:lo|la|li|le|facciamo|faccio|dobbiamo|devo) [^.!?\n]{0,40}\b(?:a mano|manualmente)\b"
        r"|\bnel frattempo,? (?:lo |la )?(?:uso|usiamo|faccio|facciamo|devo|dobbiamo)\b|\bper ora (?:lo |usiamo"
        r"|devo|dobbiamo|faccio)|\bin un foglio "
        r"(?:excel|di calcolo)\b|\bsoluzione (?:temporanea|provvisoria|di ripiego)\b"
    ),
    "repeat_contact": (
        r"\bper la (?:seconda|terza|quarta|ennesima) volta\b|\bcome (?:ho |le ho |vi ho )?già (?:detto|scritto"
        r"|spiegato|segnalato)|\b(?:ho|abbiamo) già (?:segnalato|scritto|chiesto|avvisato|contattato)"
    ),
    "reopened": (
        r"\b(?:avete chiuso|hanno chiuso) (?:la richiesta|il ticket|la segnalazione)\b|\b(?:ticket|richiesta"
        r"|segnalazione) è stat[oa] chius[oa]\b|\b(?:ma non è|ancora non è|non è ancora) (?:stato "
        r")?(?:risolto|corretto|sistemato)\b|\bsi è ripresentato\b"
    ),
    "long_silence": (
        r"\b(?:ancora|ricevuto|avuto) (?:\w+ )?(?:nessuna|senza) risposta\b|\bnessuno (?:mi |ci )?(?:risponde"
        r"|ha risposto)\b|\baspettiamo ancora (?:una "
        r")?risposta\b"
    ),
    "doc_mismatch": (
        r"\bdocumentazione (?:è |non è )?(?:obsoleta|sbagliata|superata|aggiornata|errata)|\b(?:secondo"
        r"|contrariamente a) la (?:documentazione|guida)\b[^.!?\n]{0,100}\b(?:ma|non)\b|\bho seguito (?:la guida|le "
        r"istruzioni|i passi)\b"
    ),
    "found_by_third_party": (
        r"\b(?:il nostro|la nostra|il mio|un|una) (?:commercialista|cliente|revisore|paziente|contabile) (?:ha|ci ha"
        r"|mi ha|se n'è) (?:notato|scoperto|segnalato|trovato|chiesto|accorto|avvisato)"
    ),
    "bypass": (
        r"\bsenza (?:revisione|approvazione|test|eseguire i test)\b|\b(?:abbiamo |ho )?(?:disattivato|saltato"
        r"|ignorato) (?:i |il |la |le )?(?:test|controlli|revisione|verifiche)\b"
    ),
    "rerun": r"\brilanci\w+ (?:\w+ ){0,5}finché\b|\bfinché non (?:passa|diventa verde)\b",
    "distrust": r"\bnessuno (?:\w+ )?(?:si fida|crede)\b|\bnon (?:mi fido|ci fidiamo|crediamo|credo) più\b",
    "confession": (
        r"\bnon (?:sono|ne vado) (?:fier[oa]|orgoglios[oa])\b|\b(?:è|è stata) colpa mia\b|\bmi vergogno\b|\bso che "
        r"non dovrei\b|\bconfesso\b|\bper sbaglio ho (?:cancellato|eliminato)"
        r"|\bho (?:saltato|disattivato|ignorato) (?:i |il |la |le |gli )?(?:test|controll[oi]|revision[ei]"
        r"|verific(?:a|he))\b"
        r"|\b(?:ho|abbiamo) (?:unito|rilasciato|fatto (?:il )?merge) senza (?:revisione|test)\b"
    ),
    "distress": (
        r"\bnon ce la faccio più\b|\b(?:sono|siamo) (?:\w+ )?esaust[oaie]\b|\bsommers[oaie] di\b|\bnon dormo\b"
        r"|\bin lacrime\b"
        r"|\bstremat[oaie]\b"
    ),
    "voice_withdrawn": (
        r"\bnon serve a niente\b|\bnon (?:lo )?(?:segnalo|segnaliamo) più\b|\bnessuno (?:ci )?ascolta\b|\ba che serve "
        r"(?:segnalare|scrivere)\b"
    ),
    "waiting": (
        r"\b(?:aspetto|aspettiamo|attendo|attendiamo|in attesa) (?:\w+ ){0,4}(?:da|giorni|settimane|mesi|approvazione"
        r"|permesso|accesso|revisione)\b|\bbloccat[oaie] da\b"
    ),
    "feature_plea": (
        r"\bpotreste (?:aggiungere|permettere|includere)\b|\bsarebbe (?:\w+ )?(?:bello|utile|ottimo|fantastico"
        r"|comodo) (?:se|poter|avere|che)\b|\bsarebbe possibile (?:aggiungere|permettere)\b"
        r"|\bmi piacerebbe (?:poter|che)\b|\bper favore,? (?:aggiungete|permettete)\b"
    ),
    "abandonment": (
        r"\bci rinuncio\b|\brinuncio\b|\blasciate (?:perdere|stare)\b|\blascia perdere\b|\bnon importa "
        r"più\b"
    ),
    "apology_load": r"\b(?:sempre|tutto il giorno|continuamente) (?:\w+ )?(?:a )?(?:scusar\w+|chiedere scusa)",
    "macro_gap": (
        r"\brisposta (?:standard|predefinita) (?:\w+ ){0,3}(?:obsoleta|sbagliata|superata)|\b(?:miei|mie) (?:appunti"
        r"|note) (?:personali|privati|private)?\b"
    ),
    "me_too": r"\banche (?:a me|io|a noi|da noi)\b|\bstesso problema (?:qui|anche|da noi)\b|\bsuccede anche (?:a me"
    r"|a noi|qui)\b",
    "confusion": (
        r"\bè normale\?|\bnon capisco\b|\bsono (?:\w+ )?(?:confus[oa]|pers[oa])\b|\bsto sbagliando qualcosa\b|\bnon "
        r"so (?:come|cosa|perché)\b"
    ),
    "churn": (
        r"\b(?:disdire|disdico|annullare|cancellare) (?:\w+ ){0,3}(?:abbonamento|contratto|account|servizio"
        r"|l'abbonamento)\b|\bcambiare (?:fornitore|banca|operatore|programma)\b|\bpass\w+ alla concorrenza\b"
    ),
    "no_owner": (
        r"\bnessuno (?:è responsabile|se ne occupa|se ne assume)\b|\bda un (?:ufficio|reparto) all'altro\b|\bnon è "
        r"(?:il )?nostro (?:team|reparto)\b"
    ),
    "frustration": (r"\binaccettabile\b|\bvergognos[oa]\b|\bridicolo\b|\bfrustrante\b|\bstuf[oaie]\b|\bassurdo\b"),
    "thanks": r"\bgrazie\b",
}
_DUTCH: Final = {
    "workaround": (
        r"\b(?:ik|wij|we|moet|moeten) [^.!?\n]{0,40}\b(?:met de hand|handmatig)\b|\bondertussen (?:doe|doen"
        r"|gebruik|gebruiken) (?:ik|we|wij)\b|\bvoorlopig (?:doen|gebruiken|houden|doe|gebruik) (?:we|wij"
        r"|ik)\b|\bin een (?:eigen )?(?:excel|spreadsheet)\b|\bals noodoplossing\b"
    ),
    "repeat_contact": (
        r"\bvoor de (?:tweede|derde|vierde|zoveelste) keer\b|\bzoals (?:ik |we )?(?:al|eerder) (?:\w+ )?(?:zei|schreef"
        r"|meldde|gemeld|gezegd)|\b(?:al|eerder) (?:meerdere keren |twee keer |vaker )?(?:gemeld|geschreven|gevraagd"
        r"|doorgegeven)"
    ),
    "reopened": (
        r"\b(?:ticket|melding|verzoek|zaak) (?:is|werd) (?:zomaar |gewoon )?gesloten\b|\b(?:ticket"
        r"|melding) heropenen\b|\b(?:nog (?:steeds )?)niet opgelost\b|\bkomt "
        r"(?:weer |steeds )terug\b"
    ),
    "long_silence": (
        r"\b(?:nog|steeds|kreeg|krijg|krijgen|gekregen) (?:\w+ )?geen (?:antwoord|reactie)\b"
        r"|\bniemand (?:reageert|antwoordt|heeft gereageerd)\b|\bniets (?:meer "
        r")?gehoord\b"
    ),
    "doc_mismatch": (
        r"\b(?:documentatie|handleiding) (?:is )?(?:verouderd|onjuist|klopt niet|fout)|\bvolgens de (?:documentatie"
        r"|handleiding)\b[^.!?\n]{0,100}\b(?:maar|niet)\b|\b(?:handleiding|stappen|instructies) gevolgd\b"
    ),
    "found_by_third_party": (
        r"\b(?:onze|mijn|een) (?:boekhouder|accountant|klant|auditor|patiënt) (?:heeft|merkte|zag|ontdekte|vroeg"
        r"|meldde)\b"
    ),
    "bypass": (
        r"\bzonder (?:review|goedkeuring|tests?|controle)\b|\b(?:tests?|controles) (?:overgeslagen|uitgezet"
        r"|uitgeschakeld)\b"
    ),
    "rerun": (r"\bopnieuw (?:\w+ ){0,4}tot(?:dat)? (?:\w+ ){0,3}(?:groen|slaagt)\b|\btot(?:dat)? hij groen is\b"),
    "distrust": (
        r"\bniemand (?:\w+ )?(?:vertrouwt|gelooft)\b|\b(?:vertrouw|vertrouwen|geloof|geloven) (?:\w+ ){0,3}niet meer\b"
    ),
    "confession": (
        r"\bniet trots op\b|\bmijn (?:schuld|fout)\b|\bik schaam me\b|\bik weet dat (?:ik|we) (?:dit |dat )?niet\b"
        r"|\bik geef toe\b|\bper ongeluk (?:verwijderd|gewist)|\bik heb (?:\w+ ){0,3}(?:overgeslagen"
        r"|uitgeschakeld|omzeild)\b"
        r"|\b(?:ik heb|we hebben) (?:\w+ ){0,3}(?:gemerged|uitgerold) zonder (?:review|tests?)\b"
    ),
    "distress": (
        r"\bik kan niet meer\b|\bik trek het niet\b|\b(?:ik ben|we zijn|wij zijn) (?:\w+ )?(?:opgebrand"
        r"|uitgeput)\b|\boverspannen\b|\bslaap (?:\w+ )?niet "
        r"meer\b"
    ),
    "voice_withdrawn": (r"\bheeft (?:toch )?geen zin\b|\bmeld(?:en)? (?:\w+ ){0,3}niet meer\b|\bniemand luistert\b"),
    "waiting": (
        r"\b(?:wacht|wachten) (?:\w+ ){0,4}(?:al|sinds|op (?:de |een )?(?:goedkeuring|toegang|review|toestemming))\b"
        r"|\bal (?:\w+ )?(?:dagen|weken|maanden) (?:\w+ )?(?:geblokkeerd|wachten)\b"
    ),
    "feature_plea": (
        r"\b(?:kunnen|kunt|zouden) (?:jullie|u) (?:\w+ ){0,4}(?:toevoegen|mogelijk maken|inbouwen)\b|\bzou (?:\w+ "
        r")?(?:fijn|mooi|handig|geweldig|fantastisch) zijn\b|\bik zou graag (?:\w+ ){0,3}(?:willen|kunnen)\b|\bgraag "
        r"een (?:optie|knop)\b"
    ),
    "abandonment": r"\blaat maar\b|\bik geef het op\b|\bhoeft niet meer\b|\bvergeet het maar\b",
    "apology_load": (
        r"\b(?:steeds|altijd|de hele dag|voortdurend) (?:\w+ ){0,2}(?:sorry zeggen|excuses|verontschuldig\w+)"
    ),
    "macro_gap": (
        r"\bstandaardantwoord (?:\w+ ){0,3}(?:verouderd|fout|klopt niet)|\buit mijn (?:eigen|privé) (?:notities"
        r"|aantekeningen)\b"
    ),
    "me_too": r"\b(?:bij|voor) (?:mij|ons) ook\b|\bhier ook (?:last|hetzelfde|zo)\b|\bhetzelfde probleem\b|\bik ook\b",
    "confusion": (
        r"\bis dit (?:\w+ )?(?:normaal|de bedoeling)\b|\bik (?:snap|begrijp) (?:het |\w+ )?niet\b|\bdoe ik iets "
        r"(?:fout|verkeerd)\b|\bik ben (?:\w+ )?(?:in de war|de weg kwijt)\b|\bgeen idee (?:waarom|hoe|wat)\b"
    ),
    "churn": (
        r"\b(?:abonnement|contract|account) (?:\w+ )?(?:op(?:ge)?zeg\w*|opzeggen)\b|\b(?:over|overstappen|stappen "
        r"over) naar (?:een |de )?(?:ander\w*|concurrent\w*)\b|\bandere leverancier\b"
    ),
    "no_owner": (
        r"\bniemand (?:is |voelt zich )?verantwoordelijk\b|\bvan het kastje naar de muur\b|\bniet (?:ons|onze) (?:team"
        r"|afdeling)\b"
    ),
    "frustration": r"\bonacceptabel\b|\bbelachelijk\b|\birritant\b|\bfrustrerend\b|\bschandalig\b|\bzat om\b",
    "thanks": r"\b(?:bedankt|dank (?:je|u) wel|dankjewel)\b",
}
FOREIGN: Final[dict[str, dict[str, str]]] = {
    "German": _GERMAN,
    "French": _FRENCH,
    "Spanish": _SPANISH,
    "Portuguese": _PORTUGUESE,
    "Italian": _ITALIAN,
    "Dutch": _DUTCH,
}
"""By language, then by signal."""
