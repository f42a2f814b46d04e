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
// Of an article, that are saved: what others are like is rarely an older one.
constexpr std::ptrdiff_t kMostVersions = 16;
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
std::string StoryAlerts::StateText(const Topic& topic, const AlertKey& key, Step step, const Match* held) const {
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
  state.Put(std::string_view(held == nullptr ? "" : ToMessage(*held)));
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
  const auto [at, is_first] = recalled_.try_emplace(decision.partition);
  RecalledPartition& partition = at->second;
  partition.from = is_first ? decision.offset : std::min(partition.from, decision.offset);
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
    partition.topics.emplace(
        std::pair(decision.offset, decision.record_time),
        RecalledTopic{*std::move(said), decision.record_time, *std::move(pulse), *std::move(throttle)});
    return {};
  }
  Recalled recalled;
  recalled.time = decision.record_time;
  recalled.topic = decision.topic;
  recalled.key.topic_and_article = TakeDigest(state);
  recalled.key.edition = TakeDigest(state);
  recalled.story = TakeStory<Story>(state);
  recalled.article.told = state.Number(1) != 0;
  recalled.article.last_alert = state.Text();
  recalled.step = static_cast<Step>(state.Number(static_cast<std::uint64_t>(Step::kVersion)));
  const std::string held = state.Text();
  if (Status read = state.Finish(); !read) return read;
  if (!held.empty()) {
    auto match = MatchOfMessage(held);
    if (!match) return std::move(match).error();
    recalled.match = *std::move(match);
  }
  recalled.kind = decision.kind;
  recalled.alert_id = decision.alert_id;
  // Without transactions a record may have been decided on twice, and alike.
  std::vector<Recalled>& all = partition.matches[decision.offset];
  const auto same = std::find_if(all.begin(), all.end(), [&](const Recalled& other) {
    return other.key == recalled.key && other.step == recalled.step;
  });
  if (same == all.end()) {
    all.push_back(std::move(recalled));
  } else {
    *same = std::move(recalled);
  }
  return {};
}

// What was decided at a time stands behind what that brought about of topics.
void StoryAlerts::RecallTopics(Partition partition, Offset to, WallTime time) {
  const auto at = recalled_.find(partition);
  if (at == recalled_.end()) return;
  auto& topics = at->second.topics;
  while (!topics.empty() && topics.begin()->first <= std::pair(to, time)) {
    RecalledTopic& said = topics.begin()->second;
    Topic& topic = TopicOf(said.said.topic, partition);
    topic.said = std::move(said.said);
    topic.clock = std::max(topic.clock, said.time);
    topic.state_told = said.time;
    topic.pulse = std::move(said.pulse);
    topic.throttle = std::move(said.throttle);
    topics.erase(topics.begin());
    Schedule(topic);
  }
}

void StoryAlerts::Restored(Partition partition) {
  recalled_.erase(partition);
  if (restoring_.erase(partition) == 0) return;
  for (const auto& [key, topic] : topics_) {
    if (key.first == partition) Schedule(*topic);
  }
}

bool StoryAlerts::IsRecalled(const RecordPlace& place) const {
  const auto at = recalled_.find(place.partition);
  return at != recalled_.end() && at->second.from <= place.offset;
}

std::vector<AlertKey> StoryAlerts::Restore(const ArticleMatches& found, const RecordPlace& place, WallTime time) {
  std::vector<AlertKey> were_held;
  auto recalled = recalled_.at(place.partition).matches.extract(place.offset);
  if (!recalled.empty()) {
    std::stable_sort(recalled.mapped().begin(), recalled.mapped().end(),
                     [](const Recalled& a, const Recalled& b) { return a.time < b.time; });
    for (const Recalled& then : recalled.mapped()) {
      Advance(place, then.time, true);
      if (then.match) {
        PutBack(then, *then.match, place);
        were_held.push_back(then.key);
        continue;
      }
      const auto match = std::find_if(found.matches.begin(), found.matches.end(),
                                      [&](const Match& one) { return one.topic == then.topic; });
      if (match != found.matches.end()) {
        PutBack(then, *match, place);
      } else if (found.revision) {
        Match withdrawn;
        withdrawn.topic = then.topic;
        withdrawn.article = found.revision->article;
        PutBack(then, withdrawn, place);
      }
    }
  }
  Advance(place, time, true);
  return were_held;
}

// What Apply and Touch do, without a question.
void StoryAlerts::PutBack(const Recalled& then, const Match& match, const RecordPlace& place) {
  KeepBound(place);
  Topic& topic = TopicOf(match.topic, place.partition);
  const Digest& key = then.key.topic_and_article;
  Change change;  // nothing that restores is undone
  GoOn(topic, place, change);
  if (then.step == Step::kVersion || topic.said.topic.empty()) topic.said = SaidOf(match);
  const auto has_story = topic.FindStory(then.story.id);
  const StoryNumber number = has_story ? *has_story : topic.next_story++;
  const std::uint32_t known = has_story ? topic.stories.at(number).known : 0;
  topic.Put(number, then.story);
  Story& story = topic.stories.at(number);
  const auto [at, is_new] = topic.articles.try_emplace(key);
  StoryArticle& article = at->second;
  story.known = known;
  if (is_new || article.story != number) ++story.known;
  if (is_new) {
    ++articles_;
    article.id = match.article->id;
    article.first = topic.sequence;
  } else if (article.story != number && --topic.stories.at(article.story).known == 0) {
    topic.Drop(article.story);  // it was decided anew before, and otherwise
  }
  article.story = number;
  article.told = then.article.told;
  article.last_alert = then.article.last_alert;
  See(topic, article, key, topic.clock);
  if (then.step != Step::kRepeat) AddToIndex(topic, match, key, number, change);
  if (then.step == Step::kVersion) Beat(topic, match, story);
  if (!then.kind.empty() && match.story.throttle && then.kind != Name(AlertKind::kWithdrawn)) {
    topic.throttle.Close(topic.clock);
    topic.throttle.Pass(topic.clock, *match.story.throttle,
                        FoldedOf(then.alert_id, then.kind, *match.article, then.story.id));
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
    const Topic& topic = *FindTopic(topic_id, Partition{});
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
    std::vector<const Indexed*> versions;
    auto indexed = std::lower_bound(topic.indexed.begin(), topic.indexed.end(), article.first,
                                    [](const Indexed& one, std::uint64_t order) { return one.order < order; });
    for (; indexed != topic.indexed.end() && indexed->order <= article.sequence + 1; ++indexed) {
      if (indexed->article == key) versions.push_back(&*indexed);
    }
    if (versions.size() > kMostVersions) versions.erase(versions.begin(), versions.end() - kMostVersions);
    state.Put(std::uint64_t{versions.size()});
    for (const Indexed* const version : versions) {
      const StoryIndex::Added added = topic.index.Look(version->entry);
      PutTime(state, version->time);
      state.Put(version->order);
      state.PutHash(added.source);
      state.Put(std::string_view(PackSignature(added.signature)));
    }
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
  const Topic* const found = FindTopic(std::string(topic_id), Partition{});
  if (found == nullptr) return "";
  const Topic& topic = *found;
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
      if (json.at("story_topic").get<std::uint64_t>() != kVersion)
        return refuse("another version of wirewatch wrote it");
      auto said = MatchOfMessage(json.at("said").get_ref<const std::string&>());
      if (!said) return refuse(said.error().message);
      StateReader state(json.at("state").get_ref<const std::string&>(), "a topic's state");
      const WallTime clock = TakeTime(state);
      const std::uint64_t sequence = state.Number();
      auto pulse = Pulse::Load(state.Text());
      auto throttle = Throttle::Load(state.Text());
      if (Status read = state.Finish(); !read) return read;
      if (!pulse) return std::move(pulse).error();
      if (!throttle) return std::move(throttle).error();
      Topic& topic = TopicOf(said->topic, Partition{});
      topic.said = *std::move(said);
      topic.clock = clock;
      topic.sequence = sequence;
      topic.pulse = *std::move(pulse);
      topic.throttle = *std::move(throttle);
      return {};
    }
    if (json.at("story_article").get<std::uint64_t>() != kVersion)
      return refuse("another version of wirewatch wrote it");
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
      for (std::uint64_t left = state.Number(kMostVersions); left > 0 && state.ok(); --left) {
        auto& version = loaded.versions.emplace_back();
        version.time = TakeTime(state);
        version.order = state.Number();
        version.source = state.Hash();
        version.signature = state.Text();
      }
      if (Status read = state.Finish(); !read) return read;
      loaded_.push_back(std::move(loaded));
    }
  } catch (const nlohmann::json::exception&) {
    return refuse("it is damaged");
  }
  return {};
}

void StoryAlerts::Loaded() {
  std::sort(loaded_.begin(), loaded_.end(), [](const LoadedArticle& a, const LoadedArticle& b) {
    return std::pair(a.topic, a.article.sequence) < std::pair(b.topic, b.article.sequence);
  });
  struct OfTopic {
    const LoadedArticle::Version* version;
    StoryNumber story;
    const Digest* article;
  };
  std::map<Topic*, std::vector<OfTopic>> versions;
  for (LoadedArticle& loaded : loaded_) {
    Topic& topic = TopicOf(loaded.topic, Partition{});
    const auto has_story = topic.FindStory(loaded.story.id);
    const StoryNumber number = has_story ? *has_story : topic.next_story++;
    std::uint32_t known = 1;
    if (has_story) {
      const Story& story = topic.stories.at(number);
      known += story.known;
      // Each entry tells how the story stood when it was written.
      if (story.size > loaded.story.size) loaded.story = story;
    }
    loaded.story.known = known;
    topic.Put(number, loaded.story);
    loaded.article.story = number;
    loaded.article.first = loaded.article.sequence;
    topic.clock = std::max(topic.clock, loaded.article.last);
    topic.sequence = std::max(topic.sequence, loaded.article.sequence + 1);
    for (const LoadedArticle::Version& version : loaded.versions) {
      loaded.article.first = std::min(loaded.article.first, version.order);
      versions[&topic].push_back({&version, number, &loaded.key});
    }
    Know(topic, loaded.key, loaded.article);
  }
  for (auto& [topic, all] : versions) {
    std::sort(all.begin(), all.end(),
              [](const OfTopic& a, const OfTopic& b) { return a.version->order < b.version->order; });
    for (const auto& [version, story, article] : all) {
      const auto signature = UnpackSignature(version->signature);
      if (!signature || signature->empty()) continue;
      const StoryIndex::Entry entry =
          topic->index.Add(signature->View(), version->source, story, version->time, version->order);
      topic->indexed.push_back({entry, version->time, version->order, *article});
    }
  }
  loaded_.clear();
  for (const auto& [key, topic] : topics_) Schedule(*topic);
}

}  // namespace wirewatch
