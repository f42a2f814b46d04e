#include "rules/language/term_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "rules/language/term_check.h"
#include "rules/text/code_point_table.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

// What a word is made of.
struct Letters {
  std::size_t letters = 0, digits = 0;  // of the folded word
  bool wildcards = false, tilde = false;
  bool alone = false;  // a character of a script written without blanks
  bool hangul = false;
  bool parted = false;  // something in it parts words
};

FoldedCharacter CharacterAt(std::string_view text, std::size_t at) {
  return CodePointTable::Get().At(DecodeUtf8(text, at).code_point);
}

bool IsInWord(CharacterClass character_class) { return character_class >= CharacterClass::kFormat; }

Letters LettersOf(std::string_view word) {
  Letters found;
  for (std::size_t at = 0; at < word.size(); at += DecodeUtf8(word, at).size) {
    const FoldedCharacter character = CharacterAt(word, at);
    found.wildcards = found.wildcards || word[at] == '*' || word[at] == '?';
    found.tilde = found.tilde || word[at] == '~';
    found.alone = found.alone || character.character_class == CharacterClass::kAlone;
    found.hangul = found.hangul || character.hangul;
    found.parted = found.parted || !IsInWord(character.character_class);
  }
  for (const char32_t c : DecodeUtf8(FoldText(word).text)) {
    if (c < 0x80 && IsAsciiDigit(static_cast<char>(c))) {
      ++found.digits;
    } else if (c != ' ') {
      ++found.letters;
    }
  }
  return found;
}

// Of a text between blanks: what parts words at its begin and end is cut off.
Span WithoutPunctuation(std::string_view text, Span chunk) {
  const auto keeps = [&](std::size_t at) {
    return text[at] == '~' || text[at] == '*' || text[at] == '?' || IsInWord(CharacterAt(text, at).character_class);
  };
  while (chunk.begin < chunk.end && !keeps(chunk.begin)) {
    chunk.begin += static_cast<std::uint32_t>(DecodeUtf8(text, chunk.begin).size);
  }
  while (chunk.begin < chunk.end) {
    const auto size = static_cast<std::uint32_t>(LastCharacterSize(chunk.Of(text)));
    if (keeps(chunk.end - size)) break;
    chunk.end -= size;
  }
  return chunk;
}

class MarkCheck {
 public:
  MarkCheck(std::string_view text, Span chunk) : text_(text), word_(WithoutPunctuation(text, chunk)), chunk_(chunk) {}

  std::optional<ExpressionError> Run() {
    const std::string_view written = word_.Of(text_);
    if (written.starts_with('~')) {
      CheckForms(written.substr(1));
    } else {
      CheckWrongLetters(written.substr(0, written.find('~')), written.substr(written.find('~') + 1));
    }
    return std::move(error_);
  }

 private:
  void CheckForms(std::string_view word) {
    constexpr std::string_view kCode = "forms";
    const Letters found = LettersOf(word);
    if (word.empty() || !IsInWord(CharacterAt(word, 0).character_class)) {
      Fail(kCode, "'~' stands directly before a word",
           word.starts_with('=')   ? fmt::format("an exact term has no other forms: leave out the ~ or the =")
           : word.starts_with('@') ? "write it before the words of the list that may have other forms"
           : word.starts_with('/')
               ? "a regular expression has no forms: leave it out"
               : "every form of a word is ~ban; if the character belongs to the term, leave it out: "
                 "punctuation does not count");
    } else if (found.tilde) {
      Fail(kCode, "a word has either all its forms or a number of wrong letters", "leave out one of the two marks");
    } else if (found.wildcards) {
      Fail(kCode, "a word with '~' has no wildcards",
           "leave out one of the two: ~ban is every form of the word, ban* every word that begins so");
    } else if (found.parted) {
      Fail(kCode, fmt::format("'~' stands before one word, and '{}' is several", word), OneByOne(word));
    } else if (found.alone) {
      Fail(kCode, fmt::format("'{}' has no forms: each of these characters is a word by itself", word),
           "leave out the ~; traditional and simplified characters are one with `han: same` in the pack");
    } else if (found.hangul) {
      Fail(kCode, fmt::format("'{}' has no forms here", word),
           "leave out the ~: a word of Korean takes its particles without it");
    } else if (found.digits > 0) {
      Fail(kCode, fmt::format("'{}' has digits in it, and so no other forms", word),
           fmt::format("leave out the ~: {}", word));
    } else if (found.letters < kMinLettersOfForms) {
      Fail(kCode, fmt::format("'~' needs a word of at least {} letters", kMinLettersOfForms),
           "write the forms that are meant, joined by OR");
    }
  }

  void CheckWrongLetters(std::string_view word, std::string_view number) {
    constexpr std::string_view kCode = "wrong-letters";
    const Letters found = LettersOf(word);
    const std::size_t last = number.find_last_not_of("0123456789.");
    if (last != std::string_view::npos) {
      Fail(kCode, fmt::format("'~' stands before a word or behind it, not inside '{}'", word_.Of(text_)),
           "every form of a word is ~ban, one wrong letter is huawei~1; as punctuation leave it out");
    } else if (number != "1" && number != "2") {
      const std::size_t digits = number.find_first_not_of("0123456789");
      const bool is_distance = digits == std::string_view::npos && number.size() > 1;
      Fail(kCode,
           number.empty() ? "nothing says how many letters may be wrong"
                          : fmt::format("one letter may be wrong, or two, not '{}'", number),
           is_distance ? fmt::format("write {}~1; words at a distance are {} NEAR/{} ban", word, word, number)
                       : fmt::format("write {}~1", word));
    } else if (found.wildcards) {
      Fail(kCode, "a word with wildcards has no wrong letters",
           fmt::format("leave out one of the two: huawei~1 has one letter wrong, and h?awei any letter there"));
    } else if (found.parted) {
      Fail(kCode, fmt::format("'~{}' stands behind one word, and '{}' is several", number, word),
           "put it behind the word that is misspelled: \"rip and replace~1\"");
    } else if (found.alone) {
      Fail(kCode, fmt::format("'{}' has no letters: each of these characters is a word by itself", word),
           "write the spellings that are meant, joined by OR");
    } else if (found.letters + found.digits > kMaxLettersWithWrong) {
      Fail(kCode, fmt::format("a word with wrong letters has at most {} letters", kMaxLettersWithWrong),
           "write its beginning: telecommunic*");
    } else if (const std::size_t least = number == "1" ? kMinLettersOneWrong : kMinLettersTwoWrong;
               found.letters < least) {
      Fail(
          kCode,
          fmt::format("'~{}' needs a word of at least {} letters, and '{}' has {}", number, least, word, found.letters),
          found.letters >= kMinLettersOneWrong
              ? fmt::format("write {}~1", word)
              : "so short a word is one letter from many others: write the spellings that are meant, joined by OR");
    }
  }

  static std::string OneByOne(std::string_view word) {
    const FoldedDocument folded = FoldText(word);
    if (folded.tokens.size() < 2) return "leave out what parts it";
    std::string phrase;
    for (const Token& token : folded.tokens) {
      phrase += fmt::format("{}~{}", phrase.empty() ? "" : " ", token.original.Of(word));
    }
    return fmt::format("write it before each word that may have other forms: \"{}\"", phrase);
  }

  void Fail(std::string_view code, std::string message, std::string help) {
    const Span place = word_.empty() ? chunk_ : word_;
    error_ = ExpressionError{place, std::string(code), std::move(message), std::move(help)};
  }

  const std::string_view text_;
  const Span word_, chunk_;
  std::optional<ExpressionError> error_;
};

}  // namespace

std::optional<ExpressionError> CheckMarks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  for (std::size_t at = text.find('~'); at < text.size(); at = text.find('~', at)) {
    const std::size_t before = text.find_last_of(kBlanks, at);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    if (auto error = MarkCheck(text, PlaceAt(begin, end - begin)).Run()) return error;
    at = end;
  }
  return std::nullopt;
}

}  // namespace wirewatch
