#include "rules/language/word_pattern.h"

#include <algorithm>
#include <cstddef>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "rules/text/word_spelling.h"

namespace wirewatch {
namespace {

// White space within a line, as bytes of UTF-8: Unicode's White_Space without the newlines, which end a paragraph.
constexpr std::string_view kBlanks[] = {" ",      "\t",     "\v",     "\f",     "\u0085", "\u00a0", "\u1680",
                                        "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                        "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000"};
constexpr std::string_view kLineEnds[] = {"\n", "\r", "\u2028", "\u2029"};

// Bytes of the blank that `text` begins with; 0: it does not.
std::size_t BlankAtBegin(std::string_view text) {
  for (const std::string_view blank : kBlanks) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

// As seen, with every run of blanks as one.
std::string Plain(std::string_view text) {
  const std::string seen = AsSeen(text);
  std::string out;
  for (std::string_view rest = seen; !rest.empty();) {
    if (const std::size_t blank = BlankAtBegin(rest)) {
      if (!out.ends_with(' ')) out += ' ';
      rest.remove_prefix(blank);
    } else {
      const std::size_t size = CharacterSize(rest.front());
      out += rest.substr(0, size);
      rest.remove_prefix(size);
    }
  }
  return out;
}

// Visible ASCII is seen as it is written: nearly all that is compared, and no copy is made of it.
bool IsWritten(std::string_view text, const std::string& wanted) {
  if (text == wanted) return true;
  const bool is_as_seen = std::all_of(text.begin(), text.end(), [](char c) { return '!' <= c && c <= '~'; });
  return !is_as_seen && Plain(text) == wanted;
}

// How many bytes at the begin, or at the end, of `text` are written like `wanted`; the fewest. Costs no more than the
// bytes that are passed: of what is not drawn, and of blanks in a row, nothing is kept to be read again.
enum class Side : bool { kBegin, kEnd };
std::optional<std::size_t> BytesWritten(const std::string& wanted, std::string_view text, Side side) {
  std::string kept;
  for (std::size_t bytes = 0;;) {
    const std::string plain = Plain(kept);
    if (plain == wanted) return bytes;
    if (plain.size() > wanted.size()) return std::nullopt;
    for (const std::size_t before = kept.size(); kept.size() == before;) {
      if (bytes == text.size()) return std::nullopt;
      const std::string_view rest = side == Side::kBegin ? text.substr(bytes) : text.substr(0, text.size() - bytes);
      const std::size_t size = side == Side::kBegin ? CharacterSize(rest.front()) : LastCharacterSize(rest);
      const std::string seen = Plain(side == Side::kBegin ? rest.substr(0, size) : rest.substr(rest.size() - size));
      bytes += size;
      const bool is_blank_more = seen == " " && (side == Side::kBegin ? kept.ends_with(' ') : kept.starts_with(' '));
      if (!is_blank_more) kept = side == Side::kBegin ? kept + seen : seen + kept;
    }
  }
}

// Every run of white space, newlines included, as one blank; none at the ends.
std::string WithSingleBlanks(std::string_view text) {
  std::string out;
  bool blank_before = false;
  while (!text.empty()) {
    std::size_t blank = BlankAtBegin(text);
    for (const std::string_view end : kLineEnds) {
      if (text.starts_with(end)) blank = end.size();
    }
    if (blank == 0) {
      if (blank_before && !out.empty()) out += ' ';
      out += text.front();
    }
    blank_before = blank != 0;
    text.remove_prefix(std::max<std::size_t>(blank, 1));
  }
  return out;
}

// Words of ASCII letters and digits with one blank between them: they fold to themselves in lower case.
bool ArePlainWords(std::string_view text) {
  bool behind_word = false;
  for (const char c : text) {
    const bool is_word = IsAsciiLetter(c) || IsAsciiDigit(c);
    if (!is_word && (c != ' ' || !behind_word)) return false;
    behind_word = is_word;
  }
  return behind_word;
}

}  // namespace

WrittenText::WrittenText(std::string_view term) {
  const std::string text = WithSingleBlanks(term);
  std::size_t end = 0;
  for (const Token& token : FoldText(text).tokens) {
    const std::string gap = Plain(std::string_view(text).substr(end, token.original.begin - end));
    if (words_.empty()) {
      before_ = gap;
    } else {
      gaps_.push_back(gap);
    }
    words_.push_back(Plain(token.original.Of(text)));
    end = token.original.end;
  }
  behind_ = Plain(std::string_view(text).substr(end));
}

std::optional<Span> WrittenText::MatchAt(std::string_view text, const FoldedDocument& folded,
                                         std::uint32_t first) const {
  const auto original = [&](std::size_t word) { return folded.tokens[first + word].original; };
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (!IsWritten(original(i).Of(text), words_[i])) return std::nullopt;
    if (i > 0 && !IsWritten(Span{original(i - 1).end, original(i).begin}.Of(text), gaps_[i - 1])) return std::nullopt;
  }
  const Span words{original(0).begin, original(words_.size() - 1).end};
  const auto before = BytesWritten(before_, text.substr(0, words.begin), Side::kEnd);
  if (!before) return std::nullopt;
  const auto behind = BytesWritten(behind_, text.substr(words.end), Side::kBegin);
  if (!behind) return std::nullopt;
  return Span{words.begin - static_cast<std::uint32_t>(*before), words.end + static_cast<std::uint32_t>(*behind)};
}

std::string PatternOf(const Term& term) {
  // Nearly all terms are such words, and a pack has a hundred thousand.
  if (ArePlainWords(term.text)) return AsciiLowerCase(term.text);
  if (term.kind == Term::Kind::kWords) return FoldPattern(term.text);
  std::string pattern = FoldText(term.text).text;
  std::replace(pattern.begin(), pattern.end(), '\n', ' ');
  return pattern;
}

PatternWord ReadPatternWord(std::string_view word) {
  if (word.starts_with('~')) return {PatternWord::Kind::kForms, word.substr(1), 0};
  if (word.size() < 3 || word[word.size() - 2] != '~') return {PatternWord::Kind::kWritten, word, 0};
  return {PatternWord::Kind::kMisspelled, word.substr(0, word.size() - 2),
          static_cast<std::uint32_t>(word.back() - '0')};
}

// The usual walk: on a mismatch the last * takes one character more.
bool MatchesWildcards(std::string_view pattern, std::string_view word) {
  const auto next_character = [&](std::size_t at) {
    do ++at;
    while (at < word.size() && IsUtf8Tail(word[at]));
    return at;
  };
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0, w = 0, star = kNone, star_word = 0;
  while (w < word.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_word = w;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      w = next_character(w);
    } else if (p < pattern.size() && pattern[p] == word[w]) {
      ++p;
      ++w;
    } else if (star != kNone) {
      p = star + 1;
      w = star_word = next_character(star_word);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace wirewatch
