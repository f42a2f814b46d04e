#include "tests/support/reference_fold.h"

#include <utf8proc.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/text/code_point_table.h"
#include "rules/text/word_spelling.h"

namespace wirewatch {
namespace {

// A character of a field; what is not valid UTF-8 is read byte by byte as U+FFFD, which parts words.
struct Character {
  char32_t code_point = 0xFFFD;
  Span place;
  FoldedCharacter folds_to;
};

std::vector<Character> CharactersOf(std::string_view text) {
  std::vector<Character> characters;
  for (std::uint32_t at = 0; at < text.size(); at = characters.back().place.end) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                                   static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    Character& character = characters.emplace_back();
    if (size > 0) character.code_point = static_cast<char32_t>(code_point);
    character.place = {at, at + static_cast<std::uint32_t>(std::max<utf8proc_ssize_t>(size, 1))};
    character.folds_to = CodePointTable::Get().At(character.code_point);
    if (character.folds_to.as_is) character.folds_to.bytes = character.place.Of(text);
  }
  return characters;
}

bool IsAllMarks(std::string_view word) {
  const std::vector<Character> characters = CharactersOf(word);
  return std::all_of(characters.begin(), characters.end(), [](const Character& character) {
    return character.folds_to.character_class == CharacterClass::kVowelSign ||
           character.folds_to.character_class == CharacterClass::kFormat;  // a joiner
  });
}

bool IsApostrophe(char32_t c) {
  return std::u32string_view(U"'\u2018\u2019\u02BC\uFF07\u00B4\u1FFD").find(c) != std::u32string_view::npos;
}

// Folds the fields of one document, one after the other, into a FoldedDocument.
class Folder {
 public:
  explicit Folder(FoldedDocument& folded) : folded_(folded) {
    folded_.text.clear();
    folded_.tokens.clear();
  }

  void FoldField(Field field, std::string_view text);

 private:
  enum class Open { kNothing, kWord, kHangul, kAlone };  // the token being read

  void FoldCharacter();
  void FoldJoiner();
  bool FoldAsApostrophe();
  bool VanishesAsFullStop() const;
  bool VanishesAsCatalanDot() const;
  std::size_t CliticAt(std::size_t index) const;
  bool IsRow(std::size_t index, std::string_view letters) const;
  void Take(Open open, bool begins);
  void EndToken();
  void BeginParagraph(std::uint32_t newline, std::uint32_t next);
  char32_t CodePointAt(std::size_t index) const {
    return index < characters_.size() ? characters_[index].code_point : 0;
  }

  FoldedDocument& folded_;
  std::string_view text_;              // of the field
  std::vector<Character> characters_;  // of the field
  std::size_t at_ = 0;                 // the one being folded
  bool in_body_ = false;
  bool newline_before_ = false;        // a newline stands between the last token and the next
  std::uint32_t paragraph_begin_ = 0;  // byte after the last newline

  Open open_ = Open::kNothing;
  std::string word_;  // of the open token, folded but not yet respelled
  Span original_;
  std::string letters_;  // of the open token, since its last vanished full stop: l for a letter, d for a digit
};

void Folder::FoldField(Field field, std::string_view text) {
  text_ = text;
  characters_ = CharactersOf(text);
  in_body_ = field == Field::kBody;
  newline_before_ = true;
  paragraph_begin_ = 0;
  const auto first_token = static_cast<std::uint32_t>(folded_.tokens.size());
  if (in_body_) {
    folded_.first_paragraph = {first_token, first_token};
    folded_.first_paragraph_span = {};
  }
  for (at_ = 0; at_ < characters_.size(); ++at_) FoldCharacter();
  EndToken();
  const auto end = static_cast<std::uint32_t>(text.size());
  BeginParagraph(end, end);
  folded_.fields[static_cast<std::size_t>(field)] = {first_token, static_cast<std::uint32_t>(folded_.tokens.size())};
}

void Folder::FoldCharacter() {
  const Character& character = characters_[at_];
  const FoldedCharacter& folds_to = character.folds_to;
  switch (folds_to.character_class) {
    case CharacterClass::kSeparator:
      if (VanishesAsFullStop()) {
        letters_.clear();
      } else if (!VanishesAsCatalanDot() && !FoldAsApostrophe()) {
        const bool stop_behind_word = character.code_point == '.' && open_ != Open::kNothing;
        EndToken();
        const char32_t next = CodePointAt(at_ + 1);
        if (stop_behind_word && (next == '\'' || next == 0x2018 || next == 0x2019)) {
          if (const std::size_t clitic = CliticAt(at_ + 2)) at_ += 1 + clitic;
        }
      }
      return;
    case CharacterClass::kNewline:
      EndToken();
      BeginParagraph(character.place.begin, character.place.end);
      return;
    case CharacterClass::kFormat: return FoldJoiner();
    case CharacterClass::kAccent:
      if (open_ == Open::kNothing) return;
      if (open_ == Open::kWord) word_ += KeptAccent(word_, character.code_point);
      original_.end = character.place.end;
      return;
    case CharacterClass::kVowelSign:
      if (folds_to.alone && open_ == Open::kWord && IsAllMarks(word_)) open_ = Open::kAlone;
      return Take(open_ != Open::kNothing ? open_ : folds_to.alone ? Open::kAlone : Open::kWord, false);
    case CharacterClass::kAlone:
      if (open_ != Open::kNothing && JoinsWord(word_, character.code_point)) return Take(open_, false);
      return Take(Open::kAlone, true);
    case CharacterClass::kLetter:
    case CharacterClass::kDigit:
      Take(folds_to.hangul ? Open::kHangul : Open::kWord, false);
      letters_ += folds_to.character_class == CharacterClass::kLetter ? 'l' : 'd';
      return;
  }
}

void Folder::FoldJoiner() {
  constexpr char32_t kJoiner = 0x200D;
  if (characters_[at_].code_point != kJoiner || open_ == Open::kNothing || !TakesJoiner(word_)) return;
  word_ += "\u200D";
  original_.end = characters_[at_].place.end;
}

// A full stop between two single letters.
bool Folder::VanishesAsFullStop() const {
  if (characters_[at_].code_point != '.' || open_ != Open::kWord || letters_ != "l") return false;
  bool letter_seen = false;
  for (std::size_t i = at_ + 1; i < characters_.size(); ++i) {
    const FoldedCharacter& next = characters_[i].folds_to;
    switch (next.character_class) {
      case CharacterClass::kLetter:
        if (next.hangul) return letter_seen;
        if (letter_seen) return false;
        letter_seen = true;
        break;
      case CharacterClass::kDigit: return false;
      case CharacterClass::kSeparator:
      case CharacterClass::kNewline:
      case CharacterClass::kAlone: return letter_seen;
      case CharacterClass::kFormat:
      case CharacterClass::kAccent:
      case CharacterClass::kVowelSign: break;
    }
  }
  return letter_seen;
}

bool Folder::VanishesAsCatalanDot() const {
  const char32_t dot = characters_[at_].code_point;
  return (dot == 0xB7 || dot == 0x0387) && open_ == Open::kWord && word_.ends_with('l') &&
         at_ + 1 < characters_.size() && characters_[at_ + 1].folds_to.bytes.starts_with('l');
}

// Goes to the end of the clitic, if there is one. Whether there is an apostrophe behind a word.
bool Folder::FoldAsApostrophe() {
  if (!IsApostrophe(characters_[at_].code_point) || open_ == Open::kNothing) return false;
  if (open_ == Open::kWord && word_.ends_with('n') && IsRow(at_ + 1, "t")) return true;  // not
  EndToken();
  at_ += CliticAt(at_ + 1);
  return true;
}

// Characters of the clitic that begins at `index`.
std::size_t Folder::CliticAt(std::size_t index) const {
  for (const std::string_view clitic : {"s", "d", "m", "ll", "re", "ve"}) {
    if (IsRow(index, clitic)) return clitic.size();
  }
  return 0;
}

// Whether these letters of ASCII, in any case, stand at `index` and no word goes on behind them.
bool Folder::IsRow(std::size_t index, std::string_view letters) const {
  for (const char letter : letters) {
    const char32_t here = CodePointAt(index++), small = static_cast<char32_t>(letter);
    if (here != small && here != small - 'a' + 'A') return false;
  }
  while (index < characters_.size() && characters_[index].folds_to.character_class == CharacterClass::kFormat) ++index;
  if (index == characters_.size()) return true;
  const FoldedCharacter& next = characters_[index].folds_to;
  return next.hangul || next.character_class == CharacterClass::kSeparator ||
         next.character_class == CharacterClass::kNewline || next.character_class == CharacterClass::kAlone;
}

// Adds the character to the open token, or to a new one if another kind is open.
void Folder::Take(Open open, bool begins) {
  const Character& character = characters_[at_];
  if (begins || open_ != open) {
    EndToken();
    open_ = open;
    original_.begin = character.place.begin;
    letters_.clear();
  }
  word_ += character.folds_to.bytes;
  original_.end = character.place.end;
}

void Folder::EndToken() {
  if (open_ == Open::kNothing) return;
  open_ = Open::kNothing;
  if (!folded_.text.empty()) folded_.text += newline_before_ ? '\n' : ' ';
  newline_before_ = false;
  const auto begin = static_cast<std::uint32_t>(folded_.text.size());
  folded_.text += Respelled(word_);
  folded_.tokens.push_back({{begin, static_cast<std::uint32_t>(folded_.text.size())}, original_});
  word_.clear();
}

void Folder::BeginParagraph(std::uint32_t newline, std::uint32_t next) {
  newline_before_ = true;
  if (in_body_ && folded_.first_paragraph_span.empty() && folded_.tokens.size() > folded_.first_paragraph.begin) {
    folded_.first_paragraph.end = static_cast<std::uint32_t>(folded_.tokens.size());
    folded_.first_paragraph_span = {paragraph_begin_, newline};
  }
  paragraph_begin_ = next;
}

}  // namespace

void ReferenceFold(const Document& document, FoldedDocument& folded) {
  Folder folder(folded);
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    folder.FoldField(static_cast<Field>(field), document.texts[field]);
  }
}

}  // namespace wirewatch
