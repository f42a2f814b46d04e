#include "rules/text/sentences.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "rules/text/abbreviations.h"
#include "rules/text/code_point_table.h"
#include "rules/text/sentence_marks.h"
#include "rules/text/text_unit.h"

namespace wirewatch {
namespace {

// The character at the beginning of `text`, which is cut off; U+FFFD for a byte that begins none.
char32_t TakeCharacter(std::string_view& text) {
  const DecodedUtf8 decoded = DecodeUtf8(text, 0);
  text.remove_prefix(decoded.size);
  return decoded.code_point;
}

char32_t FirstCharacter(std::string_view text) { return text.empty() ? 0 : TakeCharacter(text); }

utf8proc_category_t CategoryOf(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool IsUpperCase(char32_t c) {
  const utf8proc_category_t category = CategoryOf(c);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}

// Of a script without blanks.
bool IsAlone(char32_t c) { return CodePointTable::Get().At(c).character_class == CharacterClass::kAlone; }

// Of a script with letters that stand for a name: every one with case, Arabic and Hebrew.
bool IsLetter(char32_t c) {
  const utf8proc_category_t category = CategoryOf(c);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         (category == UTF8PROC_CATEGORY_LO && ((0x05D0 <= c && c <= 0x05EA) || (0x0620 <= c && c <= 0x06FF)));
}

bool IsNumber(std::string_view word, std::size_t most_digits) {
  return !word.empty() && word.size() <= most_digits && std::all_of(word.begin(), word.end(), IsAsciiDigit);
}

// II, XIV: of two letters or more, for one is an initial.
bool IsRomanNumber(std::string_view original) {
  return original.size() >= 2 && original.find_first_not_of("IVXLCDM") == std::string_view::npos;
}

enum class Script : std::uint8_t { kOther, kGreek, kArmenian, kEthiopic, kThai };

Script ScriptOf(char32_t c) {
  if ((0x0370 <= c && c <= 0x03FF) || (0x1F00 <= c && c <= 0x1FFF)) return Script::kGreek;
  if (0x0530 <= c && c <= 0x058F) return Script::kArmenian;
  if (0x1200 <= c && c <= 0x139F) return Script::kEthiopic;
  if (0x0E00 <= c && c <= 0x0E7F) return Script::kThai;
  return Script::kOther;
}

enum class Mark : std::uint8_t { kOther, kFullStop, kEllipsis, kStop, kStopAlone, kClosing, kBlank, kNothing };

// `next`: the character behind, 0 where there is none.
Mark MarkOf(char32_t c, char32_t next, char32_t first_of_word) {
  const Script script = ScriptOf(first_of_word);
  switch (c) {
    case '"':
    case '\'': return Mark::kClosing;
    case '\t':
    case '\v':
    case '\f':
    case 0x85: return Mark::kBlank;
    case ';':
    case 0x037E: return c != ';' || script == Script::kGreek ? Mark::kStop : Mark::kOther;
    case ':':
      if (script == Script::kArmenian) return Mark::kStop;
      return script == Script::kEthiopic && next == ':' ? Mark::kStopAlone : Mark::kOther;
    case 0x1361:
      return next == c ? Mark::kStopAlone : Mark::kBlank;  // the word space
    // Those of scripts with blanks; they also stand in addresses and for words.
    case '!':
    case '?':
    case 0x0589:
    case 0x06D4:
    case 0x203C:
    case 0x203D:
    case 0x2047:
    case 0x2048:
    case 0x2049:
    case 0x2E2E:
    case 0x2E53:
    case 0x2E54: return Mark::kStop;
    default: break;
  }
  if (IsFullStop(c)) {
    if (script == Script::kThai) return Mark::kOther;
    return c != '.' && IsAlone(first_of_word) ? Mark::kStopAlone : Mark::kFullStop;
  }
  if (IsEllipsis(c)) return Mark::kEllipsis;
  if (IsSentenceStop(c)) return Mark::kStopAlone;
  switch (CategoryOf(c)) {
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PI: return Mark::kClosing;  // PI too: German closes with “
    case UTF8PROC_CATEGORY_ZS: return Mark::kBlank;
    case UTF8PROC_CATEGORY_CF: return Mark::kNothing;
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
Stop FindStop(std::string_view gap, char32_t first_before, char32_t first_behind) {
  Stop stop, found;
  bool at_begin = true;
  while (!gap.empty()) {
    const char32_t c = TakeCharacter(gap);
    const Mark mark = MarkOf(c, FirstCharacter(gap), first_before);
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
      case Mark::kNothing: continue;
      case Mark::kOther: stop = {}; break;
    }
    at_begin = false;
  }
  if (found.mark != Mark::kOther || stop.mark == Mark::kOther || stop.mark == Mark::kEllipsis) return found;
  return IsAlone(first_before) && IsAlone(first_behind) ? stop : found;  // no blank is needed
}

// The rows of abbreviations.h by folded word.
class WordUses {
 public:
  static const WordUses& Get() {
    static const WordUses uses;
    return uses;
  }

  // `original` is the word as written; `language`: as LanguageOfRows gives it.
  bool Is(WordUse use, std::string_view word, std::string_view original, std::string_view language) const {
    const auto entry = entries_.find(word);
    if (entry == entries_.end()) return false;
    return std::any_of(entry->second.begin(), entry->second.end(), [&](const Entry& e) {
      if (e.row->use != use || (e.upper_case && !IsUpperCase(FirstCharacter(original)))) return false;
      if (e.row->language.empty()) return true;
      return language.empty() ? !e.row->own : e.row->language == language;
    });
  }

 private:
  struct Entry {
    const WordRow* row;
    bool upper_case;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  WordUses() {
    for (const WordRow& row : WordRows()) {
      for (std::string_view words = row.words; !words.empty();) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        entries_[FoldText(word).text].push_back({&row, IsUpperCase(FirstCharacter(word))});
      }
    }
  }

  std::unordered_map<std::string, std::vector<Entry>, Hash, std::equal_to<>> entries_;
};

// The words around the end of one token, which a full stop stands directly behind.
class FullStop {
 public:
  FullStop(const Document& document, const FoldedDocument& folded, Field field, std::uint32_t token,
           std::string_view language)
      : folded_(folded),
        field_(field),
        text_(document.text(field)),
        range_(folded.fields[static_cast<std::size_t>(field)]),
        token_(token),
        language_(language),
        word_(folded.Word(token)),
        original_(folded.tokens[token].original.Of(text_)),
        next_word_(folded.Word(token + 1)),
        next_original_(folded.tokens[token + 1].original.Of(text_)) {}

  bool IsOfAbbreviation() const {
    if (Is(WordUse::kGoesOn)) return true;
    if (Is(WordUse::kBeforeNumber) && IsAsciiDigit(next_word_.front())) return true;
    if (Is(WordUse::kMayEnd) || HasFullStopInIt()) return !SentenceBegins();
    if (IsSingleLetter()) {
      const bool initial = IsUpperCase(FirstCharacter(original_));
      return !SentenceBegins() || (initial && CountCharacters(next_word_) < 3);
    }
    return IsOrdinal() || IsInDate();
  }

 private:
  bool Is(WordUse use) const { return WordUses::Get().Is(use, word_, original_, language_); }
  bool HasBefore() const { return token_ > range_.begin; }
  // U.S is a word; t.ex and f.eks are two, of which the first is a letter.
  bool HasFullStopInIt() const {
    if (original_.find('.') != std::string_view::npos) return true;
    if (!HasBefore() || CountCharacters(word_) > 3) return false;
    const Span before = folded_.tokens[token_ - 1].original, here = folded_.tokens[token_].original;
    const bool joined = before.end + 1 == here.begin && text_[before.end] == '.';
    return joined && CountCharacters(folded_.Word(token_ - 1)) == 1 && IsLetter(FirstCharacter(before.Of(text_)));
  }
  bool IsSingleLetter() const { return CountCharacters(word_) == 1 && IsLetter(FirstCharacter(original_)); }
  bool SentenceBegins() const {
    return field_ != Field::kTitle && IsUpperCase(FirstCharacter(next_original_)) &&
           WordUses::Get().Is(WordUse::kBegins, next_word_, next_original_, language_);
  }
  bool FullStopIsBehind(std::uint32_t token) const {
    return text_.substr(folded_.tokens[token].original.end).starts_with('.');
  }

  bool HyphenIsBefore() const {
    const std::string_view before = text_.substr(0, folded_.tokens[token_].original.begin);
    return before.ends_with('-') || before.ends_with("\u2010") || before.ends_with("\u2011") ||
           before.ends_with("\u2013");
  }

  // Not Covid-19.
  bool IsOrdinal() const {
    const bool roman = IsRomanNumber(original_);
    if ((!roman && !IsNumber(word_, 3)) || HyphenIsBefore()) return false;
    if (!IsUpperCase(FirstCharacter(next_original_))) return false;
    if (!roman && WordUses::Get().Is(WordUse::kMonth, next_word_, next_original_, language_)) return true;
    if (SentenceBegins()) return false;
    if (HasOrdinalStops(language_) && (roman || IsNumber(word_, 2))) return true;
    if (!HasBefore()) return false;
    const std::string_view original = folded_.tokens[token_ - 1].original.Of(text_);
    return WordUses::Get().Is(WordUse::kBeforeOrdinal, folded_.Word(token_ - 1), original, language_);
  }

  bool IsInDate() const {
    if (!IsNumber(word_, 2) || !IsNumber(next_word_, 4)) return false;
    if (FullStopIsBehind(token_ + 1)) return IsNumber(next_word_, 2);
    return HasBefore() && IsNumber(folded_.Word(token_ - 1), 2) && FullStopIsBehind(token_ - 1);
  }

  const FoldedDocument& folded_;
  const Field field_;
  const std::string_view text_;
  const TokenRange range_;
  const std::uint32_t token_;
  const std::string_view language_, word_, original_, next_word_, next_original_;
};

bool SentenceEndsBehind(const Document& document, const FoldedDocument& folded, std::uint32_t token, Field field,
                        std::string_view language) {
  const std::string_view text = document.text(field);
  const Span before = folded.tokens[token].original, behind = folded.tokens[token + 1].original;
  const std::string_view gap = Span{before.end, std::max(before.end, behind.begin)}.Of(text);
  if (gap.empty() || gap == " ") return false;  // most
  const char32_t next = FirstCharacter(behind.Of(text));
  const Stop stop = FindStop(gap, FirstCharacter(before.Of(text)), next);
  if (stop.mark == Mark::kOther) return false;
  if (stop.mark == Mark::kStopAlone) return true;
  const bool may_go_on = stop.mark != Mark::kStop || stop.closing;
  if (may_go_on && IsLowerCase(next)) return false;
  if (stop.mark != Mark::kFullStop || !stop.at_begin) return true;
  return !FullStop(document, folded, field, token, language).IsOfAbbreviation();
}

void FindEnds(TextUnit unit, const Document& document, const FoldedDocument& folded, std::vector<std::uint32_t>& ends) {
  const std::string_view language = LanguageOfRows(document.language);
  ends.clear();
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    const TokenRange field = folded.fields[f];
    for (std::uint32_t token = field.begin; token < field.end; ++token) {
      const bool paragraph_ends = token + 1 == field.end || folded.text[folded.tokens[token].folded.end] == '\n';
      if (paragraph_ends || (unit == TextUnit::kSentence &&
                             SentenceEndsBehind(document, folded, token, static_cast<Field>(f), language))) {
        ends.push_back(token + 1);
      }
    }
  }
}

}  // namespace

void Sentences::Begin(const Document& document, const FoldedDocument& folded) {
  document_ = &document;
  folded_ = &folded;
  for (Units& units : units_) units.found = false;
}

TokenRange Sentences::Around(TextUnit unit, TokenRange tokens) {
  Units& units = units_[static_cast<std::size_t>(unit)];
  if (!units.found) {
    units.found = true;
    FindEnds(unit, *document_, *folded_, units.ends);
  }
  const auto first = std::upper_bound(units.ends.begin(), units.ends.end(), tokens.begin);
  const auto last = std::upper_bound(units.ends.begin(), units.ends.end(), tokens.end - 1);
  return {first == units.ends.begin() ? 0 : *std::prev(first), *last};
}

}  // namespace wirewatch
