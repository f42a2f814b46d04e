// The state of StoryAlerts as text, and back: decisions (Recall, Restore) and alerts.state (Save, Load).
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text/base64.h"
#include "base/text/json_writer.h"
#include "pipeline/alert/story_alerts.h"
#include "pipeline/alert/story_alerts_rep.h"
#include "pipeline/match/match_message.h"
#include "pipeline/story/state_text.h"

namespace wirewatch {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kMostHashes = 100'000, kMostPreviousRead = 100;
constexpr std::string_view kArticleBegin = "{\"story_article\":", kTopicBegin = "{\"story_topic\":";

void PutTime(StateWriter& state, WallTime time) { state.PutSigned(time.time_since_epoch().count()); }

WallTime TakeTime(StateReader& state) {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  return WallTime(std::chrono::microseconds(state.Signed(-kFar, kFar)));
}

void PutDigest(StateWriter& state, const Digest& digest) {
  state.Put(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Digest TakeDigest(StateReader& state) {
  Digest digest{};
  const std::string bytes = state.Text();
  if (bytes.size() != digest.size()) {
    state.Refuse("a digest of another length");
  } else {
    std::copy(bytes.begin(), bytes.end(), digest.begin());
  }
  return digest;
}

void PutHashes(StateWriter& state, const std::vector<std::uint32_t>& hashes) {
  state.Put(std::uint64_t{hashes.size()});
  for (const std::uint32_t hash : hashes) state.PutHash(hash);
}

std::vector<std::uint32_t> TakeHashes(StateReader& state) {
  std::vector<std::uint32_t> hashes;
  for (std::uint64_t left = state.Number(kMostHashes); left > 0 && state.ok(); --left) hashes.push_back(state.Hash());
  return hashes;
}

template <class Story>
void PutStory(StateWriter& state, const Story& story) {
  for (const std::string* text : {&story.id, &story.first_source, &story.first_article}) {
    state.Put(std::string_view(*text));
  }
  PutTime(state, story.first_seen);
  for (const std::uint32_t number : {story.articles, story.size, story.grown, story.told}) {
    state.Put(std::uint64_t{number});
  }
  state.Put(static_cast<std::uint64_t>(story.severity));
  PutHashes(state, story.sources);
  PutHashes(state, story.rules);
  state.Put(std::uint64_t{story.previous.size()});
  for (const std::string& id : story.previous) state.Put(std::string_view(id));
}

template <class Story>
Story TakeStory(StateReader& state) {
  Story story;
  for (std::string* text : {&story.id, &story.first_source, &story.first_article}) *text = state.Text();
  story.first_seen = TakeTime(state);
  for (std::uint32_t* number : {&story.articles, &story.size, &story.grown, &story.told}) {
    *number = static_cast<std::uint32_t>(state.Number(std::numeric_limits<std::uint32_t>::max()));
  }
  story.severity = static_cast<TopicSeverity>(state.Number(static_cast<std::uint64_t>(TopicSeverity::kCritical)));
  story.sources = TakeHashes(state);
  story.rules = TakeHashes(state);
  for (std::uint64_t left = state.Number(kMostPreviousRead); left > 0 && state.ok(); --left) {
    story.previous.push_back(state.Text());
  }
  return story;
}

}  // namespace

// ------------------------------------------------------------------------------------------------- of the decisions

// How the article and its story stand behind the decision.
std::string StoryAlerts::StateText(const Topic& topic, const AlertKey& key, Step step) const {
  if (!options_.partitioned) return "";
  const StoryArticle& article = topic.articles.at(key.topic_and_article);
  StateWriter state;
  state.Put(kVersion);
  PutDigest(state, key.topic_and_article);
  PutDigest(state, key.edition);
  PutStory(state, topic.stories.at(article.story));
  state.Put(std::uint64_t{article.told});
  state.Put(std::string_view(article.last_alert));
  state.Put(static_cast<std::uint64_t>(step));
  return state.Text();
}

Decision StoryAlerts::StateOf(const Topic& topic, const RecordPlace& place) const {
  Decision decision;
  decision.partition = place.partition;
  decision.offset = place.offset;
  decision.record_time = topic.clock;
  decision.topic = topic.id;
  decision.outcome = "state";
  StateWriter state;
  state.Put(kVersion);
  state.Put(std::string_view(ToMessage(topic.said)));
  state.Put(std::string_view(topic.pulse.Save()));
  state.Put(std::string_view(topic.throttle.Save()));
  decision.state = state.Text();
  return decision;
}

Status StoryAlerts::Recall(const Decision& decision) {
  RecalledPartition& partition = recalled_[decision.partition];
  partition.from = std::min(partition.from.value_or(decision.offset), decision.offset);
  if (decision.state.empty()) return {};
  StateReader state(decision.state, "a decision's state");
  if (state.Number() != kVersion) state.Refuse("it is of another version");
  if (decision.outcome == "state") {
    auto said = MatchOfMessage(state.Text());
    auto pulse = Pulse::Load(state.Text());
    auto throttle = Throttle::Load(state.Text());
    if (Status read = state.Finish(); !read) return read;
    if (!said) return std::move(said).error();
    if (!pulse) return std::move(pulse).error();
    if (!throttle) return std::move(throttle).error();
    partition.topics.emplace(decision.offset, RecalledTopic{*std::move(said), *std::move(pulse), *std::move(throttle)});
    return {};
  }
  const AlertKey key{TakeDigest(state), TakeDigest(state)};
  Recalled recalled;
  recalled.story = TakeStory<Story>(state);
  recalled.article.told = state.Number(1) != 0;
  recalled.article.last_alert = state.Text();
  recalled.step = static_cast<Step>(state.Number(static_cast<std::uint64_t>(Step::kVersion)));
  if (Status read = state.Finish(); !read) return read;
  recalled.kind = decision.kind;
  recalled.alert_id = decision.alert_id;
  partition.matches.insert_or_assign({decision.offset, key}, std::move(recalled));
  return {};
}

void StoryAlerts::RecallTopics(RecalledPartition& recalled, Partition partition, Offset to) {
  while (!recalled.topics.empty() && recalled.topics.begin()->first < to) {
    RecalledTopic& said = recalled.topics.begin()->second;
    Topic& topic = TopicOf(said.said, partition);
    topic.said = std::move(said.said);
    topic.pulse = std::move(said.pulse);
    topic.throttle = std::move(said.throttle);
    recalled.topics.erase(recalled.topics.begin());
    Schedule(topic);
  }
}

void StoryAlerts::Restored(Partition partition) {
  const auto recalled = recalled_.find(partition);
  if (recalled == recalled_.end()) return;
  RecallTopics(recalled->second, partition, Next(recalled->second.restored_to));
  recalled_.erase(recalled);
}

void StoryAlerts::Restore(const AlertKey& key, Match match, const RecordPlace& place) {
  RecalledPartition& recalled = recalled_[place.partition];
  RecallTopics(recalled, place.partition, Next(place.offset));
  recalled.restored_to = std::max(recalled.restored_to, place.offset);
  Topic& topic = TopicOf(match, place.partition);
  Change change;  // nothing that restores is undone
  GoOn(topic, match, place, change);
  if (!recalled.from || place.offset < *recalled.from) {
    // No decision is known so far back: it is decided anew.
    RaisedAlert raised;
    raised.key = key;
    raised.alert.id = topic.articles.contains(key.topic_and_article)
                          ? AlertId(match.topic, match.article->id, key.edition)
                          : AlertId(match.topic, match.article->id);
    raised.alert.match = std::move(match);
    Apply(std::move(raised), place);
    tellings_.erase(key);
    return;
  }
  const auto decided = recalled.matches.find({place.offset, key});
  if (decided == recalled.matches.end()) return;  // it changed nothing
  const Recalled& then = decided->second;
  auto story = std::find_if(topic.stories.begin(), topic.stories.end(),
                            [&](const auto& entry) { return entry.second.id == then.story.id; });
  if (story == topic.stories.end()) story = topic.stories.emplace(topic.next_story++, Story()).first;
  const bool is_known = topic.articles.contains(key.topic_and_article);
  const std::uint32_t known = story->second.known + !is_known;
  story->second = then.story;
  story->second.known = known;
  StoryArticle& article = topic.articles[key.topic_and_article];
  articles_ += !is_known;
  article.id = match.article->id;
  article.story = story->first;
  article.told = then.article.told;
  article.last_alert = then.article.last_alert;
  See(topic, article, key.topic_and_article);
  if (then.step != Step::kRepeat) AddToIndex(topic, match, key.topic_and_article, article.story, change);
  if (then.step == Step::kVersion) Beat(topic, match, story->second);
  if (!then.kind.empty() && match.story.throttle && then.kind != Name(AlertKind::kWithdrawn)) {
    topic.throttle.Close(topic.clock);
    topic.throttle.Pass(topic.clock, *match.story.throttle,
                        FoldedOf(then.alert_id, then.kind, *match.article, story->second.id));
  }
  Schedule(topic);
}

// ---------------------------------------------------------------------------------------------------- alerts.state

bool StoryAlerts::IsSaved(std::string_view text) {
  return text.starts_with(kArticleBegin) || text.starts_with(kTopicBegin);
}

AlertPolicy::Saved StoryAlerts::SaveArticle(std::string_view article_id) const {
  const auto of = topics_of_.find(std::string(article_id));
  if (of == topics_of_.end()) return {};
  AlertPolicy::Saved saved;
  WallTime last{};
  JsonWriter json(saved.text);
  json.BeginObject();
  json.Put("story_article", kVersion);
  json.Key("topics");
  json.BeginArray();
  for (const std::string& topic_id : of->second) {
    const Topic& topic = *topics_.at(topic_id);
    const Digest key = TopicAndArticle(topic_id, article_id);
    const StoryArticle& article = topic.articles.at(key);
    StateWriter state;
    PutDigest(state, key);
    PutStory(state, topic.stories.at(article.story));
    state.Put(std::string_view(article.id));
    PutTime(state, article.last);
    state.Put(article.sequence);
    state.Put(std::uint64_t{article.told});
    state.Put(std::string_view(article.last_alert));
    // Of its versions in the index the last: what others are like is rarely an older one.
    const auto indexed = std::find_if(topic.indexed.rbegin(), topic.indexed.rend(),
                                      [&](const Indexed& one) { return one.article == key; });
    const bool has = indexed != topic.indexed.rend();
    const StoryIndex::Added added = has ? topic.index.Look(indexed->entry) : StoryIndex::Added();
    state.PutHash(added.source);
    state.Put(std::string_view(PackSignature(added.signature)));
    last = std::max(last, article.last);
    json.BeginObject();
    json.Put("topic", topic_id);
    json.Put("state", state.Text());
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  saved.last = last;
  return saved;
}

std::string StoryAlerts::SaveTopic(std::string_view topic_id) const {
  const auto at = topics_.find(std::string(topic_id));
  if (at == topics_.end()) return "";
  const Topic& topic = *at->second;
  StateWriter state;
  PutTime(state, topic.clock);
  state.Put(topic.sequence);
  state.Put(std::string_view(topic.pulse.Save()));
  state.Put(std::string_view(topic.throttle.Save()));
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("story_topic", kVersion);
  json.Put("said", ToMessage(topic.said));
  json.Put("state", state.Text());
  json.EndObject();
  return text;
}

Status StoryAlerts::Load(std::string_view text) {
  const auto refuse = [](std::string_view why) {
    return Error{ErrorCode::kInvalid, "what was remembered of a story cannot be read: " + std::string(why)};
  };
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    if (text.starts_with(kTopicBegin)) {
      if (json.at("story_topic").get<std::uint64_t>() != kVersion) return refuse("another version");
      auto said = MatchOfMessage(json.at("said").get_ref<const std::string&>());
      if (!said) return refuse(said.error().message);
      StateReader state(json.at("state").get_ref<const std::string&>(), "a topic's state");
      Topic& topic = TopicOf(*said, Partition{});
      topic.said = *std::move(said);
      topic.clock = TakeTime(state);
      topic.sequence = state.Number();
      auto pulse = Pulse::Load(state.Text());
      auto throttle = Throttle::Load(state.Text());
      if (Status read = state.Finish(); !read) return read;
      if (!pulse) return std::move(pulse).error();
      if (!throttle) return std::move(throttle).error();
      topic.pulse = *std::move(pulse);
      topic.throttle = *std::move(throttle);
      Schedule(topic);
      return {};
    }
    if (json.at("story_article").get<std::uint64_t>() != kVersion) return refuse("another version");
    for (const nlohmann::json& one : json.at("topics")) {
      StateReader state(one.at("state").get_ref<const std::string&>(), "an article's state");
      LoadedArticle loaded;
      loaded.topic = one.at("topic").get<std::string>();
      loaded.key = TakeDigest(state);
      loaded.story = TakeStory<Story>(state);
      loaded.article.id = state.Text();
      loaded.article.last = TakeTime(state);
      loaded.article.sequence = state.Number();
      loaded.article.told = state.Number(1) != 0;
      loaded.article.last_alert = state.Text();
      loaded.source = state.Hash();
      loaded.signature = state.Text();
      if (Status read = state.Finish(); !read) return read;
      loaded_.push_back(std::move(loaded));
    }
  } catch (const nlohmann::json::exception& error) {
    return refuse(error.what());
  }
  return {};
}

void StoryAlerts::Loaded() {
  std::sort(loaded_.begin(), loaded_.end(), [](const LoadedArticle& a, const LoadedArticle& b) {
    return std::pair(a.topic, a.article.sequence) < std::pair(b.topic, b.article.sequence);
  });
  for (LoadedArticle& loaded : loaded_) {
    Match said;
    said.topic = loaded.topic;
    Topic& topic = TopicOf(said, Partition{});
    auto story = std::find_if(topic.stories.begin(), topic.stories.end(),
                              [&](const auto& entry) { return entry.second.id == loaded.story.id; });
    if (story == topic.stories.end()) story = topic.stories.emplace(topic.next_story++, Story()).first;
    const std::uint32_t known = story->second.known;
    if (loaded.story.size >= story->second.size) story->second = loaded.story;
    story->second.known = known + 1;
    loaded.article.story = story->first;
    topic.by_last[{loaded.article.last, loaded.article.sequence}] = loaded.key;
    topic.clock = std::max(topic.clock, loaded.article.last);
    topic.sequence = std::max(topic.sequence, loaded.article.sequence + 1);
    const auto signature = UnpackSignature(loaded.signature);
    if (signature && !signature->empty()) {
      const StoryIndex::Entry entry = topic.index.Add(signature->View(), loaded.source, story->first,
                                                      loaded.article.last, loaded.article.sequence);
      topic.indexed.push_back({entry, loaded.article.last, loaded.key});
    }
    topics_of_[loaded.article.id].push_back(topic.id);
    topic.articles[loaded.key] = std::move(loaded.article);
    ++articles_;
  }
  loaded_.clear();
}

}  // namespace wirewatch
