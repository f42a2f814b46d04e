// One class of more than 500 lines: decisions, and the ways to take them back, change the same entries.
#include "pipeline/alert/alert_policy.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "pipeline/alert/alert_policy_rep.h"

namespace wirewatch {
namespace {

// Of an article on one topic; a producer that numbers without end must not make every step slower.
constexpr std::size_t kMaxEditions = 64;
// What Undo takes back: more than a transaction has records.
constexpr std::size_t kMaxSteps = 10'000;

}  // namespace

// What is known of an article on a topic, for one more edition of it.
struct AlertPolicy::View {
  bool repeat = false, outdated = false;
  bool again = false;                  // no repeat, since it was taken back
  const Sighting* standing = nullptr;  // the latest that held and was told
  bool withdrawn = false;              // all of these were withdrawn since
};

Digest TopicAndArticle(std::string_view topic, std::string_view article_id) { return DigestOf({topic, article_id}); }

AlertKey KeyOf(std::string_view topic, const ArticleFacts& article) {
  return {TopicAndArticle(topic, article.id), EditionOf(article).digest};
}

AlertPolicy::AlertPolicy(AlertOptions options) : options_(options) {}
AlertPolicy::~AlertPolicy() = default;

// ----------------------------------------------------------------------------------------------- what can be seen

AlertPolicy::PartitionState& AlertPolicy::StateOf(Partition partition) { return partitions_[partition]; }

WallTime AlertPolicy::WindowBegin(Partition one, Partition other) const {
  const auto clock = [&](Partition partition) {
    const auto state = partitions_.find(partition);
    return state == partitions_.end() ? WallTime() : state->second.clock;
  };
  return std::max(clock(one), clock(other)) - options_.window;
}

bool AlertPolicy::IsVisible(const Sighting& sighting, Partition from) const {
  return sighting.last >= WindowBegin(sighting.partition, from);
}

bool AlertPolicy::Concerns(const TopicState& topic, Partition from) const {
  return std::any_of(topic.sightings.begin(), topic.sightings.end(), [&](const Sightings::iterator& seen) {
    return (!options_.revisions_per_partition || seen->partition == from) && IsVisible(*seen, from);
  });
}

bool AlertPolicy::HasVisibleTopic(const ArticleState& article, Partition from) const {
  return std::any_of(article.topics.begin(), article.topics.end(),
                     [&](const Digest& key) { return Concerns(topics_.at(key), from); });
}

// By a record between the one since which it counts and the one at `place`.
bool AlertPolicy::IsTakenBack(const Sighting& sighting, const TopicState& topic, const RecordPlace& place) const {
  if (sighting.partition != place.partition) return false;
  const auto stands_between = [&](const Sighting& other) {
    return other.partition == place.partition && IsVisible(other, place.partition) &&
           other.since() > sighting.since() && other.since() < place.offset;
  };
  const bool withdraws = !sighting.topic || IsCanceled(sighting.edition);
  for (const Sightings::iterator& seen : topic.sightings) {
    if (IsCanceled(seen->edition) != withdraws && stands_between(*seen)) return true;
  }
  if (withdraws) return false;
  const auto& revisions = topic.article->second.revisions;
  return std::any_of(revisions.begin(), revisions.end(), [&](const Sightings::iterator& seen) {
    return seen->Withdraws(sighting.facts->topic) && stands_between(*seen);
  });
}

AlertPolicy::View AlertPolicy::Look(const ArticleState& article, const TopicState& topic, std::string_view topic_id,
                                    const Edition& edition, const RecordPlace& place) const {
  const Partition from = place.partition;
  View view;
  std::vector<const Sighting*> held_good, withdrawing;
  const auto add = [&](const Sighting& seen, bool withdraws) {
    view.outdated |= IsLater(seen.edition, edition);
    if (withdraws) {
      withdrawing.push_back(&seen);
    } else if (!seen.held) {
      held_good.push_back(&seen);
    }
  };
  auto earliest = std::make_tuple(WallTime::max(), Partition{}, Offset{});
  for (const Sightings::iterator& seen : topic.sightings) {
    if (!IsVisible(*seen, from)) continue;
    if (IsSame(seen->edition, edition)) (IsTakenBack(*seen, topic, place) ? view.again : view.repeat) = true;
    earliest = std::min(earliest, seen->order());
    add(*seen, IsCanceled(seen->edition));
  }
  for (const Sightings::iterator& seen : article.revisions) {
    if (options_.revisions_per_partition && seen->partition != from) continue;
    if (!IsVisible(*seen, from) || !seen->Withdraws(topic_id)) continue;
    // A later version on which a topic does not hold says something to those only who were told of one before it.
    if (IsCanceled(seen->edition) || earliest < seen->order()) add(*seen, true);
  }
  view.again &= !view.repeat;
  const auto follows = [](const Sighting& a, const Sighting& b) {
    if (IsLater(a.edition, b.edition)) return true;
    return !IsLater(b.edition, a.edition) && a.order() > b.order();
  };
  std::sort(held_good.begin(), held_good.end(),
            [](const Sighting* a, const Sighting* b) { return a->order() < b->order(); });
  view.withdrawn = !held_good.empty();
  for (const Sighting* good : held_good) {
    if (view.standing == nullptr || !IsLater(view.standing->edition, good->edition)) view.standing = good;
    view.withdrawn &= std::any_of(withdrawing.begin(), withdrawing.end(),
                                  [&](const Sighting* other) { return follows(*other, *good); });
  }
  return view;
}

// ------------------------------------------------------------------------------------------------------ sightings

std::shared_ptr<const AlertPolicy::TopicFacts> AlertPolicy::Shared(const Match& match) {
  std::string lists;
  for (const std::vector<std::string>* list : {&match.tags, &match.rules}) {
    lists += std::to_string(list->size());
    for (const std::string& item : *list) lists += ' ' + std::to_string(item.size()) + ' ' + item;
  }
  const Digest key = DigestOf(
      {match.topic, match.topic_title, Name(match.severity), std::to_string(match.score), lists, match.rule_set});
  if (facts_.size() > facts_bound_) {
    std::erase_if(facts_, [](const auto& entry) { return entry.second.expired(); });
    facts_bound_ = std::max<std::size_t>(1'000, 2 * facts_.size());
  }
  std::weak_ptr<const TopicFacts>& known = facts_[key];
  if (auto facts = known.lock()) return facts;
  auto facts = std::make_shared<const TopicFacts>(TopicFacts::Of(match));
  known = facts;
  return facts;
}

AlertPolicy::ArticleEntry& AlertPolicy::ArticleOf(const std::string& id) { return *articles_.try_emplace(id).first; }

AlertPolicy::TopicState& AlertPolicy::TopicOf(ArticleEntry& article, const Digest& key) {
  const auto [topic, is_new] = topics_.try_emplace(key);
  if (is_new) {
    topic->second.key = key;
    topic->second.article = &article;
    article.second.topics.push_back(key);
  }
  return topic->second;
}

AlertPolicy::Sighting& AlertPolicy::See(ArticleEntry& article, std::optional<Digest> topic, const Edition& edition,
                                        const RecordPlace& place) {
  PartitionState& state = StateOf(place.partition);
  std::vector<Sightings::iterator>& all = topic ? topics_.at(*topic).sightings : article.second.revisions;
  auto known = std::find_if(all.begin(), all.end(), [&](const Sightings::iterator& seen) {
    return seen->partition == place.partition && IsSame(seen->edition, edition);
  });
  if (known != all.end()) {
    state.sightings.splice(state.sightings.end(), state.sightings, *known);
  } else {
    if (all.size() >= kMaxEditions) {
      const auto oldest = std::min_element(all.begin(), all.end(),
                                           [](const auto& a, const auto& b) { return a->order() < b->order(); });
      StateOf((*oldest)->partition).sightings.erase(*oldest);
      all.erase(oldest);
      --sightings_;
    }
    Sighting& seen = state.sightings.emplace_back();
    seen.article = &article;
    seen.topic = topic;
    seen.partition = place.partition;
    seen.first = place.offset;
    all.push_back(std::prev(state.sightings.end()));
    ++sightings_;
  }
  Sighting& seen = state.sightings.back();
  seen.edition = edition;  // published at another time, maybe
  seen.last = state.clock;
  seen.offset = place.offset;
  return seen;
}

void AlertPolicy::Remove(Sightings& sightings, Sightings::iterator at) {
  ArticleEntry& article = *at->article;
  const std::optional<Digest> topic = at->topic;
  std::erase(topic ? topics_.at(*topic).sightings : article.second.revisions, at);
  sightings.erase(at);
  --sightings_;
  if (topic) {
    DropIfEmpty(article, *topic);
  } else {
    DropIfEmpty(article);
  }
}

void AlertPolicy::DropIfEmpty(ArticleEntry& article, Digest topic) {
  const auto state = topics_.find(topic);
  if (!state->second.sightings.empty() || state->second.held) return;
  topics_.erase(state);
  std::erase(article.second.topics, topic);
  DropIfEmpty(article);
}

void AlertPolicy::DropIfEmpty(ArticleEntry& article) {
  if (article.second.topics.empty() && article.second.revisions.empty()) articles_.erase(articles_.find(article.first));
}

void AlertPolicy::KeepBound() {
  while (sightings_ > options_.max_sightings) {
    PartitionState* oldest = nullptr;
    for (auto& [partition, state] : partitions_) {
      if (state.sightings.empty()) continue;
      if (oldest == nullptr || state.sightings.front().last < oldest->sightings.front().last) oldest = &state;
    }
    Remove(oldest->sightings, oldest->sightings.begin());
    ++given_up_;
  }
}

void AlertPolicy::SortLoaded() {
  if (std::exchange(sorted_, true)) return;
  for (auto& [partition, state] : partitions_) {
    state.sightings.sort([](const Sighting& a, const Sighting& b) { return a.order() < b.order(); });
  }
  KeepBound();
}

// ------------------------------------------------------------------------------------------------------- decisions

std::vector<RaisedAlert> AlertPolicy::Advance(const RecordPlace& place, WallTime time) {
  SortLoaded();
  PartitionState& state = StateOf(place.partition);
  if (time > state.clock) {
    if (state.before.size() == kMaxSteps) state.before.pop_front();
    state.before.emplace_back(place.offset, std::exchange(state.clock, time));
  }
  // First: whatever is given out must still be known.
  std::vector<RaisedAlert> released = Release(place.partition, state.clock, place.offset);
  while (!state.sightings.empty() && state.sightings.front().last < state.clock - options_.window) {
    Remove(state.sightings, state.sightings.begin());
  }
  return released;
}

AlertVerdict AlertPolicy::Apply(Match&& match, const RecordPlace& place) {
  const Edition edition = EditionOf(*match.article);
  const std::optional<WallTime> embargo = match.article->embargoed_until;
  const WallTime now = StateOf(place.partition).clock;
  const bool is_canceled = IsCanceled(edition);
  const bool is_early = !is_canceled && embargo && *embargo > now;
  ArticleEntry& article = ArticleOf(match.article->id);
  const Digest key = TopicAndArticle(match.topic, match.article->id);
  TopicState& topic = TopicOf(article, key);
  const View view = Look(article.second, topic, match.topic, edition, place);

  AlertVerdict verdict;
  RaisedAlert raised{{key, edition.digest}, {}};
  const auto held = [&]() -> Held* {
    if (!topic.held) return nullptr;
    return &partitions_.at(topic.held->first).held.at({topic.held->second, key});
  };
  // The same version again, with another embargo.
  const bool embargo_changed = view.repeat && held() != nullptr && held()->raised.key.edition == edition.digest &&
                               (!is_early || *embargo != topic.held->second);
  if ((view.repeat && !embargo_changed) || view.outdated) {
    verdict.suppressed = view.repeat ? Suppressed::kRepeat : Suppressed::kOutdated;
  } else if (is_canceled) {
    verdict.dropped = DropHeld(topic, place);
    if (view.standing == nullptr || view.withdrawn) {
      verdict.suppressed = Suppressed::kCanceled;
    } else {
      raised.alert.kind = AlertKind::kWithdrawn;
      raised.alert.reason = kArticleCanceled;
    }
  } else {
    if (is_early && options_.longest_embargo && *embargo - now > *options_.longest_embargo) {
      verdict.embargo_too_long = true;
      DropIfEmpty(article, key);
      return verdict;
    }
    verdict.dropped = DropHeld(topic, place);
    raised.alert.kind = view.standing == nullptr ? AlertKind::kNew : AlertKind::kCorrection;
  }
  if (verdict.dropped && verdict.dropped->key == raised.key) verdict.dropped.reset();
  raised.again = view.again;
  Sighting& seen = See(article, key, edition, place);
  seen.facts = Shared(match);
  if (view.again) seen.ComesAgain(place.offset);
  if (!verdict.suppressed) {
    for (const Sightings::iterator& other : topic.sightings) {
      if (IsSame(other->edition, edition)) other->held = is_early;
    }
    if (raised.alert.kind == AlertKind::kWithdrawn) match.spans.clear(), match.span_count = 0;
    raised.alert.match = std::move(match);
    if (is_early) {
      Hold(std::move(raised), *embargo, topic, place);
      verdict.held = true;
    } else {
      Tell(topic, raised);
      verdict.raised = std::move(raised);
    }
  }
  KeepBound();
  return verdict;
}

std::vector<AlertKey> AlertPolicy::KeysOf(const Revision& revision) const {
  std::vector<AlertKey> keys;
  const auto article = articles_.find(revision.article->id);
  if (article == articles_.end()) return keys;
  const Digest edition = EditionOf(*revision.article).digest;
  for (const Digest& topic : article->second.topics) keys.push_back({topic, edition});
  return keys;
}

RevisionVerdict AlertPolicy::Apply(const Revision& revision, const RecordPlace& place) {
  RevisionVerdict verdict;
  const Edition edition = EditionOf(*revision.article);
  ArticleEntry& article = ArticleOf(revision.article->id);
  const bool knows_topics = HasVisibleTopic(article.second, place.partition);
  if (!knows_topics && !IsCanceled(edition)) {
    DropIfEmpty(article);
    return verdict;
  }
  const auto is_same = [&](const Sightings::iterator& seen) {
    return (!options_.revisions_per_partition || seen->partition == place.partition) &&
           IsVisible(*seen, place.partition) && IsSame(seen->edition, edition);
  };
  const auto& known = article.second.revisions;
  const auto same = std::find_if(known.begin(), known.end(), is_same);
  const auto is_again = [&](const Digest& topic) {
    return same != known.end() && IsTakenBack(**same, topics_.at(topic), place);
  };
  const std::vector<Digest> all = article.second.topics;
  const bool again = std::any_of(all.begin(), all.end(), is_again);
  // Of others than cancellations it is not sure that the window still has them.
  const bool repeat = IsCanceled(edition) && same != known.end() && !again;
  for (const Digest& key : repeat ? std::vector<Digest>() : all) {
    TopicState& topic = topics_.at(key);
    if (topic.sightings.empty() || !Concerns(topic, place.partition)) continue;
    const std::string& topic_id = topic.sightings.front()->facts->topic;
    // A match of this very version stands in the log, too.
    if (std::find(revision.topics.begin(), revision.topics.end(), topic_id) != revision.topics.end()) continue;
    const View view = Look(article.second, topic, topic_id, edition, place);
    if (view.outdated) continue;
    if (auto dropped = DropHeld(topic, place)) verdict.dropped.push_back(*std::move(dropped));
    if (view.standing == nullptr || view.withdrawn) continue;
    RaisedAlert& raised = verdict.withdrawn.emplace_back();
    raised.key = {key, edition.digest};
    raised.again = is_again(key);
    raised.alert.kind = AlertKind::kWithdrawn;
    raised.alert.reason = IsCanceled(edition) ? kArticleCanceled : kHoldsNoLonger;
    raised.alert.match = view.standing->facts->ToMatch();
    raised.alert.match.article = revision.article;
    raised.alert.match.times = revision.times;
    raised.alert.match.trace = revision.trace;
    Tell(topic, raised);
  }
  Sighting& seen = See(article, std::nullopt, edition, place);
  seen.holds = revision.topics;
  if (again) seen.ComesAgain(place.offset);
  KeepBound();
  return verdict;
}

void AlertPolicy::Tell(TopicState& topic, RaisedAlert& raised) {
  Alert& alert = raised.alert;
  const std::string& topic_id = alert.match.topic;
  const std::string& article_id = alert.match.article->id;
  if (alert.kind == AlertKind::kNew) {
    alert.id = AlertId(topic_id, article_id);
    topic.told.clear();
    return;
  }
  std::erase(topic.told, raised.key.edition);
  alert.id = AlertId(topic_id, article_id, raised.key.edition);
  alert.corrects =
      topic.told.empty() ? AlertId(topic_id, article_id) : AlertId(topic_id, article_id, topic.told.back());
  if (topic.told.size() >= kMaxEditions) topic.told.erase(topic.told.begin());
  topic.told.push_back(raised.key.edition);
}

// ----------------------------------------------------------------------------------------------------------- held

void AlertPolicy::Hold(RaisedAlert raised, WallTime until, TopicState& topic, const RecordPlace& place) {
  const Digest key = raised.key.topic_and_article;
  topic.held = {place.partition, until};
  StateOf(place.partition).held.insert_or_assign({until, key}, Held{std::move(raised), place.offset});
}

std::optional<RaisedAlert> AlertPolicy::DropHeld(TopicState& topic, const RecordPlace& by) {
  if (!topic.held) return std::nullopt;
  const auto [partition, until] = *std::exchange(topic.held, std::nullopt);
  auto dropped = partitions_.at(partition).held.extract({until, topic.key});
  auto& all = StateOf(by.partition).dropped;
  if (all.size() == kMaxSteps) all.pop_front();
  all.push_back({partition, by.offset, until, std::move(dropped.mapped())});
  return all.back().held.raised;
}

std::vector<RaisedAlert> AlertPolicy::Release(Partition partition, WallTime now, std::optional<Offset> by) {
  std::vector<RaisedAlert> released;
  PartitionState& state = StateOf(partition);
  while (!state.held.empty() && state.held.begin()->first.first <= now) {
    auto due = state.held.extract(state.held.begin());
    const auto& [until, key] = due.key();
    Held& held = due.mapped();
    TopicState& topic = topics_.at(key);
    topic.held.reset();
    bool known = false;
    for (const Sightings::iterator& seen : topic.sightings) {
      if (seen->edition.digest != held.raised.key.edition) continue;
      seen->held = false;
      known |= seen->last >= state.clock - options_.window;
    }
    if (!known) {  // it waited for longer than the window
      Sighting& seen =
          See(*topic.article, key, EditionOf(*held.raised.alert.match.article), {{}, partition, held.from});
      seen.facts = Shared(held.raised.alert.match);
    }
    RaisedAlert raised = held.raised;
    raised.partition = partition;
    raised.until = until;
    Tell(topic, raised);
    if (by) released_.insert_or_assign(raised.key, Released{partition, *by, until, std::move(held)});
    released.push_back(std::move(raised));
  }
  return released;
}

std::vector<RaisedAlert> AlertPolicy::ReleaseDue(WallTime now, const std::function<bool(Partition)>& may) {
  SortLoaded();
  std::vector<RaisedAlert> released;
  for (auto& [partition, state] : partitions_) {
    if (state.held.empty() || state.held.begin()->first.first > now) continue;
    if (may && !may(partition)) continue;
    std::vector<RaisedAlert> due = Release(partition, now, std::nullopt);
    std::move(due.begin(), due.end(), std::back_inserter(released));
  }
  return released;
}

void AlertPolicy::GivenOut(const AlertKey& key) {
  const auto topic = topics_.find(key.topic_and_article);
  if (topic == topics_.end() || !topic->second.held) return;
  const auto [partition, until] = *topic->second.held;
  auto& all = partitions_.at(partition).held;
  const auto held = all.find({until, key.topic_and_article});
  if (held->second.raised.key != key) return;
  for (const Sightings::iterator& seen : topic->second.sightings) {
    if (seen->edition.digest == key.edition) seen->held = false;
  }
  Tell(topic->second, held->second.raised);
  topic->second.held.reset();
  all.erase(held);
}

void AlertPolicy::Confirm(const AlertKey& key) { released_.erase(key); }

std::size_t AlertPolicy::held() const {
  std::size_t count = 0;
  for (const auto& [partition, state] : partitions_) count += state.held.size();
  return count;
}

std::vector<RaisedAlert> AlertPolicy::TakeHeld() { return ReleaseDue(WallTime::max()); }

// ------------------------------------------------------------------------------------------------------ forgetting

// The alert of that edition was not given out after all; of a revision those on all topics.
void AlertPolicy::Unsay(ArticleEntry& article, const std::optional<Digest>& topic, const Digest& edition) {
  if (topic) {
    std::erase(topics_.at(*topic).told, edition);
    return;
  }
  for (const Digest& each : article.second.topics) std::erase(topics_.at(each).told, edition);
}

void AlertPolicy::Forget(const AlertKey& key) {
  const auto topic = topics_.find(key.topic_and_article);
  if (const auto released = released_.find(key); released != released_.end()) {
    Released one = std::move(released->second);
    released_.erase(released);
    if (topic != topics_.end()) HoldAgain(topic->second, std::move(one));
    return;
  }
  if (topic == topics_.end()) return;
  ArticleEntry& article = *topic->second.article;
  std::erase(topic->second.told, key.edition);
  std::vector<Sightings::iterator> gone;
  for (const auto* all : {&topic->second.sightings, &article.second.revisions}) {
    for (const Sightings::iterator& seen : *all) {
      if (seen->edition.digest == key.edition) gone.push_back(seen);
    }
  }
  for (const Sightings::iterator& seen : gone) Remove(StateOf(seen->partition).sightings, seen);
}

void AlertPolicy::HoldAgain(TopicState& topic, Released released) {
  const Digest edition = released.held.raised.key.edition;
  std::erase(topic.told, edition);
  if (topic.held) partitions_.at(topic.held->first).held.erase({topic.held->second, topic.key});
  for (const Sightings::iterator& seen : topic.sightings) {
    if (seen->edition.digest == edition) seen->held = true;
  }
  topic.held = {released.partition, released.until};
  StateOf(released.partition).held.insert_or_assign({released.until, topic.key}, std::move(released.held));
}

void AlertPolicy::Forget(Partition partition) {
  const auto state = partitions_.find(partition);
  if (state == partitions_.end()) return;
  std::erase_if(released_, [&](const auto& entry) { return entry.second.partition == partition; });
  auto held = std::exchange(state->second.held, {});
  for (const auto& [at, one] : held) {
    TopicState& topic = topics_.at(at.second);
    topic.held.reset();
    DropIfEmpty(*topic.article, at.second);
  }
  while (!state->second.sightings.empty()) Remove(state->second.sightings, state->second.sightings.begin());
  partitions_.erase(state);
}

void AlertPolicy::Committed(Partition partition) {
  std::erase_if(released_, [&](const auto& entry) { return entry.second.partition == partition; });
  PartitionState& state = StateOf(partition);
  state.before.clear();
  state.dropped.clear();
}

void AlertPolicy::Undo(Partition partition, Offset from) {
  const auto state = partitions_.find(partition);
  if (state == partitions_.end()) return;
  for (auto& before = state->second.before; !before.empty() && before.back().first >= from; before.pop_back()) {
    state->second.clock = before.back().second;
  }
  // What was given out since is held again.
  for (auto released = released_.begin(); released != released_.end();) {
    Released& one = released->second;
    if (one.partition != partition || one.by < from) {
      ++released;
      continue;
    }
    const auto topic = topics_.find(released->first.topic_and_article);
    if (topic != topics_.end() && one.held.from < from) HoldAgain(topic->second, std::move(one));
    released = released_.erase(released);
  }
  for (auto& dropped = state->second.dropped; !dropped.empty() && dropped.back().by >= from; dropped.pop_back()) {
    Released& one = dropped.back();
    const auto topic = topics_.find(one.held.raised.key.topic_and_article);
    if (topic != topics_.end() && one.held.from < from) HoldAgain(topic->second, std::move(one));
  }
  for (auto held = state->second.held.begin(); held != state->second.held.end();) {
    if (held->second.from < from) {
      ++held;
      continue;
    }
    TopicState& topic = topics_.at(held->first.second);
    topic.held.reset();
    DropIfEmpty(*topic.article, topic.key);
    held = state->second.held.erase(held);
  }
  Sightings& sightings = state->second.sightings;
  for (auto seen = sightings.end(); seen != sightings.begin();) {
    --seen;
    if (seen->offset < from) continue;
    while (!seen->again.empty() && seen->again.back() >= from) seen->again.pop_back();
    if (seen->first < from) {  // its repeat comes again
      seen->offset = seen->first;
      continue;
    }
    Unsay(*seen->article, seen->topic, seen->edition.digest);
    const auto gone = seen++;
    Remove(sightings, gone);
  }
}

}  // namespace wirewatch
