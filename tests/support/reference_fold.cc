#include "tests/support/reference_fold.h"

#include <utf8proc.h>

#include <cstring>

#include "rules/code_point_table.h"

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
bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool IsAsciiLetter(char folded) { return folded > '9'; }

struct Decoded {
  char32_t code_point;
  std::uint32_t size;  // bytes, at least 1
};

// The character at `at`. What is not valid UTF-8 is read byte by byte as U+FFFD, which parts words.
Decoded Decode(std::string_view text, std::size_t at) {
  utf8proc_int32_t code_point = -1;
  const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                                 static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
  if (size <= 0) return {0xFFFD, 1};
  return {static_cast<char32_t>(code_point), static_cast<std::uint32_t>(size)};
}

// Folds the fields of one document, one after the other, into a FoldedDocument.
class Folder {
 public:
  explicit Folder(FoldedDocument& folded) : folded_(folded) { folded_.tokens.clear(); }

  void FoldField(Field field, std::string_view text);
  void Finish() { folded_.text.resize(size_); }

 private:
  enum class Open { kNothing, kWord, kAlone };  // the token being read; kAlone takes nothing but its own vowel signs

  void FoldCharacter(std::uint32_t at, Decoded decoded);
  void BeginToken(std::uint32_t at, Open open);
  void EndToken();
  void BeginParagraph(std::uint32_t newline, std::uint32_t next);
  void Write(std::string_view bytes);
  bool ComposeWithLast(std::uint32_t at, Decoded decoded);
  bool SingleLetterAt(std::uint32_t at) const;
  // An ASCII character writes a separator and itself at most, so with this much room for the rest of the field the
  // ASCII path needs no checks. Other characters may write more; Write restores the room.
  static std::size_t RoomFor(std::size_t bytes) { return 2 * bytes + 2; }

  FoldedDocument& folded_;
  const CodePointTable& table_ = CodePointTable::Get();
  std::uint32_t size_ = 0;  // bytes of folded_.text written

  // Of the field being folded:
  std::string_view text_;
  std::uint32_t next_ = 0;  // byte after the non-ASCII character being folded
  bool in_body_ = false;
  bool newline_before_ = false;        // a newline stands between the last token and the next
  std::uint32_t paragraph_begin_ = 0;  // byte after the last newline

  Open open_ = Open::kNothing;
  Token token_;
  std::uint32_t letters_ = 0;  // of the token, since its last vanished full stop
  bool all_letters_ = false;   // they are letters, no digits
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

  if (folded_.text.size() < size_ + RoomFor(text.size())) folded_.text.resize(size_ + RoomFor(text.size()));

  const auto end = static_cast<std::uint32_t>(text.size());
  for (std::uint32_t at = 0; at < end;) {
    const char c = text[at];
    if (char fold = AsciiFold(c)) {
      if (open_ != Open::kWord) BeginToken(at, Open::kWord);
      const std::uint32_t first = at;
      char* out = folded_.text.data() + size_;
      do {
        *out++ = fold;
        all_letters_ = all_letters_ && IsAsciiLetter(fold);
      } while (++at < end && (fold = AsciiFold(text[at])) != 0);
      size_ += at - first;
      letters_ += at - first;
      token_.original.end = at;
    } else if (c == ' ') {
      EndToken();
      ++at;
    } else if (c == '.' && open_ == Open::kWord && letters_ == 1 && all_letters_ && SingleLetterAt(at + 1)) {
      letters_ = 0;
      ++at;
    } else if (IsAscii(c)) {
      EndToken();
      if (c == '\n' || c == '\r') BeginParagraph(at, at + 1);
      ++at;
    } else {
      const Decoded decoded = Decode(text, at);
      FoldCharacter(at, decoded);
      at += decoded.size;
    }
  }
  EndToken();
  BeginParagraph(end, end);
  folded_.fields[static_cast<std::size_t>(field)] = {first_token, static_cast<std::uint32_t>(folded_.tokens.size())};
}

void Folder::FoldCharacter(std::uint32_t at, Decoded decoded) {
  const FoldedCharacter character = table_.At(decoded.code_point);
  next_ = at + decoded.size;
  const std::string_view bytes = character.as_is ? text_.substr(at, decoded.size) : character.bytes;
  switch (character.character_class) {
    case CharacterClass::kSeparator: EndToken(); return;
    case CharacterClass::kNewline:
      EndToken();
      BeginParagraph(at, next_);
      return;
    case CharacterClass::kFormat: return;
    case CharacterClass::kAccent: break;
    case CharacterClass::kVowelSign:
      if (open_ == Open::kNothing) BeginToken(at, character.alone ? Open::kAlone : Open::kWord);
      if (!character.composes || !ComposeWithLast(at, decoded)) Write(bytes);
      break;
    case CharacterClass::kAlone:
      BeginToken(at, Open::kAlone);
      Write(bytes);
      break;
    case CharacterClass::kLetter:
    case CharacterClass::kDigit:
      if (open_ != Open::kWord) BeginToken(at, Open::kWord);
      if (character.composes && ComposeWithLast(at, decoded)) break;
      Write(bytes);
      ++letters_;
      all_letters_ = all_letters_ && character.character_class == CharacterClass::kLetter;
      break;
  }
  if (open_ != Open::kNothing) token_.original.end = next_;
}

void Folder::BeginToken(std::uint32_t at, Open open) {
  EndToken();
  if (size_ > 0) folded_.text[size_++] = newline_before_ ? '\n' : ' ';
  newline_before_ = false;
  open_ = open;
  token_ = {{size_, size_}, {at, at}};
  letters_ = 0;
  all_letters_ = true;
}

void Folder::EndToken() {
  if (open_ == Open::kNothing) return;
  open_ = Open::kNothing;
  token_.folded.end = size_;
  folded_.tokens.push_back(token_);
}

void Folder::BeginParagraph(std::uint32_t newline, std::uint32_t next) {
  newline_before_ = true;
  if (in_body_ && folded_.first_paragraph_span.empty() && folded_.tokens.size() > folded_.first_paragraph.begin) {
    folded_.first_paragraph.end = static_cast<std::uint32_t>(folded_.tokens.size());
    folded_.first_paragraph_span = {paragraph_begin_, newline};
  }
  paragraph_begin_ = next;
}

void Folder::Write(std::string_view bytes) {
  const std::size_t room = size_ + bytes.size() + RoomFor(text_.size() - next_);
  if (folded_.text.size() < room) folded_.text.resize(room);
  std::memcpy(folded_.text.data() + size_, bytes.data(), bytes.size());
  size_ += static_cast<std::uint32_t>(bytes.size());
}

// Melts a character into the last one of the open token, where Unicode has a composed character for the two: か + ゛ is
// が.
bool Folder::ComposeWithLast(std::uint32_t at, Decoded decoded) {
  if (token_.original.begin == at) return false;
  std::uint32_t last = size_ - 1;
  while (last > token_.folded.begin && (static_cast<unsigned char>(folded_.text[last]) & 0xC0) == 0x80) --last;
  const FoldedCharacter character = table_.At(decoded.code_point);
  const char32_t second = character.as_is ? decoded.code_point : Decode(character.bytes, 0).code_point;
  utf8proc_int32_t pair[2] = {static_cast<utf8proc_int32_t>(Decode({folded_.text.data(), size_}, last).code_point),
                              static_cast<utf8proc_int32_t>(second)};
  if (utf8proc_normalize_utf32(pair, 2, UTF8PROC_COMPOSE) != 1) return false;
  utf8proc_uint8_t composed[4];
  const utf8proc_ssize_t composed_size = utf8proc_encode_char(pair[0], composed);
  size_ = last;
  Write({reinterpret_cast<const char*>(composed), static_cast<std::size_t>(composed_size)});
  return true;
}

// Whether a letter stands at `at` and no other letter or digit follows it.
bool Folder::SingleLetterAt(std::uint32_t at) const {
  bool letter_seen = false;
  while (at < text_.size()) {
    const Decoded decoded = Decode(text_, at);
    const FoldedCharacter character = table_.At(decoded.code_point);
    switch (character.character_class) {
      case CharacterClass::kLetter:
        if (letter_seen && !character.composes) return false;
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

void ReferenceFold(const Document& document, FoldedDocument& folded) {
  Folder folder(folded);
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    folder.FoldField(static_cast<Field>(field), document.texts[field]);
  }
  folder.Finish();
}

}  // namespace wirewatch
