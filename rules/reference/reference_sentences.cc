#include "rules/reference/reference_sentences.h"

#include <utf8proc.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "rules/text/abbreviations.h"
#include "rules/text/code_point_table.h"
#include "rules/text/sentence_marks.h"
#include "rules/text/text_unit.h"

namespace wirewatch {
namespace {

std::u32string CharactersOf(std::string_view text) {
  std::u32string characters;
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t c = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                       static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    characters += size > 0 ? static_cast<char32_t>(c) : U'\uFFFD';
    at += size > 0 ? static_cast<std::size_t>(size) : 1;
  }
  return characters;
}

bool IsIn(std::u32string_view list, char32_t c) { return list.find(c) != std::u32string_view::npos; }
bool IsBetween(char32_t first, char32_t c, char32_t last) { return first <= c && c <= last; }
std::string Category(char32_t c) { return utf8proc_category_string(static_cast<utf8proc_int32_t>(c)); }
bool IsUpper(char32_t c) { return Category(c) == "Lu" || Category(c) == "Lt"; }
bool HasNoBlanks(char32_t c) { return CodePointTable::Get().At(c).character_class == CharacterClass::kAlone; }

// The words that have a use in articles of one language, each with whether it must be in upper case.
using Words = std::set<std::pair<std::string, bool>>;

// Every word of every row by language ("": of unknown language) and use.
const std::map<std::pair<std::string, WordUse>, Words>& AllWords() {
  static const auto words = [] {
    std::set<std::string> languages;
    for (char first = 'a'; first <= 'z'; ++first) {
      for (char second = 'a'; second <= 'z'; ++second) {
        languages.emplace(LanguageOfRows(std::string{first, second}));
      }
    }
    std::map<std::pair<std::string, WordUse>, Words> made;
    for (const WordRow& row : WordRows()) {
      Words of_row;
      std::string word;
      for (const char c : std::string(row.words) + ' ') {
        if (c != ' ') {
          word += c;
        } else if (!word.empty()) {
          of_row.emplace(FoldText(word).text, IsUpper(CharactersOf(word)[0]));
          word.clear();
        }
      }
      for (const std::string& language : languages) {
        const bool counts = row.language.empty() || (language.empty() ? !row.own : row.language == language);
        if (counts) made[{language, row.use}].insert(of_row.begin(), of_row.end());
      }
    }
    return made;
  }();
  return words;
}

// A word of one field.
struct Word {
  std::string folded;
  std::string_view written;
  std::u32string characters;  // of `written`
  std::u32string behind;      // up to the next word of the field
  char32_t before = ' ';      // the character before it
  bool ends_paragraph = false;

  bool IsDigits(std::size_t most) const {
    return folded.size() <= most && folded.find_first_not_of("0123456789") == std::string::npos;
  }
  bool BeginsWithDigit() const { return IsBetween('0', static_cast<unsigned char>(folded[0]), '9'); }
};

// What stands between two words: a letter for each character.
//   f full stop  e ellipsis  s other stop before a blank  a stop anywhere  c closing mark  b blank  o anything else
std::string LettersOf(const Word& word) {
  std::string letters;
  const char32_t first = word.characters[0];
  const bool greek = IsBetween(0x0370, first, 0x03FF) || IsBetween(0x1F00, first, 0x1FFF);
  const bool armenian = IsBetween(0x0530, first, 0x058F);
  const bool ethiopic = IsBetween(0x1200, first, 0x139F);
  const bool thai = IsBetween(0x0E00, first, 0x0E7F);
  for (std::size_t i = 0; i < word.behind.size(); ++i) {
    const char32_t c = word.behind[i];
    const bool twice = i + 1 < word.behind.size() && word.behind[i + 1] == c;
    const std::string category = Category(c);
    if (c == 0x1361) {
      letters += twice ? 'a' : 'b';
    } else if (IsFullStop(c)) {
      letters += thai ? 'o' : c != '.' && HasNoBlanks(first) ? 'a' : 'f';
    } else if (IsEllipsis(c)) {
      letters += 'e';
    } else if (c == 0x037E || (c == ';' && greek) || (c == ':' && armenian)) {
      letters += 's';
    } else if (c == ':' && ethiopic && twice) {
      letters += 'a';
    } else if (IsIn(U"!?\u0589\u06D4\u203C\u203D\u2047\u2048\u2049\u2E2E\u2E53\u2E54", c)) {
      letters += 's';
    } else if (IsSentenceStop(c)) {
      letters += 'a';
    } else if (c == '"' || c == '\'' || category == "Pe" || category == "Pf" || category == "Pi") {
      letters += 'c';
    } else if (category == "Zs" || IsIn(U"\t\v\f\u0085", c)) {
      letters += 'b';
    } else if (category != "Cf") {
      letters += 'o';
    }
  }
  return letters;
}

class FieldWords {
 public:
  FieldWords(const Document& document, const FoldedDocument& folded, Field field)
      : in_title_(field == Field::kTitle), language_(LanguageOfRows(document.language)) {
    const std::string_view text = document.text(field);
    const TokenRange range = folded.fields[static_cast<std::size_t>(field)];
    std::size_t begin = 0;  // byte behind the word before
    for (std::uint32_t i = range.begin; i < range.end; ++i) {
      const Span original = folded.tokens[i].original;
      const bool last = i + 1 == range.end;
      const std::size_t next = last ? text.size() : folded.tokens[i + 1].original.begin;
      Word word;
      word.folded = folded.Word(i);
      word.written = original.Of(text);
      word.characters = CharactersOf(word.written);
      if (next > original.end) word.behind = CharactersOf(text.substr(original.end, next - original.end));
      const std::u32string text_before = CharactersOf(text.substr(begin, original.begin - begin));
      if (!text_before.empty()) word.before = text_before.back();
      begin = original.end;
      word.ends_paragraph = last || folded.text[folded.tokens[i].folded.end] == '\n';
      words_.push_back(std::move(word));
    }
  }

  std::size_t size() const { return words_.size(); }
  bool ParagraphEndsBehind(std::size_t i) const { return words_[i].ends_paragraph; }

  bool SentenceEndsBehind(std::size_t i) const {
    if (words_[i].ends_paragraph) return true;
    const std::string letters = LettersOf(words_[i]);
    if (letters.find('a') != std::string::npos) return true;

    // Stops and closing marks before the first blank that has a stop before it.
    std::string run;
    std::size_t begin = 0;
    bool found = false;
    for (std::size_t at = 0; at < letters.size() && !found; ++at) {
      const char letter = letters[at];
      if (letter == 'b' && !run.empty()) {
        found = true;
      } else if (letter == 'b' || letter == 'o') {
        run.clear();
      } else if (letter != 'c' || !run.empty()) {
        if (run.empty()) begin = at;
        run += letter;
      }
    }
    if (run.empty()) return false;
    const bool closed = run.find('c') != std::string::npos;
    std::string stops;
    for (const char letter : run) {
      if (letter != 'c') stops += letter;
    }
    const bool only_dots = stops.find('s') == std::string::npos;
    const bool full_stop = stops == "f";
    const char32_t next = words_[i + 1].characters[0];
    if (!found) {
      const bool halts = only_dots && !full_stop;
      if (halts || !HasNoBlanks(words_[i].characters[0]) || !HasNoBlanks(next)) return false;
    }
    if ((only_dots || closed) && IsLowerCase(next)) return false;
    return !(full_stop && begin == 0 && GoesOnBehind(i));
  }

 private:
  bool IsOne(WordUse use, std::size_t i) const {
    const auto words = AllWords().find({std::string(language_), use});
    if (words == AllWords().end()) return false;
    return words->second.contains({words_[i].folded, false}) ||
           (IsUpper(words_[i].characters[0]) && words->second.contains({words_[i].folded, true}));
  }

  bool BeginsSentence(std::size_t i) const {
    return !in_title_ && IsUpper(words_[i].characters[0]) && IsOne(WordUse::kBegins, i);
  }
  bool HasStopBehind(std::size_t i) const { return !words_[i].behind.empty() && words_[i].behind[0] == '.'; }
  bool IsName(std::size_t i) const {
    const char32_t c = words_[i].characters[0];
    const bool named = Category(c) == "Lu" || Category(c) == "Ll" ||
                       (Category(c) == "Lo" && (IsBetween(0x05D0, c, 0x05EA) || IsBetween(0x0620, c, 0x06FF)));
    return named && LengthOf(i) == 1;
  }
  std::size_t LengthOf(std::size_t i) const { return CharactersOf(words_[i].folded).size(); }

  // Whether the full stop directly behind the word is that of an abbreviation, an ordinal or a date.
  bool GoesOnBehind(std::size_t i) const {
    const Word& word = words_[i];
    const Word& next = words_[i + 1];
    if (IsOne(WordUse::kGoesOn, i)) return true;
    if (next.BeginsWithDigit() && IsOne(WordUse::kBeforeNumber, i)) return true;
    const bool behind_letter = i > 0 && words_[i - 1].behind == U"." && IsName(i - 1) && LengthOf(i) <= 3;
    const bool acronym = word.written.find('.') != std::string_view::npos || behind_letter;
    if (acronym || IsOne(WordUse::kMayEnd, i)) return !BeginsSentence(i + 1);
    if (IsName(i)) {
      if (!BeginsSentence(i + 1)) return true;
      return IsUpper(word.characters[0]) && LengthOf(i + 1) < 3;
    }
    return IsOrdinal(i) || IsInDate(i);
  }

  bool IsOrdinal(std::size_t i) const {
    const bool roman =
        words_[i].written.size() > 1 && words_[i].written.find_first_not_of("MDCLXVI") == std::string_view::npos;
    if (!roman && !words_[i].IsDigits(3)) return false;
    if (IsIn(U"-\u2010\u2011\u2013", words_[i].before)) return false;
    if (!IsUpper(words_[i + 1].characters[0])) return false;
    if (!roman && IsOne(WordUse::kMonth, i + 1)) return true;
    if (BeginsSentence(i + 1)) return false;
    if (HasOrdinalStops(language_) && (roman || words_[i].IsDigits(2))) return true;
    return i > 0 && IsOne(WordUse::kBeforeOrdinal, i - 1);
  }

  bool IsInDate(std::size_t i) const {
    if (!words_[i].IsDigits(2) || !words_[i + 1].IsDigits(4)) return false;
    if (HasStopBehind(i + 1)) return words_[i + 1].IsDigits(2);
    return i > 0 && words_[i - 1].IsDigits(2) && HasStopBehind(i - 1);
  }

  const bool in_title_;
  const std::string_view language_;
  std::vector<Word> words_;
};

}  // namespace

std::vector<bool> ReferenceEnds(TextUnit unit, const Document& document, const FoldedDocument& folded) {
  std::vector<bool> ends;
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    const FieldWords field(document, folded, static_cast<Field>(f));
    for (std::size_t i = 0; i < field.size(); ++i) {
      ends.push_back(unit == TextUnit::kParagraph ? field.ParagraphEndsBehind(i) : field.SentenceEndsBehind(i));
    }
  }
  return ends;
}

}  // namespace wirewatch
