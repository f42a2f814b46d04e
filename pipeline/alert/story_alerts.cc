#include "pipeline/alert/story_alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text/ascii.h"
#include "pipeline/alert/story_alerts_rep.h"
#include "pipeline/match/topic_words.h"
#include "pipeline/story/story_id.h"
#include "pipeline/story/word_rarity.h"

namespace wirewatch {
namespace {

// What Undo takes back: more than a transaction has records.
constexpr std::size_t kMaxSteps = 10'000;
// Sources and rules that a story knows; more are not told apart.
constexpr std::size_t kMostHashes = 1'000;

std::uint32_t HashOf(std::string_view text) { return StemHash(AsciiLowerCase(text)); }

StorySignature SignatureOf(const ArticleFacts& article) {
  auto signature = UnpackSignature(article.signature);
  return signature ? *std::move(signature) : StorySignature();
}

void AddHash(std::vector<std::uint32_t>& hashes, std::uint32_t hash) {
  if (hashes.size() < kMostHashes && std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) {
    hashes.push_back(hash);
  }
}

// "1 source", "5 sources".
std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string NameOr(const std::string& name, const char* other) { return name.empty() ? other : name; }

std::string_view HourOf(const std::string& rfc3339) { return std::string_view(rfc3339).substr(0, 16); }

}  // namespace

std::string SourceOf(const ArticleFacts& article) {
  if (!article.source.empty()) return article.source;
  const std::size_t begin = article.url.find("://");
  if (begin == std::string::npos) return "";
  return article.url.substr(begin + 3, article.url.find_first_of("/?#:", begin + 3) - begin - 3);
}

FoldedAlert FoldedOf(const std::string& alert, const std::string& kind, const ArticleFacts& article,
                     const std::string& story) {
  return {alert, kind, article.title, article.url, SourceOf(article), story};
}

bool StoryAlerts::Story::HasSource(std::uint32_t source) const {
  return std::find(sources.begin(), sources.end(), source) != sources.end();
}
bool StoryAlerts::Story::HasRule(std::uint32_t rule) const {
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

StoryAlerts::StoryAlerts(StoryOptions options) : options_(options) {}
StoryAlerts::~StoryAlerts() = default;

std::size_t StoryAlerts::stories() const {
  std::size_t count = 0;
  for (const auto& [id, topic] : topics_) count += topic->stories.size();
  return count;
}

// --------------------------------------------------------------------------------------------------------- topics

StoryAlerts::Topic& StoryAlerts::TopicOf(const Match& match, Partition partition) {
  std::unique_ptr<Topic>& topic = topics_[match.topic];
  if (!topic) {
    topic = std::make_unique<Topic>();
    topic->id = match.topic;
    topic->partition = partition;
  }
  return *topic;
}

Partition StoryAlerts::DueKey(const Topic& topic) const {
  return options_.partitioned ? topic.partition : Partition{};
}

void StoryAlerts::Schedule(Topic& topic) {
  std::optional<WallTime> due = topic.throttle.Due();
  const auto earlier = [&](std::optional<WallTime> other) {
    if (other && (!due || *other < *due)) due = other;
  };
  if (topic.said.story.quiet) earlier(topic.pulse.QuietDue());
  if (options_.partitioned) earlier(topic.state_told + options_.window / 2);
  if (due == topic.due) return;
  auto& all = due_[DueKey(topic)];
  if (topic.due) all.erase({*topic.due, &topic});
  topic.due = due;
  if (due) all.emplace(*due, &topic);
}

TopicVerdicts StoryAlerts::Advance(const RecordPlace& place, WallTime time) {
  WallTime& clock = clocks_[place.partition];
  clock = std::max(clock, time);
  TopicVerdicts verdicts;
  AdvanceTopics(options_.partitioned ? place.partition : Partition{}, clock, place, verdicts);
  return verdicts;
}

TopicVerdicts StoryAlerts::AdvanceAll(WallTime now) {
  TopicVerdicts verdicts;
  for (auto& [partition, topics] : due_) AdvanceTopics(partition, now, {{}, partition, {}, 0}, verdicts);
  return verdicts;
}

std::vector<RaisedAlert> StoryAlerts::CloseThrottles() {
  std::map<std::string_view, Topic*> topics;
  for (const auto& [id, topic] : topics_) topics.emplace(id, topic.get());
  std::vector<RaisedAlert> raised;
  for (const auto& [id, topic] : topics) {
    if (auto folded = topic->throttle.Close(WallTime::max())) raised.push_back(Summary(*topic, *std::move(folded)));
    Schedule(*topic);
  }
  return raised;
}

RaisedAlert StoryAlerts::Summary(const Topic& topic, FoldedHour folded) const {
  const std::string begin = FormatRfc3339(folded.begin);
  RaisedAlert raised = TopicAlert(topic, AlertKind::kSummary,
                                  DigestHex({"alert", "summary", topic.id, begin, folded.alerts.front()->id}));
  raised.alert.because = fmt::format("{} over the topic's throttle in the hour from {} UTC",
                                     Counted(static_cast<std::size_t>(folded.count), "alert"), HourOf(begin));
  raised.alert.summary = std::move(folded);
  return raised;
}

void StoryAlerts::AdvanceTopics(Partition due, WallTime now, const RecordPlace& place, TopicVerdicts& verdicts) {
  const auto at = due_.find(due);
  if (at == due_.end()) return;
  std::vector<Topic*> topics;
  for (auto next = at->second.begin(); next != at->second.end() && next->first <= now; ++next) {
    topics.push_back(next->second);
  }
  std::sort(topics.begin(), topics.end(), [](const Topic* a, const Topic* b) { return a->id < b->id; });
  for (Topic* const topic : topics) {
    Change change = Begin(*topic, std::nullopt, place);
    topic->clock = std::max(topic->clock, now);
    if (auto folded = topic->throttle.Close(now)) verdicts.raised.push_back(Summary(*topic, *std::move(folded)));
    if (topic->said.story.quiet) {
      for (Quiet& quiet : topic->pulse.CheckQuiet(now)) {
        RaisedAlert raised = TopicAlert(
            *topic, AlertKind::kQuiet,
            DigestHex({"alert", "quiet", topic->id, quiet.source, FormatRfc3339(quiet.since)}));
        const std::string since = FormatRfc3339(quiet.since);
        raised.alert.because = fmt::format("{} silent since {} UTC; usual are {:.1f} articles a day",
                                           quiet.source.empty() ? "the topic is" : quiet.source + " is", HourOf(since),
                                           quiet.per_day);
        raised.alert.quiet = std::move(quiet);
        verdicts.raised.push_back(std::move(raised));
      }
    }
    if (options_.partitioned) {
      topic->state_told = now;
      verdicts.states.push_back(StateOf(*topic, place));
    } else {
      changed_topics_.insert(topic->id);
    }
    Schedule(*topic);
    End(std::move(change), place);
  }
}

RaisedAlert StoryAlerts::TopicAlert(const Topic& topic, AlertKind kind, const std::string& id) const {
  RaisedAlert raised;
  raised.key = {DigestOf({"topic", topic.id}), DigestOf({id})};
  raised.partition = topic.partition;
  raised.alert.id = id;
  raised.alert.kind = kind;
  raised.alert.match = topic.said;
  return raised;
}

// ------------------------------------------------------------------------------------------------- steps, and back

StoryAlerts::Change StoryAlerts::Begin(const Topic& topic, const std::optional<AlertKey>& key,
                                       const RecordPlace& place) const {
  Change change;
  if (!options_.undoable) return change;
  change.kept = true;
  change.offset = place.offset;
  change.topic = topic.id;
  change.key = key;
  change.said = topic.said;
  change.clock = topic.clock;
  change.state_told = topic.state_told;
  change.sequence = topic.sequence;
  change.next_story = topic.next_story;
  change.pulse = topic.pulse;
  change.throttle = topic.throttle;
  return change;
}

void StoryAlerts::End(Change change, const RecordPlace& place) {
  if (!change.kept) return;
  std::deque<Change>& changes = changes_[place.partition];
  if (changes.size() == kMaxSteps) changes.pop_front();
  changes.push_back(std::move(change));
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
  const auto at = topics_.find(change.topic);
  if (at == topics_.end()) return;
  Topic& topic = *at->second;
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
    const auto now = topic.articles.find(key);
    if (now != topic.articles.end()) {
      topic.by_last.erase({now->second.last, now->second.sequence});
      topic.articles.erase(now);
      --articles_;
    }
    if (!before) continue;
    topic.by_last[{before->last, before->sequence}] = key;
    topic.articles[key] = *before;
    ++articles_;
  }
  for (const auto& [number, before] : change.stories) {
    topic.stories.erase(number);
    if (before) topic.stories[number] = *before;
  }
  topic.said = change.said;
  topic.clock = change.clock;
  topic.state_told = change.state_told;
  topic.sequence = change.sequence;
  topic.next_story = change.next_story;
  topic.pulse = change.pulse;
  topic.throttle = change.throttle;
  if (change.key) tellings_.erase(*change.key);
  Schedule(topic);
}

void StoryAlerts::Undo(Partition partition, Offset from) {
  const auto at = changes_.find(partition);
  if (at == changes_.end()) return;
  for (std::deque<Change>& changes = at->second; !changes.empty() && changes.back().offset >= from; changes.pop_back()) {
    TakeBack(changes.back());
  }
}

void StoryAlerts::Confirm(const AlertKey& key) { tellings_.erase(key); }

void StoryAlerts::Forget(const AlertKey& key) {
  const auto at = tellings_.find(key);
  if (at == tellings_.end()) return;
  const Telling telling = std::move(at->second);
  tellings_.erase(at);
  const auto topic = topics_.find(telling.topic);
  if (topic == topics_.end()) return;
  const auto story = topic->second->stories.find(telling.number);
  if (story != topic->second->stories.end() && story->second.id == telling.story) {
    std::erase(story->second.previous, telling.alert);
    story->second.grown = std::min(story->second.grown, telling.grown);
    if (!telling.was_told && story->second.told > 0) --story->second.told;
  }
  const auto article = topic->second->articles.find(telling.article);
  if (article == topic->second->articles.end()) return;
  article->second.told = telling.was_told;
  article->second.last_alert = telling.last_alert;
}

void StoryAlerts::Forget(Partition partition) {
  std::erase_if(tellings_, [&](const auto& entry) {
    const auto topic = topics_.find(entry.second.topic);
    return topic == topics_.end() || topic->second->partition == partition;
  });
  std::erase_if(topics_, [&](const auto& entry) {
    if (entry.second->partition != partition) return false;
    articles_ -= entry.second->articles.size();
    return true;
  });
  due_.erase(partition);
  changes_.erase(partition);
  clocks_.erase(partition);
  recalled_.erase(partition);
}

// --------------------------------------------------------------------------------------------- articles and stories

// Every step on a match begins here: time goes on, and what is too old goes.
void StoryAlerts::GoOn(Topic& topic, const Match& match, const RecordPlace& place, Change& change) {
  const auto clock = clocks_.find(place.partition);
  if (clock != clocks_.end()) topic.clock = std::max(topic.clock, clock->second);
  topic.said.topic = match.topic;
  topic.said.topic_title = match.topic_title;
  topic.said.severity = match.severity;
  topic.said.tags = match.tags;
  topic.said.rule_set = match.rule_set;
  topic.said.story = match.story;
  Evict(topic, change);
}

void StoryAlerts::EvictOldest(Topic& topic, Change& change) {
  const Indexed& oldest = topic.indexed.front();
  if (change.kept) change.evicted.push_back({oldest, topic.index.Look(oldest.entry)});
  topic.index.Remove(oldest.entry);
  topic.indexed.pop_front();
}

void StoryAlerts::Evict(Topic& topic, Change& change) {
  const WallTime since = topic.clock - options_.window;
  while (!topic.indexed.empty() && topic.indexed.front().time < since) EvictOldest(topic, change);
  while (!topic.by_last.empty() && topic.by_last.begin()->first.first < since) {
    const Digest key = topic.by_last.begin()->second;
    const StoryNumber number = ArticleToChange(topic, key, change).story;
    if (!options_.partitioned) {
      const auto of = topics_of_.find(topic.articles.at(key).id);
      if (of != topics_of_.end() && std::erase(of->second, topic.id) > 0 && of->second.empty()) topics_of_.erase(of);
    }
    topic.by_last.erase(topic.by_last.begin());
    topic.articles.erase(key);
    --articles_;
    Story& story = StoryToChange(topic, number, change);
    if (--story.known == 0) topic.stories.erase(number);
  }
  if (articles_ > options_.max_articles && !topic.indexed.empty()) {
    EvictOldest(topic, change);
    ++given_up_;
  }
}

// A version of the article has come.
void StoryAlerts::See(Topic& topic, StoryArticle& article, const Digest& key) {
  topic.by_last.erase({article.last, article.sequence});
  article.last = topic.clock;
  article.sequence = topic.sequence++;
  topic.by_last[{article.last, article.sequence}] = key;
}

void StoryAlerts::AddToIndex(Topic& topic, const Match& match, const Digest& key, StoryNumber story, Change& change) {
  if (!match.story.join) return;
  const StorySignature signature = SignatureOf(*match.article);
  if (signature.empty()) return;
  const StoryIndex::Entry entry = topic.index.Add(signature.View(), HashOf(SourceOf(*match.article)), story,
                                                  topic.clock, topic.sequence);
  topic.indexed.push_back({entry, topic.clock, key});
  ++change.added;
}

// Puts the article into a story, which may be a new one, if it is in none.
StoryAlerts::StoryArticle& StoryAlerts::Join(Topic& topic, const RaisedAlert& raised, Change& change,
                                             std::string& how) {
  const Match& match = raised.alert.match;
  const Digest& key = raised.key.topic_and_article;
  const std::string source = SourceOf(*match.article);
  const bool is_known = topic.articles.contains(key);
  StoryArticle& article = ArticleToChange(topic, key, change);
  if (!is_known) {
    ++articles_;
    article.id = match.article->id;
    const StorySignature signature = SignatureOf(*match.article);
    const std::vector<std::uint32_t> topic_words = TopicWordsOf(match);
    const auto window = std::min(match.story.window, options_.window);
    const auto nearest =
        match.story.join ? topic.index.Find(signature.View(), HashOf(source), topic.clock - window, topic_words)
                         : std::nullopt;
    if (nearest) {
      article.story = nearest->story;
      how = fmt::format("{} ({:.2f})", nearest->is_copy ? "a copy" : "the same event", nearest->likeness);
    } else {
      article.story = topic.next_story++;
      Story& story = StoryToChange(topic, article.story, change);
      story.id = StoryId(topic.id, match.article->id);
      story.first_seen = topic.clock;
      story.first_source = source;
      story.first_article = match.article->id;
    }
    if (!options_.partitioned) topics_of_[match.article->id].push_back(topic.id);
  }
  See(topic, article, key);
  Story& story = StoryToChange(topic, article.story, change);
  if (!is_known) {
    ++story.articles;
    ++story.known;
  }
  ++story.size;
  AddToIndex(topic, match, key, article.story, change);
  return article;
}

// -------------------------------------------------------------------------------------------------------- decisions

StoryVerdict StoryAlerts::Apply(RaisedAlert raised, const RecordPlace& place) {
  Topic& topic = TopicOf(raised.alert.match, place.partition);
  const AlertKey key = raised.key;
  const AlertKind raised_kind = raised.alert.kind;
  Change change = Begin(topic, key, place);
  GoOn(topic, raised.alert.match, place, change);
  StoryVerdict verdict;
  if (raised.alert.kind == AlertKind::kWithdrawn && !topic.articles.contains(key.topic_and_article)) {
    // Told before this program knew of stories.
    verdict.kind = Name(raised.alert.kind);
    verdict.alert_id = raised.alert.id;
    verdict.because = "an article that alerted was withdrawn";
    raised.alert.because = verdict.because;
    verdict.raised = std::move(raised);
  } else {
    const bool is_known = topic.articles.contains(key.topic_and_article);
    std::string how;
    StoryArticle& article = Join(topic, raised, change, how);
    const bool told_elsewhere = !is_known && raised_kind == AlertKind::kCorrection;
    if (told_elsewhere) article.told = true, ++StoryToChange(topic, article.story, change).told;
    if (raised_kind != AlertKind::kWithdrawn) {
      verdict.burst = Beat(topic, raised.alert.match, topic.stories.at(article.story));
    }
    Decide(topic, article, std::move(raised), !is_known && !told_elsewhere, how, change, verdict);
    verdict.story_id = topic.stories.at(article.story).id;
    verdict.state = StateText(topic, key, raised_kind == AlertKind::kWithdrawn ? Step::kWithdrawn : Step::kVersion);
  }
  if (!options_.partitioned) changed_topics_.insert(topic.id);
  Schedule(topic);
  End(std::move(change), place);
  return verdict;
}

std::string StoryAlerts::Touch(const AlertKey& key, const Match& match, const RecordPlace& place) {
  const auto at = topics_.find(match.topic);
  if (at == topics_.end()) return "";
  Topic& topic = *at->second;
  Change change = Begin(topic, std::nullopt, place);
  GoOn(topic, match, place, change);
  std::string state;
  if (topic.articles.contains(key.topic_and_article)) {
    StoryArticle& article = ArticleToChange(topic, key.topic_and_article, change);
    See(topic, article, key.topic_and_article);
    state = StateText(topic, key, Step::kRepeat);
  }
  End(std::move(change), place);
  return state;
}

void StoryAlerts::Decide(Topic& topic, StoryArticle& article, RaisedAlert raised, bool is_new, const std::string& how,
                         Change& change, StoryVerdict& verdict) {
  Alert& alert = raised.alert;
  const Match& match = alert.match;
  Story& story = StoryToChange(topic, article.story, change);
  const std::string source = SourceOf(*match.article);
  if (alert.kind == AlertKind::kWithdrawn) {
    if (!article.told) {
      verdict.suppressed = Suppressed::kUntold;
      verdict.because = "nobody was told of this article by itself";
      return;
    }
    alert.because = alert.reason == kArticleCanceled
                        ? "the publisher canceled the article"
                        : fmt::format("version {} of the article does not hold on the topic any more",
                                      NameOr(match.article->version, "without a number"));
    alert.corrects = article.last_alert.empty() ? alert.corrects : article.last_alert;
    return Tell(topic, article, std::move(raised), change, verdict);
  }
  const bool is_new_source = !story.HasSource(HashOf(source));
  AddHash(story.sources, HashOf(source));
  const TopicSeverity severity = story.severity;
  const bool first_version = story.rules.empty();
  const bool more_severe = !first_version && match.severity > severity;
  story.severity = std::max(severity, match.severity);
  std::string new_rule;
  for (const std::string& rule : match.rules) {
    if (!first_version && new_rule.empty() && !story.HasRule(HashOf(rule))) new_rule = rule;
    AddHash(story.rules, HashOf(rule));
  }
  std::uint32_t step = 0;
  for (const std::uint32_t grow : match.story.grow) {
    if (is_new_source && grow > story.grown && grow <= story.sources.size()) step = grow;
  }
  alert.corrects = article.told ? (article.last_alert.empty() ? alert.corrects : article.last_alert) : "";
  const std::string by = NameOr(source, "a source without a name");
  if (story.told == 0) {
    alert.kind = AlertKind::kNew;
    alert.because = story.articles == 1 ? fmt::format("the first article of a story, by {}", by)
                                        : fmt::format("the first article of a story that nobody was told of, by {}", by);
  } else if (step > 0) {
    alert.kind = AlertKind::kGrow;
    alert.id = DigestHex({"alert", "grow", topic.id, story.id, std::to_string(step)});
    alert.corrects.clear();
    alert.because = fmt::format("the story has come to {}; the latest is {}", Counted(story.sources.size(), "source"), by);
    story.grown = step;
  } else if (more_severe || !new_rule.empty()) {
    alert.kind = AlertKind::kUpdate;
    alert.because = more_severe ? fmt::format("the story is of severity {} now, and was {}", Name(match.severity),
                                              Name(severity))
                                : fmt::format("rule {} holds, which had not in this story", new_rule);
  } else if (!is_new && article.told) {
    alert.kind = AlertKind::kCorrection;
    alert.because = fmt::format("another version of an article that was told, by {}", by);
  } else {
    verdict.suppressed = Suppressed::kSameStory;
    verdict.because = is_new ? fmt::format("{} of the story of article {}, which has {} and {} now", how,
                                           story.first_article, Counted(story.sources.size(), "source"),
                                           Counted(story.articles, "article"))
                             : fmt::format("another version of an article of the story of {}, and nothing new in it",
                                           story.first_article);
    return;
  }
  Tell(topic, article, std::move(raised), change, verdict);
}

void StoryAlerts::Tell(Topic& topic, StoryArticle& article, RaisedAlert raised, Change& change, StoryVerdict& verdict) {
  Alert& alert = raised.alert;
  Story& story = StoryToChange(topic, article.story, change);
  Telling telling{topic.id,     story.id,           alert.id,    article.story, raised.key.topic_and_article,
                  article.told, article.last_alert, story.grown};
  const bool withdraws = alert.kind == AlertKind::kWithdrawn;
  if (alert.kind == AlertKind::kGrow) telling.grown = 0;
  alert.story = AlertStory{story.id, story.first_seen, story.first_source, story.sources.size(), story.articles,
                           story.size};
  alert.previous = story.previous;
  verdict.kind = Name(alert.kind);
  verdict.alert_id = alert.id;
  verdict.because = alert.because;
  // Its own article is told with it, whatever the kind.
  if (article.told == withdraws) withdraws ? --story.told : ++story.told;
  article.told = !withdraws;
  article.last_alert = alert.id;
  story.previous.push_back(alert.id);
  if (story.previous.size() > kMostPrevious) story.previous.erase(story.previous.begin());
  const ArticleFacts& facts = *alert.match.article;
  if (alert.match.story.throttle && !withdraws &&
      !topic.throttle.Pass(topic.clock, *alert.match.story.throttle,
                           FoldedOf(alert.id, verdict.kind, facts, story.id))) {
    verdict.suppressed = Suppressed::kFolded;
    verdict.because = fmt::format("{}; more than {} in this hour, so it goes into the summary", alert.because,
                                  Counted(*alert.match.story.throttle, "alert"));
    return;
  }
  tellings_.insert_or_assign(raised.key, std::move(telling));
  verdict.raised = std::move(raised);
}

std::optional<RaisedAlert> StoryAlerts::Beat(Topic& topic, const Match& match, const Story& story) {
  const std::string source = SourceOf(*match.article);
  const auto burst = topic.pulse.Add({topic.clock, StemHash(story.id), source}, match.story.burst);
  if (!burst) return std::nullopt;
  RaisedAlert raised = TopicAlert(
      topic, AlertKind::kBurst, DigestHex({"alert", "burst", topic.id, match.article->id, FormatRfc3339(topic.clock)}));
  raised.alert.match = match;
  raised.alert.burst = burst;
  raised.alert.because =
      burst->expected ? fmt::format("{} of {} within an hour; usual are {:.1f}", (burst->stories == 1 ? "1 story" : fmt::format("{} stories", burst->stories)),
                                    Counted(burst->sources, "source"), *burst->expected)
                      : fmt::format("{} of {} within an hour, on a topic that is new here",
                                    (burst->stories == 1 ? "1 story" : fmt::format("{} stories", burst->stories)), Counted(burst->sources, "source"));
  return raised;
}

}  // namespace wirewatch
