// `wirewatch explain ARTICLE --html FILE`: one page of its own, without scripts and without anything from elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cli/report/html_page.h"
#include "cli/verbs/explain_view.h"

namespace wirewatch {
namespace {

// Colours of Tailwind's palette, with a contrast of at least 4.5 against their ground in both schemes.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --text: #17202c; --soft: #566171; --line: #dde2e9;
  --good: #15703c; --bad: #b3261e; --near: #8a5a00; --hit: #c9f0d6; --miss: #ffe9ad; --excluded: #ffd3cf; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --card: #1b2129; --text: #e4e9f0; --soft: #9aa7b8;
  --line: #313a46; --good: #6fd69a; --bad: #ff9d94; --near: #f2c14e; --hit: #17462b; --miss: #54420c; --excluded: #5b211d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 0; display: inline; }
h3 { font-size: 1rem; margin: 1rem 0 .35rem; }
.soft, .about { color: var(--soft); font-size: .9rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: 1.1rem 0; }
.badge { border-radius: 99px; padding: .12rem .65rem; font-size: .8rem; font-weight: 600; margin-right: .6rem; white-space: nowrap;
  border: 1px solid currentColor; }
.yes { color: var(--good); } .no { color: var(--bad); } .near { color: var(--near); }
ul { list-style: none; margin: .25rem 0; padding-left: 0; }
ul ul { padding-left: 1rem; margin-left: .5rem; border-left: 2px solid var(--line); }
li { margin: .4rem 0; }
.sign { display: inline-block; width: 1.2rem; font-weight: 700; }
code { font: .88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.detail { margin-left: 1.25rem; font-size: .92rem; overflow-wrap: anywhere; }
.place { color: var(--soft); margin-right: .5rem; white-space: nowrap; font-size: .85rem; }
mark { color: inherit; border-radius: 3px; padding: 0 .12em; background: var(--hit); text-decoration: underline;
  text-decoration-thickness: 2px; text-underline-offset: 3px; }
mark.miss { background: var(--miss); text-decoration-style: dashed; }
mark.excluded { background: var(--excluded); text-decoration-style: wavy; text-decoration-thickness: 1px; }
.remedy { border-top: 1px solid var(--line); margin-top: .9rem; padding-top: .2rem; }
.remedy code { display: block; padding: .5rem .7rem; background: var(--ground); border-radius: 6px; margin-top: .4rem; white-space: pre-wrap; }
.article p { margin: .5rem 0; overflow-wrap: anywhere; } .article .field { margin-top: 1rem; font-size: .8rem; letter-spacing: .04em; }
.key mark { margin-right: .75rem; font-size: .85rem; }
)";

class HtmlView {
 public:
  HtmlView(const ExplainView& view, const Explainer& explainer) : view_(view), explainer_(explainer) {}

  std::string Write() {
    const Article& article = view_.article;
    const std::string title = article.title.empty() ? "(no title)" : InHtml(article.title);
    out_ = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<title>{}: why, and why not</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1 dir=\"auto\">{}</h1>\n",
        title, kStyle, title);
    WriteAbout();
    for (const ExplainedTopic& topic : view_.topics) WriteTopic(topic);
    if (view_.others > 0) {
      out_ += fmt::format("<p class=\"soft\">{} of the topics not shown: nothing in the article comes near them.</p>\n",
                          view_.others);
    }
    WriteArticle();
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void WriteAbout() {
    const Article& article = view_.article;
    std::string about;
    const auto add = [&](std::string_view what) {
      if (!what.empty()) about += (about.empty() ? "" : " · ") + InHtml(what);
    };
    add(article.source);
    add(article.language.empty() ? "language unknown" : article.language);
    add(article.country);
    if (article.published_at) add(FormatRfc3339(*article.published_at));
    add(article.id);
    out_ += fmt::format("<p class=\"about\">{}</p>\n", about);
  }

  static std::string Sign(bool good) {
    return good ? "<span class=\"sign yes\">✓</span>" : "<span class=\"sign no\">✗</span>";
  }

  void WriteTopic(const ExplainedTopic& topic) {
    const TopicExplanation& explanation = topic.explanation;
    const bool fired = explanation.fired();
    out_ += fmt::format(
        "<section>\n<div><span class=\"badge {}\">{}</span><h2>{}</h2> <span class=\"soft\">{}</span></div>\n",
        fired ? "yes" : "no", VerdictOf(explanation), InHtml(explanation.topic->title), InHtml(explanation.topic->id));
    if (!fired && explanation.outcome != TopicExplanation::Outcome::kNoRule)
      out_ += fmt::format("<p class=\"soft\">{}</p>\n", InHtml(WhyNot(explanation)));
    for (const std::size_t rule : topic.rules) {
      const RuleExplanation& explained = explanation.rules[rule];
      out_ += fmt::format("<h3>{}rule {}{}</h3>\n<ul>\n", Sign(explained.holds()), InHtml(explained.rule->id),
                          StatusText(explanation, explained));
      if (!explained.reads) {
        out_ += fmt::format("<li class=\"near\">{}</li>\n", InHtml(LanguageMiss(explanation, explained)));
      }
      WriteClause(explained.root);
      out_ += "</ul>\n";
    }
    const std::size_t rules = explanation.rules.size() - topic.rules.size();
    if (rules > 0) out_ += fmt::format("<p class=\"soft\">{} {} more</p>\n", rules, rules == 1 ? "rule" : "rules");
    if (explanation.unless) {
      out_ += fmt::format("<h3>{}unless {}</h3>\n", Sign(!explanation.unless->holds),
                          explanation.unless->holds ? "holds" : "does not hold");
      if (explanation.unless->holds) {
        out_ += fmt::format("<code>{}</code>\n", InHtml(ShortText(*explanation.unless->expression, 300)));
        WritePlaces(explanation.unless->places, "excluded");
      }
    }
    WriteRemedy(topic);
    out_ += "</section>\n";
  }

  void WriteClause(const Clause& clause) {
    const Expression& e = *clause.expression;
    const bool one_line = IsOneLine(clause);
    out_ += fmt::format("<li>{}", Sign(clause.holds));
    out_ += one_line ? fmt::format("<code>{}</code>\n", InHtml(ShortText(e, 300)))
                     : fmt::format("<span class=\"soft\">{}</span>\n", InHtml(HeadOf(e)));
    if (one_line || e.kind == Expression::Kind::kNot || e.kind == Expression::Kind::kAtLeast) {
      if (clause.holds && one_line) WritePlaces(clause.places, "hit");
      if (clause.miss) WriteMiss(clause);
    }
    if (!one_line) {
      out_ += "<ul>\n";
      const auto children = ShownChildren(clause);
      for (const Clause* child : children) WriteClause(*child);
      if (const std::string more = MoreText(clause); !more.empty()) {
        out_ += fmt::format("<li class=\"soft\">{}</li>\n", more);
      }
      out_ += "</ul>\n";
    }
    out_ += "</li>\n";
  }

  void WriteMiss(const Clause& clause) {
    out_ += fmt::format("<div class=\"detail near\">{}</div>\n", InHtml(clause.miss->sentence));
    WritePlaces(clause.miss->places, clause.miss->kind == MissKind::kExcluded ? "excluded" : "miss");
    if (clause.suggestion && !clause.suggestion->sentence.empty()) {
      out_ += fmt::format("<div class=\"detail soft\">would hold: {}</div>\n", InHtml(clause.suggestion->sentence));
    }
  }

  void WritePlaces(const std::vector<FoundPlace>& places, std::string_view kind) {
    constexpr std::size_t kMost = 3;
    for (std::size_t i = 0; i < std::min(places.size(), kMost); ++i) {
      const PlaceInContext context = InContext(view_.document, places[i]);
      out_ += fmt::format(
          "<div class=\"detail\"><span class=\"place\">{}</span><bdi>{}{}<mark "
          "class=\"{}\">{}</mark>{}{}</bdi></div>\n",
          explainer_.PlaceText(places[i]), context.cut_before ? "… " : "", InHtml(context.before), kind,
          InHtml(context.place), InHtml(context.behind), context.cut_behind ? " …" : "");
    }
    if (places.size() > kMost)
      out_ += fmt::format("<div class=\"detail soft\">and {} more</div>\n", places.size() - kMost);
  }

  void WriteRemedy(const ExplainedTopic& topic) {
    if (!topic.remedy) return;
    const Remedy& remedy = *topic.remedy;
    out_ += fmt::format("<div class=\"remedy\">\n<h3>It would fire by {} with</h3>\n<ul>\n",
                        InHtml(topic.explanation.rules[topic.rules.front()].rule->id));
    for (const std::string& step : remedy.steps) out_ += fmt::format("<li>→ {}</li>\n", InHtml(step));
    out_ += "</ul>\n";
    if (remedy.match) out_ += fmt::format("<code>match: {}</code>\n", InHtml(ToText(*remedy.match)));
    if (remedy.unless) out_ += fmt::format("<code>unless: {}</code>\n", InHtml(ToText(*remedy.unless)));
    if (remedy.drops_unless) out_ += "<p class=\"soft\">and without its <code>unless</code></p>\n";
    out_ += "</div>\n";
  }

  void WriteArticle() {
    const Marks marks = MarksOf(view_);
    const ShownText shown = ShownTextOf(view_, marks);
    out_ +=
        "<section class=\"article\">\n<div class=\"key\"><mark>made a clause hold</mark><mark class=\"miss\">came "
        "near</mark>"
        "<mark class=\"excluded\">excludes</mark></div>\n";
    std::string_view field;
    const auto left_out = [&](std::size_t count) {
      if (count > 0) {
        out_ += fmt::format("<p class=\"soft\">({} paragraph{} without a mark)</p>\n", count, count == 1 ? "" : "s");
      }
    };
    for (const ShownParagraph& paragraph : shown.paragraphs) {
      if (Name(paragraph.field) != field) {
        field = Name(paragraph.field);
        out_ += fmt::format("<div class=\"soft field\">{}</div>\n", field);
      }
      left_out(paragraph.left_out);
      const std::string_view text = paragraph.span.Of(view_.document.text(paragraph.field));
      out_ += fmt::format("<p dir=\"auto\">{}", paragraph.cut_before ? "… " : "");
      std::size_t done = 0;
      for (const Mark& mark : MarksIn(marks[static_cast<std::size_t>(paragraph.field)], paragraph.span)) {
        out_ += InHtml(text.substr(done, mark.span.begin - done));
        out_ += fmt::format("<mark class=\"{}\" title=\"{}\">{}</mark>", Name(mark.kind), InHtml(mark.why),
                            InHtml(mark.span.Of(text)));
        done = mark.span.end;
      }
      out_ += fmt::format("{}{}</p>\n", InHtml(text.substr(done)), paragraph.cut_behind ? " …" : "");
    }
    left_out(shown.left_out_behind);
    out_ += "</section>\n";
  }

  const ExplainView& view_;
  const Explainer& explainer_;
  std::string out_;
};

}  // namespace

std::string ExplainHtml(const ExplainView& view, const Explainer& explainer) {
  return HtmlView(view, explainer).Write();
}

}  // namespace wirewatch
