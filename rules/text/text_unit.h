// TextUnit: what a text is divided into.
#ifndef WIREWATCH_RULES_TEXT_TEXT_UNIT_H_
#define WIREWATCH_RULES_TEXT_TEXT_UNIT_H_

#include <cstdint>

namespace wirewatch {

// What SAME asks two places to share.
enum class TextUnit : std::uint8_t { kSentence, kParagraph };

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_TEXT_UNIT_H_
