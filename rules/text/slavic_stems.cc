#include "rules/text/slavic_stems.h"

#include <cstddef>
#include <initializer_list>
#include <span>

namespace wirewatch {
namespace {

// Endings, of which the longest that fits is taken off, and the bytes that must be left before it.
struct Endings {
  std::size_t left;
  std::string_view endings;  // with blanks between
};

// Takes off the longest ending that leaves what its list demands. The lists are in any order.
bool TakeOff(std::string& word, std::span<const Endings> lists) {
  std::size_t longest = 0;
  for (const Endings& list : lists) {
    for (std::string_view rest = list.endings; !rest.empty();) {
      const std::string_view ending = rest.substr(0, rest.find(' '));
      rest.remove_prefix(ending.size() < rest.size() ? ending.size() + 1 : ending.size());
      if (ending.size() > longest && word.size() >= list.left + ending.size() && word.ends_with(ending)) {
        longest = ending.size();
      }
    }
  }
  word.resize(word.size() - longest);
  return longest > 0;
}

void Replace(std::string& word, std::string_view ending, std::string_view other) {
  if (!word.ends_with(ending)) return;
  word.resize(word.size() - ending.size());
  word += other;
}

bool IsVowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

// A vowel between the last two consonants that comes and goes: rynek, rynku; minister, ministra.
void DropFleetingE(std::string& word) {
  const std::size_t size = word.size();
  if (size < 4 || word[size - 2] != 'e' || IsVowel(word[size - 1])) return;
  const std::size_t before = word[size - 3] == 'i' ? 2 : 1;  // of what goes
  if (size < before + 3 || IsVowel(word[size - 2 - before])) return;
  word.erase(size - 1 - before, before);
}

// ---- Polish

constexpr Endings kPolishCases[] = {
    {3, "iejszego iejszemu iejszych iejszymi iejszym iejsza iejsze iejszy iejsi"},
    {3, "iego iemu iej ego emu ych ymi imi ich ami iami ach iach owi iowi iem iom iow"},
    {3, "ej ow om em ym im ia ie ii iu io a e y u o"},
    {3, "ajacego ajacych ajacymi ajacym ajaca ajace ajacy ajac ujacego ujacych ujacymi ujacym ujaca ujace ujacy ujac"},
    {3, "uja uje ujemy ujecie ujesz uj aja ajemy amy acie asz imy icie isz ymy ycie ysz emy ecie esz"},
    {3, "owac ac ic yc ec nac owalem owalam alem alam ilem ilam ylem ylam"},
};
constexpr Endings kPolishVerbs[] = {
    {3, "owal owan owani owa uj al ali il ili yl yli an ani en eni on ion ien ol al el ow"},
};

std::vector<std::string> PolishConsonants(std::string word) {
  if (word.size() > 3 && (word.back() == 'i' || word.back() == 'j') && !IsVowel(word[word.size() - 2])) word.pop_back();
  if (word.size() > 3 && word.ends_with("rz")) word.pop_back();
  DropFleetingE(word);
  // miasto, miescie; swiat, swiecie: the vowel before the last consonants.
  for (const std::string_view pair : {"ias", "iat", "iaz", "ial", "iar", "iad", "ian"}) {
    const std::size_t at = word.rfind(pair);
    if (at != std::string::npos && at > 0 && at + 5 >= word.size()) word[at + 1] = 'e';
  }
  if (word.ends_with("rzad")) word[word.size() - 2] = 'e';  // urzad, urzedu
  const auto with = [&](std::size_t size, std::string_view end) {
    return word.substr(0, word.size() - size).append(end);
  };
  if (word.size() > 3 && word.ends_with("cz")) return {with(2, "k")};
  if (word.size() > 3 && word.ends_with("sc")) return {with(2, "sk"), with(2, "st")};
  if (word.size() > 3 && word.ends_with("dz")) return {with(2, "g"), with(2, "d")};
  if (word.size() > 3 && word.ends_with("c")) return {with(1, "k"), with(1, "t")};
  return {word};
}

// ---- Czech

constexpr Endings kCzechCases[] = {
    {3, "atech"},
    {3, "etem atum ejsiho ejsimu ejsich ejsimi ejsim ejsi"},
    {3, "ech ich eho emi emu ete eti iho imi imu ach ata aty ych ama ami ove ovi ymi"},
    {3, "em es im um at am os us ym mi ou it et"},
    {3, "a e i o u y"},
    {3, "ujeme ujete ujes ujou ujou ovat ime ite is ame ate as eme ete"},
};
constexpr Endings kCzechVerbs[] = {
    {4, "oval ovan ova uj al an ava il en el ov in uv"},
};

// ---- Slovak

constexpr Endings kSlovakCases[] = {
    {3, "ejsieho ejsiemu ejsich ejsimi ejsia ejsie ejsi ejsim ejsou"},
    {3, "iach iami iam ieho iemu ach ami och omi eho emu ovi ych ymi ich imi iou ovia"},
    {3, "om ou ej ho mu ym im ov am mi ia ie iu em at it et ut"},
    {3, "a e i o u y"},
    {3, "ujeme ujete ujes ujem ujuc ovat ime ite is ame ate as aju eme ete"},
};
constexpr Endings kSlovakVerbs[] = {
    {4, "oval ovan ova uj al an ava il en el ov in ani eni"},
};

std::vector<std::string> CzechConsonants(std::string word) {
  Replace(word, "ct", "ck");
  if (word.size() > 3) {
    if (word.back() == 'c') word.back() = 'k';
    if (word.back() == 'z') word.back() = 'h';
  }
  DropFleetingE(word);
  if (word.size() > 2 && word[word.size() - 2] == 'u') word[word.size() - 2] = 'o';  // dum, domu
  return {word};
}

// ---- Bulgarian: two bytes a letter

constexpr Endings kBulgarianArticles[] = {
    {6, "ият"},
    {6, "ът то те та ия ят"},
};
constexpr Endings kBulgarianCases[] = {
    {6, "овци ове еве ища ета"},
    {6, "и а я о е у ю"},
    {6, "ам аш аме ате ат ям яш яме яте ят иш им ите еш ем ете"},
    {6, "ах яха яхме яхте ха хме хте их иха ихме ихте"},
};
constexpr Endings kBulgarianVerbs[] = {
    {6, "увал уван ува ирал иран ира авал аван ава ал ан ил ен ял ян ани ени ох ах"},
};

void BulgarianConsonants(std::string& word) {
  constexpr std::size_t kLetter = 2;
  if (word.size() <= 3 * kLetter) return;
  Replace(word, "ц", "к");
  Replace(word, "ж", "г");
  const std::string_view last = std::string_view(word).substr(word.size() - kLetter);
  const std::string_view before = std::string_view(word).substr(word.size() - 2 * kLetter, kLetter);
  if (before == "ъ" || before == "е") word = word.substr(0, word.size() - 2 * kLetter).append(last);
}

}  // namespace

std::vector<std::string> PolishStems(std::string_view folded) {
  std::string word(folded);
  // Of a name that ends so it is no ending: Huawei, Huaweia.
  const bool is_soft = word.size() > 3 && word.back() == 'i' && !IsVowel(word[word.size() - 2]);
  if (!TakeOff(word, kPolishCases) && is_soft) word.pop_back();
  TakeOff(word, kPolishVerbs);
  return PolishConsonants(std::move(word));
}

std::vector<std::string> CzechStems(std::string_view folded) {
  std::string word(folded);
  TakeOff(word, kCzechCases);
  TakeOff(word, kCzechVerbs);
  return CzechConsonants(std::move(word));
}

std::vector<std::string> SlovakStems(std::string_view folded) {
  std::string word(folded);
  TakeOff(word, kSlovakCases);
  TakeOff(word, kSlovakVerbs);
  return CzechConsonants(std::move(word));
}

std::vector<std::string> BulgarianStems(std::string_view folded) {
  std::string word(folded);
  TakeOff(word, kBulgarianArticles);
  TakeOff(word, kBulgarianCases);
  TakeOff(word, kBulgarianVerbs);
  BulgarianConsonants(word);
  return {word};
}

}  // namespace wirewatch
