// `wirewatch explain ARTICLE` for a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cli/verbs/explain_view.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

struct Style {
  std::string_view green, red, yellow, bold, dim, mark, unmark, end;
};
constexpr Style kPlain{"", "", "", "", "", "[", "]", ""};
constexpr Style kColoured{"\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[1;4m", "\x1b[0m", "\x1b[0m"};

class TextView {
 public:
  TextView(const ExplainView& view, const Explainer& explainer, bool colour, std::size_t width)
      : view_(view), explainer_(explainer), style_(colour ? kColoured : kPlain), colour_(colour), width_(width) {}

  std::string Write() {
    WriteHead();
    for (const ExplainedTopic& topic : view_.topics) WriteTopic(topic);
    if (view_.others > 0) {
      out_ += fmt::format("\n{}{} of the topics not shown: nothing in the article comes near them{}\n", style_.dim,
                          view_.others, style_.end);
    }
    WriteArticle();
    return std::move(out_);
  }

 private:
  void WriteHead() {
    const Article& article = view_.article;
    std::string about;
    const auto add = [&](std::string_view what) {
      if (!what.empty()) about += fmt::format("{}{}", about.empty() ? "" : ", ", PlainLine(what));
    };
    add(article.source);
    add(article.language.empty() ? "language unknown" : article.language);
    add(article.country);
    if (article.published_at) add(FormatRfc3339(*article.published_at));
    out_ += fmt::format("article {}  {}{}{}\n", PlainLine(article.id), style_.dim, about, style_.end);
    out_ += fmt::format("  {}{}{}\n", style_.bold, article.title.empty() ? "(no title)" : PlainLine(article.title),
                        style_.end);
  }

  std::string Sign(bool good) const {
    return good ? fmt::format("{}✓{}", style_.green, style_.end) : fmt::format("{}✗{}", style_.red, style_.end);
  }

  void WriteTopic(const ExplainedTopic& topic) {
    const TopicExplanation& explanation = topic.explanation;
    out_ += fmt::format("\n{} {}{}{}  {}\n", Sign(explanation.fired()), style_.bold, explanation.topic->id, style_.end,
                        OutcomeText(explanation));
    for (const std::size_t rule : topic.rules) {
      const RuleExplanation& explained = explanation.rules[rule];
      out_ += fmt::format("  {} rule {}{}{}{}\n", Sign(explained.holds()), style_.bold, explained.rule->id, style_.end,
                          StatusText(explanation, explained));
      if (!explained.reads) {
        out_ += fmt::format("    {}{}{}\n", style_.yellow, LanguageMiss(explanation, explained), style_.end);
      }
      WriteClause(explained.root, 4);
    }
    const std::size_t rules = explanation.rules.size() - topic.rules.size();
    if (rules > 0) {
      out_ += fmt::format("  {}{} {}{}\n", style_.dim, rules, rules == 1 ? "rule more" : "rules more", style_.end);
    }
    if (explanation.unless) {
      out_ += fmt::format(
          "  {} unless {}\n", Sign(!explanation.unless->holds),
          explanation.unless->holds ? "holds: " + ShortText(*explanation.unless->expression) : "does not hold");
      if (explanation.unless->holds) WritePlaces(*explanation.unless, 6);
    }
    WriteRemedy(topic);
  }

  void WriteClause(const Clause& clause, std::size_t indent) {
    const Expression& e = *clause.expression;
    const bool one_line = IsOneLine(clause);
    out_ += fmt::format("{:{}}{} {}\n", "", indent, Sign(clause.holds),
                        one_line ? ShortText(e, std::max<std::size_t>(width_, 40) - indent - 2) : HeadOf(e));
    if (one_line || e.kind == Expression::Kind::kNot) {
      if (clause.holds) WritePlaces(clause, indent + 4);
      if (clause.miss) WriteMiss(clause, indent + 4);
    }
    if (one_line) return;
    if (clause.miss && e.kind == Expression::Kind::kAtLeast) WriteMiss(clause, indent + 4);
    for (const Clause* child : ShownChildren(clause)) WriteClause(*child, indent + 2);
    if (const std::string more = MoreText(clause); !more.empty()) {
      out_ += fmt::format("{:{}}{}{}{}\n", "", indent + 2, style_.dim, more, style_.end);
    }
  }

  void WriteMiss(const Clause& clause, std::size_t indent) {
    Wrapped(clause.miss->sentence, indent, style_.yellow);
    constexpr std::size_t kMost = 2;
    for (std::size_t i = 0; i < std::min(clause.miss->places.size(), kMost); ++i) {
      WritePlace(clause.miss->places[i], indent);
    }
    if (clause.suggestion && !clause.suggestion->sentence.empty()) {
      Wrapped("would hold: " + clause.suggestion->sentence, indent, style_.dim);
    }
  }

  void WritePlaces(const Clause& clause, std::size_t indent) {
    constexpr std::size_t kMost = 3;
    for (std::size_t i = 0; i < std::min(clause.places.size(), kMost); ++i) WritePlace(clause.places[i], indent);
    if (clause.places.size() > kMost) {
      out_ += fmt::format("{:{}}{}and {} more{}\n", "", indent, style_.dim, clause.places.size() - kMost, style_.end);
    }
  }

  void WritePlace(const FoundPlace& place, std::size_t indent) {
    const PlaceInContext context = InContext(view_.document, place);
    out_ +=
        fmt::format("{:{}}{}{:<12}{} {}{}{}{}{}{}{}\n", "", indent, style_.dim, explainer_.PlaceText(place), style_.end,
                    context.cut_before ? "… " : "", PlainLine(context.before), style_.mark, PlainLine(context.place),
                    style_.unmark, PlainLine(context.behind), context.cut_behind ? " …" : "");
  }

  void WriteRemedy(const ExplainedTopic& topic) {
    if (!topic.remedy) return;
    const Remedy& remedy = *topic.remedy;
    out_ += fmt::format("  {}it would fire by {} with{}\n", style_.bold,
                        topic.explanation.rules[topic.rules.front()].rule->id, style_.end);
    for (const std::string& step : remedy.steps) Wrapped("- " + step, 4, "");
    if (remedy.match) Wrapped("match: " + ToText(*remedy.match), 4, style_.dim);
    if (remedy.unless) Wrapped("unless: " + ToText(*remedy.unless), 4, style_.dim);
    if (remedy.drops_unless) Wrapped("and without its `unless`", 4, style_.dim);
  }

  void Wrapped(std::string_view text, std::size_t indent, std::string_view colour) {
    TextLayout layout;
    layout.width = std::max<std::size_t>(width_, indent + 30);
    layout.indent = indent;
    std::string lines = WrapMarked(text, {}, layout);
    if (colour.empty()) {
      out_ += lines;
      return;
    }
    if (lines.ends_with('\n')) lines.pop_back();
    out_ += fmt::format("{}{}{}\n", colour, lines, style_.end);
  }

  void WriteArticle() {
    const Marks marks = MarksOf(view_);
    const ShownText shown = ShownTextOf(view_, marks);
    out_ += "\n";
    std::string_view field;
    const auto left_out = [&](std::size_t count) {
      if (count > 0) {
        out_ += fmt::format("    {}({} paragraph{} without a mark){}\n", style_.dim, count, count == 1 ? "" : "s",
                            style_.end);
      }
    };
    for (const ShownParagraph& paragraph : shown.paragraphs) {
      if (Name(paragraph.field) != field) {
        field = Name(paragraph.field);
        out_ += fmt::format("  {}{}{}\n", style_.dim, field, style_.end);
      }
      left_out(paragraph.left_out);
      std::vector<Span> spans;
      for (const Mark& mark : MarksIn(marks[static_cast<std::size_t>(paragraph.field)], paragraph.span)) {
        if (!spans.empty() && spans.back().end == mark.span.begin) {
          spans.back().end = mark.span.end;
        } else {
          spans.push_back(mark.span);
        }
      }
      TextLayout layout;
      layout.width = std::max<std::size_t>(width_, 40);
      layout.indent = 4;
      layout.mark = style_.mark;
      layout.unmark = style_.unmark;
      layout.mark_is_visible = !colour_;
      if (paragraph.cut_before) out_ += "    …\n";
      out_ += WrapMarked(paragraph.span.Of(view_.document.text(paragraph.field)), spans, layout);
      if (paragraph.cut_behind) out_ += "    …\n";
    }
    left_out(shown.left_out_behind);
  }

  const ExplainView& view_;
  const Explainer& explainer_;
  const Style style_;
  const bool colour_;
  const std::size_t width_;
  std::string out_;
};

}  // namespace

std::string ExplainText(const ExplainView& view, const Explainer& explainer, bool colour, std::size_t width) {
  return TextView(view, explainer, colour, width).Write();
}

}  // namespace wirewatch
