#include "rules/sentences.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace wirewatch {
namespace {

// As folded words.
constexpr std::string_view kAlways[] = {"approx", "bzw", "ca", "cf", "np", "tzw", "ul", "vs"};
constexpr std::string_view kInUpperCase[] = {
    "adm",  "apr", "assn", "aug", "ave",    "bros", "brig", "capt", "cmdr", "co",  "col", "corp", "dec",
    "dept", "dr",  "feb",  "fr",  "ft",     "gen",  "gov",  "hon",  "hr",   "inc", "jan", "jr",   "jul",
    "jun",  "lt",  "ltd",  "maj", "messrs", "mlle", "mme",  "mr",   "mrs",  "ms",  "mt",  "nov",  "oct",
    "prof", "pvt", "rep",  "rev", "sen",    "sep",  "sept", "sgt",  "sr",   "sra", "st",  "supt", "univ"};
constexpr std::string_view kBeforeNumber[] = {"art", "ch", "fig", "figs", "no", "nos", "nr", "p", "pp", "sec", "vol"};

bool IsOneOf(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The character at the beginning of `text`, which is cut off; U+FFFD for a byte that begins none.
utf8proc_int32_t TakeCharacter(std::string_view& text) {
  utf8proc_int32_t character = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &character);
  text.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 1);
  return size > 0 ? character : 0xFFFD;
}

utf8proc_category_t CategoryOfFirst(std::string_view text) {
  return text.empty() ? UTF8PROC_CATEGORY_CN : utf8proc_category(TakeCharacter(text));
}

enum class Mark : std::uint8_t { kOther, kFullStop, kEllipsis, kStop, kStopAlone, kClosing, kBlank };

Mark MarkOf(utf8proc_int32_t character) {
  switch (character) {
    case '.':
    case 0xFF0E: return Mark::kFullStop;
    case 0x2026:  // …
    case 0x22EF: return Mark::kEllipsis;
    case '!':
    case '?':
    case 0x0589:  // Armenian
    case 0x061F:  // Arabic
    case 0x06D4:
    case 0x1362:  // Ethiopic
    case 0x203C:
    case 0x203D:
    case 0x2047:
    case 0x2048:
    case 0x2049: return Mark::kStop;
    case 0x0964:  // danda
    case 0x0965:
    case 0x104A:  // Myanmar
    case 0x104B:
    case 0x3002:  // 。
    case 0xFE52:
    case 0xFF01:  // ！
    case 0xFF1F:  // ？
    case 0xFF61: return Mark::kStopAlone;
    case '"':
    case '\'': return Mark::kClosing;
    case '\t': return Mark::kBlank;
    default: break;
  }
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PI: return Mark::kClosing;  // PI too: German closes with “
    case UTF8PROC_CATEGORY_ZS: return Mark::kBlank;
    default: return Mark::kOther;
  }
}

// The stop between two words, if there is one.
struct Stop {
  Mark mark = Mark::kOther;  // kOther: none; several full stops are an ellipsis
  bool closing = false;      // quotes or brackets stand behind it
  bool at_begin = false;     // directly behind the word
};

// In one pass, whatever the gap holds: rows of stops and blanks as in "* . * . *" are as long as an article may be.
Stop FindStop(std::string_view gap) {
  Stop stop, found;
  bool at_begin = true;
  while (!gap.empty()) {
    const Mark mark = MarkOf(TakeCharacter(gap));
    switch (mark) {
      case Mark::kStopAlone: return {mark, false, at_begin};
      case Mark::kFullStop:
      case Mark::kEllipsis:
      case Mark::kStop:
        if (stop.mark == Mark::kOther) {
          stop = {mark, false, at_begin};
        } else {
          stop.mark = stop.mark == Mark::kStop || mark == Mark::kStop ? Mark::kStop : Mark::kEllipsis;
        }
        break;
      case Mark::kClosing: stop.closing = stop.mark != Mark::kOther; break;
      case Mark::kBlank:
        if (found.mark == Mark::kOther) found = stop;
        break;
      case Mark::kOther: stop = {}; break;
    }
    at_begin = false;
  }
  return found;
}

// `word` with a full stop behind it, before the word that begins with `next`.
bool IsAbbreviation(std::string_view original, std::string_view word, std::string_view next) {
  if (original.find('.') != std::string_view::npos) return true;
  const utf8proc_category_t first = CategoryOfFirst(original);
  const bool is_letter = first == UTF8PROC_CATEGORY_LU || first == UTF8PROC_CATEGORY_LL;
  std::string_view rest = word;
  TakeCharacter(rest);
  if (is_letter && rest.empty()) return true;
  return IsOneOf(kAlways, word) || (first == UTF8PROC_CATEGORY_LU && IsOneOf(kInUpperCase, word)) ||
         (CategoryOfFirst(next) == UTF8PROC_CATEGORY_ND && IsOneOf(kBeforeNumber, word));
}

bool SentenceEndsBehind(const Document& document, const FoldedDocument& folded, std::uint32_t token) {
  const std::string_view text = document.text(folded.FieldOf({token, token + 1}));
  const Span before = folded.tokens[token].original, behind = folded.tokens[token + 1].original;
  const std::string_view gap = Span{before.end, std::max(before.end, behind.begin)}.Of(text);
  if (gap.size() < 2) return false;  // most: one blank
  const Stop stop = FindStop(gap);
  if (stop.mark == Mark::kOther) return false;
  if (stop.mark == Mark::kStopAlone) return true;
  const std::string_view next = behind.Of(text);
  const bool may_go_on = stop.mark != Mark::kStop || stop.closing;
  if (may_go_on && CategoryOfFirst(next) == UTF8PROC_CATEGORY_LL) return false;
  return !(stop.mark == Mark::kFullStop && stop.at_begin && IsAbbreviation(before.Of(text), folded.Word(token), next));
}

}  // namespace

bool EndsBehind(TextUnit unit, const Document& document, const FoldedDocument& folded, std::uint32_t token) {
  if (token + 1 == folded.tokens.size()) return true;
  if (folded.text[folded.tokens[token].folded.end] == '\n') return true;  // of a paragraph or a field
  return unit == TextUnit::kSentence && SentenceEndsBehind(document, folded, token);
}

void Sentences::Begin(const Document& document, const FoldedDocument& folded) {
  document_ = &document;
  folded_ = &folded;
  for (Units& units : units_) units.found = false;
}

TokenRange Sentences::Around(TextUnit unit, TokenRange tokens) {
  Units& units = units_[static_cast<std::size_t>(unit)];
  if (!units.found) {
    units.found = true;
    units.ends.clear();
    for (std::uint32_t token = 0; token < folded_->tokens.size(); ++token) {
      if (EndsBehind(unit, *document_, *folded_, token)) units.ends.push_back(token + 1);
    }
  }
  const auto first = std::upper_bound(units.ends.begin(), units.ends.end(), tokens.begin);
  const auto last = std::upper_bound(units.ends.begin(), units.ends.end(), tokens.end - 1);
  return {first == units.ends.begin() ? 0 : *std::prev(first), *last};
}

}  // namespace wirewatch
