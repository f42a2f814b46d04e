#include "cli/wiring/match_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "connectors/stdio/alert_text.h"
#include "pipeline/alert/alert.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

class NdjsonView : public MatchView {
 public:
  void Add(const std::vector<const Match*>& matches, std::string& out) override {
    for (const Match* const match : matches) {
      AppendJson(*match, out);
      out += '\n';
    }
  }
  void End(std::string&) override {}
};

class TextView : public MatchView {
 public:
  explicit TextView(AlertTextStyle style) : style_(style) {}

  void Add(const std::vector<const Match*>& matches, std::string& out) override {
    for (const Match* const match : matches) {
      Alert alert;
      alert.match = *match;
      alert.alerted = match->times.matched;
      out += RenderAlert(alert, style_);
    }
  }
  void End(std::string&) override {}

 private:
  const AlertTextStyle style_;
};

class CsvView : public MatchView {
 public:
  void Add(const std::vector<const Match*>& matches, std::string& out) override {
    if (!std::exchange(has_heads_, true)) out += kHeads;
    for (const Match* const match : matches) {
      const ArticleFacts& article = *match->article;
      std::string words;
      std::set<std::string_view> seen;
      for (const MatchedSpan& span : match->spans) {
        if (seen.insert(span.text).second) words += (words.empty() ? "" : "; ") + span.text;
      }
      const std::string rules = fmt::format("{}", fmt::join(match->rules, "; "));
      out += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\r\n", CsvCell(match->topic), Name(match->severity),
                         match->score, CsvCell(rules), CsvCell(article.id), CsvCell(article.title),
                         CsvCell(article.url), CsvCell(article.source), CsvCell(article.language),
                         article.published_at ? FormatRfc3339(*article.published_at) : "", CsvCell(words));
    }
  }
  void End(std::string& out) override {
    if (!has_heads_) out += kHeads;
  }

 private:
  static constexpr std::string_view kHeads =
      "topic,severity,score,rules,article_id,title,url,source,language,published_at,words\r\n";
  bool has_heads_ = false;
};

class SelectingView : public MatchView {
 public:
  SelectingView(MatchSelection selection, std::unique_ptr<MatchView> view)
      : selection_(std::move(selection)), view_(std::move(view)) {}

  void Add(const std::vector<const Match*>& matches, std::string& out) override {
    taken_.clear();
    for (const Match* const match : matches) {
      if (selection_.Takes(*match)) taken_.push_back(match);
    }
    if (!taken_.empty()) view_->Add(taken_, out);
  }
  void End(std::string& out) override { view_->End(out); }

 private:
  const MatchSelection selection_;
  const std::unique_ptr<MatchView> view_;
  std::vector<const Match*> taken_;
};

// Vitter, Random sampling with a reservoir (1985), algorithm R.
class SamplingView : public MatchView {
 public:
  SamplingView(std::size_t count, std::uint64_t seed, std::unique_ptr<MatchView> view)
      : count_(count), random_(seed), view_(std::move(view)) {}

  void Add(const std::vector<const Match*>& matches, std::string&) override {
    for (const Match* const match : matches) {
      const std::uint64_t number = seen_++;
      if (chosen_.size() < count_) {
        chosen_.push_back({number, *match});
      } else if (const std::uint64_t place = std::uniform_int_distribution<std::uint64_t>(0, number)(random_);
                 place < count_) {
        chosen_[place] = {number, *match};
      }
    }
  }
  void End(std::string& out) override {
    std::sort(chosen_.begin(), chosen_.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    for (const Chosen& chosen : chosen_) view_->Add({&chosen.match}, out);
    view_->End(out);
  }

 private:
  struct Chosen {
    std::uint64_t number;
    Match match;
  };
  const std::size_t count_;
  std::mt19937_64 random_;
  const std::unique_ptr<MatchView> view_;
  std::uint64_t seen_ = 0;
  std::vector<Chosen> chosen_;
};

}  // namespace

std::unique_ptr<MatchView> MakeNdjsonView() { return std::make_unique<NdjsonView>(); }

std::unique_ptr<MatchView> MakeTextView(bool colour, std::size_t width) {
  return std::make_unique<TextView>(AlertTextStyle{colour, width});
}

std::unique_ptr<MatchView> MakeCsvView() { return std::make_unique<CsvView>(); }

std::string CsvCell(const std::string& text) {
  const bool is_formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  const std::string cell = PlainLine(is_formula ? "'" + text : text);  // a terminal may show it, too
  if (cell.find_first_of(",\"") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

bool MatchSelection::Takes(const Match& match) const {
  return match.severity >= min_severity && match.score >= min_score &&
         (topics.empty() || std::find(topics.begin(), topics.end(), match.topic) != topics.end());
}

std::unique_ptr<MatchView> MakeSelectingView(MatchSelection selection, std::unique_ptr<MatchView> view) {
  return std::make_unique<SelectingView>(std::move(selection), std::move(view));
}

std::unique_ptr<MatchView> MakeSamplingView(std::size_t count, std::uint64_t seed, std::unique_ptr<MatchView> view) {
  return std::make_unique<SamplingView>(count, seed, std::move(view));
}

}  // namespace wirewatch
