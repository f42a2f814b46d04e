#include "rules/text/stem_spellings.h"

#include <cstddef>
#include <span>

namespace wirewatch {
namespace {

struct Ending {
  std::string_view folded, other;
  std::size_t fewest_before = 2;  // letters
};

// Endings of verbs, nouns and adjectives at which Snowball's stemmer of the language asks for the accent. An ending
// that it takes off just as well without one is not here.
constexpr Ending kFrench[] = {
    {"e", "é"},         {"ee", "ée"},   {"es", "és"},     {"ees", "ées"},     {"ite", "ité"},  {"ites", "ités"},
    {"erent", "èrent"}, {"at", "ât"},   {"iere", "ière"}, {"ieres", "ières"}, {"ent", "e", 4}, {"ure", "u"},
    {"us", "u", 3},     {"ue", "u", 3}, {"ues", "u", 3},  {"ire", "it"},      {"aient", "ait"}};
constexpr Ending kDutch[] = {{"t", "en", 4}, {"ies", "ie"}};
constexpr Ending kSwedish[] = {{"et", ""}, {"ets", ""}, {"or", "ör"}};
constexpr Ending kGerman[] = {{"iert", "ieren"},   {"ierte", "ieren"}, {"ierten", "ieren"}, {"ierter", "ieren"},
                              {"iertes", "ieren"}, {"et", "en", 3},    {"t", "en", 5},      {"tet", "en", 5},
                              {"te", "en", 5},     {"ten", "en", 5}};
constexpr Ending kSpanish[] = {{"cion", "ción"},     {"sion", "sión"},     {"ia", "ía"},     {"ias", "ías"},
                               {"ian", "ían"},       {"iamos", "íamos"},   {"ais", "áis"},   {"eis", "éis"},
                               {"ara", "ará"},       {"aran", "arán"},     {"era", "erá"},   {"eran", "erán"},
                               {"ira", "irá"},       {"iran", "irán"},     {"o", "ó"},       {"e", "é"},
                               {"are", "aré"},       {"ere", "eré"},       {"ire", "iré"},   {"aria", "aría"},
                               {"eria", "ería"},     {"iria", "iría"},     {"ario", "ario"}, {"logia", "logía"},
                               {"andolo", "ándolo"}, {"andola", "ándola"}, {"arlo", "árlo"}};
constexpr Ending kPortuguese[] = {{"cao", "ção"},     {"coes", "ções"},     {"ao", "ão"},       {"oes", "ões"},
                                  {"ara", "ará"},     {"arao", "arão"},     {"era", "erá"},     {"erao", "erão"},
                                  {"ira", "irá"},     {"irao", "irão"},     {"encia", "ência"}, {"encias", "ências"},
                                  {"ancia", "ância"}, {"avel", "ável"},     {"aveis", "áveis"}, {"ivel", "ível"},
                                  {"iveis", "íveis"}, {"aria", "ária"},     {"arias", "árias"}, {"ario", "ário"},
                                  {"arios", "ários"}, {"avamos", "ávamos"}, {"iamos", "íamos"}, {"sao", "são"},
                                  {"ao", "o"},        {"oes", "o"}};
constexpr Ending kItalian[] = {{"a", "à"}, {"e", "è"}, {"i", "ì"}, {"o", "ò"}, {"u", "ù"}};
constexpr Ending kCatalan[] = {{"cio", "ció"},   {"sio", "sió"}, {"io", "ió"},       {"a", "à"},        {"e", "é"},
                               {"es", "és"},     {"i", "í"},     {"ia", "ía"},       {"ien", "íem"},    {"at", "àt"},
                               {"aria", "ària"}, {"ari", "àri"}, {"ancia", "ància"}, {"encia", "ència"}};
constexpr Ending kRomanian[] = {
    {"a", "ă"},         {"at", "ăt"},       {"ata", "ată"},   {"ate", "ăţi"},     {"ita", "ită"},
    {"uta", "ută"},     {"ati", "aţi"},     {"iti", "iţi"},   {"uti", "uţi"},     {"eaza", "ează"},
    {"este", "eşte"},   {"esti", "eşti"},   {"and", "ând"},   {"ind", "ând"},     {"tie", "ţie"},
    {"tii", "ţii"},     {"tia", "ţia"},     {"tiei", "ţiei"}, {"tiile", "ţiile"}, {"tiilor", "ţiilor"},
    {"tiuni", "ţiuni"}, {"tiune", "ţiune"}, {"am", "ăm"},     {"easca", "ească"}, {"ista", "istă"},
    {"isti", "işti"},   {"oasa", "oasă"},   {"ati", "ăţi"},   {"at", "a"},        {"ata", "a"},
    {"ate", "a"},       {"ati", "a"},       {"ari", "are"},   {"arilor", "are"},  {"arile", "are"},
    {"arii", "are"},    {"area", "are"},    {"cheaza", "ca"}, {"gheaza", "ga"},   {"ele", "ea"},
    {"elei", "ea"},     {"elelor", "ea"},   {"elele", "ea"}};
constexpr Ending kHungarian[] = {
    {"at", "át"},       {"et", "ét"},       {"ak", "ák"},       {"ek", "ék"},       {"aban", "ában"},
    {"eben", "ében"},   {"anak", "ának"},   {"enek", "ének"},   {"aval", "ával"},   {"evel", "ével"},
    {"arol", "áról"},   {"erol", "éről"},   {"abol", "ából"},   {"ebol", "éből"},   {"atol", "ától"},
    {"etol", "étől"},   {"ahoz", "ához"},   {"ehez", "éhez"},   {"aert", "áért"},   {"eert", "éért"},
    {"anal", "ánál"},   {"enel", "énél"},   {"ara", "ára"},     {"ere", "ére"},     {"an", "án"},
    {"en", "én"},       {"ait", "áit"},     {"eit", "éit"},     {"akat", "ákat"},   {"eket", "éket"},
    {"rol", "ról"},     {"rol", "ről"},     {"bol", "ból"},     {"bol", "ből"},     {"tol", "tól"},
    {"tol", "től"},     {"hoz", "höz"},     {"nal", "nál"},     {"nel", "nél"},     {"ert", "ért"},
    {"kent", "ként"},   {"ul", "ül"},       {"akrol", "ákról"}, {"ekrol", "ékről"}, {"akban", "ákban"},
    {"ekben", "ékben"}, {"okrol", "okról"}, {"okbol", "okból"}, {"okert", "okért"}, {"ekert", "ekért"},
    {"akert", "akért"}, {"oknal", "oknál"}, {"eknel", "eknél"}, {"oktol", "októl"}, {"ektol", "ektől"},
    {"ekrol", "ekről"}, {"ekbol", "ekből"}, {"akrol", "akról"}, {"aknak", "áknak"}, {"eknek", "éknek"}};

std::span<const Ending> EndingsOf(StemLanguage language) {
  switch (language) {
    case StemLanguage::kFrench: return kFrench;
    case StemLanguage::kGerman: return kGerman;
    case StemLanguage::kDutch: return kDutch;
    case StemLanguage::kSwedish: return kSwedish;
    case StemLanguage::kSpanish: return kSpanish;
    case StemLanguage::kPortuguese: return kPortuguese;
    case StemLanguage::kItalian: return kItalian;
    case StemLanguage::kCatalan: return kCatalan;
    case StemLanguage::kRomanian: return kRomanian;
    case StemLanguage::kHungarian: return kHungarian;
    default: return {};
  }
}

// Turkish writes i or ı, u or ü, o or ö by the harmony of vowels: each follows the vowel before it. The first vowel,
// which follows none, stays. Once for a word whose o and u are ö and ü, and once for one whose are not.
std::vector<std::string> WithVowelHarmony(std::string_view word) {
  std::vector<std::string> spellings;
  for (const bool rounded_are_front : {false, true}) {
    std::string spelled;
    bool front = true, is_first = true;
    for (const char c : word) {
      switch (c) {
        case 'a': front = false; break;
        case 'e': front = true; break;
        case 'o':
        case 'u':
          if (is_first) front = rounded_are_front;
          spelled += c == 'o' ? (front ? "ö" : "o") : (front ? "ü" : "u");
          is_first = false;
          continue;
        case 'i':
          spelled += is_first || front ? "i" : "ı";
          is_first = false;
          continue;
        default: spelled += c; continue;
      }
      spelled += c;
      is_first = false;
    }
    if (spelled != word) spellings.push_back(std::move(spelled));
  }
  return spellings;
}

}  // namespace

std::vector<std::string> SpellingsForStems(std::string_view folded_word, StemLanguage language) {
  if (language == StemLanguage::kTurkish) return WithVowelHarmony(folded_word);
  std::vector<std::string> spellings;
  for (const Ending& ending : EndingsOf(language)) {
    if (folded_word.size() < ending.folded.size() + ending.fewest_before || !folded_word.ends_with(ending.folded))
      continue;
    std::string& spelled = spellings.emplace_back(folded_word.substr(0, folded_word.size() - ending.folded.size()));
    spelled += ending.other;
  }
  return spellings;
}

}  // namespace wirewatch
