// WordFrequencies: the text of word_frequencies.txt, which the build puts into the program.
#ifndef WIREWATCH_PIPELINE_STORY_WORD_FREQUENCIES_H_
#define WIREWATCH_PIPELINE_STORY_WORD_FREQUENCIES_H_

#include <string_view>

namespace wirewatch {

std::string_view WordFrequencies();

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_WORD_FREQUENCIES_H_
