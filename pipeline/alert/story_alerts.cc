// One class of more than 500 lines: topics, stories and decisions change the same state; its ways back stand in
// story_alerts_undo.cc and story_alerts_state.cc.
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

// Sources and rules that a story knows; more are not told apart.
constexpr std::size_t kMostHashes = 1'000;

std::uint32_t HashOf(std::string_view text) { return StemHash(AsciiLowerCase(text)); }

StorySignature SignatureOf(const ArticleFacts& article) {
  auto signature = UnpackSignature(article.signature);
  return signature ? *std::move(signature) : StorySignature();
}

// Whether it was not among them.
bool AddHash(std::vector<std::uint32_t>& hashes, std::uint32_t hash) {
  if (std::find(hashes.begin(), hashes.end(), hash) != hashes.end()) return false;
  if (hashes.size() < kMostHashes) hashes.push_back(hash);
  return true;
}

// "1 source", "5 sources".
std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string NameOr(const std::string& name, const char* other) { return name.empty() ? other : name; }

std::string_view HourOf(const std::string& rfc3339) { return std::string_view(rfc3339).substr(0, 16); }

}  // namespace

Match SaidOf(const Match& match) {
  Match said;
  said.topic = match.topic;
  said.topic_title = match.topic_title;
  said.severity = match.severity;
  said.tags = match.tags;
  said.rule_set = match.rule_set;
  said.story = match.story;
  return said;
}

FoldedAlert FoldedOf(const std::string& alert, const std::string& kind, const ArticleFacts& article,
                     const std::string& story) {
  return {alert, kind, article.title, article.url, SourceOf(article), story};
}

std::optional<StoryNumber> StoryAlerts::Topic::FindStory(const std::string& story) const {
  const auto number = numbers.find(HashOfId(story));
  if (number == numbers.end()) return std::nullopt;
  const auto at = stories.find(number->second);
  if (at == stories.end() || at->second.id != story) return std::nullopt;
  return number->second;
}

void StoryAlerts::Topic::Put(StoryNumber number, const Story& story) {
  stories.insert_or_assign(number, story);
  Name(number, story.id);
}

void StoryAlerts::Topic::Drop(StoryNumber number) {
  const auto at = stories.find(number);
  if (at == stories.end()) return;
  const auto name = numbers.find(HashOfId(at->second.id));
  if (name != numbers.end() && name->second == number) numbers.erase(name);
  stories.erase(at);
}

StoryAlerts::StoryAlerts(StoryOptions options) : options_(options) {}
StoryAlerts::~StoryAlerts() = default;

std::size_t StoryAlerts::stories() const {
  std::size_t count = 0;
  for (const auto& [id, topic] : topics_) count += topic->stories.size();
  return count;
}

// --------------------------------------------------------------------------------------------------------- topics

StoryAlerts::Topic* StoryAlerts::FindTopic(const std::string& topic, Partition partition) const {
  const auto at = topics_.find({Owner(partition), topic});
  return at == topics_.end() ? nullptr : at->second.get();
}

StoryAlerts::Topic& StoryAlerts::TopicOf(const std::string& id, Partition partition) {
  std::unique_ptr<Topic>& topic = topics_[{Owner(partition), id}];
  if (!topic) {
    topic = std::make_unique<Topic>();
    topic->id = id;
    topic->owner = Owner(partition);
  }
  return *topic;
}

void StoryAlerts::DropTopic(Topic& topic) {
  while (!topic.articles.empty()) Drop(topic, topic.articles.begin()->first);
  if (topic.due) due_.at(topic.owner).erase({*topic.due, &topic});
  if (topic.oldest) oldest_.at(topic.owner).erase({*topic.oldest, topic.id});
  const TopicKey key{topic.owner, topic.id};
  topics_.erase(key);
}

void StoryAlerts::Schedule(Topic& topic) {
  std::optional<WallTime> due = topic.throttle.Due();
  const auto earlier = [&](std::optional<WallTime> other) {
    if (other && (!due || *other < *due)) due = other;
  };
  if (topic.said.story.quiet) earlier(topic.pulse.QuietDue());
  // A topic that is silent does not keep what nobody may join any more.
  if (!topic.by_last.empty()) earlier(topic.by_last.begin()->first.first + options_.window + std::chrono::seconds(1));
  if (options_.partitioned && !restoring_.contains(topic.owner)) earlier(topic.state_told + options_.window / 2);
  earlier(topic.Forgotten());
  if (due != topic.due) {
    auto& all = due_[topic.owner];
    if (topic.due) all.erase({*topic.due, &topic});
    topic.due = due;
    if (due) all.emplace(*due, &topic);
  }
  const auto oldest = topic.by_last.empty() ? std::nullopt : std::optional(topic.by_last.begin()->first.first);
  if (oldest != topic.oldest) {
    auto& all = oldest_[topic.owner];
    if (topic.oldest) all.erase({*topic.oldest, topic.id});
    topic.oldest = oldest;
    if (oldest) all.emplace(*oldest, topic.id);
  }
}

TopicVerdicts StoryAlerts::Advance(const RecordPlace& place, WallTime time, bool restores) {
  const Partition partition = place.partition;
  if (restores) {
    restoring_.insert(partition);
  } else {
    Restored(partition);
  }
  const auto [clock, is_first] = clocks_.try_emplace(partition, time);
  TopicVerdicts verdicts;
  if (is_first || time > clock->second) {
    if (options_.undoable && !restores) {
      Change change;
      change.kept = true;
      change.partition = partition;
      change.offset = place.offset;
      change.record_time = is_first ? std::nullopt : std::optional(clock->second);
      End(std::move(change));
    }
    clock->second = time;
    AdvanceTopics(Owner(partition), time, &place, verdicts);
  }
  if (!restores) return verdicts;
  RecallTopics(partition, place.offset, time);
  return {};
}

TopicVerdicts StoryAlerts::AdvanceAll(WallTime now) {
  TopicVerdicts verdicts;
  for (auto& [owner, topics] : due_) AdvanceTopics(owner, now, nullptr, verdicts);
  return verdicts;
}

std::vector<RaisedAlert> StoryAlerts::CloseThrottles(WallTime until) {
  std::map<std::pair<Partition, std::string_view>, Topic*> topics;
  for (const auto& [key, topic] : topics_) topics.emplace(key, topic.get());
  std::vector<RaisedAlert> raised;
  for (const auto& [key, topic] : topics) {
    if (auto folded = topic->throttle.Close(until)) {
      raised.push_back(Summary(*topic, *std::move(folded)));
      changed_topics_.insert(topic->id);
    }
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

void StoryAlerts::AdvanceTopics(Partition owner, WallTime now, const RecordPlace* place, TopicVerdicts& verdicts) {
  const auto at = due_.find(owner);
  if (at == due_.end()) return;
  std::vector<Topic*> topics;
  for (auto next = at->second.begin(); next != at->second.end() && next->first <= now; ++next) {
    topics.push_back(next->second);
  }
  std::sort(topics.begin(), topics.end(), [](const Topic* a, const Topic* b) { return a->id < b->id; });
  for (Topic* const topic : topics) {
    const auto is_due = [&](std::optional<WallTime> due) { return due && *due <= now; };
    if (place == nullptr && !is_due(topic->throttle.Due()) && !is_due(topic->Forgotten()) &&
        !(topic->said.story.quiet && is_due(topic->pulse.QuietDue()))) {
      continue;
    }
    Change change = place == nullptr ? Change() : Begin(*topic, std::nullopt, *place);
    // A clock says when something is due, not when articles came.
    if (place != nullptr) {
      topic->clock = std::max(topic->clock, now);
      Evict(*topic, change);
    }
    if (auto folded = topic->throttle.Close(now)) verdicts.raised.push_back(Summary(*topic, *std::move(folded)));
    if (topic->said.story.quiet) {
      for (Quiet& quiet : topic->pulse.CheckQuiet(now)) {
        RaisedAlert raised =
            TopicAlert(*topic, AlertKind::kQuiet,
                       DigestHex({"alert", "quiet", topic->id, quiet.source, FormatRfc3339(quiet.since)}));
        const std::string since = FormatRfc3339(quiet.since);
        raised.alert.because =
            fmt::format("{} silent since {} UTC; usual are {:.1f} articles a day",
                        quiet.source.empty() ? "the topic is" : quiet.source + " is", HourOf(since), quiet.per_day);
        raised.alert.quiet = std::move(quiet);
        verdicts.raised.push_back(std::move(raised));
      }
    }
    if (!options_.partitioned) changed_topics_.insert(topic->id);
    if (is_due(topic->Forgotten())) {
      DropTopic(*topic);
      End(std::move(change));
      continue;
    }
    if (options_.partitioned && place != nullptr && !restoring_.contains(owner) &&
        now >= topic->state_told + options_.window / 2) {
      topic->state_told = now;
      verdicts.states.push_back(StateOf(*topic, *place));
    }
    Schedule(*topic);
    End(std::move(change));
  }
}

RaisedAlert StoryAlerts::TopicAlert(const Topic& topic, AlertKind kind, const std::string& id) const {
  RaisedAlert raised;
  raised.key = {DigestOf({"topic", topic.id}), DigestOf({id})};
  raised.alert.id = id;
  raised.alert.kind = kind;
  raised.alert.match = topic.said;
  raised.alert.match.times.recorded = topic.clock;
  return raised;
}

// --------------------------------------------------------------------------------------------- articles and stories

void StoryAlerts::Know(Topic& topic, const Digest& key, const StoryArticle& article) {
  topic.articles.insert_or_assign(key, article);
  topic.by_last[{article.last, article.sequence}] = key;
  ++articles_;
  if (!options_.partitioned) topics_of_[article.id].push_back(topic.id);
}

void StoryAlerts::Drop(Topic& topic, const Digest& key) {
  const auto at = topic.articles.find(key);
  topic.by_last.erase({at->second.last, at->second.sequence});
  const auto of = topics_of_.find(at->second.id);
  if (of != topics_of_.end() && std::erase(of->second, topic.id) > 0 && of->second.empty()) topics_of_.erase(of);
  topic.articles.erase(at);
  --articles_;
}

// Every step on a match begins here: time goes on, and what is too old goes.
void StoryAlerts::GoOn(Topic& topic, const RecordPlace& place, Change& change) {
  topic.clock = std::max(topic.clock, ClockOf(place.partition));
  Evict(topic, change);
}

WallTime StoryAlerts::ClockOf(Partition partition) const {
  const auto clock = clocks_.find(partition);
  return clock == clocks_.end() ? WallTime() : clock->second;
}

void StoryAlerts::EvictOldestVersion(Topic& topic, Change& change) {
  const Indexed& oldest = topic.indexed.front();
  if (change.kept) change.evicted.push_back({oldest, topic.index.Look(oldest.entry)});
  topic.index.Remove(oldest.entry);
  topic.indexed.pop_front();
}

// REQUIRES: none of its versions is in the index.
void StoryAlerts::EvictOldestArticle(Topic& topic, Change& change) {
  const Digest key = topic.by_last.begin()->second;
  const StoryNumber number = ArticleToChange(topic, key, change).story;
  Drop(topic, key);
  if (--StoryToChange(topic, number, change).known == 0) topic.Drop(number);
}

void StoryAlerts::Evict(Topic& topic, Change& change) {
  const WallTime since = topic.clock - options_.window;
  while (!topic.indexed.empty() && topic.indexed.front().time < since) EvictOldestVersion(topic, change);
  while (!topic.by_last.empty() && topic.by_last.begin()->first.first < since) EvictOldestArticle(topic, change);
}

void StoryAlerts::KeepBound(const RecordPlace& place) {
  if (articles_ <= options_.max_articles) return;
  auto& all = oldest_[Owner(place.partition)];
  while (articles_ > options_.max_articles && !all.empty()) {
    Topic& topic = *FindTopic(all.begin()->second, place.partition);
    if (topic.by_last.begin()->first.first != topic.oldest) {
      Schedule(topic);
      continue;
    }
    Change change = Begin(topic, std::nullopt, place);
    // Its own versions, and what others had before them.
    const std::uint64_t last = topic.by_last.begin()->first.second;
    while (!topic.indexed.empty() && topic.indexed.front().order <= last + 1) EvictOldestVersion(topic, change);
    EvictOldestArticle(topic, change);
    ++given_up_;
    Schedule(topic);
    End(std::move(change));
  }
}

// A version of the article has come.
void StoryAlerts::See(Topic& topic, StoryArticle& article, const Digest& key, WallTime time) {
  topic.by_last.erase({article.last, article.sequence});
  article.last = std::max(article.last, time);
  article.sequence = topic.sequence++;
  topic.by_last[{article.last, article.sequence}] = key;
}

void StoryAlerts::AddToIndex(Topic& topic, const Match& match, const Digest& key, StoryNumber story, Change& change) {
  if (!match.story.join) return;
  const StorySignature signature = SignatureOf(*match.article);
  if (signature.empty()) return;
  const StoryIndex::Entry entry =
      topic.index.Add(signature.View(), HashOf(SourceOf(*match.article)), story, topic.clock, topic.sequence);
  topic.indexed.push_back({entry, topic.clock, topic.sequence, key});
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
    article.first = topic.sequence;
    const std::string own_story = StoryId(topic.id, match.article->id);
    const auto find = [&] {
      const auto window = std::min(match.story.window, options_.window);
      return topic.index.Find(SignatureOf(*match.article).View(), HashOf(source), topic.clock - window,
                              TopicWordsOf(match));
    };
    if (const auto own = topic.FindStory(own_story)) {
      // It was forgotten, and others have kept the story that it began.
      article.story = *own;
      how = "another version of the first article";
    } else if (const auto nearest = match.story.join ? find() : std::nullopt) {
      article.story = nearest->story;
      how = fmt::format("{} ({:.2f})", nearest->is_copy ? "a copy" : "the same event", nearest->likeness);
    } else {
      article.story = topic.next_story++;
      Story& story = StoryToChange(topic, article.story, change);
      story.id = own_story;
      topic.Name(article.story, own_story);
      story.first_seen = topic.clock;
      story.first_source = source;
      story.first_article = match.article->id;
    }
    if (!options_.partitioned) topics_of_[match.article->id].push_back(topic.id);
  }
  See(topic, article, key, topic.clock);
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

StoryVerdict StoryAlerts::Apply(RaisedAlert raised, const RecordPlace& place, bool was_held) {
  KeepBound(place);
  Topic& topic = TopicOf(raised.alert.match.topic, place.partition);
  const AlertKey key = raised.key;
  const bool withdraws = raised.alert.kind == AlertKind::kWithdrawn;
  Change change = Begin(topic, key, place);
  GoOn(topic, place, change);
  // What withdraws may be known from an alert long ago, without the topic's policy.
  if (!withdraws || topic.said.topic.empty()) topic.said = SaidOf(raised.alert.match);
  StoryVerdict verdict;
  const bool is_known = topic.articles.contains(key.topic_and_article);
  if (!is_known && !raised.alert.corrects.empty()) {
    // Which alert was the last is not known any more.
    raised.alert.corrects = AlertId(topic.id, raised.alert.match.article->id);
  }
  if (withdraws && !is_known) {
    // Told before this program knew of stories.
    verdict.kind = Name(raised.alert.kind);
    verdict.alert_id = raised.alert.id;
    verdict.because = "an article that alerted was withdrawn";
    raised.alert.because = verdict.because;
    verdict.raised = std::move(raised);
  } else if (withdraws && !topic.articles.at(key.topic_and_article).told) {
    // One that is read again, or follows from a revision that is, changes nothing.
    StoryArticle& article = ArticleToChange(topic, key.topic_and_article, change);
    See(topic, article, key.topic_and_article, ClockOf(place.partition));
    verdict.suppressed = Suppressed::kUntold;
    verdict.because = "nobody was told of this article by itself";
    verdict.story_id = topic.stories.at(article.story).id;
    verdict.state = StateText(topic, key, Step::kRepeat, nullptr);
  } else {
    std::optional<Match> held;
    if (was_held && options_.partitioned) {
      held = raised.alert.match;
      held->spans.clear();
    }
    std::string how;
    StoryArticle& article = Join(topic, raised, change, how);
    const bool told_elsewhere = !is_known && raised.alert.kind == AlertKind::kCorrection;
    if (told_elsewhere) article.told = true, ++StoryToChange(topic, article.story, change).told;
    if (!withdraws) {
      auto burst = Beat(topic, raised.alert.match, topic.stories.at(article.story));
      if (burst) verdict.beside.push_back(*std::move(burst));
    }
    Decide(topic, article, std::move(raised), !is_known && !told_elsewhere, how, change, verdict);
    verdict.story_id = topic.stories.at(article.story).id;
    verdict.state = StateText(topic, key, withdraws ? Step::kWithdrawn : Step::kVersion, held ? &*held : nullptr);
  }
  if (!options_.partitioned) changed_topics_.insert(topic.id);
  Schedule(topic);
  End(std::move(change));
  return verdict;
}

std::string StoryAlerts::Touch(const AlertKey& key, const Match& match, const RecordPlace& place) {
  Topic* const topic = FindTopic(match.topic, place.partition);
  if (topic == nullptr) return "";
  Change change = Begin(*topic, std::nullopt, place);
  GoOn(*topic, place, change);
  std::string state;
  if (topic->articles.contains(key.topic_and_article)) {
    StoryArticle& article = ArticleToChange(*topic, key.topic_and_article, change);
    // By the time of its own partition: one that is read again from its beginning makes nothing younger.
    See(*topic, article, key.topic_and_article, ClockOf(place.partition));
    state = StateText(*topic, key, Step::kRepeat, nullptr);
  }
  End(std::move(change));
  return state;
}

void StoryAlerts::Decide(Topic& topic, StoryArticle& article, RaisedAlert raised, bool is_new, const std::string& how,
                         Change& change, StoryVerdict& verdict) {
  Alert& alert = raised.alert;
  const Match& match = alert.match;
  Story& story = StoryToChange(topic, article.story, change);
  const std::string source = SourceOf(*match.article);
  const bool was_withdrawn = !article.told && !article.last_alert.empty();
  if (raised.again && !article.last_alert.empty()) {
    // The alert of this version had that id already.
    alert.id = DigestHex({"alert", "again", topic.id, match.article->id, article.last_alert});
  }
  if (alert.kind == AlertKind::kWithdrawn) {
    alert.because = alert.reason == kArticleCanceled
                        ? "the publisher canceled the article"
                        : fmt::format("version {} of the article does not hold on the topic any more",
                                      NameOr(match.article->version, "without a number"));
    alert.corrects = article.last_alert.empty() ? alert.corrects : article.last_alert;
    return Tell(topic, article, std::move(raised), story.grown, change, verdict);
  }
  // AlertPolicy may have forgotten the version that had the article's first id.
  if (alert.kind == AlertKind::kNew && !raised.again && !article.last_alert.empty()) {
    alert.id = AlertId(topic.id, match.article->id, raised.key.edition);
  }
  const bool is_new_source = AddHash(story.sources, HashOf(source));
  const TopicSeverity severity = story.severity;
  const bool first_version = story.rules.empty();
  const bool more_severe = !first_version && match.severity > severity;
  story.severity = std::max(severity, match.severity);
  std::string new_rule;
  for (const std::string& rule : match.rules) {
    if (AddHash(story.rules, HashOf(rule)) && !first_version && new_rule.empty()) new_rule = rule;
  }
  const std::uint32_t grew_from = story.grown;
  std::uint32_t step = 0;
  for (const std::uint32_t grow : match.story.grow) {
    if (is_new_source && grow > story.grown && grow <= story.sources.size()) step = grow;
  }
  const bool was_told = article.told || was_withdrawn;
  alert.corrects = was_told ? (article.last_alert.empty() ? alert.corrects : article.last_alert) : "";
  const std::string by = NameOr(source, "a source without a name");
  const std::string back = fmt::format("an article that was withdrawn has come back, by {}", by);
  if (story.told == 0) {
    alert.kind = AlertKind::kNew;
    alert.corrects.clear();
    alert.because = was_withdrawn ? back
                    : story.articles == 1
                        ? fmt::format("the first article of a story, by {}", by)
                        : fmt::format("the first article of a story that nobody was told of, by {}", by);
  } else if (step > 0) {
    alert.kind = AlertKind::kGrow;
    alert.id = DigestHex({"alert", "grow", topic.id, story.id, std::to_string(step)});
    alert.because =
        fmt::format("the story has come to {}; the latest is {}", Counted(story.sources.size(), "source"), by);
    story.grown = step;
  } else if (more_severe || !new_rule.empty()) {
    alert.kind = AlertKind::kUpdate;
    alert.because =
        more_severe ? fmt::format("the story is of severity {} now, and was {}", Name(match.severity), Name(severity))
                    : fmt::format("rule {} holds, which had not in this story", new_rule);
  } else if (!is_new && was_told) {
    alert.kind = AlertKind::kCorrection;
    alert.because = was_withdrawn ? back : fmt::format("another version of an article that was told, by {}", by);
  } else {
    verdict.suppressed = Suppressed::kSameStory;
    verdict.because =
        is_new ? fmt::format("{} of the story of article {}, which has {} and {} now", how, story.first_article,
                             Counted(story.sources.size(), "source"), Counted(story.articles, "article"))
               : fmt::format("another version of an article of the story of {}, and nothing new in it",
                             story.first_article);
    return;
  }
  Tell(topic, article, std::move(raised), grew_from, change, verdict);
}

void StoryAlerts::Tell(Topic& topic, StoryArticle& article, RaisedAlert raised, std::uint32_t grew_from, Change& change,
                       StoryVerdict& verdict) {
  Alert& alert = raised.alert;
  Story& story = StoryToChange(topic, article.story, change);
  Telling telling{{topic.owner, topic.id}, story.id,  alert.id,   raised.key.topic_and_article, article.told,
                  article.last_alert,      grew_from, story.grown};
  const bool withdraws = alert.kind == AlertKind::kWithdrawn;
  alert.story =
      AlertStory{story.id, story.first_seen, story.first_source, story.sources.size(), story.articles, story.size};
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
  // Whoever advances first has had it already.
  if (auto folded = topic.throttle.Close(topic.clock)) verdict.beside.push_back(Summary(topic, *std::move(folded)));
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
  // The least that any sensitivity asks for are several stories.
  raised.alert.because =
      fmt::format("{} stories of {} within an hour", burst->stories, Counted(burst->sources, "source"));
  raised.alert.because +=
      burst->expected
          ? (*burst->expected < 0.05 ? "; usual are hardly any" : fmt::format("; usual are {:.1f}", *burst->expected))
          : ", on a topic that is new here";
  return raised;
}

}  // namespace wirewatch
