// bench_reload: how long an edit of a rule file takes to be in use, and what articles meanwhile cost.
//
//   bench_reload [--rules N] [--files N] [--edits N] [INPUT...]
//
// Writes rules (tests/support/bench_rules.h) as N pack files, starts the rule store that `run` uses, and a worker that
// matches articles all the time and takes the newest rules before each, as the pipeline does before each batch. Then it
// saves one file after the other with one more topic, and measures until the worker matches by it. INPUT: as for
// bench_engine. Figures are milliseconds by the clock on the wall: a busy machine shows in them.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "monitoring/health.h"
#include "pipeline/match/rule_store.h"
#include "rules/engine/matcher.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rules.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kInterval(50);  // rules.reload_interval as it is if nobody sets it

struct Options {
  std::size_t rules = 100'000, files = 100, edits = 20, articles = 2'000;
  std::vector<std::string> inputs;
};

std::string TextOf(const Topic& topic) {
  std::string text = fmt::format("  - id: {}\n    title: {}\n    rules:\n", topic.id, topic.title);
  for (const Rule& rule : topic.rules) {
    std::string match = ToText(rule.match);
    for (std::size_t at = 0; (at = match.find('\'', at)) != std::string::npos; at += 2) match.insert(at, 1, '\'');
    text += fmt::format("      - id: {}\n        match: '{}'\n", rule.id, match);
  }
  return text;
}

void Write(const std::filesystem::path& file, std::string_view text) {
  // As good editors save: the new file is whole when it gets its name.
  const std::filesystem::path draft = file.string() + ".draft";
  std::ofstream(draft, std::ios::binary) << text;
  std::filesystem::rename(draft, file);
}

double Milliseconds(SteadyTime begin) { return std::chrono::duration<double, std::milli>(SteadyNow() - begin).count(); }

double At(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

// Matches articles over and over.
class Worker {
 public:
  Worker(const RuleStore& store, const BenchNews& news) : thread_([this, &store, &news] { Run(store, news); }) {}
  ~Worker() {
    stop_ = true;
    thread_.join();
  }

  // Waits until articles are matched by rules of that many topics.
  void AwaitTopics(std::size_t topics) const {
    while (topics_ != topics) std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  // Milliseconds of each article until the next call, of all threads; REQUIRES: the worker waits or has ended.
  std::vector<double> TakeTimes() {
    const std::lock_guard lock(mutex_);
    return std::exchange(times_, {});
  }

 private:
  void Run(const RuleStore& store, const BenchNews& news) {
    auto matcher = Matcher::Create(store.Current());
    if (!matcher) Die(matcher.error().message);
    for (std::size_t i = 0; !stop_; i = (i + 1) % news.articles.size()) {
      const SteadyTime begin = SteadyNow();
      auto rules = store.Current();
      if (rules.get() != &matcher->rule_set()) {
        if (Status used = matcher->Use(std::move(rules)); !used) Die(used.error().message);
      }
      if (!matcher->Match(DocumentOf(news.articles[i]), news.folded[i])) Die("match failed");
      topics_ = matcher->rule_set().topics().size();
      const std::lock_guard lock(mutex_);
      times_.push_back(Milliseconds(begin));
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> topics_ = 0;
  std::mutex mutex_;
  std::vector<double> times_;
  std::thread thread_;
};

void Bench(const Options& options) {
  MetricsRegistry metrics;
  const BenchNews news = ReadBenchNews(BenchFiles(options.inputs), options.articles, metrics);
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / fmt::format("wirewatch-bench-reload-{}", getpid());
  std::filesystem::create_directories(directory);
  const auto path_of = [&](std::size_t file) { return directory / fmt::format("pack-{:05}.yaml", file); };
  std::vector<std::string> texts;
  std::size_t topics = 0;
  {
    const Pack all = BenchRules(BenchRules::Profile::kSelective, 1, news.for_rules).Make(options.rules);
    topics = all.topics.size();
    for (std::size_t file = 0; file < options.files; ++file) {
      std::string text = fmt::format("pack: pack-{}\ntopics:\n", file);
      for (std::size_t i = file; i < topics; i += options.files) text += TextOf(all.topics[i]);
      Write(path_of(file), text);
      texts.push_back(std::move(text));
    }
  }

  const SteadyTime begin = SteadyNow();
  auto store = RuleStore::Create({directory}, metrics);
  if (!store) Die(store.error().message);
  fmt::print("{} rules in {} files: loaded in {:.0f} ms\n", options.rules, options.files, Milliseconds(begin));
  Health health;
  (*store)->Watch(kInterval, health.AddLoop("rules", std::chrono::seconds(600)));
  {
    Worker worker(**store, news);
    worker.AwaitTopics(topics);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    worker.TakeTimes();  // of a cold start
    std::this_thread::sleep_for(std::chrono::seconds(3));
    std::vector<double> normal = worker.TakeTimes(), live, reloading;
    for (std::size_t edit = 0; edit < options.edits; ++edit) {
      std::string& text = texts[edit % options.files];
      text += fmt::format("  - id: edit-{}\n    title: T\n    rules:\n      - id: r\n        match: word{} AND news\n",
                          edit, edit);
      const SteadyTime saved = SteadyNow();
      Write(path_of(edit % options.files), text);
      worker.AwaitTopics(++topics);
      live.push_back(Milliseconds(saved));
      // What goes on in the background belongs to the reload.
      while ((*store)->Current()->is_in_parts()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      const auto times = worker.TakeTimes();
      reloading.insert(reloading.end(), times.begin(), times.end());
    }
    fmt::print("an edit is in use after: median {:.0f} ms, longest {:.0f} ms, of {}\n", At(live, 0.5), At(live, 1),
               live.size());
    fmt::print("an article: p50 {:.3f} ms, p99 {:.3f} ms; while rules are reloaded: p50 {:.3f} ms, p99 {:.3f} ms\n",
               At(normal, 0.5), At(normal, 0.99), At(reloading, 0.5), At(reloading, 0.99));
  }
  store->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  wirewatch::Options options;
  CLI::App app("How long an edit of a rule file takes to be in use, and what articles cost meanwhile.");
  app.add_option("--rules", options.rules)->capture_default_str();
  app.add_option("--files", options.files, "The rules stand in so many")->capture_default_str();
  app.add_option("--edits", options.edits)->capture_default_str();
  app.add_option("inputs", options.inputs, "NDJSON, plain, .zst or .gz; none: allsides of WIREWATCH_CORPUS");
  CLI11_PARSE(app, argc, argv);
  wirewatch::Bench(options);
}
