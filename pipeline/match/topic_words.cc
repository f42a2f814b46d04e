#include "pipeline/match/topic_words.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_set>

#include "pipeline/story/story_signature.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

std::vector<std::uint32_t> TopicWordsOf(const Match& match) {
  std::unordered_set<std::string_view> texts;
  std::vector<StoryWord> words;
  Document document;
  FoldedDocument folded;
  for (const MatchedSpan& span : match.spans) {
    if (!texts.insert(span.text).second) continue;
    document.texts[static_cast<std::size_t>(Field::kTitle)] = span.text;
    Fold(document, folded);
    AppendStoryWords(folded, words);
  }
  std::vector<std::uint32_t> stems;
  stems.reserve(words.size());
  for (const StoryWord& word : words) stems.push_back(word.hash);
  std::sort(stems.begin(), stems.end());
  stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
  return stems;
}

}  // namespace wirewatch
