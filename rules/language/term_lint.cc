#include "rules/language/term_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/language/common_words.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/expression_words.h"
#include "rules/language/foreign_syntax.h"
#include "rules/language/look_alikes.h"
#include "rules/language/term_check.h"

namespace wirewatch {
namespace {

// Of a term's text, words between blanks.
std::vector<Span> WordsOf(std::string_view text) {
  std::vector<Span> words;
  for (std::size_t at = 0; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !IsSpace(text[end])) ++end;
    words.push_back(PlaceAt(at, end - at));
    at = end;
  }
  return words;
}

class TermLint {
 public:
  TermLint(const Term& term, bool quoted, Span place, std::size_t at, std::vector<ExpressionError>& warnings)
      : text_(term.text), kind_(term.kind), quoted_(quoted), place_(place), at_(at), warnings_(warnings) {
    // In its half-width form a word has places of its own.
    const bool may_end_in_quote = quoted || kind_ == Term::Kind::kExact;
    places_known_ = at + text_.size() == place.end || (may_end_in_quote && at + text_.size() + 1 == place.end);
  }

  void Run() {
    if (kind_ == Term::Kind::kRegex) return;
    if (!IsAllAscii(text_)) WarnOfLookAlikes();
    if (kind_ == Term::Kind::kExact) return;
    FindQuestionMark();
    FindOperators();
    FindTruncation();
    FindBroadBeginning();
  }

  void RunEntry() {
    Run();
    if (kind_ != Term::Kind::kWords || quoted_) return;
    FindSeparator();
    FindOr();
  }

 private:
  // Letters of two scripts in one word, where those of the rarer one look like letters of the other.
  void WarnOfLookAlikes() {
    for (const LookAlike& found : FindLookAlikes(text_)) {
      Warn(found.letter, "look-alike",
           fmt::format("the '{}' in '{}' is a {} letter, in a word of {} ones", found.letter.Of(text_),
                       found.word.Of(text_), found.script_of_letter, found.script_of_word),
           fmt::format("type the word anew: {}", found.mended));
    }
  }

  // A phrase's last '?' asks for one more letter.
  void FindQuestionMark() {
    std::size_t end = text_.size();
    while (end > 0 &&
           (IsSpace(text_[end - 1]) || std::string_view("!.\"')").find(text_[end - 1]) != std::string_view::npos))
      --end;
    if (end == 0 || text_[end - 1] != '?') return;
    const std::vector<Span> words = WordsOf(text_);
    if (words.size() < 2 && !quoted_) return;
    std::string_view without = text_.substr(0, end - 1);
    while (without.ends_with('?') || without.ends_with('!')) without.remove_suffix(1);
    const std::size_t last = without.find_last_of(" \t\r\n") + 1;
    Warn(PlaceAt(end - 1, 1), "question-mark",
         fmt::format("this ? asks for one more letter: '{}' does not hold", without.substr(last)),
         fmt::format("leave it out, since punctuation does not count: {}",
                     quoted_ ? fmt::format("\"{}\"", without) : std::string(without)));
  }

  // "huawei AND zte" in quotes is a phrase of three words.
  void FindOperators() {
    if (text_.find(' ') == std::string_view::npos) return;
    const std::vector<Span> words = WordsOf(text_);
    const bool capitals = std::none_of(text_.begin(), text_.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (words.size() < 3 || capitals) return;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      const std::string_view word = words[i].Of(text_);
      const bool named = word == "AND" || word == "OR" || word == "NOT";
      if (!named && word.find('/') == std::string_view::npos) continue;
      const std::string meant = MeantOperator(word, words[i + 1].Of(text_));
      if (!named && meant.find("NEAR/") == std::string::npos) continue;
      Warn(words[i], "operator-in-phrase", fmt::format("inside quotes {} is a word", word),
           fmt::format("join terms outside quotes: {} {} {}; if the phrase is meant, write it in lower case",
                       Rest(0, words[i].begin), meant == "AND NOT" && word == "NOT" ? "AND NOT" : meant,
                       Rest(words[i].end, text_.size())));
      return;
    }
  }

  // Part of the text as a term.
  std::string Rest(std::size_t begin, std::size_t end) const {
    std::string_view part = text_.substr(begin, end - begin);
    part = Trimmed(part, IsSpace);
    return part.find(' ') == std::string_view::npos ? std::string(part) : fmt::format("\"{}\"", part);
  }

  // `ban!`, `ban%`, `ban$` are `ban` here.
  void FindTruncation() {
    if (quoted_) return;
    for (const Span& word : WordsOf(text_)) {
      std::string_view written = word.Of(text_);
      if (written.size() < 4 || std::string_view("!%$#").find(written.back()) == std::string_view::npos) continue;
      const char sign = written.back();
      written.remove_suffix(1);
      const bool letters = std::all_of(written.begin(), written.end(), [](char c) {
        return IsAsciiLetter(c) || static_cast<unsigned char>(c) >= 0x80;
      });
      if (!letters) continue;
      Warn(PlaceAt(word.end - 1, 1), "truncation",
           fmt::format("'{}' is no wildcard: only '{}' is found", sign, written),
           fmt::format("any ending is {0}*; if {0} is meant, leave the {1} out", written, sign));
      return;
    }
  }

  void FindBroadBeginning() {
    if (text_.size() != 4 || text_.back() != '*') return;
    const std::string letters = AsciiLowerCase(std::string_view(text_).substr(0, 3));
    if (!IsBroadBeginning(letters)) return;
    Warn(PlaceAt(0, 4), "broad-beginning",
         fmt::format("words that begin with '{}' stand in nearly every second article", letters),
         "write more of the word, or the words that are meant joined by OR");
  }

  void FindSeparator() {
    for (const PlacedCharacter& c : CharactersOf(text_)) {
      if (c.begin == 0 || c.end == text_.size()) continue;
      // A slash inside a word is part of a name: AFP/Relaxnews.
      const bool is_parting_slash =
          c.value == 0xFF0F || (c.value == '/' && IsSpace(text_[c.begin - 1]) && IsSpace(text_[c.end]));
      const bool separates = is_parting_slash || c.value == ',' || c.value == ';' || c.value == '|' ||
                             c.value == 0x3001 || c.value == 0xFF0C || c.value == 0xFF1B || c.value == 0xFF5C ||
                             c.value == 0x060C || c.value == 0x061B;
      if (!separates) continue;
      // A comma between digits is part of the number.
      if (IsAsciiDigit(text_[c.begin - 1]) && IsAsciiDigit(text_[c.end])) continue;
      Warn({c.begin, c.end}, "comma-in-entry", "an entry is one term: this is a phrase of the words on both sides",
           fmt::format("make entries of it: {}, {}; if the phrase is meant, leave out the '{}'",
                       Trimmed(text_.substr(0, c.begin), IsSpace), Trimmed(text_.substr(c.end), IsSpace),
                       Span{c.begin, c.end}.Of(text_)));
      return;
    }
  }

  void FindOr() {
    const std::vector<Span> words = WordsOf(text_);
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (words[i].Of(text_) != "or") continue;
      Warn(words[i], "operator-in-phrase", "an entry is one term: here 'or' is a word of the phrase",
           fmt::format("make entries of it: {}, {}; if the phrase is meant, put it in quotes of its own: '\"{}\"'",
                       Trimmed(text_.substr(0, words[i].begin), IsSpace), Trimmed(text_.substr(words[i].end), IsSpace),
                       text_));
      return;
    }
  }

  void Warn(Span inside, std::string code, std::string message, std::string help) {
    const Span place = places_known_ ? PlaceAt(at_ + inside.begin, inside.size()) : place_;
    warnings_.push_back({place, std::move(code), std::move(message), std::move(help)});
  }

  const std::string_view text_;
  const Term::Kind kind_;
  const bool quoted_;
  const Span place_;
  const std::size_t at_;
  bool places_known_;
  std::vector<ExpressionError>& warnings_;
};

}  // namespace

void LintTerm(const Term& term, bool quoted, Span place, std::size_t at, std::vector<ExpressionError>& warnings) {
  TermLint(term, quoted, place, at, warnings).Run();
}

void LintListEntry(const Term& term, bool quoted, Span place, std::size_t at, std::vector<ExpressionError>& warnings) {
  TermLint(term, quoted, place, at, warnings).RunEntry();
}

}  // namespace wirewatch
