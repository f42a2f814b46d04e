#include "rules/language/look_alikes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

enum class Script { kNone, kLatin, kCyrillic, kGreek };

struct DrawnAs {
  char32_t character;
  char latin;
};
// Cyrillic and Greek letters that are drawn as a letter of ASCII (of Unicode's confusables.txt those that news fonts do
// not tell apart).
constexpr std::array<DrawnAs, 63> kLookAlikes = {{
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'},
    {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'},
    {0x03B1, 'a'}, {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BD, 'v'}, {0x03BF, 'o'}, {0x03C1, 'p'}, {0x03C5, 'u'},
    {0x03C7, 'x'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'},
    {0x0412, 'B'}, {0x0415, 'E'}, {0x0417, '3'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'},
    {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0432, 'b'},
    {0x0433, 'r'}, {0x0435, 'e'}, {0x043A, 'k'}, {0x043C, 'm'}, {0x043D, 'h'}, {0x043E, 'o'}, {0x043F, 'n'},
    {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'},
    {0x0458, 'j'}, {0x0475, 'v'}, {0x0501, 'd'}, {0x051B, 'q'}, {0x051D, 'w'}, {0x04BB, 'h'}, {0x04CF, 'l'},
}};

char LatinLookAlike(char32_t character) {
  const auto known = std::find_if(kLookAlikes.begin(), kLookAlikes.end(),
                                  [&](const DrawnAs& entry) { return entry.character == character; });
  return known == kLookAlikes.end() ? '\0' : known->latin;
}

// The letter of `script` that is drawn as the ASCII letter; 0: none.
char32_t LookAlikeOf(char latin, Script script) {
  const auto known = std::find_if(kLookAlikes.begin(), kLookAlikes.end(), [&](const DrawnAs& entry) {
    return entry.latin == latin && (entry.character < 0x0400) == (script == Script::kGreek);
  });
  return known == kLookAlikes.end() ? 0 : known->character;
}

Script ScriptOf(char32_t c) {
  if (c < 0x80) return IsAsciiLetter(static_cast<char>(c)) ? Script::kLatin : Script::kNone;
  if ((c >= 0x00C0 && c <= 0x024F && c != 0x00D7 && c != 0x00F7) || (c >= 0x1E00 && c <= 0x1EFF)) return Script::kLatin;
  if ((c >= 0x0370 && c <= 0x03FF) || (c >= 0x1F00 && c <= 0x1FFF)) return Script::kGreek;
  if (c >= 0x0400 && c <= 0x052F) return Script::kCyrillic;
  return Script::kNone;
}

std::string_view Name(Script script) {
  switch (script) {
    case Script::kLatin: return "Latin";
    case Script::kCyrillic: return "Cyrillic";
    case Script::kGreek: return "Greek";
    case Script::kNone: break;
  }
  return "";
}

// Nothing: the letters of the word are of one script, or are no look-alikes.
std::optional<LookAlike> Judge(const std::vector<PlacedCharacter>& word) {
  std::size_t latin = 0;
  std::vector<const PlacedCharacter*> others;
  for (const PlacedCharacter& character : word) {
    if (ScriptOf(character.value) == Script::kLatin) {
      ++latin;
    } else {
      others.push_back(&character);
    }
  }
  if (latin == 0 || others.empty()) return std::nullopt;
  const Script other = ScriptOf(others.front()->value);
  const PlacedCharacter* stranger = nullptr;
  std::string mended;
  const bool to_latin =
      std::all_of(others.begin(), others.end(), [](const PlacedCharacter* c) { return LatinLookAlike(c->value) != 0; });
  const bool from_latin = std::all_of(word.begin(), word.end(), [&](const PlacedCharacter& c) {
    return ScriptOf(c.value) != Script::kLatin ||
           (c.value < 0x80 && LookAlikeOf(static_cast<char>(c.value), other) != 0);
  });
  if (!to_latin && !from_latin) return std::nullopt;
  const bool into_latin = to_latin && (!from_latin || latin >= others.size());
  for (const PlacedCharacter& c : word) {
    const bool strange = (ScriptOf(c.value) == Script::kLatin) != into_latin;
    if (strange && stranger == nullptr) stranger = &c;
    const char32_t meant = !strange     ? c.value
                           : into_latin ? static_cast<char32_t>(LatinLookAlike(c.value))
                                        : LookAlikeOf(static_cast<char>(c.value), other);
    AppendUtf8(meant, mended);
  }
  return LookAlike{{stranger->begin, stranger->end},
                   {word.front().begin, word.back().end},
                   Name(ScriptOf(stranger->value)),
                   Name(into_latin ? Script::kLatin : other),
                   std::move(mended)};
}

}  // namespace

std::vector<LookAlike> FindLookAlikes(std::string_view text) {
  std::vector<LookAlike> found;
  const std::vector<PlacedCharacter> characters = CharactersOf(text);
  const auto at = [&](std::size_t index) { return characters.begin() + static_cast<std::ptrdiff_t>(index); };
  for (std::size_t begin = 0; begin < characters.size();) {
    std::size_t end = begin;
    while (end < characters.size() && ScriptOf(characters[end].value) != Script::kNone) ++end;
    if (end > begin) {
      if (auto look_alike = Judge({at(begin), at(end)})) found.push_back(*std::move(look_alike));
    }
    begin = std::max(end, begin + 1);
  }
  return found;
}

std::string WithLatinLookAlikes(std::string_view text) {
  std::string plain;
  for (const PlacedCharacter& character : CharactersOf(text)) {
    const char latin = LatinLookAlike(character.value);
    if (latin != 0) {
      plain += latin;
    } else {
      plain += text.substr(character.begin, character.end - character.begin);
    }
  }
  return plain;
}

}  // namespace wirewatch
