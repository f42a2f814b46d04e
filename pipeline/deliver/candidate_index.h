// CandidateIndex: the subscriptions that an alert of a topic and with some tags concerns at all, each with what else it
// asks for that is cheap to look at. Only for subscription_set.cc.
#ifndef WIREWATCH_PIPELINE_DELIVER_CANDIDATE_INDEX_H_
#define WIREWATCH_PIPELINE_DELIVER_CANDIDATE_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/attribute_conditions.h"
#include "pipeline/deliver/subscription.h"
#include "rules/pack/pack.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Scores are 0 to 100; what is above all that fits is the same.
constexpr std::uint8_t ScoreByte(std::uint32_t score) {
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(score, std::numeric_limits<std::uint8_t>::max()));
}

using KindBits = std::uint16_t;
static_assert(std::size(kAlertKinds) <= std::numeric_limits<KindBits>::digits, "KindBits has a bit for each kind");
constexpr KindBits KindBit(AlertKind kind) { return static_cast<KindBits>(1U << static_cast<unsigned>(kind)); }

// What is asked for, but for the expression and what was looked up.
struct Candidate {
  std::uint32_t subscription = 0;                         // index
  std::uint32_t attributes = AttributeConditions::kNone;  // number
  TopicSeverity severity = TopicSeverity::kLow;           // at least
  std::uint8_t score = 0;                                 // at least
  KindBits kinds = std::numeric_limits<KindBits>::max();
};

// `attributes`: those that are not looked up.
inline Candidate CandidateOf(std::uint32_t subscription, const SubscriptionFilter& filter, std::uint32_t attributes) {
  Candidate candidate{subscription, attributes, filter.severity, ScoreByte(filter.score)};
  // What is for owners of rules only those get that ask for it (WantsKind).
  candidate.kinds = filter.kinds.empty() ? static_cast<KindBits>(~KindBit(AlertKind::kDemoted)) : KindBits{0};
  for (const AlertKind kind : filter.kinds) candidate.kinds |= KindBit(kind);
  return candidate;
}

// The alert's side of it.
struct AskedAlert {
  explicit AskedAlert(const AlertNotice& notice)
      : severity(notice.severity), score(ScoreByte(notice.score)), kind(KindBit(notice.kind)) {}

  bool Meets(const Candidate& candidate, AttributeAnswers& attributes) const {
    const bool cheap = (candidate.severity <= severity) & (candidate.score <= score) & ((candidate.kinds & kind) != 0);
    return cheap && attributes.Hold(candidate.attributes);
  }

  TopicSeverity severity;
  std::uint8_t score;
  KindBits kind;
};

class CandidateIndex {
 public:
  void Add(std::uint32_t subscription, const SubscriptionFilter& filter, AttributeConditions& conditions) {
    AttributeConditions::Lists others{nullptr, &filter.tags, &filter.languages, &filter.countries, &filter.sources};
    if (!filter.topics.empty()) {
      const Candidate candidate = CandidateOf(subscription, filter, conditions.Add(others));
      for (const std::string& topic : filter.topics) by_topic_[topic].push_back(candidate);
      return;
    }
    others.tags = nullptr;
    const Candidate candidate = CandidateOf(subscription, filter, conditions.Add(others));
    if (filter.tags.empty()) any_.push_back(candidate);
    for (const std::string& tag : filter.tags) by_tag_[FoldText(tag).text].push_back(candidate);
  }

  // Hands over every candidate, some more than once, until `take` gives false.
  template <typename Take>
  void ForEach(const AlertNotice& notice, const Take& take) const {
    if (const auto found = by_topic_.find(notice.topic); found != by_topic_.end()) {
      if (!std::all_of(found->second.begin(), found->second.end(), take)) return;
    }
    for (std::size_t i = 0; !by_tag_.empty() && i < notice.tags.size(); ++i) {
      const std::string folded = FoldText(notice.tags[i]).text;
      const auto found = folded.empty() ? by_tag_.end() : by_tag_.find(folded);
      if (found != by_tag_.end() && !std::all_of(found->second.begin(), found->second.end(), take)) return;
    }
    std::all_of(any_.begin(), any_.end(), take);
  }

 private:
  // A subscription that names topics is under each of them, else under each of its tags (folded), else among those of
  // any topic.
  std::unordered_map<std::string, std::vector<Candidate>> by_topic_, by_tag_;
  std::vector<Candidate> any_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_CANDIDATE_INDEX_H_
