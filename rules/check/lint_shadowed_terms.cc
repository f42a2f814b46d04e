#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rules/check/lints.h"
#include "rules/check/term_index.h"
#include "rules/pack/lint/lints.h"
#include "rules/pack/lint/never_holds.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostCompared = 30;  // alternatives that are no terms, two by two
constexpr const char* kCode = "shadowed-term";

// Whether the places of a term count, beside that it stands.
enum class PlacesCount { kNo, kYes };

class Alternatives {
 public:
  Alternatives(YamlText& text, const YamlNode& node, const std::vector<std::string>& languages)
      : text_(text), node_(node), languages_(languages) {}

  void Find(const Expression& e, PlacesCount places) {
    if (!e.list.empty()) return;  // its entries have places of their own
    if (e.kind == Expression::Kind::kOr) Look(e, places);
    switch (e.kind) {
      case Expression::Kind::kNear:
      case Expression::Kind::kSame:
      case Expression::Kind::kRepeated: places = PlacesCount::kYes; break;
      case Expression::Kind::kAnd:
      case Expression::Kind::kAtLeast:
      case Expression::Kind::kNot: places = PlacesCount::kNo; break;
      default: break;
    }
    for (const Expression& child : e.children) Find(child, places);
  }

 private:
  void Look(const Expression& e, PlacesCount places) {
    TermIndex index;
    std::vector<const Expression*> written;  // by number in the index; null: of a list
    std::vector<const Expression*> others;   // neither terms nor lists
    for (const Expression& child : e.children) {
      if (child.kind == Expression::Kind::kTerm) {
        index.Add(child.term);
        written.push_back(&child);
      } else if (!child.list.empty() && child.kind == Expression::Kind::kOr) {
        for (const Expression& term : child.children) {
          index.Add(term.term);
          written.push_back(nullptr);
          list_of_[index.size() - 1] = child.list;
        }
      } else {
        others.push_back(&child);
      }
    }
    for (std::size_t i = 0; i < written.size(); ++i) {
      if (written[i] == nullptr) continue;
      const std::size_t wider = index.FindWider(i, places == PlacesCount::kYes);
      if (wider == TermIndex::kNone || IsTheSame(index.term(wider), index.term(i), written[wider])) continue;
      const std::string where = written[wider] == nullptr ? fmt::format(" of @{}", list_of_[wider]) : "";
      Report(*written[i], fmt::format("{} adds nothing here: {}{} finds all that it does", ShortText(*written[i]),
                                      ToText(index.term(wider)), where));
    }
    list_of_.clear();
    LookAtOthers(e, others);
  }

  // An alternative with operators that a term, or another such, includes.
  void LookAtOthers(const Expression& e, const std::vector<const Expression*>& others) {
    if (others.empty() || e.children.size() > kMostCompared) return;
    for (const Expression* narrow : others) {
      if (NeverHolds({narrow}, {}, languages_)) continue;  // told as a whole
      for (const Expression& wide : e.children) {
        if (&wide == narrow || ToText(wide) == ToText(*narrow)) continue;
        if (!NeverHolds({narrow}, {&wide}, languages_)) continue;
        const bool same = NeverHolds({&wide}, {narrow}, languages_);
        if (same && &wide > narrow) continue;  // of two that say the same the later one is reported
        Report(*narrow,
               fmt::format("{} adds nothing here: {} holds wherever it does", ShortText(*narrow), ShortText(wide)));
        break;
      }
    }
  }

  // Written the same: a repeated-term, if both are written here.
  static bool IsTheSame(const Term& a, const Term& b, const Expression* written) {
    return written != nullptr && TermHoldsWherever(a, b) && TermHoldsWherever(b, a);
  }

  void Report(const Expression& at, std::string message) {
    text_.ReportInside(node_, at.place, Severity::kWarning, kCode, std::move(message),
                       "delete it, or narrow the other");
  }

  YamlText& text_;
  const YamlNode& node_;
  const std::vector<std::string>& languages_;
  std::map<std::size_t, std::string> list_of_;
};

// How the lists of a pack are used, which decides what its entries may have in common.
class ListUses {
 public:
  ListUses(const YamlNode& lists, const Pack& pack) {
    for (const Topic& topic : pack.topics) {
      for (const Rule& rule : topic.rules) Note(rule.match, false);
      if (topic.unless) Note(*topic.unless, false);
    }
    for (const TopicExtension& extension : pack.extensions) {
      for (const Rule& rule : extension.rules) Note(rule.match, false);
      if (extension.unless) Note(*extension.unless, false);
    }
    // What holds of a list holds of those that it takes in; from those that it leaves out, terms are left out as
    // written.
    bool changed = true;
    while (changed) {
      changed = false;
      for (const YamlEntry& list : lists.entries) {
        for (const YamlNode& entry : list.value.items) {
          std::string_view name = entry.scalar;
          const bool leaves_out = name.starts_with("NOT ");
          if (leaves_out) name.remove_prefix(std::min(name.find_first_not_of(' ', 4), name.size()));
          if (!name.starts_with('@')) continue;
          const std::string other(name.substr(1));
          if (leaves_out || counted_.contains(list.key.scalar)) changed |= counted_.insert(other).second;
          if (placed_.contains(list.key.scalar)) changed |= placed_.insert(other).second;
        }
      }
    }
  }

  // Each of its terms counts for itself: `2 OF @list`.
  bool IsCounted(const std::string& list) const { return counted_.contains(list); }
  bool IsPlaced(const std::string& list) const { return placed_.contains(list); }

 private:
  void Note(const Expression& e, bool placed) {
    if (!e.list.empty()) {
      if (e.kind == Expression::Kind::kAtLeast) counted_.insert(e.list);
      if (placed) placed_.insert(e.list);
      return;
    }
    placed = e.kind == Expression::Kind::kNear || e.kind == Expression::Kind::kSame ||
             e.kind == Expression::Kind::kRepeated || (placed && e.kind == Expression::Kind::kOr);
    for (const Expression& child : e.children) Note(child, placed);
  }

  std::set<std::string> counted_, placed_;
};

}  // namespace

void LintAlternatives(YamlText& text, const YamlNode& node, const Expression& e,
                      const std::vector<std::string>& languages) {
  Alternatives(text, node, languages).Find(e, PlacesCount::kNo);
}

void LintListEntries(YamlText& text, const YamlNode& root, const Pack& pack) {
  const YamlNode* const lists = ValueOf(root, "lists");
  if (lists == nullptr) return;
  const ListUses uses(*lists, pack);
  for (const YamlEntry& list : lists->entries) {
    std::vector<std::pair<const YamlNode*, Expression>> entries;
    for (const YamlNode& item : list.value.items) {
      if (item.scalar.starts_with('@') || item.scalar.starts_with("NOT ")) continue;
      ParsedExpression parsed = ParseListEntry(item.scalar);
      if (!parsed.expression) continue;
      LintWordRegexes(text, item, *parsed.expression, 0);
      entries.emplace_back(&item, std::move(*parsed.expression));
    }
    if (uses.IsCounted(list.key.scalar)) continue;
    TermIndex index;
    for (const auto& [item, entry] : entries) index.Add(entry.term);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::size_t wider = index.FindWider(i, uses.IsPlaced(list.key.scalar));
      if (wider == TermIndex::kNone) continue;
      const Term &narrow = index.term(i), &wide = index.term(wider);
      if (TermHoldsWherever(narrow, wide)) continue;  // a repeated-term
      text.Report(*entries[i].first, Severity::kWarning, kCode,
                  fmt::format("{} adds nothing to the list: {} finds all that it does", ToText(narrow), ToText(wide)),
                  "delete it, or narrow the other");
    }
  }
}

}  // namespace wirewatch
