// The steps of StoryAlerts, and the ways back: Undo, Forget.
#include <algorithm>
#include <utility>

#include "pipeline/alert/story_alerts.h"
#include "pipeline/alert/story_alerts_rep.h"

namespace wirewatch {

StoryAlerts::Change StoryAlerts::Begin(const Topic& topic, const std::optional<AlertKey>& key,
                                       const RecordPlace& place) const {
  Change change;
  if (!options_.undoable || restoring_.contains(place.partition)) return change;
  change.kept = true;
  change.partition = place.partition;
  change.offset = place.offset;
  change.topic = topic.id;
  change.key = key;
  change.before = topic;
  return change;
}

void StoryAlerts::End(Change change) {
  if (change.kept) steps_[Owner(change.partition)].push_back(std::move(change));
}

StoryAlerts::Story& StoryAlerts::StoryToChange(Topic& topic, StoryNumber number, Change& change) {
  const auto at = topic.stories.find(number);
  if (change.kept) {
    const bool known = std::any_of(change.stories.begin(), change.stories.end(),
                                   [&](const auto& before) { return before.first == number; });
    if (!known) {
      change.stories.emplace_back(number, at == topic.stories.end() ? std::nullopt : std::optional(at->second));
    }
  }
  return at == topic.stories.end() ? topic.stories[number] : at->second;
}

StoryAlerts::StoryArticle& StoryAlerts::ArticleToChange(Topic& topic, const Digest& key, Change& change) {
  const auto at = topic.articles.find(key);
  if (change.kept) {
    const bool known = std::any_of(change.articles.begin(), change.articles.end(),
                                   [&](const auto& before) { return before.first == key; });
    if (!known) {
      change.articles.emplace_back(key, at == topic.articles.end() ? std::nullopt : std::optional(at->second));
    }
  }
  return at == topic.articles.end() ? topic.articles[key] : at->second;
}

void StoryAlerts::TakeBack(const Change& change) {
  if (change.record_time) {
    clocks_.erase(change.partition);
    if (*change.record_time) clocks_.emplace(change.partition, **change.record_time);
    return;
  }
  if (change.key) tellings_.erase(*change.key);
  Topic& topic = TopicOf(change.topic, change.partition);         // the step may have dropped it
  if (change.before.said.topic.empty()) return DropTopic(topic);  // the step made it
  for (std::size_t i = 0; i < change.added; ++i) {
    topic.index.Remove(topic.indexed.back().entry);
    topic.indexed.pop_back();
  }
  for (auto evicted = change.evicted.rbegin(); evicted != change.evicted.rend(); ++evicted) {
    Indexed back = evicted->indexed;
    const StoryIndex::Added& added = evicted->added;
    back.entry = topic.index.Add(added.signature.View(), added.source, added.story, back.time, added.order);
    topic.indexed.push_front(back);
  }
  for (const auto& [key, before] : change.articles) {
    if (topic.articles.contains(key)) Drop(topic, key);
  }
  for (const auto& [key, before] : change.articles) {
    if (before) Know(topic, key, *before);
  }
  for (const auto& [number, before] : change.stories) topic.Drop(number);
  for (const auto& [number, before] : change.stories) {
    if (before) topic.Put(number, *before);
  }
  static_cast<TopicState&>(topic) = change.before;
  Schedule(topic);
  if (!options_.partitioned) changed_topics_.insert(topic.id);
}

void StoryAlerts::Undo(Partition partition, Offset from) {
  const auto at = steps_.find(Owner(partition));
  if (at == steps_.end()) return;
  std::vector<Change>& steps = at->second;
  const auto first = std::find_if(steps.begin(), steps.end(), [&](const Change& change) {
    return change.partition == partition && change.offset >= from;
  });
  for (auto left = steps.end() - first; left > 0; --left) {
    TakeBack(steps.back());
    steps.pop_back();
  }
}

void StoryAlerts::Committed(Partition partition) {
  const auto at = steps_.find(Owner(partition));
  if (at == steps_.end()) return;
  std::erase_if(at->second, [&](const Change& change) { return change.partition == partition; });
  if (at->second.empty()) steps_.erase(at);
}

void StoryAlerts::Confirm(const AlertKey& key) { tellings_.erase(key); }

void StoryAlerts::Forget(const AlertKey& key) {
  const auto at = tellings_.find(key);
  if (at == tellings_.end()) return;
  const Telling telling = std::move(at->second);
  tellings_.erase(at);
  const auto found = topics_.find(telling.topic);
  if (found == topics_.end()) return;
  Topic& topic = *found->second;
  if (!options_.partitioned) changed_topics_.insert(topic.id);
  // Those behind it are not known to be delivered, either: what they would bring back is what was before this one.
  for (auto& [other, later] : tellings_) {
    if (later.topic != telling.topic || later.article != telling.article || later.last_alert != telling.alert) continue;
    later.last_alert = telling.last_alert;
    later.was_told = telling.was_told;
  }
  bool was_told = true;  // until now
  if (const auto article = topic.articles.find(telling.article); article != topic.articles.end()) {
    const bool is_last = article->second.last_alert == telling.alert;
    was_told = is_last ? std::exchange(article->second.told, telling.was_told) : telling.was_told;
    if (is_last) article->second.last_alert = telling.last_alert;
  }
  const auto number = topic.FindStory(telling.story);
  if (!number) return;
  Story& story = topic.stories.at(*number);
  std::erase(story.previous, telling.alert);
  if (story.grown == telling.grew_to) story.grown = telling.grew_from;
  if (was_told && !telling.was_told && story.told > 0) --story.told;
  if (!was_told && telling.was_told) ++story.told;
}

void StoryAlerts::Forget(Partition partition) {
  if (!options_.partitioned) return;
  std::erase_if(tellings_, [&](const auto& entry) { return entry.second.topic.first == partition; });
  std::erase_if(topics_, [&](const auto& entry) {
    if (entry.first.first != partition) return false;
    articles_ -= entry.second->articles.size();
    return true;
  });
  due_.erase(partition);
  oldest_.erase(partition);
  steps_.erase(partition);
  clocks_.erase(partition);
  recalled_.erase(partition);
  restoring_.erase(partition);
}

}  // namespace wirewatch
