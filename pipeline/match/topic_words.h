// Topic words: what made a topic match tells little of which story it is, since most articles of the topic have it.
#ifndef WIREWATCH_PIPELINE_MATCH_TOPIC_WORDS_H_
#define WIREWATCH_PIPELINE_MATCH_TOPIC_WORDS_H_

#include <cstdint>
#include <vector>

#include "pipeline/match/match.h"

namespace wirewatch {

// The stems of the words of the match's spans, each once, rising: for StoryIndex::Find. Threads: any.
std::vector<std::uint32_t> TopicWordsOf(const Match& match);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_TOPIC_WORDS_H_
