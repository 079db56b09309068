"""Words that say little or much of a cause, in any organisation: general English of software and support.

`STOP` words say nothing. `COMMON` holds stems by how common they are in issue trackers and in app reviews: stems of
level n stand in about one text of 2**n, every source weighing the same; a word that is not listed is rare. `SAME` are
spellings of one thing. `FIELDS` are words that people use for one part of their work or for one kind of trouble.
"""

STOP = """
a about actual after afternoon again ago all almost alreadi also alwai am an and ani anoth anyon anyth are as at
back be becaus been befor being between both broken bug but by came can can't cannot come could couldn't day
dear did didn't do doe doesn't doing don't done dont each error etc even evening ever everi everyon fail few
first for friday from get give go goes going gon gone good got had happen has hasn't have haven't he hello help
her here hey hi him his hour how i i'd i'll i'm i've if in into is isn't issu it it's its itself just keep kept
kind know last let like look lot made mak make me might minut monday month more morning most much must my myself
need never new no nobodi none noon nor not noth now of off often ok okai old on onc one onli or other our
ourselves out over own per pleas problem put quit rather realli really regard said same saturday say second see
seem she should shouldn't so some someon someth sometim sorri start still stop such sunday take taken tell than
thank thanks that that's the their them themselv then ther there's thes these they thi thing this thos those
thre through thursday time to today told tomorrow too took tri try tuesday two under until up us use veri very
via want was wasn't way we we'd we'll we're we've wednesday week well were weren't what when wher which whil
while who whom why will with within without won't work would wouldn't wrong year yes yesterday yet you you'd
you'll you're you've your yours
"""

FUNCTION = """
a an the of to in on at for from by with and or nor but as so than then if when while that which who this these those
there here it its is are was were be been being am do does did doing done has have having had can could would should
will shall may might must cannot not no i we you he she they me us him her them my our your his their myself all some
please just very too also still
"""
"""What holds a sentence together. `STOP` holds more that tells little of a subject, but sets two titles apart: "use",
"get" and "put", "before" and "after"."""

COMMON: dict[int, str] = {
    3: """
app code
""",
    4: """
add build chang creat featur file null org reproduc run set support test type updat used user using version
""",
    5: """
able allow any api application behavior better call case check class click compiler component core current
currentli custom data default description detail devic displai easi exampl exist expect find fix follow found
function imag includ info information install list log messag mobil model modul name nice note open option page
platform project provid read remov report request respons result return select servic show sourc step studio
system text thei tool useful valu view
""",
    6: """
access another appear attach availabl bas behaviour bit button caus clos column command complet config configur
configuration connection contain content context cool debug defin delet describ developer dialog different
directori disabl distribution doc document documentation down download dur edit editor element enabl end event
everyth exception expand extension far field filter fine generat handl hav helpful home however html idea
implement import improv index input instanc instead interfac item job key latest launch level librari line link
load local main mani master may memori method miss mode multipl node number object occur once order output
packag part pass path performanc phon plac plan plugin point possibl process properti pull question recommend
referenc relat releas render repositori requir resourc review right rule runtim save screen screenshot search
send server shar shell simpl sinc singl size stack stat status stor string summari sure sync tab tabl task
templat think top upgrad warn web websit writ xml
""",
    7: """
abiliti abov account accurat across action actualli additional address admin agent agre analysis appli area
argument around ask asset attempt attribut auto automat automaticalli avoid bad bar base below bin binari blob
block board box branch break brows browser builder cach choos clean clear cli client color comment commit common
compil connect connector consider consol container contribut control convert copi correct correctli cours
coverag cpu crash creation databas date definition depend dependenci deploi design desktop detect dev direct
directli drop due duplicat easier easili either email empti endpoint enough ensur enter entri environment epic
especialli execut experienc export extend extra failur fals faster fill flag flow folder format forum framework
free full functionaliti git given global googl group guid hard header highli hook icon implementation
improvement incompatibl insid installation int integration interest internal introduc invalid jar json knowledg
label larg learn least left lib licens life limit littl live location long longer manag map match mean menu
metadata modifi mov move navigat net next noformat non notic notification operat operation organiz original
parameter pars past patch peopl perform pic pictur pin plai port post present pretti print probabli product
profil program proper properli propos provider queri quick real reason receiv record replac repro resolv rest
restart root sampl sav script sdk section securiti separat setup several shown side similar simpli site solution
specifi specific sprint stai standalon standard storag stori stream stuff styl submit suggestion super switch
tag target team though thought thread throw titl track tree trigger true turn unabl understand unit upload url
validation var variabl video visual wait whether win wish wizard word worth www
""",
    8: """
accept acceptanc accessibl accord activ activiti addition advanc affect against alert alt although amount
annotation anymor anywher appl appropriat arg arm arrai artifact assign associat assum attachment authentication
awai backend background basic batch becom believ benefit big bodi book bottom bring built bundl business
callback canva capabiliti captur card categori certain chain character chart child children choic citi clon
cloud cluster collect collection compar compatibl compilation composit computer condition confus consistent
const constant consumer contact continu convenient conversion correspond count coupl cover criteria cross css
ctrl customer daili dashboard deal decid definiteli demo deployment deprecat detection determin develop
development differenc dir disappear discover discuss discussion disk div dom domain doubl drag draw driver
dynamic effect else encod entir entiti estimat exactli execution exit explorer expos expression external
extremeli fact famili fast feedback feel figur final finalli finish fit fixe float focus forc form forward fram
friendli functional further futur general generation giv goe graph graphic gui guy hand handi handler hang happi
head height hide high highlight histori hit hope host huge idealli ignor img immediateli important incorrect
indicat indicator init initial initializ inlin insert instruction integrat internet investigat invok keyboard
kill languag laptop later layer layout lead leav legaci less likeli listen listener lock logic login loop lose
lost machin maco management manager manualli mark max mayb mechanism meet mention merg migrat min minimal moment
monitor motivation multi mysql nam nativ necessari nest network normal observ offer onlin operator opinion ops
optional osgi otherwis outsid overall overflow overrid panel parent parti particular password pattern pay
payload pdf permission pick plus polici pop position pre preferenc prepar press prevent preview previous privat
processor produc production progress prompt prop proxi public publish purpos push queu quickli random rate raw
recent recentli red reduc refactor refer reflect refresh register registri regression relevant reli remain
remember remot renam repo requirement retriev role rout row scan scenario schema scop scroll seen selection self
sens sent session shall shap short sign sink slow small snapshot softwar solv soon sort spec spend spik split
sql stabl stag stand startup statement static statistic strategi structur stuck student sub successfulli suggest
syntax tak term terminal therefor thrown thus ticket timestamp todai together token total touch trac train
transaction transport typ undefin unknown usag usernam usr util valid validat various verifi visibl visit wast
watch weight whol width workaround workspac world wrap written zip
""",
}

SAME: tuple[tuple[str, str], ...] = (
    (r"\b(?:log|sign)(?:ged|ging|ning|ned|s)?[ -]?(?:in|on|into|onto)\b|\b(?:login|logon|signin)s?\b", "login"),
    (r"\blog(?:ged|ging|s)?[ -]?out\b|\bsign(?:ed|ing|s)?[ -]?out\b", "logout"),
    (r"\bre-?\s?r[au]n(?:s|ning)?\b|\brun (?:it|them) again\b|\bretr(?:y|ies|ied|ying)\b", "rerun"),
    (r"\bcontinuous integration\b|\bgithub actions\b|\bjenkins\b|\bgitlab[- ]ci\b|\bbuildkite\b|\bcircleci\b", "ci"),
    (r"\b(?:pull|merge)[ -]requests?\b|\bprs?\b|\bmrs?\b", "pullrequest"),
    (r"\bflak(?:y|iness|es?|ey)\b|\bintermittent(?:ly)?\b", "flaky"),
    (r"\btest[ -]?data\b|\bdata ?sets?\b|\bsample data\b|\bseed data\b", "testdata"),
    (r"\bon[ -]call\b|\bpager(?:duty)?\b", "oncall"),
    (r"\btwo[ -]factor\b|\b2fa\b|\bmfa\b|\botp\b|\bone[ -]time (?:code|password)\b|\bauthenticator\b", "secondfactor"),
    (r"\bsingle sign[ -]?on\b|\bsso\b|\bsaml\b", "sso"),
    (r"\be-?mails?\b|\bmails\b", "mail"),
    (r"\bspread ?sheets?\b|\bexcel\b|\bcsv\b|\bxlsx?\b", "spreadsheet"),
    (r"\bset[ -]?up\b|\bsetting up\b", "setup"),
    (r"\btime[ds]?[ -]?outs?\b|\btiming out\b", "timeout"),
    (r"\broll(?:ed|ing|s)?[ -]?backs?\b", "rollback"),
    (r"\bcode[ -]reviews?\b|\breviewers?\b", "review"),
    (r"\bdouble[ -](?:charged?|billed|booked|bookings?)\b|\b(?:charged|billed|booked) (?:me |us )?twice\b", "twice"),
    (
        r"\b(?:takes?|took|taking|waits?|waited|waiting) (?:about |over |almost )?\d+ (?:min(?:ute)?s?|hours?|h)\b",
        "slow",
    ),
    (r"\b(?:vanish|disappear)(?:es|s|ed|ing)?\b|\b(?:went|goes|go|is|are) (?:missing|gone)\b|\bgot lost\b", "vanish"),
)

FIELDS: dict[str, str] = {
    "ci": "ci pipeline runner flaky rerun suite spec quarantine green red build merge queue job main agent",
    "deploy": "deploy deployment release rollback rollout hotfix canary cutover freeze",
    "review": "review pullrequest approver nitpick",
    "oncall": "oncall alert incident page night noise noisy alarm escalation",
    "devenv": "laptop environment docker container devbox onboarding bootstrap localhost",
    "testdata": "testdata staging fixture anonymised anonymized masked seed sandbox",
    "access": "access permission approval approve grant role entitlement vpn credential",
    "docs": "documentation docs readme runbook wiki macro guide article manual template handbook",
    "login": "login logout password passcode secondfactor sso locked lockout credential username",
    "bill": "invoice bill billing tax vat gst accountant bookkeeper fee rate payment receipt ledger charge overcharged",
    "refund": "refund reimbursement chargeback reversal reversed",
    "schedule": "appointment booking calendar diary schedule slot rota roster shift reschedule visit reminder",
    "slow": "slow sluggish lag laggy spinner spinning timeout hang hung freeze frozen forever loading crawl",
    "vanish": "vanish lost empty blank disappear overwritten dropped gap",
    "sync": "sync synchronise synchronize syncing refresh stale",
    "sheet": "spreadsheet export download report column",
    "mail": "mail inbox notification newsletter spam sender",
    "deliver": "delivery parcel shipment courier shipping tracking dispatch warehouse",
    "print": "print printer label barcode scanner",
    "search": "search filter results ranking query",
    "import": "import upload migration mapping",
    "crash": "crash crashing crashed stacktrace segfault",
}
