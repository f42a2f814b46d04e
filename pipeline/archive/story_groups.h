// Story groups: which of a few thousand articles report one story, so that ten copies of a text are not taken for ten
// witnesses. Coarser and simpler than StoryIndex, which needs a stream: two articles belong together when one is a copy
// of the other, or when both have dates within two days and tell of one event (likeness.h), and whatever follows from
// that through others.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_STORY_GROUPS_H_
#define WIREWATCH_PIPELINE_ARCHIVE_STORY_GROUPS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "pipeline/story/story_signature.h"

namespace wirewatch {

struct GroupedArticle {
  const StorySignature* signature = nullptr;  // not null
  std::optional<WallTime> time;
};

// The number of each article's group: that of the first article in it. Time: each is compared with the last hundred
// that share one of its hashes.
std::vector<std::size_t> GroupStories(const std::vector<GroupedArticle>& articles);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_STORY_GROUPS_H_
