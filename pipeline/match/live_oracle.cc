#include "pipeline/match/live_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/log.h"
#include "base/text/json_writer.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/article_facts.h"
#include "pipeline/records/dead_letter.h"
#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("match");

// A header of a dead letter holds it: brokers take a megabyte in all by default.
constexpr std::size_t kMostDifference = 16 << 10;
constexpr std::chrono::seconds kCloseLetters{5};

void PutAnswer(JsonWriter& json, std::string_view name, const RuleSet& rules, const std::vector<TopicMatch>& answer,
               const std::vector<TopicMatch>& other) {
  json.Key(name);
  json.BeginArray();
  for (const TopicMatch& match : answer) {
    if (std::find(other.begin(), other.end(), match) != other.end()) continue;
    const Topic& topic = *rules.topics()[match.topic];
    json.BeginObject();
    json.Put("topic", topic.id);
    json.Key("rules");
    json.BeginArray();
    for (const std::uint32_t rule : match.rules) json.Value(topic.rules[rule].id);
    json.EndArray();
    json.Put("severity", Name(match.severity));
    json.Put("score", match.score);
    json.Key("spans");
    json.BeginArray();
    for (const MatchSpan& span : match.spans) {
      json.BeginArray();
      json.Value(Name(span.field));
      json.Value(span.span.begin);
      json.Value(span.span.end);
      json.Value(ToText(rules.term(span.term)));
      json.EndArray();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string DifferenceJson(const RuleSet& rules, const std::vector<TopicMatch>& engine,
                           const std::vector<TopicMatch>& reference, std::size_t most) {
  std::string text;
  {
    JsonWriter json(text);
    json.BeginObject();
    PutAnswer(json, "engine", rules, engine, reference);
    PutAnswer(json, "reference", rules, reference, engine);
    json.EndObject();
  }
  return Cut(text, most);
}

// Owns what an article and its record borrow.
struct LiveOracle::Job {
  std::shared_ptr<const RuleSet> rules;
  Article article;
  std::optional<WallTime> now;
  std::string payload, stream;
  Record record;
  std::vector<TopicMatch> engine;

  Document document() const {
    Document document = DocumentOf(article);
    document.now = now;
    return document;
  }
};

LiveOracle::LiveOracle(std::uint64_t one_in, std::unique_ptr<DeadLetterSink> letters, MetricsRegistry& metrics,
                       std::size_t waiting)
    : one_in_(one_in),
      waiting_(waiting),
      letters_(std::move(letters)),
      metrics_{metrics},
      checked_(metrics_.oracle.With("checked")),
      dropped_(metrics_.oracle.With("dropped")),
      failed_(metrics_.oracle.With("failed")),
      letter_count_(DeadLetterMetrics{metrics}.dead_letters.With(Name(DeadLetterReason::kOracleMismatch))) {
  thread_ = std::thread([this] { Loop(); });
}

LiveOracle::~LiveOracle() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped_.Increment(static_cast<double>(jobs_.size()));
    jobs_.clear();
  }
  stop_.request_stop();
  changed_.notify_all();
  letters_->RequestStop();
  thread_.join();
  if (Status closed = letters_->Close(SteadyNow() + kCloseLetters); !closed) {
    kLog.Error("dead letters of the oracle: {error}", {{"error", closed.error().message}});
  }
}

bool LiveOracle::Wants(std::string_view article_id) const {
  const Digest digest = DigestOf({"oracle", article_id});
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
  return number % one_in_ == 0;
}

bool LiveOracle::Offer(const std::shared_ptr<const RuleSet>& rules, const Article& article, const Document& document,
                       const Record& record, const std::vector<TopicMatch>& engine) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= waiting_) {
      dropped_.Increment();
      return false;
    }
  }
  auto job = std::make_unique<Job>();
  job->rules = rules;
  job->article = article;
  job->now = document.now;
  job->payload = record.payload;
  job->stream = record.place.stream;
  job->record.key = record.key;
  job->record.headers = record.headers;
  job->record.place = record.place;
  job->record.timestamp = record.timestamp;
  job->record.payload = job->payload;
  job->record.place.stream = job->stream;
  job->engine = engine;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      dropped_.Increment();
      return false;
    }
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
  return true;
}

void LiveOracle::WaitUntilIdle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return jobs_.empty() && !busy_; });
}

void LiveOracle::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const std::unique_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    Check(*job);
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

void LiveOracle::Check(const Job& job) {
  const auto reference = ReferenceMatch(*job.rules, job.document(), stop_.get_token());
  if (!reference) {
    (reference.error().code == ErrorCode::kTimeout ? dropped_ : failed_).Increment();
    return;
  }
  checked_.Increment();
  if (*reference == job.engine) return;
  metrics_.oracle_differences.Increment();
  const std::string difference = DifferenceJson(*job.rules, job.engine, *reference, kMostDifference);
  kLog.Error(
      "the engine and the reference matcher do not agree on article {article}; it is kept as a dead letter, "
      "please report it: {difference}",
      {{"article", job.article.id}, {"difference", difference}, {"rule_set", job.rules->hash()}});
  Bury(job, fmt::format("the engine and the reference matcher do not agree, by rule set {}: {}", job.rules->hash(),
                        difference));
}

void LiveOracle::Bury(const Job& job, std::string message) {
  letter_count_.Increment();
  const DeadLetter letter{job.record, Name(DeadLetterReason::kOracleMismatch), std::move(message), WallNow()};
  letters_->Send(letter, Delivery([](const std::optional<Error>& refused) {
                   if (refused)
                     kLog.Error("a dead letter of the oracle was refused: {error}", {{"error", refused->message}});
                 }));
  letters_->Flush();
}

}  // namespace wirewatch
