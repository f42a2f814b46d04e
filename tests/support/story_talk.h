// StoryTalk: what an alert handler makes of the records of a log, in words; short ways to write articles that tell of
// the same event or of others; and random logs of them.
#ifndef WIREWATCH_TESTS_SUPPORT_STORY_TALK_H_
#define WIREWATCH_TESTS_SUPPORT_STORY_TALK_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/decision.h"
#include "pipeline/match/edition.h"
#include "tests/support/alert_talk.h"
#include "tests/support/story_texts.h"

namespace wirewatch {

enum class Wording {
  kOriginal,
  kCopy,     // with a cut tail
  kRewrite,  // other words about the same event
};

// A version of an article about an event.
struct Report {
  std::string id;
  std::uint32_t event = 1;
  Wording wording = Wording::kOriginal;
  std::string version = "1";
  std::string source = "";  // empty: one of its own
  TopicSeverity severity = TopicSeverity::kMedium;
  std::vector<std::string> rules = {"r1"};
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> embargoed_until = {};
};

// A word that no language has.
inline std::string InventedWord(std::mt19937& random) {
  constexpr std::string_view kSyllables[] = {"bra", "dol", "ken", "mur", "tik", "vor", "zel", "pag", "lun", "fex",
                                             "cho", "gri", "hov", "jat", "wem", "quo", "sab", "nuf", "rik", "yol"};
  std::string word;
  for (int i = 0; i < 4; ++i) word += kSyllables[random() % std::size(kSyllables)];
  return word;
}

// Title and body.
inline std::pair<std::string, std::string> TextOf(const Report& report) {
  std::mt19937 random(report.event);
  std::vector<std::string> names(24);
  for (std::string& name : names) name = InventedWord(random);
  const auto say = [&](std::mt19937& order, int words) {
    constexpr std::string_view kFill[] = {"the", "said", "near", "after", "were", "of"};
    std::string text;
    for (int i = 0; i < words; ++i) {
      text += order() % 3 == 0 ? std::string(kFill[order() % std::size(kFill)]) : names[order() % names.size()];
      text += ' ';
    }
    return text;
  };
  std::mt19937 original(report.event + 1'000'000);
  std::string title = names[0] + " " + names[1] + " " + names[2];
  std::string body = say(original, 80);
  if (report.wording != Wording::kCopy) body += say(original, 40);
  if (report.wording == Wording::kRewrite) {
    const Digest seed = DigestOf({report.id});
    std::mt19937 other(seed[0] | seed[1] << 8);
    title = names[2] + " " + names[0] + " " + names[3];
    body = say(other, 90);
  }
  if (report.version != "1") body += "version " + report.version;
  return {title, body};
}

inline std::shared_ptr<const ArticleFacts> FactsOfReport(const Report& report) {
  ArticleFacts facts;
  facts.id = report.id;
  facts.version = report.version;
  const auto [title, body] = TextOf(report);
  facts.title = title;
  facts.content_hash = DigestHex({title, body});
  facts.source = report.source.empty() ? report.id + ".example" : report.source;
  facts.signature = PackSignature(SignatureOf(title, body));
  facts.status = report.status;
  facts.embargoed_until = report.embargoed_until;
  return std::make_shared<const ArticleFacts>(facts);
}

inline Match MatchOfReport(const std::string& topic, const Report& report, const StoryPolicy& policy) {
  Match match;
  match.topic = topic;
  match.topic_title = "Topic " + topic;
  match.severity = report.severity;
  match.rules = report.rules;
  match.article = FactsOfReport(report);
  match.story = policy;
  return match;
}

// A record: a match of one topic; or, where there is none, a revision.
struct StoryRecord {
  WallTime time;
  std::string topic;  // empty: a revision, on which no topic holds
  Report report;
  StoryPolicy policy = {};

  ArticleMatches Found() const {
    ArticleMatches found;
    if (!topic.empty()) {
      found.matches.push_back(MatchOfReport(topic, report, policy));
    } else {
      found.revision.emplace().article = FactsOfReport(report);
    }
    return found;
  }
};

// What a handler remembers, in a map.
struct RememberedAlerts {
  std::map<std::string, std::string> texts;
  bool frozen = false;  // what comes is lost, as if the process had died
  bool full = false;    // nothing can be written
};
class MapAlertMemory : public AlertMemory {
 public:
  explicit MapAlertMemory(RememberedAlerts& kept) : kept_(kept) {}
  Status Load(WallTime, const std::function<Status(std::string_view)>& each) override {
    for (const auto& [id, text] : kept_.texts) {
      if (Status given = each(text); !given) return given;
    }
    return {};
  }
  Status Remember(const std::vector<RememberedEntry>& entries, WallTime) override {
    if (kept_.frozen) return {};
    if (kept_.full) return Error{ErrorCode::kIo, "the disk is full"};
    for (const RememberedEntry& entry : entries) {
      if (entry.text.empty()) {
        kept_.texts.erase(entry.id);
      } else {
        kept_.texts[entry.id] = entry.text;
      }
    }
    return {};
  }

 private:
  RememberedAlerts& kept_;
};

// An alert handler with sinks that keep what they are given.
class StoryTalk : private Receipt::Owner {
 public:
  // Those of a step with a log of matches of its own.
  static AlertHandlerOptions Partitioned(std::chrono::milliseconds window = kWindow) {
    AlertHandlerOptions options;
    options.alerts.window = window;
    options.alerts.longest_embargo = window;
    options.alerts.revisions_per_partition = options.partitioned = true;
    options.releases_by_clock = false;
    return options;
  }

  explicit StoryTalk(AlertHandlerOptions options = Partitioned(), RememberedAlerts* memory = nullptr) {
    std::vector<std::unique_ptr<AlertSink>> sinks;
    sinks.push_back(std::make_unique<Alerts>(*this));
    handler = std::make_unique<AlertHandler>(std::move(sinks), std::make_unique<DeadLetters>(*this),
                                             std::make_unique<Decisions>(*this), options, metrics_);
    if (memory == nullptr) return;
    EXPECT_TRUE(handler->Use(std::make_unique<MapAlertMemory>(*memory)));
  }

  // What became of it: "new", "same-story", "held", ..., of all that was decided; what the topic says comes behind:
  // "new + burst".
  std::string Say(const Report& report, WallTime time = At(0), const std::string& topic = "t") {
    return Handle({time, topic, report, policy});
  }
  // A version on which no topic holds.
  std::string Revise(const Report& report, WallTime time = At(0)) { return Handle({time, "", report, policy}); }
  std::string Handle(const StoryRecord& record, Partition partition = kPartition) {
    const Offset offset{next_[partition]++};
    return HandleAt(record, partition, offset);
  }

  std::string HandleAt(const StoryRecord& record, Partition partition, Offset offset,
                       RecordUse use = RecordUse::kCounts) {
    const auto [clock, is_first] = clocks_.try_emplace(partition, record.time);
    if (is_first || record.time > clock->second) handler->Advance(partition, clock->second = record.time);
    said_.clear();
    lines.clear();
    Outcome<ArticleMatches> outcome;
    outcome.value = record.Found();
    Hand(partition, offset, use, std::move(outcome));
    if (delivers) Deliver();
    return said_;
  }
  // As it is read from its log.
  void Recall(const Decision& decision) {
    auto read = ReadDecision(ToJson(decision));
    ASSERT_TRUE(read);
    Outcome<ArticleMatches> outcome;
    outcome.value.decision = std::make_shared<const Decision>(*std::move(read));
    Hand(decision.partition, Offset{0}, RecordUse::kRecalls, std::move(outcome));
  }
  void Observe(PartitionEvent::Kind kind, Partition partition = kPartition, Offset from = {}) {
    if (kind != PartitionEvent::Kind::kRestored) clocks_.erase(partition);
    handler->Observe({kind, partition, from});
  }
  void Deliver() {
    for (auto* open : {&open_alerts_, &open_decisions_}) {
      for (Delivery& delivery : std::exchange(*open, {})) delivery.Delivered();
    }
    ASSERT_TRUE(handler->Tend());
  }
  // The alerts alone.
  void DeliverAlerts() {
    for (Delivery& delivery : std::exchange(open_alerts_, {})) delivery.Delivered();
    ASSERT_TRUE(handler->Tend());
  }
  // A transaction was undone: what was sent is lost.
  void Drop() {
    open_alerts_.clear();
    open_decisions_.clear();
  }

  const Alert& last() const { return alerts.back(); }
  // The last of the kind.
  const Alert* Last(AlertKind kind) const {
    const auto at = std::find_if(alerts.rbegin(), alerts.rend(), [&](const Alert& one) { return one.kind == kind; });
    return at == alerts.rend() ? nullptr : &*at;
  }

  StoryPolicy policy;
  std::unique_ptr<AlertHandler> handler;
  bool delivers = true;                       // at once
  std::function<bool(const Alert&)> refuses;  // for good; empty: none
  std::vector<Alert> alerts;                  // all that were sent
  std::vector<Decision> decisions;            // all that were written
  std::vector<std::string> lines;             // what the last record led to, in full, but for states of topics
  std::size_t dead_letters = 0;
  std::string last_dead_letter;  // its payload
  std::size_t settled = 0;       // records

 private:
  template <class Base>
  class Sink : public Base {
   public:
    explicit Sink(StoryTalk& talk) : talk_(talk) {}
    std::string_view name() const override { return "talk"; }
    Status Ready() const override { return {}; }
    Status Failure() const override { return {}; }
    void RequestStop() override {}
    void Flush() override {}
    Status Close(SteadyTime) override { return {}; }

   protected:
    StoryTalk& talk_;
  };
  class Alerts : public Sink<AlertSink> {
   public:
    using Sink::Sink;
    void Send(const Alert& alert, Delivery delivery) override {
      Alert sent = alert;
      sent.alerted = {};
      talk_.lines.push_back(ToJson(sent));
      talk_.alerts.push_back(sent);
      if (!sent.story && sent.kind != AlertKind::kWithdrawn)
        talk_.said_ += (talk_.said_.empty() ? "+ " : " + ") + std::string(Name(sent.kind));
      if (talk_.refuses && talk_.refuses(sent)) return delivery.Refused({ErrorCode::kRejected, "too large"});
      talk_.open_alerts_.push_back(std::move(delivery));
    }
  };
  class Decisions : public Sink<DecisionSink> {
   public:
    using Sink::Sink;
    void Send(const Decision& decision, Delivery delivery) override {
      talk_.decisions.push_back(decision);
      talk_.open_decisions_.push_back(std::move(delivery));
      if (decision.outcome == "state") return;
      Decision line = decision;
      line.record_time = {};
      line.state.clear();
      talk_.lines.push_back(ToJson(line));
      const std::string word = decision.outcome == "alerted" ? decision.kind
                               : decision.outcome == "held"  ? "held"
                               : decision.reason.empty()     ? "nothing"
                                                             : decision.reason;
      talk_.said_ += (talk_.said_.empty() ? "" : talk_.said_.ends_with(' ') ? "" : "; ") + word;
    }
  };
  class DeadLetters : public Sink<DeadLetterSink> {
   public:
    using Sink::Sink;
    void Send(const DeadLetter& letter, Delivery delivery) override {
      ++talk_.dead_letters;
      talk_.last_dead_letter = letter.record.payload;
      delivery.Delivered();
    }
  };

  void Hand(Partition partition, Offset offset, RecordUse use, Outcome<ArticleMatches> outcome) {
    Record record;
    record.use = use;
    record.place = {"log", partition, offset, 0};
    handler->Handle(std::make_shared<Receipt>(static_cast<Receipt::Owner&>(*this), std::move(record), WallTime()),
                    std::move(outcome));
  }
  void Settled(const Receipt&) override { ++settled; }
  void Destroyed(const Receipt&) override {}

  MetricsRegistry metrics_;
  std::map<Partition, std::int64_t> next_;
  std::map<Partition, WallTime> clocks_;
  std::vector<Delivery> open_alerts_, open_decisions_;
  std::string said_;
};

// What a random log has of everything.
struct LogShape {
  std::size_t records = 500;
  std::chrono::minutes step{20};    // between two records, twice that at most
  std::chrono::minutes gap{1'500};  // now and then
  bool embargoes = true;
  bool repeats = true;
  bool late_versions = true;  // behind later ones
  bool comes_back = true;     // what was canceled, in the same version
};

inline StoryPolicy PolicyOf(const std::string& topic) {
  StoryPolicy policy;
  policy.burst = BurstSensitivity::kHigh;
  policy.grow = {2, 3, 5};
  if (topic == "t") policy.throttle = 2;
  if (topic == "t") policy.quiet = true;
  if (topic != "t") policy.window = std::chrono::hours(6);
  return policy;
}

inline std::vector<StoryRecord> RandomStoryLog(std::uint64_t seed, const LogShape& shape = {}) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::vector<StoryRecord> log;
  std::uint32_t events = static_cast<std::uint32_t>(seed) * 1'000;
  std::map<std::string, int> versions, skipped;  // of articles
  WallTime time = At(0);
  bool swarms = false;
  for (std::size_t i = 0; i < shape.records; ++i) {
    swarms = below(swarms ? 10 : 40) == 0 ? !swarms : swarms;
    const auto step = static_cast<std::uint64_t>(shape.step.count());
    time += std::chrono::minutes(below(60) == 0 && shape.gap.count() > 0
                                     ? below(static_cast<std::uint64_t>(shape.gap.count()))
                                     : below(swarms ? 3 : 2 * step));
    StoryRecord record;
    record.time = time - std::chrono::minutes(below(6) == 0 ? below(20) : 0);
    record.topic = below(3) == 0 ? "u" : "t";
    const std::size_t back = log.empty() ? 0 : below(std::min<std::size_t>(log.size(), 60));
    const std::uint64_t dice = log.empty() ? 0 : below(100);
    if (dice < 60) {
      record.report.id = "a" + std::to_string(i);
      versions[record.report.id] = 1;
      const bool joins = !log.empty() && below(2) == 0;
      record.report.event = joins ? log[log.size() - 1 - back].report.event : ++events;
      record.report.wording = joins ? static_cast<Wording>(1 + below(2)) : Wording::kOriginal;
      // The busiest falls silent.
      const bool busy = below(2) == 0 && 10 * i < 7 * shape.records;
      record.report.source = busy ? "busy.example" : "s" + std::to_string(below(5)) + ".example";
      if (shape.embargoes && below(10) == 0) {
        record.report.embargoed_until = time + std::chrono::minutes(below(400));
      }
    } else {
      record = log[log.size() - 1 - back];
      record.time = time;
      if (shape.comes_back && dice < 85 && below(6) == 0) {  // canceled and back, under one number
        record.report.status = record.report.status == PublicationStatus::kUsable ? PublicationStatus::kCanceled
                                                                                  : PublicationStatus::kUsable;
        if (record.topic.empty()) record.topic = below(3) == 0 ? "u" : "t";
      } else if (dice < 85) {  // else the same once more
        int& last = versions[record.report.id];
        int& late = skipped[record.report.id];  // comes after a later one, if ever
        if (below(6) == 0 && shape.late_versions) late = ++last;
        record.report.version =
            std::to_string(late > 0 && late < last && below(2) == 0 ? std::exchange(late, 0) : ++last);
        if (dice < 66) record.report.status = PublicationStatus::kCanceled;
        if (dice >= 63 && dice < 70) record.topic.clear();
      }
    }
    const bool is_repeat = dice >= 85;
    if (is_repeat && !shape.repeats) continue;
    if (!is_repeat && below(12) == 0) record.report.severity = static_cast<TopicSeverity>(below(4));
    if (!is_repeat && below(10) == 0) record.report.rules = {"r1", "r" + std::to_string(below(4))};
    if (!record.topic.empty()) record.policy = PolicyOf(record.topic);
    log.push_back(record);
  }
  return log;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_STORY_TALK_H_
