// The inside of a RuleSet, which Matcher reads. Only for rule_set.cc and matcher.cc.
#ifndef WIREWATCH_RULES_ENGINE_RULE_SET_REP_H_
#define WIREWATCH_RULES_ENGINE_RULE_SET_REP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "rules/engine/rule_segment.h"
#include "rules/engine/rule_set.h"
#include "rules/engine/segment_matcher.h"

namespace wirewatch {

struct RuleSet::Rep {
  // Where a topic is compiled.
  struct Home {
    std::uint32_t segment;  // index into segments
    std::uint32_t topic;    // index in the segment
  };
  struct Segment {
    std::shared_ptr<const RuleSegment> compiled;
    std::vector<std::uint32_t> topics;  // as SegmentMatcher::Numbers; they are indices into `topics` below
    std::uint32_t first_term = 0;
  };

  // Makes the segments for all topics. `earlier`: for each topic its home in `before`; nothing: `before` does not have
  // it. Only topics without a home in `before` are compiled. Errors: as RuleSegment::Build.
  Status MakeSegments(const std::vector<std::optional<Home>>& earlier, const Rep* before, const PatternCache& cache,
                      const std::stop_token& stop);
  void Add(std::shared_ptr<const RuleSegment> segment);
  void Settle(std::uint32_t topic, Home home);
  std::uint32_t term_count() const;

  Packs packs;
  std::string hash;
  std::shared_ptr<const FacetSet> facets;
  // Of all packs, one after the other.
  std::vector<const Topic*> topics;
  std::vector<Digest> digests;  // DigestOf
  std::vector<Home> homes;
  // [0]: the topics as they were compiled last, all together. [1]: after an edit, the topics that changed since. The
  // next compile of all topics, in the background, makes one of the two.
  std::vector<Segment> segments;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_SET_REP_H_
