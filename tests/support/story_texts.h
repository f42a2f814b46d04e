// Reports that nobody printed, in several languages, and what newsrooms do to the copies of one; for tests of stories.
#ifndef WIREWATCH_TESTS_SUPPORT_STORY_TEXTS_H_
#define WIREWATCH_TESTS_SUPPORT_STORY_TEXTS_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/story/story_signature.h"
#include "rules/text/fold.h"

namespace wirewatch {

inline StorySignature SignatureOf(std::string_view title, std::string_view body, std::string_view summary = {}) {
  Document document;
  document.texts = {title, summary, body};
  FoldedDocument folded;
  Fold(document, folded);
  return SignatureMaker().Make(folded);
}

// A report, and what others add to it.
struct SampleReport {
  std::string language, title, other_title;
  std::vector<std::string> paragraphs;  // at least 120 words, or 240 characters, together
  std::string byline;
  std::vector<std::string> live_blog;    // newer paragraphs of the same event
  std::vector<std::string> boilerplate;  // of a page

  friend void PrintTo(const SampleReport& report, std::ostream* out) { *out << report.language; }
};

inline std::string Joined(const std::vector<std::string>& paragraphs) {
  std::string text;
  for (const std::string& paragraph : paragraphs) (text += paragraph) += '\n';
  return text;
}

inline const std::vector<SampleReport>& SampleReports() {
  static const std::vector<SampleReport> reports = {
      {"en",
       "Crane falls across three tracks at Brindlemouth harbour",
       "Freight stopped on the Tessin coast after a harbour accident",
       {"A gantry crane fell across three railway tracks in the harbour of Brindlemouth before dawn on Tuesday and "
        "stopped all freight between the docks and the inland depot, the port office said. Nobody was hurt, because "
        "the night shift had left the quay ten minutes earlier.",
        "Inspector Orla Venn told reporters that a bolt in the northern leg had sheared off, and that a gust of ninety "
        "kilometres an hour did the rest. The crane is forty-one years old and was due to be scrapped in the spring.",
        "Two grain ships are waiting outside the breakwater. Their owner, Halmer Lines, expects to lose four days and "
        "is looking for berths further south. Farmers in the Tessin valley fear for the last of the barley harvest, "
        "which fills the silos behind the quay.",
        "Engineers want to lift the wreck with two floating cranes on Friday if the wind drops. Until then lorries "
        "carry what spoils, at twice the price, along the coast road through Pellworth."},
       "By Marten Oakes in Brindlemouth",
       {"Update at noon: the floating cranes have left their base and should reach the breakwater during the night, "
        "says the towing company, which sent both of its larger tugs along with them.",
        "Halmer Lines has now ordered one of the two grain ships to turn round; the second keeps its place in the "
        "queue."},
       {"Share this article by mail or print it", "Read more: the ten best walks along the coast",
        "Sign up for our morning letter and never miss what matters to you"}},
      {"pl",
       "Runęła wieża widokowa w Borzęcinie Leśnym",
       "Borzęcin: zawaliła się drewniana wieża, szlak zamknięty",
       {"Drewniana wieża widokowa w Borzęcinie Leśnym zawaliła się w niedzielę tuż po zamknięciu szlaku, a jej belki "
        "zasypały parking i część drogi prowadzącej do schroniska. Strażacy z czterech jednostek przeszukali rumowisko "
        "z psami i nie znaleźli nikogo pod spodem.",
        "Leśniczy Wacław Torbus powiedział, że już w sierpniu zgłaszał pęknięcia w podstawie i prosił gminę o "
        "ekspertyzę. "
        "Urząd odpowiada, że ekspertyza była zamówiona na listopad, bo wcześniej żadna firma nie zgłosiła się do "
        "przetargu.",
        "Wieża miała trzydzieści dwa metry i stała od dziewięciu lat. Zbudowało ją stowarzyszenie turystyczne z "
        "pieniędzy "
        "zebranych podczas biegów górskich, a w pogodny dzień widać było z niej jezioro Mrzygłód i kominy cukrowni w "
        "Trzebieńcu.",
        "Prokuratura zabezpieczyła dokumentację budowy i przesłucha projektanta w czwartek. Do odwołania zamknięte są "
        "niebieski szlak oraz parking, a autobusy do schroniska jeżdżą objazdem przez Wądół. Gmina obiecuje, że nowa "
        "wieża będzie ze stali i że stanie najpóźniej za dwa lata."},
       "Hieronim Sulej, Borzęcin Leśny",
       {"Aktualizacja: strażacy zakończyli akcję i oddali teren policji, a pierwsze dźwigi wjadą na parking dopiero po "
        "oględzinach biegłego, czyli nie wcześniej niż jutro wieczorem.",
        "Wójt zwołał na środę nadzwyczajną sesję rady; mieszkańcy mogą zadawać pytania od siedemnastej."},
       {"Udostępnij ten tekst znajomym", "Czytaj także: gdzie pojechać na jesienny weekend",
        "Zapisz się na nasz poranny biuletyn i bądź na bieżąco"}},
      {"zh",
       "青樟河隧道渗水 三号线停运半日",
       "地铁三号线因渗水中断 十余万人改乘公交",
       {"星期三清晨五点四十分，青樟河下方的地铁隧道出现渗水，三号线东段随即停运，约十二万名早高峰乘客改乘公交和轮渡。"
        "运营公司说，巡道员在首班车发车之前发现轨道旁积水三厘米，立即按下紧急按钮，没有人员受伤。",
        "工程师鲁维桢在现场告诉记者，渗水来自两节管片之间老化的橡胶止水带，河床上月清淤时挖泥船的锚链可能擦过隧道顶部。"
        "潜水员下午将检查河底，结果预计周五公布。",
        "这段隧道建于二十六年前，是本市第一条用沉管法修建的隧道，去年的检修报告曾建议更换十四处接缝，但预算被推迟到明年"
        "。"
        "市议员邵佩岚要求公开全部检修记录，并质问为何没有安装水位传感器。",
        "到中午一点，抽水泵已经把积水排干，列车以每小时二十公里的速度恢复通行。公交集团增派了七十辆车，轮渡公司免收船票"
        "。"
        "沿线两所中学把考试改到星期四举行。"},
       "本报记者 柯砚秋 青樟报道",
       {"下午三时更新：潜水员已经下水，河面上划出了两百米的禁航区，货船须在上游的码头等候，预计等候时间为四个小时。",
        "运营公司宣布，持月票的乘客可以在本月底之前申请退还当天的车费。"},
       {"分享到朋友圈", "相关阅读：周末去哪里看红叶", "下载客户端，第一时间获取新闻推送"}},
      {"ar",
       "انهيار جسر خشبي فوق وادي السنديان",
       "توقف الطريق الجبلي بعد سقوط جسر قديم قرب قرية الزعفرانة",
       {"انهار جسر خشبي قديم فوق وادي السنديان فجر يوم الاثنين بعد ليلة من الأمطار الغزيرة، فانقطع الطريق الوحيد الذي "
        "يربط قرية الزعفرانة بالسوق الكبير في المدينة. وقال مكتب الدفاع المدني إن أحدا لم يصب بأذى، لأن شيخ القرية منع "
        "المرور منذ منتصف الليل.",
        "وأوضح المهندس رائف القنديل أن المياه جرفت الحجارة التي تسند الدعامة الغربية، وأن الخشب كان قد تعفن من الداخل "
        "منذ سنوات. ويعود بناء الجسر إلى سبعة وأربعين عاما، وكان الأهالي يطلبون بديلا من الحديد في كل شتاء.",
        "وتنتظر عشر شاحنات محملة بالزيتون والتين عند مدخل الوادي، ويخشى أصحابها أن يفسد المحصول قبل أن يفتح طريق آخر. "
        "وعرض صاحب معصرة في الجانب الشرقي أن يخزن الثمار مجانا حتى نهاية الأسبوع.",
        "ووعدت وزارة الأشغال بإقامة معبر مؤقت خلال خمسة أيام، ثم ببناء جسر من الخرسانة قبل الصيف المقبل. وحتى ذلك "
        "الحين "
        "ينقل التلاميذ إلى مدارسهم على ظهور البغال عبر ممر ضيق تحرسه فرقة من المتطوعين، وتوزع بلدية المنطقة الخبز "
        "والوقود على البيوت البعيدة كل صباح."},
       "كتب مراسلنا نديم الحصري من الزعفرانة",
       {"تحديث عند الظهر: وصلت أول قافلة من الآليات إلى طرف الوادي وبدأت بتمهيد الأرض للمعبر المؤقت، لكن الضباب الكثيف "
        "أبطأ عملها ساعتين.",
        "وأعلنت المدرسة الوحيدة في القرية أنها ستغلق أبوابها حتى يوم الخميس."},
       {"شارك هذا الخبر مع أصدقائك", "اقرأ أيضا: أجمل الرحلات في عطلة الخريف",
        "اشترك في نشرتنا الصباحية ليصلك كل جديد"}},
  };
  return reports;
}

// Two reports of one kind by one source, which tell of different events under the same footer.
struct ReportsOfOneKind {
  std::string kind;
  std::pair<std::string, std::string> first, second;  // title, body
  std::string footer;

  friend void PrintTo(const ReportsOfOneKind& reports, std::ostream* out) { *out << reports.kind; }
};

inline const std::vector<ReportsOfOneKind>& SampleKinds() {
  static const std::vector<ReportsOfOneKind> kinds = {
      {"football",
       {"Ashcombe Rovers 2-1 Tolworth Athletic",
        "Ashcombe Rovers came from behind to beat Tolworth Athletic at Mill Lane on Saturday with two late goals by "
        "their "
        "captain Jory Pascoe. Lewin Drake had put the visitors in front after a quarter of an hour with a free kick "
        "from "
        "the edge of the box. Rovers hit the post twice before the break. Pascoe headed in a corner in the seventieth "
        "minute and scored the winner from the spot after a handball. The home side climb to fourth in the table and "
        "play "
        "at Quenby next week, while Athletic stay in the relegation zone and have now lost five games in a row."},
       {"Quenby Town 0-0 Marlow Green Wanderers",
        "Goalkeeper Ifan Rhys saved a penalty as Quenby Town held the leaders Marlow Green Wanderers to a goalless "
        "draw on "
        "Sunday in front of nine thousand people. Wanderers had most of the ball and eleven corners but found no way "
        "through a back five marshalled by the veteran Sol Abiodun. The best chance fell to Teo Marchetti, whose kick "
        "Rhys pushed round the post just before half time. Town had a man sent off in the second half for a late "
        "tackle. "
        "The point keeps them in mid-table, and the lead of Wanderers at the top shrinks to a single point."},
       "Match reports are written by our team of volunteers and may be corrected later. Tables are updated at "
       "midnight. Get "
       "all results on your phone with our free app."},
      {"weather",
       {"Weather: storm on the western coast",
        "A deep low over the Farrow islands drives rain and storm across the western coast tonight, with gusts of up "
        "to a "
        "hundred and ten kilometres an hour on exposed headlands. Ferries between Lorn and Skerrin are cancelled until "
        "Thursday. Inland the wind drops after midnight, and showers turn to sleet above six hundred metres. Tomorrow "
        "is "
        "bright at first in the east, and highs reach eight degrees. Rivers in the Dunmarrow district are near their "
        "banks, and the flood office asks people in Ketter and Old Wash to move cars to higher ground before dark."},
       {"Weather: heat returns to the plains",
        "High pressure over the Castilar plains brings the hottest days of the year so far, and thermometers climb to "
        "thirty-nine degrees in Oropenda on Monday afternoon. Nights stay above twenty-two degrees in the cities. The "
        "health office opens cool rooms in libraries and asks people to look after elderly neighbours. No rain is in "
        "sight before the weekend, when thunder may build over the Sierra Blanquilla. The danger of forest fires is at "
        "its highest step in six provinces, and barbecues are forbidden in all parks until further notice."},
       "Forecasts are made twice a day by the joint weather service. Warnings are colour coded: yellow, orange, red. "
       "The "
       "next forecast will be published at six in the morning."},
      {"stocks",
       {"Stocks: miners lift the index",
        "Shares rose on Wednesday as copper reached its highest price in three years and pulled up mining companies. "
        "The "
        "leading index gained 1.4 percent to 7,312 points. Varnholt Metals jumped nine percent after it raised its "
        "output "
        "target, and the smelter group Osk added six. Banks were little changed before the decision of the central "
        "bank "
        "on interest rates next week. The retailer Pemberly lost four percent because its finance chief leaves after "
        "only ten months. Turnover was well above the average of the year. The krona was steady against the euro."},
       {"Stocks: airlines fall on dear fuel",
        "Shares slipped on Friday when a jump in the price of kerosene weighed on airlines and tour operators. The "
        "leading index closed 0.8 percent lower at 7,140 points. Nordwing shed seven percent, its worst day since the "
        "strike in March, and the holiday group Sunvale gave up five. Oil producers moved the other way, led by Trask "
        "Energy with a gain of three percent. Bond yields climbed to a high of two months after strong figures from "
        "the "
        "labour market. The chip maker Lumetra, which reports on Tuesday, ended flat in thin trading."},
       "This report is made by our markets desk and is no advice to buy or sell. Prices are delayed by fifteen "
       "minutes. "
       "Past gains say nothing about those to come."},
  };
  return kinds;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_STORY_TEXTS_H_
