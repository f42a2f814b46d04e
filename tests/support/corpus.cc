#include "tests/support/corpus.h"

#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/c_handle.h"
#include "base/digest.h"
#include "base/text/ascii.h"

namespace wirewatch {
namespace {

using ZstdStream = CHandle<ZSTD_DStream, ZSTD_freeDStream>;

std::string TextOf(const nlohmann::json& article, const char* key) {
  const auto value = article.find(key);
  return value != article.end() && value->is_string() ? value->get<std::string>() : std::string();
}

std::string HostOf(std::string url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  url.erase(0, scheme + 3);
  url.erase(std::min(url.find('/'), url.size()));
  std::transform(url.begin(), url.end(), url.begin(), AsciiLower);
  if (url.starts_with("www.")) url.erase(0, 4);
  return url;
}

StoredArticle FromJson(const nlohmann::json& json) {
  StoredArticle article;
  article.id = TextOf(json, "id");
  article.title = TextOf(json, "title");
  article.summary = TextOf(json, "summary");
  article.body = TextOf(json, "body");
  article.language = TextOf(json, "language");
  article.country = TextOf(json, "country");
  article.source = TextOf(json, "source");
  article.source_host = HostOf(TextOf(json, "url"));
  article.section = TextOf(json, "section");
  article.event = TextOf(json, "event");
  if (const auto tags = json.find("tags"); tags != json.end() && tags->is_array()) {
    for (const nlohmann::json& tag : *tags) {
      if (tag.is_string()) article.tags.push_back(tag.get<std::string>());
    }
  }
  article.published_at = ParseRfc3339(TextOf(json, "published_at"));
  if (article.published_at) article.now = *article.published_at + std::chrono::minutes(article.body.size() % 5000);
  if (article.title.size() % 3 != 0) article.urgency = static_cast<int>(1 + article.title.size() % 9);
  return article;
}

}  // namespace

Document StoredArticle::document() const {
  Document document;
  document.texts = {title, summary, body};
  document.language = language;
  document.country = country;
  document.source = source;
  document.source_host = source_host;
  document.section = section;
  document.tags = tags;
  document.published_at = published_at;
  document.now = now;
  document.urgency = urgency;
  return document;
}

std::uint64_t CorpusParts() {
  const char* parts = std::getenv("WIREWATCH_CORPUS_PARTS");
  return parts != nullptr ? std::max<std::uint64_t>(std::strtoull(parts, nullptr, 10), 1) : 16;
}

bool IsInCorpusPart(std::string_view article_id) {
  const char* seed = std::getenv("WIREWATCH_SEED");
  const std::uint64_t part = seed != nullptr ? std::strtoull(seed, nullptr, 10) : 0;
  const Digest digest = DigestOf({article_id});
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) number = number << 8 | digest[i];
  return number % CorpusParts() == part % CorpusParts();
}

std::vector<std::filesystem::path> CorpusFiles() {
  std::vector<std::filesystem::path> files;
  const char* directory = std::getenv("WIREWATCH_CORPUS");
  if (directory == nullptr) return files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().filename().string().ends_with(".ndjson.zst")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Status ReadZstdLines(const std::filesystem::path& file, const std::function<Status(std::string_view)>& take) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kIo, file.string() + ": cannot be opened"};
  const ZstdStream stream(ZSTD_createDStream());
  std::string compressed(ZSTD_DStreamInSize(), '\0'), plain(ZSTD_DStreamOutSize(), '\0'), lines;
  while (in.read(compressed.data(), static_cast<std::streamsize>(compressed.size())), in.gcount() > 0) {
    ZSTD_inBuffer input{compressed.data(), static_cast<std::size_t>(in.gcount()), 0};
    while (input.pos < input.size) {
      ZSTD_outBuffer output{plain.data(), plain.size(), 0};
      if (ZSTD_isError(ZSTD_decompressStream(stream.get(), &output, &input))) {
        return Error{ErrorCode::kInvalid, file.string() + ": is not zstd"};
      }
      lines.append(plain.data(), output.pos);
      std::size_t begin = 0;
      for (std::size_t end; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
        if (Status taken = take(std::string_view(lines).substr(begin, end - begin)); !taken) return taken;
      }
      lines.erase(0, begin);
    }
  }
  return {};
}

Status ReadArticles(const std::filesystem::path& file, const std::function<void(StoredArticle)>& take) {
  std::size_t line_number = 0;
  return ReadZstdLines(file, [&](std::string_view line) -> Status {
    ++line_number;
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) {
      return Error{ErrorCode::kInvalid, file.string() + ": line " + std::to_string(line_number) + ": no JSON object"};
    }
    take(FromJson(json));
    return {};
  });
}

const std::vector<StoredArticle>& SampleArticles() {
  static const std::vector<StoredArticle> articles = [] {
    std::vector<StoredArticle> list;
    const auto add = [&](std::string language, std::string title, std::string summary, std::string body) {
      StoredArticle article;
      const auto number = static_cast<int>(list.size());
      const WallTime day(std::chrono::days(20'000 + number));
      article.id = "sample-" + std::to_string(number);
      article.language = std::move(language);
      article.title = std::move(title);
      article.summary = std::move(summary);
      article.body = std::move(body);
      article.country = number % 3 == 0 ? "PL" : number % 3 == 1 ? "us" : "";
      article.source = number % 2 == 0 ? "The Harbour Courier" : "www.kurier-portowy.example";
      article.source_host = number % 4 == 3 ? "" : "news.harbour.example";
      article.section = number % 2 == 0 ? "World / Économie" : "";
      if (number % 2 == 0) article.tags = {"5G networks", "Trade", "Łódź"};
      if (number % 5 != 0) article.published_at = day;
      if (number % 4 != 0) article.now = day + std::chrono::minutes(700 * (number % 7) - 5);
      if (number % 3 != 0) article.urgency = 1 + number % 9;
      list.push_back(std::move(article));
    };
    add("en", "Minister bans high-risk vendors from 5G",
        "The U.S.-backed plan, i.e. the \"rip and replace\" bill, would cost $1.9bn.",
        "The minister's office said on Monday that high-risk vendors — Huawei and ZTE among them — are banned.\n\n"
        "\"We replace what we rip out,\" she said; critics called the ban costly, and the ban is not final.\r\n"
        "C++ programmers (U.S. and U.K.) were unmoved. AT&T's shares fell 3.5%… The U.S.A. team won.\n");
    add("en-GB", "Network network NETWORK: a network's networks", "ban ban ban  ban\tban",
        "huawei ban huawei ban. Huawei, Huawei! Ban?\nban\nhuawei\n\nthe end of the ban of the ban of Huawei\n");
    add("pl", "Łódź: zakaz dla dostawców wysokiego ryzyka", "Prezes UKE: „nie wykluczamy” niczego…",
        "W Łodzi zakazano urządzeń Huawei. Dostawcy wysokiego ryzyka — w tym ZTE — mają siedem lat.\n\n"
        "Żółć, gęś, jaźń: ŻÓŁĆ i GĘŚ. Z.T.E. oraz ZTE to nie to samo co z.t.e.\n");
    add("de", "Straßenausbau: Größe zählt", "STRASSE, Straße und STRAẞE — Überprüfung läuft",
        "Die Überprüfung der Netzausrüster läuft weiter.\nz.B. Huawei, d.h. der Ausrüster, bleibt vorerst.\n\n"
        "Der Außenminister sagte: »Wir schließen niemanden aus«, doch Ausrüster werden ausgeschlossen.");
    add("es", "Prohibición del 5G: ¿quién gana?", "",
        "La prohibicio\u0301n (o «veto») llega en enero.\u2028"
        "España y México, ¡atención!, prohíben equipos.\u2029El niño nin\u0303o NIÑO.\n");
    add("el", "Ο Οδυσσεύς και το δίκτυο", "ΔΙΚΤΥΟ δίκτυο ΔΊΚΤΥΟ",
        "Ο υπουργός απέκλεισε την εταιρεία. Ο ΟΔΥΣΣΕΥΣ επέστρεψε.\n\n"
        "Τα δίκτυα πέμπτης γενιάς αποκλείστηκαν από τον υπουργό· τι απομένει;");
    add("tr", "İSTANBUL'da yasak", "Diyarbakır ısı ışık IŞIK ışık",
        "Yasak İstanbul'da başladı; istanbul ISTANBUL.\n"
        "Işık ve ısı: şirket yasaklandı, yasaklı şirket itiraz etti.");
    add("ru", "Запрет на оборудование", "Ёлка, елка и ЁЛКА; т.е. всё и все",
        "Министр запретил оборудование Huawei в сетях.\n\n"
        "Й и И, т. е. йод. Запрещённое запрещенное. Компания ZTE (КНР) ответила: «нет».");
    add("ar", "حظر هواوي في الشبكات", "محمد مُحَمَّد محـــمد",
        "قال الوزير إن \u202bHuawei\u202c محظورة في شبكات ٥G.\n\nأحمد وإحمد واحمد؛ الوزير قال: لا.");
    add("he", "שר התקשורת אסר", "שָׁלוֹם שלום", "השר אסר על ציוד של Huawei ברשתות.\u200f שלום!\n");
    add("ko", "삼성은 5G를 금지했다", "LG전자의 화웨이 장비: 화웨이를 막는 법은 2026년에",
        "정부가 화웨이와 ZTE를 5G망에서 금지했다. 삼성의 장비만은 SK하이닉스가 산다.\n\n화웨이는 법에서만 금지를 "
        "말했다; \u1112\u1161\u11ab\u1100\u116e\u11a8은 "
        "한국의 삼성에서도 화웨이까지 금지한다.");
    add("hi", "सरकार ने हुआवेई पर रोक लगाई", "\u095bमीन और ज\u093cमीन, जमीन और लड़का",
        "भारत की सरकार ने 5G में चीनी कंपनियों पर रोक लगाई। सरकार की ज़मीन।\n\nসরকার হঠাৎ হঠাত্\u200d বলল, পড়া "
        "প\u09a1\u09bcা; കേരളത്തിൽ "
        "കേരളത്തില്\u200d അവന്\u200dറെ അവന്റെ. కై కె క\u0c46\u0c56");
    add("th", "รัฐบาลห้ามหัวเว่ย น้ำมัน", "น\u0e49\u0e4d\u0e32มัน น\u0e4d\u0e49\u0e32มัน เเม่ แม่",
        "น้ำ น้ำ ที่ ท\u0e48\u0e35 ນ້ຳ ນ\u0ecd\u0ec9\u0eb2 ໝາ ຫມາ\n\nབོད་ བད་ བི\u0f71 བཱི ᨅᨗᨔᨘ ᨅᨔ ⺟母 ⼈人 ㊙秘");
    add("fa", "دولت کتاب هواوی را ممنوع کرد", "كتاب و کتاب، علي و علی و على",
        "می\u200cخواهم ميخواهم ٱلكتاب الكتاب ہندوستان هندوستان.\n\nײדיש יידיש שָׁלוֹם שלום; مُحَمَّد محمد");
    add("en", "Huawei's founder can't mobile-pay", "The model's price, the U.S.'s reply and Apple Inc.\u2019s plan",
        "They're told they won\u2019t buy Huawei\u2019s Model S\u2019s parts, don't they? The model's founder isn't at "
        "O'Brien's.\n\n"
        "Paral\u00b7lel para\u0140lel, the 1990's Wirt\u00adschaft Wirtschaft, Cafe\u0301 Caf\u00e9's ban, rock 'n' "
        "roll, l'\u00c9tat.");
    add("zh-CN", "华为被禁止进入5G网络", "中国华为公司：华为、中兴通讯",
        "部长周一表示，华为被禁止进入网络。华为回应称，禁止是不公平的。\n\n"
        "中兴通讯（ＺＴＥ）未作回应。5G网络5G网络，华 为。");
    add("zh-HK", "點解華為被禁？", "", "華為被禁，但華為話冇問題。網絡安全好緊要。");
    add("ja", "ファーウェイ製品を禁止", "ﾌｧｰｳｪｲ ガス カス カ\u3099ス",
        "総務省はファーウェイ製品を禁止すると発表した。ガス会社は反発。\n\nファーウェイ・ジャパンは「残念だ」と述べた。"
        "5Gネットワークの安全。");
    add("ko", "화웨이 금지", "\u1112\u1161\u11ab국 한국",
        "정부는 화웨이 장비를 금지했다. 한국 통신사는 화웨이 장비를 쓴다.\n\n금지는 금지다.");
    add("th", "ห้ามใช้อุปกรณ์", "", "รัฐบาลห้ามใช้อุปกรณ์ Huawei ในเครือข่าย 5G น้ำมัน");
    add("hi", "भारत में प्रतिबंध", "भा.ज.पा. की बैठक",
        "सरकार ने उपकरण पर प्रतिबंध लगाया। की का के को।\n\nप्रतिबंधित कंपनी Huawei ने कहा।");
    add("", "🚫🚫 ban🚫Huawei 👩‍💻👩🏽‍🚀", "5️⃣G ①②③ ½ Ⅷ ﬁnance eﬀect",
        "net\u00adwork net\u200bwork net\u200dwork \ufeffnetwork «net work»\n"
        "!!! ... --- ### @@@ $$$\n\n\n\n$$ x $$ ban $$\n\n🚫\n(ban) [ban] {ban} <ban> 'ban' \"ban\" `ban` *ban* _ban_ "
        "ban/ban ban\\ban ban|ban\n");
    add("xx", "", "", "a.b c.d.e f.gh 1.2 a.1 x\u0301.y\u0301 .a.b. A..B a. b a.\nb K \u212a k ſ s S ß ẞ SS İ i ı I");
    add("en", "", "", "");
    add("en", "   \n ", "\t", "\n\n\n");
    return list;
  }();
  return articles;
}

}  // namespace wirewatch
