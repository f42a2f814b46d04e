#include "rules/text/abbreviations.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

constexpr WordUse kGoesOn = WordUse::kGoesOn, kMayEnd = WordUse::kMayEnd, kBeforeNumber = WordUse::kBeforeNumber,
                  kBegins = WordUse::kBegins;
constexpr bool kOwn = true, kAny = false;

constexpr WordRow kRows[] = {
    // Titles, forms of companies and the like that the press of every country writes.
    {"", kGoesOn, kAny,
     "Mr Mrs Ms Dr Prof Messrs Mme Mlle Mmes Hon Rev Gen Adm Col Capt Cmdr Lt Maj Brig Sgt Gov Sen Rep Supt Pvt Fr Mt "
     "Ft vs cf ca approx eg ie viz"},
    {"", kMayEnd, kAny,
     "Inc Corp Co Cos Ltd Bros Assn Dept Univ Jr Sr Ave Blvd St Jan Feb Apr Aug Sept Sep Oct Nov Dec"},
    {"", kBeforeNumber, kAny, "no nos nr art fig figs sec vol p pp ch"},

    {"en", kGoesOn, kAny, "Sens Reps Govs Gens Profs Drs Pres Amb Atty Supt Insp Det Cpl Esq Cllr Ald"},
    {"en", kMayEnd, kAny,
     "Mar Jun Jul Calif Mass Conn Fla Ala Ariz Ark Colo Del Ill Ind Kan Ky La Md Mich Minn Miss Mo Mont Neb Nev Okla "
     "Ore Pa Tenn Tex Va Vt Wash Wis Wyo Rd Hwy Tues Thurs Mfg Intl Natl Govt"},
    {"en", kBegins, kAny,
     "The This That These Those There They It He She We You His Her Its Their Our My But And In On At For From With "
     "When "
     "While After Before As If Although Though However Since By Many Some Others Several Such Both What Why How Who "
     "Where Meanwhile Now Then Also Yet Even Instead Earlier According During Among Despite Because"},
    {"en", kBegins, kOwn, "A An I So"},

    {"de", kGoesOn, kAny,
     "bzw zb dh ua vgl sog sogen ggf ggfs evtl inkl exkl einschl zzgl ehem gest geb verh Hr Hrn Frl Ing Dipl Mag Min "
     "bspw insb insbes vermutl österr schweiz dt frz engl röm kath evang gegr Bgm LAbg NAbg StR Prok wg lt od zw Ges "
     "Chr jun"},
    {"de", kGoesOn, kOwn, "mind jew sen med em zzt"},
    {"de", kMayEnd, kAny, "Mio Mrd Bio Tsd Mill Str Okt Dez Std Jh Jhdt Jahrh Abt Fa Bez Verf Hrsg Ausg"},
    {"de", kBeforeNumber, kAny, "Nr Abs Art Bd Kap Tel Ziff Abb Tab S Rn Az ca rd"},
    {"de", kBeforeNumber, kOwn, "max"},
    {"de", kBegins, kAny,
     "Der Die Das Er Sie Es Ein Eine Einen Einem Wir Ich Dieser Diese Dieses Dabei Damit Dazu Dies Doch Aber Und Im "
     "Auf Bei Mit Nach Für Zum Zur Auch Als Wenn Nur Noch Nun Laut Zudem Außerdem Während Wie Wer Was Warum Daher "
     "Deshalb Dagegen Dort Denn Den Dem Durch Bis Beim Vom Vor Seit Jetzt Heute Gestern Allerdings Zwar Insgesamt "
     "Nicht Mehr Sein Seine Ihre Alle Viele Einige Beide"},
    {"de", kBegins, kOwn, "Man Von Ihr"},
    {"de", kBegins, kOwn, "In An Am So Da Um Zu Ob"},
    {"de", WordUse::kBeforeOrdinal, kAny,
     "am der dem den des im zum vom beim ins bis seit ab zur jeder jeden jedem unser ihr sein ihrem seinem ihren "
     "seinen "
     "ihrer seiner"},
    {"de", WordUse::kBeforeOrdinal, kOwn, "die das ein einem einen eines ersten vor nach auf und oder von mit in"},
    {"de", WordUse::kMonth, kAny,
     "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb Mrz Apr "
     "Aug "
     "Sept Okt Nov Dez Jahrhundert Weltkrieg Geburtstag Jahrestag Bundesliga Liga"},

    {"fr", kGoesOn, kAny, "MM Mgr av ap env édit réf coll cf"},
    {"fr", kGoesOn, kOwn, "Me Mes éd ex"},
    {"fr", kMayEnd, kAny, "janv févr avr juil oct nov déc bd boul éts Cie adj anc tél"},
    {"fr", kBeforeNumber, kAny, "n no art p pp fig vol chap"},
    {"fr", kBeforeNumber, kOwn, "al"},
    {"fr", kBegins, kAny,
     "Les Cette Ces Ils Elle Elles Nous Vous Mais Dans Pour Avec Selon Sur Après Avant Depuis Pendant Une Ainsi Alors "
     "Aussi Quand Comme Cependant Toutefois Enfin Leur Leurs Son Notre Tous Toutes Plusieurs Certains Car Donc Sans "
     "Sous "
     "Entre Cet Celui Celle Parmi Lors"},
    {"fr", kBegins, kOwn, "Le La Il On En Un Au Aux À De Des Du Et Ce Par Si Or Qui Que L D C J"},

    {"es", kGoesOn, kAny,
     "Sra Sres Sras Srta Srtas Dra Dres Dras Lic Licda Licdo Arq Mons Excmo Excma Ilmo Ilma Rvdo Vda Dña pág págs núm "
     "núms Sto Sta Gral Cnel Tte Cmdte Pdte Pdta Ldo Lda Fco"},
    {"es", kGoesOn, kOwn, "Ud Uds Vd"},
    {"es", kMayEnd, kAny, "Cía Hnos Ltda Ltdo Avda EE UU JJ FF CC dpto depto aprox admón"},
    {"es", kMayEnd, kOwn, "ene abr ago dic ej tel gob Av"},
    {"es", kBeforeNumber, kAny, "art arts cap núm pág vol inc"},
    {"es", kBegins, kAny,
     "Una Esta Este Estos Estas Eso Ese Esa Pero Según Para Con Por Sin Sobre Desde Hasta Cuando Como También Además "
     "Así Entre Durante Tras Ante Más Muchos Muchas Algunos Aunque Mientras Ahora Nos Sus Ellos Ella"},
    {"es", kBegins, kOwn, "Los Las"},
    {"es", kBegins, kOwn, "El La Un En Al A De Del Y Lo Le Se Su No Si Es Ya Que"},

    {"it", kGoesOn, kAny,
     "prof dr sig sigg dott dottssa avv ing geom rag arch Sen mons Comm egr spett cfr pag pagg tav ecc"},
    {"it", kGoesOn, kOwn, "On Cav Gent es"},
    {"it", kMayEnd, kAny, "febb giu ott"},
    {"it", kMayEnd, kOwn, "gen lug ag dic tel"},
    {"it", kBeforeNumber, kAny, "art artt cap pag vol num lett"},
    {"it", kBegins, kAny,
     "Gli Una Uno Questo Questa Questi Queste Quello Per Con Dopo Secondo Anche Nel Nella Nei Nelle Sul Sulla Dal "
     "Dalla Alla Allo Come Quando Mentre Durante Tra Fra Poi Inoltre Così Tutti Molti Alcuni Perché Loro Noi Essi"},
    {"it", kBegins, kOwn, "Ma Ora"},
    {"it", kBegins, kOwn, "Il Lo La I Le Un In Al Da Di A È E Si Non Del Della Dei Se"},

    {"pt", kGoesOn, kAny, "Sra Srs Sras Dra Drs Dras Profa Exmo Exma Ilmo Ilma Eng Arq Cel Ten Cap Gal Sto Sta"},
    {"pt", kGoesOn, kOwn, "Des Dom Pe"},
    {"pt", kMayEnd, kAny, "Cia Ltda Av fev abr dez aprox"},
    {"pt", kMayEnd, kOwn, "set out ago mai ex tel"},
    {"pt", kBeforeNumber, kAny, "art arts cap pág págs núm inc vol"},
    {"pt", kBegins, kAny,
     "Os As Uma Esta Este Estes Estas Isso Essa Esse Mas Segundo Para Com Por Sem Sobre Desde Até Quando Como Também "
     "Além "
     "Assim Entre Durante Após Ainda Muitos Muitas Alguns Embora Enquanto Agora Seus Suas Eles Ela Ele Pela Pelo Nos "
     "Nas"},
    {"pt", kBegins, kOwn, "O A Um Em No Na De Do Da E Se Não Já Que É Ao"},

    {"nl", kGoesOn, kAny, "dhr mevr mw ing mr drs bijv bv resp evt incl excl ds jhr jkvr zgn mgr"},
    {"nl", kGoesOn, kOwn, "ir"},
    {"nl", kMayEnd, kAny, "mln mld mrd jl okt mrt afd blz ong"},
    {"nl", kMayEnd, kOwn, "gem str tel"},
    {"nl", kBeforeNumber, kAny, "nr nrs blz art afb hfst"},
    {"nl", kBeforeNumber, kOwn, "jan feb apr aug sept nov dec"},
    {"nl", kBegins, kAny,
     "Het Een Deze Dit Dat Hij Zij Wij Maar Ook Toen Daarom Volgens Voor Naar Tijdens Met Bij Omdat Hoewel Terwijl "
     "Nadat "
     "Wanneer Sinds Onder Tegen Verder Daarnaast Hun Zijn Veel Sommige"},
    {"nl", kBegins, kOwn, "De In Op Er Ze We Ik Als En Na Van Dan Om Uit Aan Te Nu Zo Die"},

    {"pl", kGoesOn, kAny,
     "ds ws Wlk np tzw tzn ul pl prof dr mgr inż ks św bp abp kard gen płk ppłk mjr kpt ppor sierż nadkom podkom insp "
     "woj pow gm "
     "dyr wiceprez zob por ww"},
    {"pl", kGoesOn, kOwn, "red im ok hab por os al wg asp prez"},
    {"pl", kMayEnd, kAny, "proc tys mln mld zł godz rys itp itd"},
    {"pl", kMayEnd, kOwn, "gr tab tel sek"},
    {"pl", kBeforeNumber, kAny, "nr art ust pkt poz str godz par rozdz"},
    {"pl", kBegins, kAny,
     "Nie Jak Jest Już Tym Według Oraz Ale Przed Przez Przy Pod Nad Dla Gdy Kiedy Jednak Także Również Podczas Obecnie "
     "Wcześniej Teraz Jego Jej Ich Był Była Było Były Będzie Mimo Wśród Każdy Wszystkie Oni Ona Dlatego Natomiast "
     "Tymczasem Dodał Ponadto"},
    {"pl", kBegins, kOwn, "Pan Pani"},
    {"pl", kBegins, kOwn, "W We Z Ze Na Do Od Po O Za I A To Ten Ta Te Co Czy U On My Są Tak"},

    {"cs", kGoesOn, kAny,
     "např tzv tj popř resp příp ing mgr mudr judr phdr rndr bc doc gen plk pplk mjr kpt npor sv nám ul zejm"},
    {"cs", kGoesOn, kOwn, "por vs vč tř"},
    {"cs", kMayEnd, kAny, "tis mil mld Kč hod odst apod atd"},
    {"cs", kBeforeNumber, kAny, "č čl odst str s sv par tab obr"},
    {"cs", kBegins, kAny,
     "Ale Podle Jak Jako Když Kde Kdy Pokud Proto Také Při Před Pod Nad Mezi Tento Tato Toto Tyto Jeho Její Jejich Byl "
     "Byla Bylo Byli Bude Nyní Dále Však Ještě Již Už Není Jsou Jsme Ten Tím Tak Přesto Zatím"},
    {"cs", kBegins, kOwn, "Pro"},
    {"cs", kBegins, kOwn, "V Ve Na Za Z Ze K S Se Po Do Od O U I A To Ta Ty My On Ona Je"},

    {"sk", kGoesOn, kAny, "napr tzv tj resp príp ing mgr mudr judr phdr rndr bc doc gen plk pplk mjr kpt sv nám ul"},
    {"sk", kMayEnd, kAny, "tis mil mld hod ods atď"},
    {"sk", kBeforeNumber, kAny, "č čl ods str obr tab"},
    {"sk", kBegins, kAny,
     "Ale Podľa Ako Keď Kde Kedy Pokiaľ Preto Tiež Pri Pred Pre Pod Nad Medzi Tento Táto Toto Tieto Jeho Jej Ich Bol "
     "Bola "
     "Bolo Boli Bude Teraz Ďalej Však Ešte Už Nie Sú Sme Ten Tak Zatiaľ"},
    {"sk", kBegins, kOwn, "V Vo Na Za Z Zo K S So Sa Po Do Od O U I A To Tá Je"},

    {"sl", kGoesOn, kAny, "npr tj dr prof doc ing dipl sv ul gen polk"},
    {"sl", kGoesOn, kOwn, "ga go oz tim mag"},
    {"sl", kMayEnd, kAny, "tis mio mrd ipd itd"},
    {"sl", kBeforeNumber, kAny, "št čl str odst"},
    {"sl", kBeforeNumber, kOwn, "sl"},
    {"sl", kBegins, kAny,
     "Ker Kot Kako Pri Pred Med Nad Pod Zato Tudi Toda Vendar Ampak Poleg Glede Zaradi Kljub Potem Danes Njegov Njena "
     "Njihov Bil Bila Bilo Bili Bodo Ta Ti Te Tako Če"},
    {"sl", kBegins, kOwn, "Ali"},
    {"sl", kBegins, kOwn, "V Na Za Z S K O Od Po Do Iz In A Je So Se Ob To Pa Ni"},

    {"hr", kGoesOn, kAny, "npr tzv tj odn prof dr mr dipl ing sv ul gen puk bb gosp"},
    {"hr", kMayEnd, kAny, "tis mlrd itd"},
    {"hr", kMayEnd, kOwn, "mil kn sl"},
    {"hr", kBeforeNumber, kAny, "br čl str st toč"},
    {"hr", kBeforeNumber, kOwn, "sl"},
    {"hr", kBegins, kAny,
     "Kako Kada Kad Prema Nakon Prije Zbog Međutim Također Osim Ovaj Ova Ovo Oni Ona Njegov Njezin Njihov Bio Bila "
     "Bilo Bili Bit Dok Sve Svi Iako Ipak Ako Kao Uz Pri"},
    {"hr", kBegins, kOwn, "Ali"},
    {"hr", kBegins, kOwn, "U Na Za Iz S Sa O Od Do Po I A Je Su Se To Ne Nije On Te Što"},

    {"sv", kGoesOn, kAny, "bla tex dvs resp kungl herr"},
    {"sv", kMayEnd, kAny, "milj mdr kr okt dec osv"},
    {"sv", kMayEnd, kOwn, "etc ca tel"},
    {"sv", kBeforeNumber, kAny, "nr st sid kap art kl"},
    {"sv", kBeforeNumber, kOwn, "jan feb mars apr aug sept nov"},
    {"sv", kBegins, kAny,
     "Det Den Detta Denna Dessa Han Hon Och Men Efter Enligt Samtidigt Även När Där Sedan Vid Från Med För Till Som "
     "Många Några Alla Hans Hennes Deras Ett Eftersom Dessutom Inte Nu Vi"},
    {"sv", kBegins, kOwn, "Under"},
    {"sv", kBegins, kOwn, "De En I På Om Av Ja Så Att Jag Ni"},

    {"no", kGoesOn, kAny, "bla feks dvs pga ifm evt resp"},
    {"no", kMayEnd, kAny, "mrd kr tlf okt osv"},
    {"no", kMayEnd, kOwn, "mill des ca"},
    {"no", kBeforeNumber, kAny, "nr kl art kap s st pkt"},
    {"no", kBeforeNumber, kOwn, "jan feb mars apr aug sept nov"},
    {"no", kBegins, kAny,
     "Det Den Dette Denne Disse Han Hun Men Etter Ifølge Samtidig Også Når Der Siden Ved Fra Med Til Som Mange Noen "
     "Alle Hans Hennes Deres Dessuten Ikke Et"},
    {"no", kBegins, kOwn, "Under"},
    {"no", kBegins, kOwn, "De En I På Om Av Og For Å Vi Jeg Nå Så"},

    {"da", kGoesOn, kAny, "bla feks dvs pga ifm evt hhv vedr"},
    {"da", kMayEnd, kAny, "mio kr tlf okt osv"},
    {"da", kMayEnd, kOwn, "ca mia pct"},
    {"da", kBeforeNumber, kAny, "nr kl art kap s stk pkt"},
    {"da", kBeforeNumber, kOwn, "jan feb marts apr aug sept nov"},
    {"da", kBegins, kAny,
     "Det Den Dette Denne Disse Han Hun Men Efter Ifølge Samtidig Også Når Der Siden Ved Fra Med Til Som Mange Nogle "
     "Alle Hans Hendes Deres Desuden Ikke Et"},
    {"da", kBegins, kOwn, "Under"},
    {"da", kBegins, kOwn, "De En I På Om Af Og For At Vi Jeg Nu Så"},

    {"fi", kGoesOn, kAny, "esim ym toht prof"},
    {"fi", kGoesOn, kOwn, "tri os mm ns"},
    {"fi", kMayEnd, kAny, "milj mrd klo puh"},
    {"fi", kBeforeNumber, kAny, "nro klo luku"},
    {"fi", kBeforeNumber, kOwn, "art s"},
    {"fi", kBegins, kAny,
     "Hän Tämä Nämä Mutta Myös Kun Koska Lisäksi Kuitenkin Viime Siitä Siellä Sitten Nyt Jos Vaikka Ennen Jälkeen "
     "Mukaan Hänen Heidän Niiden Kaikki Monet Ei Eivät Olen Olemme"},
    {"fi", kBegins, kOwn, "Sen"},
    {"fi", kBegins, kOwn, "Se Ne He On Ja Oli Me"},

    {"hu", kGoesOn, kAny, "ún dr prof özv ifj szt stb"},
    {"hu", kGoesOn, kOwn, "id ill kb pl"},
    {"hu", kMayEnd, kAny, "mrd febr márc ápr aug szept okt dec"},
    {"hu", kMayEnd, kOwn, "min tel"},
    {"hu", kBeforeNumber, kAny, "sz tel"},
    {"hu", kBeforeNumber, kOwn, "o"},
    {"hu", kBegins, kAny,
     "Az Ez Egy Ezt Azt Ezek Azok Hogy Nem Már Még Csak Mert Ezért Mivel Miután Ugyanakkor Emellett Szerint Itt Ott "
     "Most "
     "Akkor Amikor Majd Pedig Így Úgy Sok Több Minden"},
    {"hu", kBegins, kOwn, "A És De Ha Is Ő Ők Mi Ma"},

    {"ro", kGoesOn, kAny, "dl dna dlui dnei dr ing prof gen col lt cpt jud str nr pct"},
    {"ro", kGoesOn, kOwn, "ex av"},
    {"ro", kMayEnd, kAny, "mld oct dec tel"},
    {"ro", kMayEnd, kOwn, "mil noi etc"},
    {"ro", kBeforeNumber, kAny, "nr art alin pag lit pct"},
    {"ro", kBegins, kAny,
     "Dar După Potrivit Pentru Acest Această Aceste Acești Este Sunt Când Deși Dacă Astfel Însă Iar Prin Din Între "
     "Până "
     "Mai Toate Toți Ei Ele Ea El Unul Una Cei Cele Totodată"},
    {"ro", kBegins, kOwn, "În La Cu De Pe O Un A Se Nu Și Cum Ca"},

    {"ru", kGoesOn, kAny, "им ул пер пл просп наб проф акад доц ген полк подп кап лейт св гр тов напр др ред"},
    {"ru", kMayEnd, kAny, "тыс млн млрд руб коп янв февр авг сент окт нояб дек тел обл гг вв стр кв корп"},
    {"ru", kBeforeNumber, kAny, "ст п пп рис стр гл табл д кв ч"},
    {"ru", kBegins, kAny,
     "Это Этот Эта Эти Этого Кроме По При После Как Также Однако Для Но Он Она Они Мы Что Если Когда Так Все Его Её Их "
     "Под Над Перед Через Из За Был Была Были Было Сейчас Теперь Ранее Сегодня Вчера Между Тем Там Здесь Поэтому Затем "
     "Согласно Напомним Речь Среди"},
    {"ru", kBegins, kOwn, "В Во На С Со К Ко О Об От До У И А Не Я То"},

    {"uk", kGoesOn, kAny, "ім вул пров пл просп наб проф акад доц ген полк св гр напр ред див"},
    {"uk", kMayEnd, kAny, "дол тис млн млрд грн коп обл рр ст"},
    {"uk", kBeforeNumber, kAny, "ст п пп рис стор розд табл ч"},
    {"uk", kBegins, kAny,
     "Це Цей Ця Ці Крім Після Як Також Однак Проте Але Для Він Вона Вони Що Якщо Коли Так Усі Всі Його Її Їх Під Над "
     "Перед Через Із За Був Була Були Було Зараз Тепер Раніше Сьогодні Вчора Між Там Тут Тому Потім Згідно Нагадаємо "
     "За "
     "Водночас Серед"},
    {"uk", kBegins, kOwn, "В У На З Зі До Від О Об По І Й А Не Я Та То Ми"},

    {"bg", kGoesOn, kAny, "ул бул пл проф доц инж ген полк акад св гр нар напр арх"},
    {"bg", kMayEnd, kAny, "хил млн млрд лв ст обл общ"},
    {"bg", kBeforeNumber, kAny, "чл ал т стр фиг табл"},
    {"bg", kBegins, kAny,
     "Това Този Тази Тези Според След При Преди Като Също Обаче Но За Той Тя Те Ние Ако Когато Така Всички Неговият "
     "Под "
     "Над През Към Беше Бяха Сега Днес Вчера Между Там Тук Затова Освен Още Има Няма Ще"},
    {"bg", kBegins, kOwn, "В Във На С Със О От До По И А Не Аз Да Без"},

    {"el", kGoesOn, kAny, "κ κα κος δρ καθ στρ πχ δηλ λεωφ οδ αγ βλ"},
    {"el", kMayEnd, kAny, "εκατ δισ χιλ ευρ τηλ"},
    {"el", kBeforeNumber, kAny, "αρ σελ κεφ παρ άρθρ"},
    {"el", kBegins, kAny,
     "Αυτό Αυτή Αυτός Αυτά Σύμφωνα Ωστόσο Όμως Αλλά Επίσης Μετά Πριν Όταν Ενώ Καθώς Για Από Στο Στη Στην Στον Στις "
     "Στους "
     "Με Σε Και Δεν Θα Οι Το Τα Τη Την Τον Του Της Των Ένας Μια Μία Ένα Αν Όπως"},
    {"el", kBegins, kOwn, "Η Ο Ως Να"},

    {"tr", kGoesOn, kAny, "Doç Av Yrd Sn Org Alb Tğm Öğr Uzm bkz örn Hz Yzb Bnb"},
    {"tr", kMayEnd, kAny, "mah sok apt Şti"},
    {"tr", kMayEnd, kOwn, "cad vb"},
    {"tr", kBeforeNumber, kAny, "no md sf bkz"},
    {"tr", kBegins, kAny,
     "Bir Bu Şu Ancak Ama Ayrıca Daha Sonra Önce İse Çünkü Böyle Bunun Bununla Türk Onun Onlar Biz Siz Her Hem Olarak "
     "Göre İçin Eğer Bugün Dün Şimdi Yine"},
    {"tr", kBegins, kOwn, "O Ve De Ben Sen Ne"},
    {"tr", WordUse::kMonth, kAny, "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık Dünya"},

    // Scripts without case: what follows never begins in lower case, so each abbreviation must be known.
    {"hi", kGoesOn, kAny, "डॉ प्रो मो पं श्री सुश्री कु इं सं रु ले कै एस एम एन आर पी बी सी डी टी के वी"},
    {"ar", kGoesOn, kAny, "د أد م أ ص هـ ج ش"},
    {"he", kGoesOn, kAny, "ד פרופ עמ"},
};

// Languages that share rows with another one.
constexpr std::pair<std::string_view, std::string_view> kShared[] = {
    {"nb", "no"}, {"nn", "no"}, {"sr", "hr"}, {"bs", "hr"}, {"sh", "hr"}, {"lb", "de"}, {"gl", "pt"},
    {"ca", "es"}, {"af", "nl"}, {"be", "ru"}, {"mk", "bg"}, {"mr", "hi"}, {"ne", "hi"}, {"mo", "ro"}};

constexpr std::string_view kOrdinalStops[] = {"bs", "cs", "da", "de", "et", "eu", "fi", "fo", "hr", "hu", "is",
                                              "lb", "lv", "nb", "nn", "no", "sh", "sk", "sl", "sr", "tr"};

}  // namespace

std::span<const WordRow> WordRows() { return kRows; }

bool HasOrdinalStops(std::string_view language) {
  return std::find(std::begin(kOrdinalStops), std::end(kOrdinalStops), language) != std::end(kOrdinalStops);
}

std::string_view LanguageOfRows(std::string_view tag) {
  const std::string_view primary = tag.substr(0, tag.find('-'));
  if (primary.size() < 2 || primary.size() > 3) return {};
  const std::string lower = AsciiLowerCase(primary);
  for (const auto& [language, shares] : kShared) {
    if (language == lower) return shares;
  }
  for (const WordRow& row : kRows) {
    if (row.language == lower) return row.language;
  }
  for (const std::string_view language : kOrdinalStops) {
    if (language == lower) return language;
  }
  return {};
}

}  // namespace wirewatch
