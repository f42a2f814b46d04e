// One class of more than 500 lines: its functions share the open token and the place in both texts.
#include "rules/text/fold.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "rules/text/ascii_words.h"
#include "rules/text/code_point_table.h"
#include "rules/text/word_spelling.h"

namespace wirewatch {
namespace {

// What an ASCII character folds to; 0: it is no part of a word.
constexpr std::array<char, 256> kAsciiFolds = [] {
  std::array<char, 256> folds{};
  for (char c = '0'; c <= '9'; ++c) folds[static_cast<unsigned char>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    folds[static_cast<unsigned char>(c)] = c;
    folds[static_cast<unsigned char>(c - 'a' + 'A')] = c;
  }
  return folds;
}();

char AsciiFold(char c) { return kAsciiFolds[static_cast<unsigned char>(c)]; }
bool IsFoldedLetter(char folded) { return folded > '9'; }

constexpr char32_t kZeroWidthJoiner = 0x200D;

// The words that English ties to the one before by an apostrophe: they say case or tense and are no words here. "n't"
// turns a meaning round and stays (ContinuesAsNot).
constexpr std::string_view kClitics[] = {"s", "d", "m", "ll", "re", "ve"};

bool IsApostrophe(char32_t c) {
  return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x02BC || c == 0xFF07 || c == 0xB4 || c == 0x1FFD;
}
// Those that the kernels know, too.
bool IsUsualApostrophe(char32_t c) { return c == '\'' || c == 0x2018 || c == 0x2019; }

// Whether no letter of the word before stands at `at`.
bool WordEndsAt(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    const FoldedCharacter character = CodePointTable::Get().At(decoded.code_point);
    if (character.character_class != CharacterClass::kFormat) {
      return character.character_class == CharacterClass::kSeparator ||
             character.character_class == CharacterClass::kNewline ||
             character.character_class == CharacterClass::kAlone || character.hangul;
    }
    at += decoded.size;
  }
  return true;
}

bool IsClitic(std::string_view text, std::size_t at, std::string_view clitic) {
  if (text.size() - at < clitic.size()) return false;
  for (std::size_t i = 0; i < clitic.size(); ++i) {
    if (AsciiFold(text[at + i]) != clitic[i]) return false;
  }
  return WordEndsAt(text, at + clitic.size());
}

// Bytes of the clitic that stands at `at`, behind an apostrophe; 0: none.
std::uint32_t CliticSize(std::string_view text, std::size_t at) {
  for (const std::string_view clitic : kClitics) {
    if (IsClitic(text, at, clitic)) return static_cast<std::uint32_t>(clitic.size());
  }
  return 0;
}

// Folds the fields of one document, one after the other, into a FoldedDocument. Words of ASCII go through a kernel;
// what it leaves, and the words around, go character by character.
class Folder {
 public:
  Folder(FoldedDocument& folded, const AsciiKernel& kernel) : folded_(folded), kernel_(kernel) {
    folded_.tokens.clear();
  }

  void FoldField(Field field, std::string_view text);
  void Finish() {
    MakeRoom(size_ + FoldedDocument::kPadding);
    folded_.text.resize(size_);
  }

 private:
  // The token being read. kHangul takes no letters or digits but those of Hangul, kWord no Hangul, kAlone nothing but
  // its own vowel signs.
  enum class Open { kNothing, kWord, kHangul, kAlone };

  std::uint32_t FoldAsciiWords(std::uint32_t at);
  std::uint32_t FoldCharacters(std::uint32_t at);
  std::uint32_t FoldLetters(std::uint32_t at);
  std::uint32_t FoldIdeographs(std::uint32_t at, DecodedUtf8 decoded);
  std::uint32_t FoldApostrophe(std::uint32_t behind);
  std::uint32_t SkipCliticBehindStop(std::uint32_t at) const;
  void FoldCharacter(std::uint32_t at, DecodedUtf8 decoded);
  void FoldAccent(char32_t code_point);
  void FoldJoiner();
  void FoldAlone(std::uint32_t at, char32_t code_point, const FoldedCharacter& character, std::string_view bytes);
  bool IsCatalanDot(char32_t code_point) const;
  void BeginToken(std::uint32_t at, Open open);
  void EndToken();
  void BeginParagraph(std::uint32_t newline, std::uint32_t next);
  void Write(std::string_view bytes);
  bool SingleLetterAt(std::uint32_t at) const;
  bool FirstParagraphIsOpen() const { return in_body_ && folded_.first_paragraph_span.empty(); }
  void MakeRoom(std::size_t bytes) {
    if (folded_.text.size() < bytes) folded_.text.resize(bytes);
  }
  // Room for `bytes` of text and the padding. ASCII characters and plain letters write no more bytes than they have,
  // and a separator for one that was there, or the one between fields: so with this much room for the rest of the field
  // they need no checks. Others may write more; Write restores the room.
  static std::size_t RoomFor(std::size_t bytes) { return bytes + 1 + FoldedDocument::kPadding; }

  FoldedDocument& folded_;
  const AsciiKernel& kernel_;
  const CodePointTable& table_ = CodePointTable::Get();
  AsciiRun run_;            // a member, since its tokens cost to make
  std::uint32_t size_ = 0;  // bytes of folded_.text written

  // Of the field being folded:
  std::string_view text_;
  std::uint32_t next_ = 0;  // byte after the non-ASCII character being folded
  bool in_body_ = false;
  bool newline_before_ = false;        // a newline stands between the last token and the next
  std::uint32_t paragraph_begin_ = 0;  // byte after the last newline

  Open open_ = Open::kNothing;
  std::uint32_t folded_begin_ = 0, original_begin_ = 0, original_end_ = 0;
  std::uint32_t letters_ = 0;    // of the token, since its last vanished full stop
  bool all_letters_ = false;     // they are letters, no digits
  bool all_marks_ = false;       // the token has no letter or digit yet
  std::uint8_t last_order_ = 0;  // of the mark written last (FoldedCharacter::order)
  bool respell_ = false;         // the token may need Respelled

  std::string_view Written() const {
    return std::string_view(folded_.text).substr(folded_begin_, size_ - folded_begin_);
  }
};

void Folder::FoldField(Field field, std::string_view text) {
  text_ = text;
  in_body_ = field == Field::kBody;
  newline_before_ = true;
  paragraph_begin_ = 0;
  const auto first_token = static_cast<std::uint32_t>(folded_.tokens.size());
  if (in_body_) {
    folded_.first_paragraph = {first_token, first_token};
    folded_.first_paragraph_span = {};
  }
  MakeRoom(size_ + RoomFor(text.size()));

  const auto end = static_cast<std::uint32_t>(text.size());
  for (std::uint32_t at = 0; at < end;) {
    if (size_ > 0) at = FoldAsciiWords(at);
    at = FoldCharacters(at);
  }
  EndToken();
  BeginParagraph(end, end);
  folded_.fields[static_cast<std::size_t>(field)] = {first_token, static_cast<std::uint32_t>(folded_.tokens.size())};
}

// REQUIRES: no token is open, and something is written. Returns the place of what needs FoldCharacters.
std::uint32_t Folder::FoldAsciiWords(std::uint32_t at) {
  run_.text = text_.data();
  run_.text_end = static_cast<std::uint32_t>(text_.size());
  run_.at = at;
  run_.folded = folded_.text.data();
  run_.folded_end = size_;
  run_.newline_before = newline_before_;
  // Newlines behind the first paragraph mean no more than a separator.
  run_.stop_at_newline = FirstParagraphIsOpen();
  do {
    kernel_.fold(run_);
    folded_.tokens.insert(folded_.tokens.end(), run_.tokens, run_.tokens + run_.token_count);
  } while (run_.IsFull());
  size_ = run_.folded_end;
  newline_before_ = run_.newline_before;
  return run_.at;
}

// Character by character, at least one word or separator, up to a word of ASCII. Stays with a text in another script,
// whose blanks and commas alone are ASCII.
std::uint32_t Folder::FoldCharacters(std::uint32_t at) {
  const auto end = static_cast<std::uint32_t>(text_.size());
  const std::uint32_t begin = at;
  while (at < end) {
    const char c = text_[at];
    if (AsciiFold(c) != 0) {
      if (open_ != Open::kWord) {
        EndToken();
        if (at != begin && size_ > 0) break;
        BeginToken(at, Open::kWord);
      }
      at = FoldLetters(at);
    } else if (!IsAscii(c)) {
      const DecodedUtf8 decoded = DecodeNonAscii(text_, at);
      next_ = at + decoded.size;
      if (open_ != Open::kNothing && IsApostrophe(decoded.code_point)) {
        at = FoldApostrophe(next_);
      } else if (table_.PlainLetterAt(decoded.code_point).bytes != nullptr) {
        if (open_ != Open::kWord) BeginToken(at, Open::kWord);
        at = FoldLetters(at);
      } else if (table_.IsIdeograph(decoded.code_point)) {
        at = FoldIdeographs(at, decoded);
      } else {
        FoldCharacter(at, decoded);
        at = next_;
      }
    } else if (c == '.' && open_ == Open::kWord && letters_ == 1 && all_letters_ && SingleLetterAt(at + 1)) {
      letters_ = 0;
      ++at;
    } else if (c == '\'' && open_ != Open::kNothing) {
      at = FoldApostrophe(at + 1);
    } else {
      const bool is_behind_word = open_ != Open::kNothing;
      EndToken();
      if (c == '\n' || c == '\r') BeginParagraph(at, at + 1);
      ++at;
      if (c == '.' && is_behind_word) at = SkipCliticBehindStop(at);
    }
  }
  return at;
}

// The letters and digits of ASCII and the plain letters at `at`, if any, into the open word.
std::uint32_t Folder::FoldLetters(std::uint32_t at) {
  const std::string_view text = text_;
  const CodePointTable& table = table_;
  const std::uint32_t begin = at;
  std::uint32_t letters = 0;
  bool all_letters = true;
  char* out = folded_.text.data() + size_;
  while (at < text.size()) {
    const char c = text[at];
    if (IsAscii(c)) {
      const char fold = AsciiFold(c);
      if (fold == 0) break;
      *out++ = fold;
      all_letters = all_letters && IsFoldedLetter(fold);
      ++at;
    } else {
      const DecodedUtf8 decoded = DecodeNonAscii(text, at);
      const CodePointTable::Letter letter = table.PlainLetterAt(decoded.code_point);
      if (letter.bytes == nullptr) break;
      std::memcpy(out, letter.bytes, CodePointTable::kShort);
      out += letter.size;
      at += decoded.size;
    }
    ++letters;
  }
  if (at == begin) return at;
  last_order_ = 0;
  all_marks_ = false;
  size_ = static_cast<std::uint32_t>(out - folded_.text.data());
  letters_ += letters;
  all_letters_ = all_letters_ && all_letters;
  original_end_ = at;
  return at;
}

// The run of ideographs whose first is `decoded`, every one a token; the last stays open for the signs that may follow.
std::uint32_t Folder::FoldIdeographs(std::uint32_t at, DecodedUtf8 decoded) {
  BeginToken(at, Open::kAlone);
  constexpr std::size_t kLongest = 1 + 4;  // bytes of one, with its separator
  const std::size_t left = text_.size() - at;
  if (folded_.text.size() < size_ + AsciiRun::kTokens * kLongest + RoomFor(left)) {
    MakeRoom(size_ + AsciiRun::kTokens * kLongest + RoomFor(2 * left));
  }
  const std::string_view text = text_;
  const CodePointTable& table = table_;
  char* const out = folded_.text.data();
  std::uint32_t size = size_, count = 0;
  Token token = {{size, size}, {at, at}};
  for (;;) {
    std::memcpy(out + size, text.data() + at, decoded.size);
    size += decoded.size;
    at += decoded.size;
    if (count == AsciiRun::kTokens || at == text.size() || IsAscii(text[at])) break;
    decoded = DecodeNonAscii(text, at);
    if (!table.IsIdeograph(decoded.code_point)) break;
    run_.tokens[count++] = {{token.folded.begin, size}, {token.original.begin, at}};
    out[size++] = ' ';
    token = {{size, size}, {at, at}};
  }
  folded_.tokens.insert(folded_.tokens.end(), run_.tokens, run_.tokens + count);
  size_ = size;
  folded_begin_ = token.folded.begin;
  original_begin_ = token.original.begin;
  original_end_ = at;
  return at;
}

// An apostrophe directly behind the open token; `behind`: the byte after it. Parts words, and what it ties to the one
// before is left out.
std::uint32_t Folder::FoldApostrophe(std::uint32_t behind) {
  const bool is_not = open_ == Open::kWord && folded_.text[size_ - 1] == 'n' && IsClitic(text_, behind, "t");
  if (is_not) return behind;
  EndToken();
  return behind + CliticSize(text_, behind);
}

// Behind the full stop of an abbreviation ("the U.S.'s reply"): the byte after its clitic, if it has one, or `at`.
std::uint32_t Folder::SkipCliticBehindStop(std::uint32_t at) const {
  if (at == text_.size()) return at;
  const DecodedUtf8 decoded = DecodeUtf8(text_, at);
  if (!IsUsualApostrophe(decoded.code_point)) return at;
  const std::uint32_t size = CliticSize(text_, at + decoded.size);
  return size == 0 ? at : at + decoded.size + size;
}

void Folder::FoldCharacter(std::uint32_t at, DecodedUtf8 decoded) {
  const FoldedCharacter character = table_.At(decoded.code_point);
  const std::string_view bytes = character.as_is ? text_.substr(at, decoded.size) : character.bytes;
  switch (character.character_class) {
    case CharacterClass::kSeparator:
      if (!IsCatalanDot(decoded.code_point)) EndToken();
      return;
    case CharacterClass::kNewline:
      EndToken();
      BeginParagraph(at, next_);
      return;
    case CharacterClass::kFormat:
      if (decoded.code_point == kZeroWidthJoiner) FoldJoiner();
      return;
    case CharacterClass::kAccent:
      if (open_ == Open::kWord) FoldAccent(decoded.code_point);
      break;
    case CharacterClass::kVowelSign:
      if (open_ == Open::kNothing) {
        BeginToken(at, Open::kWord);
        all_marks_ = true;
      }
      // Any of the marks decides, since Respelled may put another first.
      if (all_marks_ && character.alone) open_ = Open::kAlone;
      respell_ = respell_ || character.respells || (character.order != 0 && character.order < last_order_);
      last_order_ = character.order;
      Write(bytes);
      break;
    case CharacterClass::kAlone: FoldAlone(at, decoded.code_point, character, bytes); break;
    case CharacterClass::kLetter:
    case CharacterClass::kDigit: {
      const Open kind = character.hangul ? Open::kHangul : Open::kWord;
      if (open_ != kind) BeginToken(at, kind);
      respell_ = respell_ || character.respells;
      last_order_ = 0;
      all_marks_ = false;
      Write(bytes);
      ++letters_;
      all_letters_ = all_letters_ && character.character_class == CharacterClass::kLetter;
      break;
    }
  }
  if (open_ != Open::kNothing) original_end_ = next_;
}

void Folder::FoldAccent(char32_t code_point) {
  const std::string_view kept = KeptAccent(Written(), code_point);
  if (kept.empty()) return;
  Write(kept);
  respell_ = true;
}

void Folder::FoldJoiner() {
  if (open_ == Open::kNothing || !TakesJoiner(Written())) return;
  Write("\u200D");
  respell_ = true;
  last_order_ = 0;
  original_end_ = next_;
}

void Folder::FoldAlone(std::uint32_t at, char32_t code_point, const FoldedCharacter& character,
                       std::string_view bytes) {
  if (character.joins && open_ != Open::kNothing && JoinsWord(Written(), code_point)) {
    respell_ = true;
  } else {
    BeginToken(at, Open::kAlone);
  }
  last_order_ = 0;
  Write(bytes);
}

// The dot of l·l.
bool Folder::IsCatalanDot(char32_t code_point) const {
  return (code_point == 0xB7 || code_point == 0x0387) && open_ == Open::kWord && folded_.text[size_ - 1] == 'l' &&
         next_ < text_.size() && table_.At(DecodeUtf8(text_, next_).code_point).bytes.starts_with('l');
}

void Folder::BeginToken(std::uint32_t at, Open open) {
  EndToken();
  if (size_ > 0) folded_.text[size_++] = newline_before_ ? '\n' : ' ';
  newline_before_ = false;
  open_ = open;
  folded_begin_ = size_;
  original_begin_ = original_end_ = at;
  letters_ = 0;
  all_letters_ = true;
  all_marks_ = false;
  last_order_ = 0;
}

void Folder::EndToken() {
  if (open_ == Open::kNothing) return;
  open_ = Open::kNothing;
  if (respell_) {
    respell_ = false;
    const std::string spelled = Respelled(Written());
    size_ = folded_begin_;
    Write(spelled);
  }
  Token& token = folded_.tokens.emplace_back();
  token.folded = {folded_begin_, size_};
  token.original = {original_begin_, original_end_};
}

void Folder::BeginParagraph(std::uint32_t newline, std::uint32_t next) {
  newline_before_ = true;
  if (FirstParagraphIsOpen() && folded_.tokens.size() > folded_.first_paragraph.begin) {
    folded_.first_paragraph.end = static_cast<std::uint32_t>(folded_.tokens.size());
    folded_.first_paragraph_span = {paragraph_begin_, newline};
  }
  paragraph_begin_ = next;
}

void Folder::Write(std::string_view bytes) {
  // When the room is gone, this text grows when it is folded. So make room for twice what is left: growing once must do
  // for many characters.
  const std::size_t left = text_.size() - next_;
  if (folded_.text.size() < size_ + bytes.size() + RoomFor(left)) MakeRoom(size_ + bytes.size() + RoomFor(2 * left));
  std::memcpy(folded_.text.data() + size_, bytes.data(), bytes.size());
  size_ += static_cast<std::uint32_t>(bytes.size());
}

// Whether a letter stands at `at` and no other letter or digit follows it.
bool Folder::SingleLetterAt(std::uint32_t at) const {
  bool letter_seen = false;
  while (at < text_.size()) {
    const DecodedUtf8 decoded = DecodeUtf8(text_, at);
    const FoldedCharacter character = table_.At(decoded.code_point);
    switch (character.character_class) {
      case CharacterClass::kLetter:
        if (letter_seen || character.hangul) return letter_seen && character.hangul;
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
    at += decoded.size;
  }
  return letter_seen;
}

}  // namespace

Field FoldedDocument::FieldOf(TokenRange range) const {
  std::size_t field = 0;
  while (field + 1 < kFieldCount && fields[field].end <= range.begin) ++field;
  return static_cast<Field>(field);
}

void Fold(const Document& document, FoldedDocument& folded) {
  static const AsciiKernel& kernel = AsciiKernels().front();
  Fold(document, folded, kernel);
}

void Fold(const Document& document, FoldedDocument& folded, const AsciiKernel& kernel) {
  Folder folder(folded, kernel);
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    folder.FoldField(static_cast<Field>(field), document.texts[field]);
  }
  folder.Finish();
}

FoldedDocument FoldText(std::string_view text) {
  Document document;
  document.texts[static_cast<std::size_t>(Field::kTitle)] = text;
  FoldedDocument folded;
  Fold(document, folded);
  return folded;
}

namespace {

// Bytes of the clitic at the end of `text`, 0: none. Before a wildcard it is the begin of a word.
std::size_t CliticAtEnd(std::string_view text) {
  for (std::size_t size = 1; size <= 2 && size < text.size(); ++size) {
    const std::size_t at = text.size() - size;
    if (CliticSize(text, at) != size && !IsClitic(text, at, "t")) continue;
    std::size_t apostrophe = at - 1;
    while (apostrophe > 0 && IsUtf8Tail(text[apostrophe])) --apostrophe;
    if (IsApostrophe(DecodeUtf8(text, apostrophe).code_point)) return size;
  }
  return 0;
}

// Bytes of an apostrophe with its clitic at the begin of `text`.
std::size_t CliticAtBegin(std::string_view text) {
  if (text.empty()) return 0;
  const DecodedUtf8 decoded = DecodeUtf8(text, 0);
  if (!IsApostrophe(decoded.code_point)) return 0;
  const std::uint32_t size = CliticSize(text, decoded.size);
  return size == 0 ? 0 : decoded.size + size;
}

// Whether a ~ is a mark: directly before a word, or directly behind one (`behind_word`) and before a 1 or 2 that ends
// it.
bool IsMark(std::string_view behind, bool behind_word) {
  const auto in_word = [](std::string_view text) {
    return !text.empty() &&
           CodePointTable::Get().At(DecodeUtf8(text, 0).code_point).character_class >= CharacterClass::kLetter;
  };
  if (!behind_word) return in_word(behind);
  return !behind.empty() && (behind.front() == '1' || behind.front() == '2') && !in_word(behind.substr(1));
}

}  // namespace

std::string FoldPattern(std::string_view text) {
  std::string pattern;
  bool adjacent = false;  // the pattern's last word reaches to here, so that what follows at once belongs to it
  const auto begin_word = [&] {
    if (!adjacent && !pattern.empty()) pattern += ' ';
    adjacent = true;
  };
  while (!text.empty()) {
    std::string_view piece = text.substr(0, text.find_first_of("*?~"));
    if (piece.size() < text.size() && text[piece.size()] != '~') piece.remove_suffix(CliticAtEnd(piece));
    const FoldedDocument folded = FoldText(piece);
    for (const Token& token : folded.tokens) {
      if (&token != &folded.tokens.front() || token.original.begin != 0) adjacent = false;
      begin_word();
      pattern += token.folded.Of(folded.text);
    }
    if (!piece.empty()) adjacent = !folded.tokens.empty() && folded.tokens.back().original.end == piece.size();
    text.remove_prefix(piece.size());
    if (text.empty()) break;
    if (text.front() == '~') {
      text.remove_prefix(1);
      if (IsMark(text, adjacent)) {
        begin_word();
        pattern += '~';
      } else {
        adjacent = false;
      }
      continue;
    }
    if (text.front() != '*' && text.front() != '?') continue;  // the clitic that was put off
    begin_word();
    pattern += text.front();
    text.remove_prefix(1);
    text.remove_prefix(CliticAtBegin(text));
  }
  return pattern;
}

}  // namespace wirewatch
