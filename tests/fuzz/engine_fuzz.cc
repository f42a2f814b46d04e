// The engine finds what the reference finds, whatever the rules and the article. An input is
//
//   huawei NEAR/3 (ban* OR zte)     a rule of the topic; a line that is no expression is left out
//   ! title:review                  the topic's `unless`
//   ~ en                            one of its languages
//   han: same                       in it, traditional and simplified characters are one
//   --                              the next topic begins
//   > lang en-GB                    of the article: lang country source host section tag urgency age (in minutes)
//   > times 5000                    the engine also takes an article whose body stands so often, up to 200 KB; the
//                                   reference, which tries all pairs, does not
//                                   an empty line ends that
//   the title
//   the summary
//   the body, of all other lines
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/lanes/regex_lane.h"
#include "rules/language/expression.h"
#include "rules/pack/topic_terms.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/utf8_check.h"
#include "tests/support/corpus.h"
#include "tests/support/difference.h"

namespace wirewatch {
namespace {

// The reference tries every word for every term, and the pairs of them: so much is done at once, more takes its time.
constexpr std::size_t kMostText = 1500, kMostRepeatedText = 200'000, kMostRules = 8, kMostRegexes = 2,
                      kMostRegexBytes = 24;

// Regular expressions that Hyperscan and PCRE2, which the reference asks, understand alike: no letters behind a
// backslash but these, and no groups other than (?:...).
bool IsPortable(std::string_view regex) {
  for (std::size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '\\' &&
        (++i == regex.size() || std::string_view("wWdDsSbB./?*+()[]{}|^$-").find(regex[i]) == std::string_view::npos))
      return false;
    if (regex.substr(i).starts_with("(?") && !regex.substr(i).starts_with("(?:")) return false;
    if (regex.substr(i).starts_with("(*") || regex.substr(i).starts_with("[:")) return false;
  }
  return true;
}

class Input {
 public:
  // False: there is no rule in it.
  bool Read(std::string_view text) {
    topics_.resize(1);
    han_same_.resize(1);
    for (std::string_view line; !(line = TakeUntil('\n', text)).empty();) ReadLine(line);
    for (std::size_t i = 0; i < topics_.size(); ++i) SettleTerms(topics_[i], han_same_[i]);
    std::erase_if(topics_, [](const Topic& topic) { return topic.rules.empty(); });
    for (std::size_t i = 0; i < topics_.size(); ++i) topics_[i].id = "topic-" + std::to_string(i);
    article_.id = "of the input";
    article_.title = TakeUntil('\n', text);
    article_.summary = TakeUntil('\n', text);
    article_.body = text;
    return !topics_.empty();
  }

  const std::vector<Topic>& topics() const { return topics_; }
  const StoredArticle& article() const { return article_; }

  std::optional<StoredArticle> RepeatedArticle() const {
    if (times_ < 2 || article_.body.empty()) return std::nullopt;
    StoredArticle repeated = article_;
    const std::size_t times = std::min(times_, kMostRepeatedText / article_.body.size());
    for (std::size_t i = 1; i < times; ++i) repeated.body += article_.body;
    return repeated;
  }

 private:
  void ReadLine(std::string_view line) {
    Topic& topic = topics_.back();
    if (line == "--") {
      topics_.emplace_back();
      han_same_.push_back(false);
    } else if (line == "han: same") {
      han_same_.back() = true;
    } else if (line.starts_with("> ")) {
      ReadAttribute(line.substr(2));
    } else if (line.starts_with("~ ")) {
      topic.languages.emplace_back(line.substr(2));
    } else if (line.starts_with("! ")) {
      topic.unless = ReadExpression(line.substr(2));
    } else if (auto expression = ReadExpression(line)) {
      Rule rule;
      rule.id = "rule-" + std::to_string(topic.rules.size());
      rule.match = *std::move(expression);
      rule.match_text = line;
      topic.rules.push_back(std::move(rule));
    }
  }

  std::optional<Expression> ReadExpression(std::string_view text) {
    if (expressions_ == kMostRules) return std::nullopt;
    ParsedExpression parsed = ParseExpression(text, {});
    if (!parsed.expression || !TakesRegexes(*parsed.expression)) return std::nullopt;
    ++expressions_;
    return std::move(parsed.expression);
  }

  // Compiling one takes a thousand times as long as anything else here.
  bool TakesRegexes(const Expression& expression) {
    if (expression.kind == Expression::Kind::kTerm && expression.term.kind == Term::Kind::kRegex) {
      const std::string& regex = expression.term.text;
      return ++regexes_ <= kMostRegexes && regex.size() <= kMostRegexBytes && IsPortable(regex) &&
             !FindRegexProblem(expression.term);
    }
    return std::all_of(expression.children.begin(), expression.children.end(),
                       [this](const Expression& child) { return TakesRegexes(child); });
  }

  void ReadAttribute(std::string_view value) {
    const std::string_view name = TakeUntil(' ', value);
    const std::pair<std::string_view, std::string*> texts[] = {{"lang", &article_.language},
                                                               {"country", &article_.country},
                                                               {"source", &article_.source},
                                                               {"host", &article_.source_host},
                                                               {"section", &article_.section}};
    for (const auto& [key, text] : texts) {
      if (key == name) *text = value;
    }
    if (name == "tag") article_.tags.emplace_back(value);
    const int number = std::atoi(std::string(value.substr(0, 6)).c_str());
    if (name == "times" && number > 0) times_ = static_cast<std::size_t>(number);
    if (name == "urgency") article_.urgency = number;
    if (name == "age") {
      article_.published_at = WallTime(std::chrono::days(20'000));
      article_.now = *article_.published_at + std::chrono::minutes(number);
    }
  }

  std::vector<Topic> topics_;
  std::vector<bool> han_same_;  // of each topic
  StoredArticle article_;
  std::size_t times_ = 1;
  std::size_t expressions_ = 0, regexes_ = 0;
};

void RequireSame(Matcher& matcher, const StoredArticle& article) {
  FoldedDocument folded;
  const auto answers = Compare(matcher, article.document(), folded);
  if (!answers) {
    Require(answers.error().message.starts_with("reference"), "the engine has an answer", answers.error().message);
    return;  // PCRE2 gave up
  }
  if (!answers->equal()) {
    Require(false, "engine and reference find the same", Describe(matcher.rule_set(), article, *answers));
  }
}

// The rules compiled at once, and come to by edits, as a running process does: with a matcher that goes on.
void RequireProperty(const std::vector<Topic>& topics, const StoredArticle& article,
                     const std::optional<StoredArticle>& repeated) {
  const auto at_once = CompileTopics(topics);
  Require(at_once != nullptr, "rules without mistakes can be compiled");
  auto matcher = Matcher::Create(at_once);
  Require(bool(matcher), "a matcher can be made");
  RequireSame(*matcher, article);
  if (repeated) {
    FoldedDocument folded;
    const Document document = repeated->document();
    Fold(document, folded);
    Require(bool(matcher->Match(document, folded)), "the engine has an answer for a long article");
  }
  if (topics.size() < 2) return;
  const auto by_edits = CompileByEdits(topics);
  Require(by_edits != nullptr, "an edit without mistakes can be compiled");
  Require(bool(matcher->Use(by_edits)), "a matcher can go on with other rules");
  RequireSame(*matcher, article);
}

}  // namespace
}  // namespace wirewatch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wirewatch;
  const std::string_view text = TextOf(data, size);
  Input input;
  if (size > kMostText || !IsUtf8(text) || !input.Read(text)) return -1;
  RequireProperty(input.topics(), input.article(), input.RepeatedArticle());
  return 0;
}
