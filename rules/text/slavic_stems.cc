#include "rules/text/slavic_stems.h"

#include <cstddef>
#include <span>
#include <utility>

namespace wirewatch {
namespace {

// Endings, and the bytes that must be left before them.
struct Endings {
  std::size_t left;
  std::string_view endings;  // in any order, with blanks between
};

// Takes off the longest ending that leaves what its list demands.
void TakeOff(std::string& word, std::span<const Endings> lists) {
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
}

// `word` with `other` in place of its last `size` bytes.
std::string With(const std::string& word, std::size_t size, std::string_view other) {
  return word.substr(0, word.size() - size).append(other);
}

bool IsVowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

// With the vowel between the last two consonants left out, which comes and goes: rynek, rynku; firem, firma. Empty:
// there is none.
std::string WithoutFleetingE(const std::string& word) {
  const std::size_t size = word.size();
  if (size < 4 || word[size - 2] != 'e' || IsVowel(word[size - 1])) return "";
  const std::size_t vowels = word[size - 3] == 'i' ? 2 : 1;
  if (size < vowels + 3 || IsVowel(word[size - 2 - vowels])) return "";
  return word.substr(0, size - 1 - vowels) + word.back();
}

// What is left of a word at each step is a stem of its own: a step that takes too much from one form takes it from none
// of the others, and then the step before joins them.
class Stems {
 public:
  void Add(std::string stem) {
    if (!stem.empty()) stems_.push_back(std::move(stem));
  }
  std::vector<std::string> Take() { return std::move(stems_); }

 private:
  std::vector<std::string> stems_;
};

// ---- Polish

constexpr Endings kPolishCases[] = {
    {3, "iejszego iejszemu iejszych iejszymi iejszym iejsza iejsze iejszy iejsi"},
    {3, "iego iemu iej ego emu ych ymi imi ich ami iami ach iach owi iowi iem iom iow"},
    {3, "ej ow om em ym im ia ie ii iu io a e y u o i"},
    {3, "ajacego ajacych ajacymi ajacym ajaca ajace ajacy ajac ujacego ujacych ujacymi ujacym ujaca ujace ujacy ujac"},
    {3, "uja uje ujemy ujesz uj aja ajemy amy asz imy isz ymy ysz emy esz"},
    {3, "owac ac ic yc ec owalem owalam alem alam ilem ilam ylem ylam"},
};
constexpr Endings kPolishVerbs[] = {
    {3, "owal owan owani owa uj iet"},
    {4, "al an ani il yl ow ion ien"},
    {6, "en eni on"},  // not zakazenie (an infection) and zakaz (a ban), which the fold makes alike
};

void AddPolish(const std::string& word, Stems& stems) {
  std::string stem = word;
  if (stem.size() > 3 && stem.back() == 'j' && !IsVowel(stem[stem.size() - 2])) stem.pop_back();  // sankcj-
  if (stem.size() > 3 && stem.ends_with("rz")) stem.pop_back();                                   // ministrz-
  if (stem.size() > 5 && stem.ends_with("nel")) stem.resize(stem.size() - 2);                     // usunel-
  // miast-, miesc-; swiat, swiec-
  for (const std::string_view pair : {"ias", "iat", "iaz", "ial", "iar", "iad", "ian"}) {
    const std::size_t at = stem.rfind(pair);
    if (at != std::string::npos && at > 0 && at + 5 >= stem.size()) stem[at + 1] = 'e';
  }
  if (stem.size() > 4 && stem.ends_with("rzad")) stem[stem.size() - 2] = 'e';  // urzad, urzed-
  stems.Add(stem);
  stems.Add(WithoutFleetingE(stem));
  if (stem.size() <= 3) return;
  if (stem.ends_with("sc")) {
    stems.Add(With(stem, 2, "sk"));
    stems.Add(With(stem, 2, "st"));
  } else if (stem.ends_with("dz")) {
    stems.Add(With(stem, 2, "g"));
    stems.Add(With(stem, 2, "d"));
  } else if (stem.ends_with("cz")) {
    stems.Add(With(stem, 2, "k"));
  } else if (stem.ends_with("c")) {
    stems.Add(With(stem, 1, "k"));
    if (!stem.ends_with("nkc")) stems.Add(With(stem, 1, "t"));  // sankcja is of no sankt
  }
}

// ---- Czech and Slovak

constexpr Endings kCzechCases[] = {
    {3, "ejsiho ejsimu ejsich ejsimi ejsim ejsi"},
    {3, "ech ich eho emi emu iho imi imu ach ych ama ami ove ovi ymi"},
    {3, "em im um am ym mi ou a e i o u y"},
    {3, "ujeme ujete ujes ujou ovat nout ime ite is ame ate as eme at it"},
};
constexpr Endings kSlovakCases[] = {
    {3, "ejsieho ejsiemu ejsich ejsimi ejsia ejsie ejsi ejsim ejsou"},
    {3, "iach iami iam ieho iemu ach ami och omi eho emu ovi ych ymi ich imi iou ovia"},
    {3, "om ou ej ym im ov am mi ia ie iu ii em a e i o u y"},
    {4, "ho mu"},
    {3, "ujeme ujete ujes ujem ujuc ovat nut ime ite is ame ate as aju eme at it"},
};
constexpr Endings kCzechVerbs[] = {
    {3, "oval ovan ova uj"},
    {4, "al an ani aj il en eni nut ov in"},
    {5, "et el"},
};

void AddCzech(const std::string& stem, Stems& stems) {
  stems.Add(stem);
  stems.Add(WithoutFleetingE(stem));
  if (stem.size() < 3) return;
  const char last = stem.back(), before = stem[stem.size() - 2];
  if (stem.ends_with("ct")) stems.Add(With(stem, 2, "ck"));                     // americt-, americk-
  if (stem.size() > 4 && stem.ends_with("st")) stems.Add(With(stem, 2, "sk"));  // cinst-, cinsk-
  if (last == 'c') stems.Add(With(stem, 1, "k"));                               // podnic-, podnik
  if (last == 'z') stems.Add(With(stem, 1, "h"));                               // praz-, prah-
  if ((last == 'l' || last == 'n') && !IsVowel(before) && stem.size() > 4) stems.Add(With(stem, 1, ""));  // napadl-
  if (stem.size() <= 4 && before == 'u') stems.Add(With(stem, 2, "o") + last);                            // dum, dom-
  if (stem.size() <= 5 && stem.ends_with("ie" + std::string(1, last))) stems.Add(With(stem, 3, "e") + last);
}

std::vector<std::string> CzechOrSlovakStems(std::string_view folded, std::span<const Endings> cases) {
  std::string word(folded);
  Stems stems;
  stems.Add(WithoutFleetingE(word));
  TakeOff(word, cases);
  AddCzech(word, stems);
  TakeOff(word, kCzechVerbs);
  AddCzech(word, stems);
  return stems.Take();
}

// ---- Bulgarian: two bytes a letter

constexpr std::size_t kLetter = 2;
constexpr Endings kBulgarianVowels[] = {{3 * kLetter, "а я о е и у ю"}};
constexpr Endings kBulgarianArticles[] = {{3 * kLetter, "ият ът ят то те та ия"}};
constexpr Endings kBulgarianCases[] = {
    {3 * kLetter, "овци ове еве ища и а я о е у ю"},
    {3 * kLetter, "ам аш аме ате ат ям яш яме яте ят иш им ите еш ем ете"},
    {3 * kLetter, "яха ваме их иха ихме ихте оха"},
    {5 * kLetter, "аха"},
};
constexpr Endings kBulgarianVerbs[] = {
    {3 * kLetter, "увал уван ув ирал иран ир авал аван ав вал ван в ал ан ани ил ен ени ял ян"},
    {4 * kLetter, "ин ар"},
};

void AddBulgarian(const std::string& stem, Stems& stems) {
  stems.Add(stem);
  if (stem.size() <= 3 * kLetter) return;
  const std::string_view last = std::string_view(stem).substr(stem.size() - kLetter);
  const std::string_view before = std::string_view(stem).substr(stem.size() - 2 * kLetter, kLetter);
  if (last == "ц") stems.Add(With(stem, kLetter, "к"));                          // доставчиц-
  if (before == "ъ" || before == "е") stems.Add(With(stem, 2 * kLetter, last));  // министър
  const bool vowel_before = std::string_view("аеиоуъюя").find(before) != std::string_view::npos;
  if (last == "н" && !vowel_before) stems.Add(With(stem, kLetter, ""));  // опасн-, опас-ен
}

}  // namespace

std::vector<std::string> PolishStems(std::string_view folded) {
  std::string word(folded);
  Stems stems;
  stems.Add(WithoutFleetingE(word));
  TakeOff(word, kPolishCases);
  AddPolish(word, stems);
  TakeOff(word, kPolishVerbs);
  stems.Add(word);
  return stems.Take();
}

std::vector<std::string> CzechStems(std::string_view folded) { return CzechOrSlovakStems(folded, kCzechCases); }

std::vector<std::string> SlovakStems(std::string_view folded) { return CzechOrSlovakStems(folded, kSlovakCases); }

std::vector<std::string> BulgarianStems(std::string_view folded) {
  std::string word(folded);
  Stems stems;
  // президента ends like an article, and has none.
  std::string without_vowel = word;
  TakeOff(without_vowel, kBulgarianVowels);
  AddBulgarian(without_vowel, stems);
  TakeOff(word, kBulgarianArticles);
  stems.Add(word);
  without_vowel = word;
  TakeOff(without_vowel, kBulgarianVowels);
  AddBulgarian(without_vowel, stems);
  TakeOff(word, kBulgarianCases);
  AddBulgarian(word, stems);
  TakeOff(word, kBulgarianVerbs);
  AddBulgarian(word, stems);
  return stems.Take();
}

}  // namespace wirewatch
