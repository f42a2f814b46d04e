#include "rules/word_pattern.h"

#include <algorithm>
#include <cstddef>

namespace wirewatch {
namespace {

// White space within a line, as bytes of UTF-8: Unicode's White_Space without the newlines, which end a paragraph.
constexpr std::string_view kBlanks[] = {" ",      "\t",     "\v",     "\f",     "\u0085", "\u00a0", "\u1680",
                                        "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                        "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000"};
constexpr std::string_view kLineEnds[] = {"\n", "\r", "\u2028", "\u2029"};

// Bytes of the blank that `text` begins, or ends, with; 0: it does not.
std::size_t BlankAtBegin(std::string_view text) {
  for (const std::string_view blank : kBlanks) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}
std::size_t BlankAtEnd(std::string_view text) {
  for (const std::string_view blank : kBlanks) {
    if (text.ends_with(blank)) return blank.size();
  }
  return 0;
}

// Where `piece` ends in `text` when it begins at `at`. A blank of the piece takes a run of blanks.
std::optional<std::size_t> MatchForward(std::string_view piece, std::string_view text, std::size_t at) {
  for (const char c : piece) {
    if (c == ' ') {
      const std::size_t begin = at;
      while (const std::size_t blank = BlankAtBegin(text.substr(at))) at += blank;
      if (at == begin) return std::nullopt;
    } else {
      if (at == text.size() || text[at] != c) return std::nullopt;
      ++at;
    }
  }
  return at;
}

// Where `piece` begins in `text` when it ends at `at`.
std::optional<std::size_t> MatchBackward(std::string_view piece, std::string_view text, std::size_t at) {
  for (; !piece.empty(); piece.remove_suffix(1)) {
    if (piece.back() == ' ') {
      const std::size_t end = at;
      while (const std::size_t blank = BlankAtEnd(text.substr(0, at))) at -= blank;
      if (at == end) return std::nullopt;
    } else {
      if (at == 0 || text[at - 1] != piece.back()) return std::nullopt;
      --at;
    }
  }
  return at;
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

}  // namespace

WrittenText::WrittenText(std::string_view term) : text_(WithSingleBlanks(term)) {
  for (const Token& token : FoldText(text_).tokens) words_.push_back(token.original);
}

std::optional<Span> WrittenText::MatchAt(std::string_view text, const FoldedDocument& folded,
                                         std::uint32_t first) const {
  const std::string_view written = text_;
  const std::optional<std::size_t> begin =
      MatchBackward(written.substr(0, words_.front().begin), text, folded.tokens[first].original.begin);
  if (!begin) return std::nullopt;
  std::size_t end = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const Span original = folded.tokens[first + i].original;
    if (i > 0 && end != original.begin) return std::nullopt;
    if (words_[i].Of(written) != original.Of(text)) return std::nullopt;
    const std::size_t next_word = i + 1 < words_.size() ? words_[i + 1].begin : written.size();
    const auto after = MatchForward(written.substr(words_[i].end, next_word - words_[i].end), text, original.end);
    if (!after) return std::nullopt;
    end = *after;
  }
  return Span{static_cast<std::uint32_t>(*begin), static_cast<std::uint32_t>(end)};
}

std::string PatternOf(const Term& term) {
  if (term.kind == Term::Kind::kWords) return FoldPattern(term.text);
  std::string pattern = FoldText(term.text).text;
  std::replace(pattern.begin(), pattern.end(), '\n', ' ');
  return pattern;
}

// The usual walk: on a mismatch the last * takes one character more.
bool MatchesWildcards(std::string_view pattern, std::string_view word) {
  const auto next_character = [&](std::size_t at) {
    do ++at;
    while (at < word.size() && (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80);
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
