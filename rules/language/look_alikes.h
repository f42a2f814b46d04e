// Letters of one script in a word of another one, which are drawn alike: a Cyrillic а in "bаn".
#ifndef WIREWATCH_RULES_LANGUAGE_LOOK_ALIKES_H_
#define WIREWATCH_RULES_LANGUAGE_LOOK_ALIKES_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace wirewatch {

struct LookAlike {
  Span letter;  // the first one of the other script
  Span word;
  std::string_view script_of_letter;  // "Cyrillic"
  std::string_view script_of_word;
  std::string mended;  // the word in one script
};
// The look-alikes in words of Latin, Cyrillic and Greek: at most one for each word, in order of the text. REQUIRES:
// `text` is valid UTF-8.
std::vector<LookAlike> FindLookAlikes(std::string_view text);

// `text` with Latin letters in the place of Cyrillic and Greek ones that look the same.
std::string WithLatinLookAlikes(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_LOOK_ALIKES_H_
