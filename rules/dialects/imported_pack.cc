#include "rules/dialects/imported_pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/printable.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/dialects/elastic_query.h"
#include "rules/dialects/query_parser.h"
#include "rules/dialects/query_term.h"
#include "rules/engine/rule_set.h"
#include "rules/language/expression.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMinListEntries = 12;  // of OR, to become a list
constexpr std::size_t kLongLine = 100;       // characters of an expression in one line of the pack
constexpr std::size_t kQuoted = 60;          // characters on either side of a place
constexpr std::size_t kLongTitle = 80, kLongId = 60;

std::string SingleQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

// ---- Places

class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    lines_.push_back(0);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') lines_.push_back(at + 1);
    }
  }

  TextPosition Of(std::size_t byte) const {
    const std::size_t line = LineOf(byte);
    return {static_cast<std::uint32_t>(line + 1),
            static_cast<std::uint32_t>(1 + CountCharacters(text_.substr(lines_[line], byte - lines_[line])))};
  }

  // Place and quoted line of `diagnostic`.
  void Put(Span place, Diagnostic& diagnostic) const {
    const std::size_t begin = std::min<std::size_t>(place.begin, text_.size());
    const std::size_t line = LineOf(begin);
    const std::size_t end_of_line = std::min(text_.find('\n', lines_[line]), text_.size());
    const std::size_t end = std::clamp<std::size_t>(place.end, begin, std::max(begin, end_of_line));
    diagnostic.position = Of(begin);
    diagnostic.length =
        std::max<std::uint32_t>(1, static_cast<std::uint32_t>(CountCharacters(text_.substr(begin, end - begin))));
    std::size_t from = begin, to = begin;
    for (std::size_t i = 0; i < kQuoted && from > lines_[line]; ++i)
      from -= LastCharacterSize(text_.substr(lines_[line], from - lines_[line]));
    for (std::size_t i = 0; i < 2 * kQuoted && to < end_of_line; ++i)
      to = std::min(end_of_line, to + CharacterSize(text_[to]));
    diagnostic.source_line = TrimmedEnd(text_.substr(from, to - from));
    diagnostic.source_column = Of(from).column;
  }

 private:
  std::size_t LineOf(std::size_t byte) const {
    return static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), byte) - lines_.begin()) - 1;
  }

  const std::string_view text_;
  std::vector<std::size_t> lines_;  // where each begins
};

// ---- Lists

class Lists {
 public:
  // Long groups of OR in `expression` become lists, named for `topic`.
  void Extract(Expression& expression, const std::string& topic) {
    for (Expression& child : expression.children) Extract(child, topic);
    if (expression.kind != Expression::Kind::kOr || !expression.list.empty()) return;
    std::map<Scope, std::vector<Expression>> terms;
    std::vector<Expression> others;
    for (Expression& child : expression.children) {
      if (child.kind == Expression::Kind::kTerm) {
        terms[child.term.scope].push_back(std::move(child));
      } else {
        others.push_back(std::move(child));
      }
    }
    std::vector<Expression> children;
    for (auto& [scope, group] : terms) {
      if (group.size() < kMinListEntries) {
        std::move(group.begin(), group.end(), std::back_inserter(children));
      } else {
        children.push_back(AsList(std::move(group), topic));
      }
    }
    std::move(others.begin(), others.end(), std::back_inserter(children));
    if (children.size() == 1) {
      Expression alone = std::move(children.front());
      expression = std::move(alone);
    } else {
      expression.children = std::move(children);
    }
  }

  const NamedLists& named() const { return named_; }
  // Those of a query that could not be imported go again.
  std::size_t size() const { return order_.size(); }
  void Shrink(std::size_t size) {
    while (order_.size() > size) {
      named_.erase(order_.back());
      std::erase_if(by_entries_, [&](const auto& entry) { return entry.second == order_.back(); });
      order_.pop_back();
    }
  }

  std::string Yaml() const {
    if (order_.empty()) return "";
    std::string yaml = "lists:\n";
    for (const std::string& name : order_) {
      yaml += fmt::format("  {}:\n", name);
      for (const Expression& entry : named_.at(name).children)
        yaml += fmt::format("    - {}\n", SingleQuoted(ToText(entry.term)));
    }
    return yaml;
  }

 private:
  Expression AsList(std::vector<Expression> terms, const std::string& topic) {
    const Scope scope = terms.front().term.scope;
    Expression list;
    list.kind = Expression::Kind::kOr;
    std::string entries;
    for (Expression& term : terms) {
      term.term.scope = Scope::kAnywhere;
      entries += ToText(term.term) + '\n';
      list.children.push_back(std::move(term));
    }
    const auto known = by_entries_.find(entries);
    if (known != by_entries_.end()) {
      list.list = known->second;
    } else {
      std::string stem = topic;
      std::replace(stem.begin(), stem.end(), '.', '-');
      for (int i = 1;; ++i) {
        list.list = fmt::format("{}-{}", stem, i);
        if (!named_.contains(list.list)) break;
      }
      by_entries_[entries] = list.list;
      order_.push_back(list.list);
      named_[list.list] = list;
    }
    for (Expression& child : list.children) child.term.scope = scope;
    return list;
  }

  NamedLists named_;
  std::map<std::string, std::string, std::less<>> by_entries_;
  std::vector<std::string> order_;
};

// ---- The expression in the pack

// Line breaks in a folded block are blanks, so the text may break at every blank that stands alone.
std::string MatchYaml(std::string_view match, std::string_view indent) {
  if (CountCharacters(match) <= kLongLine) return " " + SingleQuoted(match) + "\n";
  std::string yaml = " >-\n";
  while (!match.empty()) {
    std::size_t end = match.size();
    if (end > kLongLine) {
      std::size_t at = match.rfind(' ', kLongLine);
      if (at == std::string_view::npos || at == 0) at = match.find(' ', kLongLine);
      while (at != std::string_view::npos && (match[at - 1] == ' ' || match.substr(at + 1).starts_with(' ')))
        at = match.find(' ', at + 1);
      end = std::min(at, match.size());
    }
    yaml += fmt::format("{}{}\n", indent, match.substr(0, end));
    match.remove_prefix(std::min(end + 1, match.size()));
  }
  return yaml;
}

QueryEffect Together(QueryEffect a, QueryEffect b) {
  if (a == QueryEffect::kNone || a == b) return b;
  return b == QueryEffect::kNone ? a : QueryEffect::kChanged;
}

bool HasRegex(const Expression& expression) {
  if (expression.kind == Expression::Kind::kTerm) return expression.term.kind == Term::Kind::kRegex;
  return std::any_of(expression.children.begin(), expression.children.end(), HasRegex);
}

class Importer {
 public:
  Importer(std::string_view text, const ImportOptions& options) : text_(text), options_(options), places_(text) {}

  Result<ImportedPack> Run(const std::vector<SourceQuery>& queries) {
    for (std::size_t i = 0; i < queries.size(); ++i) Import(queries[i], i + 1);
    TellPlurals();
    if (pack_.rules.empty()) return std::move(pack_);
    pack_.yaml = Head() + lists_.Yaml() + topics_;
    if (Status loads = Loads(pack_.yaml); !loads) {
      return Error{ErrorCode::kInternal, "the pack that was made does not load: " + loads.error().message};
    }
    return std::move(pack_);
  }

 private:
  void Import(const SourceQuery& source, std::size_t number) {
    const Span whole = source.json ? source.json->place
                                   : Span{0, static_cast<std::uint32_t>(std::min<std::size_t>(source.text.size(), 60))};
    ImportedRule rule;
    rule.title = TitleOf(source, number);
    rule.id = UniqueId(IdOf(rule.title), number);
    rule.place = places_.Of(InFile(source, whole).begin);

    ParsedQuery parsed = source.json ? ParseElasticQuery(*source.json, options_.and_between)
                                     : ParseQuery(options_.translation.dialect, source.text, options_.and_between);
    std::vector<QueryNote> notes = std::move(parsed.notes);
    std::optional<Expression> expression;
    if (parsed.query) {
      TranslatedQuery translated = TranslateQuery(*parsed.query, options_.translation);
      expression = std::move(translated.expression);
      std::move(translated.notes.begin(), translated.notes.end(), std::back_inserter(notes));
    }
    const std::size_t lists_before = lists_.size();
    if (expression) {
      lists_.Extract(*expression, rule.id);
      rule.match = ToText(*expression);
      if (auto mistake = MistakeOf(*expression, rule.match)) {
        mistake->place = whole;
        notes.push_back(*std::move(mistake));
      }
    }
    const bool failed =
        !expression || std::any_of(notes.begin(), notes.end(), [](const QueryNote& n) { return n.failed; });
    // A part that stands for several fields is told once.
    for (std::size_t i = 0; i < notes.size(); ++i) {
      const auto same = [&](const QueryNote& n) {
        return n.place == notes[i].place && n.message == notes[i].message && n.effect == notes[i].effect;
      };
      notes.erase(std::remove_if(notes.begin() + static_cast<std::ptrdiff_t>(i) + 1, notes.end(), same), notes.end());
    }
    for (const QueryNote& note : notes) {
      rule.effect = Together(rule.effect, note.effect);
      Tell(source, note, rule.id);
    }
    if (failed) {
      ++pack_.failed;
      ids_.erase(rule.id);
      lists_.Shrink(lists_before);
      return;
    }
    Append(rule, notes);
    pack_.rules.push_back(std::move(rule));
  }

  // Why the expression does not do.
  std::optional<QueryNote> MistakeOf(const Expression& expression, const std::string& match) const {
    const ParsedExpression read = ParseExpression(match, lists_.named());
    std::string message, help;
    if (!read.expression) {
      message = read.errors.front().message;
      help = read.errors.front().help;
    } else if (HasRegex(expression)) {
      // Only Hyperscan knows which regular expressions it takes.
      const std::string yaml =
          fmt::format("pack: p\n{}topics:\n  - id: t\n    title: T\n    rules:\n      - id: r\n        match: {}\n",
                      lists_.Yaml(), SingleQuoted(match));
      if (Status loads = Loads(yaml); !loads) message = loads.error().message;
    }
    if (message.empty()) return std::nullopt;
    return QueryNote{{},
                     "not-imported",
                     QueryEffect::kNarrowed,
                     fmt::format("what it becomes is no rule: {}", message),
                     std::move(help),
                     true};
  }

  Status Loads(std::string_view yaml) const {
    LoadedPacks loaded = LoadPackText(yaml, options_.pack + ".yaml");
    CompiledRules compiled;
    if (!HasErrors(loaded.diagnostics)) compiled = RuleSet::Compile(std::move(loaded.packs));
    for (const Diagnostics* diagnostics : {&loaded.diagnostics, &compiled.diagnostics}) {
      for (const Diagnostic& d : *diagnostics) {
        if (d.severity == Severity::kError) return Error{ErrorCode::kInvalid, d.message};
      }
    }
    return {};
  }

  void TellPlurals() {
    if (options_.translation.dialect != Dialect::kLexisNexis || options_.translation.plurals || pack_.rules.empty())
      return;
    DialectFinding finding;
    finding.effect = QueryEffect::kNarrowed;
    finding.diagnostic.severity = Severity::kWarning;
    finding.diagnostic.file = options_.file;
    finding.diagnostic.code = "plurals";
    finding.diagnostic.message =
        "LexisNexis finds the plurals of words without being asked; they are looked for as written" +
        std::string(EffectText(finding.effect));
    finding.diagnostic.help = "--plurals writes both: bank becomes (bank OR banks)";
    pack_.findings.push_back(std::move(finding));
  }

  Span InFile(const SourceQuery& source, Span place) const {
    if (source.json || source.origin.empty()) return place;
    const auto at = [&](std::uint32_t byte) {
      return source.origin[std::min<std::size_t>(byte, source.origin.size() - 1)];
    };
    const std::uint32_t begin = at(place.begin);
    return {begin, std::max(begin + 1, place.end > 0 ? at(place.end - 1) + 1 : begin + 1)};
  }

  void Tell(const SourceQuery& source, const QueryNote& note, const std::string& id) {
    DialectFinding finding;
    finding.effect = note.effect;
    finding.failed = note.failed;
    finding.id = id;
    Diagnostic& d = finding.diagnostic;
    d.severity = note.failed ? Severity::kError : Severity::kWarning;
    d.file = options_.file;
    d.code = note.code;
    d.message =
        note.failed ? note.message + "; it is not imported" : note.message + std::string(EffectText(note.effect));
    d.help = note.help;
    places_.Put(InFile(source, note.place), d);
    pack_.findings.push_back(std::move(finding));
  }

  std::string TitleOf(const SourceQuery& source, std::size_t number) const {
    std::string title =
        Printable(Trimmed(source.name.empty() ? std::string_view(source.text) : std::string_view(source.name)));
    if (title.size() > kLongTitle) title = std::string(BeginningOf(title, kLongTitle)) + "...";
    return title.empty() ? fmt::format("Query {}", number) : title;
  }

  std::string UniqueId(std::string id, std::size_t number) {
    if (id.empty()) id = fmt::format("query-{}", number);
    std::string unique = id;
    for (int i = 2; !ids_.insert(unique).second; ++i) unique = fmt::format("{}-{}", id, i);
    return unique;
  }

  std::string Head() const {
    std::string yaml =
        fmt::format("# Imported from {} ({}). What has no equal is noted at its rule.\npack: {}\n",
                    Printable(options_.file), TraitsOf(options_.translation.dialect).name, options_.pack);
    if (!options_.owner.empty()) yaml += fmt::format("owner: {}\n", SingleQuoted(Printable(options_.owner)));
    return yaml;
  }

  void Append(const ImportedRule& rule, const std::vector<QueryNote>& notes) {
    const bool one_topic = !options_.topic.empty();
    if (topics_.empty()) {
      topics_ = "topics:\n";
      if (one_topic) topics_ += fmt::format("  - id: {0}\n    title: '{0}'\n    rules:\n", options_.topic);
    }
    const std::string_view indent = one_topic ? "      " : "  ";
    topics_ += fmt::format("{}# {}:{}:{}{}\n", indent, Printable(options_.file), rule.place.line, rule.place.column,
                           one_topic ? ": " + rule.title : "");
    std::size_t told = 0;
    for (const QueryNote& note : notes) {
      if (note.effect == QueryEffect::kNone) continue;
      if (++told > 10) break;
      topics_ += fmt::format("{}# {}: {}\n", indent, Name(note.effect), Printable(note.message));
    }
    if (one_topic) {
      topics_ += fmt::format("      - id: {}\n        match:{}", rule.id, MatchYaml(rule.match, "          "));
    } else {
      topics_ += fmt::format("  - id: {0}\n    title: {1}\n    rules:\n      - id: query\n        match:{2}", rule.id,
                             SingleQuoted(rule.title), MatchYaml(rule.match, "          "));
    }
  }

  const std::string_view text_;
  const ImportOptions& options_;
  const Places places_;
  ImportedPack pack_;
  Lists lists_;
  std::set<std::string> ids_;
  std::string topics_;
};

}  // namespace

Result<ImportedPack> ImportQueries(std::string_view text, const std::vector<SourceQuery>& queries,
                                   const ImportOptions& options) {
  return Importer(text, options).Run(queries);
}

std::string IdOf(std::string_view text) {
  std::string id;
  for (const char c : text) {
    if (IsAsciiLetter(c) || IsAsciiDigit(c)) {
      id += AsciiLower(c);
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
    if (id.size() < kLongId) continue;
    if (const std::size_t word = id.rfind('-'); word != std::string::npos) id.resize(word);
    break;
  }
  while (id.ends_with('-')) id.pop_back();
  return id;
}

}  // namespace wirewatch
