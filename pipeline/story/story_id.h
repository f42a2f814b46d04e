// The id of a story: of its topic and its first article, so a replay gives the same.
#ifndef WIREWATCH_PIPELINE_STORY_STORY_ID_H_
#define WIREWATCH_PIPELINE_STORY_STORY_ID_H_

#include <string>
#include <string_view>

#include "base/digest.h"

namespace wirewatch {

inline std::string StoryId(std::string_view topic, std::string_view first_article) {
  return DigestHex({"story", topic, first_article});
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_STORY_ID_H_
