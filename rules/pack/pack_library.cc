#include "rules/pack/pack_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "base/text/ascii.h"
#include "base/yaml/yaml_mapping.h"
#include "rules/codes/language_code.h"
#include "rules/language/word_pattern.h"
#include "rules/pack/expression_report.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxGroupNesting = 20;
constexpr std::size_t kShownNames = 12;
constexpr std::string_view kNoLanguage = "any";

bool IsPlainName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '-';
  });
}

// Two terms that fold to the same text find the same.
Term Folded(Term term) {
  if (term.kind == Term::Kind::kWords) term.text = PatternOf(term);
  return term;
}

class LibraryReader {
 public:
  explicit LibraryReader(YamlText& text) : text_(text) {}

  PackLibrary Read() {
    library_.file = text_.file();
    text_.QuoteOnlyWith({"library", "lists", "groups", "facet", "owner"});
    const auto root = text_.Parse();
    if (!root) return std::move(library_);
    const YamlMapping mapping(text_, *root, "a library", {"library", "owner", "facet", "lists", "groups", "except"});
    library_.name = ReadLibraryName(mapping.Require("library"));
    library_.owner = ReadText(text_, mapping.Find("owner"), "'owner'").value_or("");
    library_.facet = ReadId(text_, mapping.Find("facet"), "'facet'").value_or("");
    const YamlNode* const lists = mapping.Require("lists");
    const YamlNode* const groups = mapping.Find("groups");
    if (lists != nullptr) ReadLists(*lists);
    if (groups != nullptr) ReadGroups(*groups);
    if (const YamlNode* except = mapping.Find("except")) library_.except = ReadTermsByLanguage(*except, "'except'");
    return std::move(library_);
  }

 private:
  std::string ReadLibraryName(const YamlNode* node) {
    auto name = ReadId(text_, node, "the name of a library");
    if (!name || name->find('.') == std::string::npos) return name.value_or("");
    text_.Error(*node, "bad-id", "the name of a library has no full stop: behind one the name of a list follows",
                "write a hyphen");
    return *name;
  }

  // False: it is reported.
  bool CheckName(const YamlNode& key, std::string_view what) {
    if (IsPlainName(key.scalar)) return true;
    text_.Error(key, "bad-id", fmt::format("'{}' cannot be the name of a {} of a library", key.scalar, what),
                "a name has letters a to z, digits, - and _ only");
    return false;
  }

  // ---- lists

  void ReadLists(const YamlNode& lists) {
    if (lists.kind != YamlNode::Kind::kMapping) {
      text_.Error(lists, "wrong-type", "'lists' is a mapping of names to terms",
                  "write it like NL: {en: [Netherlands, Dutch], nl: [Nederland]}");
      return;
    }
    for (const YamlEntry& entry : lists.entries) {
      if (!CheckName(entry.key, "list")) continue;
      library_.members[entry.key.scalar] = {library_.lists.size()};
      library_.lists.push_back(ReadList(entry));
    }
    if (lists.entries.empty()) text_.Error(lists, "empty-list", "a library without lists does nothing", "add a list");
  }

  PackLibrary::List ReadList(const YamlEntry& entry) {
    const std::string what = fmt::format("the list '{}'", entry.key.scalar);
    if (entry.value.kind == YamlNode::Kind::kNull) {
      text_.Error(entry.key, "empty-list", fmt::format("{} is empty", what), "add a term, or delete the list");
      return {entry.key.scalar, {}};
    }
    return {entry.key.scalar, ReadTermsByLanguage(entry.value, what)};
  }

  // Terms, or a mapping of languages to terms.
  std::vector<PackLibrary::Terms> ReadTermsByLanguage(const YamlNode& node, const std::string& what) {
    std::vector<PackLibrary::Terms> languages;
    if (node.kind != YamlNode::Kind::kMapping) {
      languages.push_back(ReadTerms(node, "", what));
      return languages;
    }
    for (const YamlEntry& language : node.entries) {
      const auto tag = ReadLanguage(language.key);
      if (!tag) continue;
      const auto same = std::find_if(languages.begin(), languages.end(),
                                     [&](const PackLibrary::Terms& terms) { return terms.language == *tag; });
      if (same != languages.end()) {
        text_.Error(language.key, "duplicate-key", fmt::format("{} has this language already", what),
                    "keep one of the two");
        continue;
      }
      languages.push_back(ReadTerms(language.value, *tag, what));
    }
    return languages;
  }

  std::optional<std::string> ReadLanguage(const YamlNode& key) {
    if (key.scalar == kNoLanguage) return "";
    std::string tag = CanonicalLanguage(key.scalar);
    if (!tag.empty()) return tag;
    text_.Error(key, "bad-value", fmt::format("'{}' is not the code of a language", key.scalar),
                "write the code of ISO 639, with a script where it matters: en, nl, zh-Hant; or 'any' for names that "
                "are of no language");
    return std::nullopt;
  }

  PackLibrary::Terms ReadTerms(const YamlNode& node, std::string language, const std::string& what) {
    PackLibrary::Terms read{std::move(language), {}};
    if (node.kind == YamlNode::Kind::kNull || (node.kind == YamlNode::Kind::kSequence && node.items.empty())) {
      text_.Error(node, "empty-list", fmt::format("{} has no terms here", what), "add one, or delete the key");
      return read;
    }
    std::set<Term> own;
    for (const YamlNode* item : ReadItems(text_, &node, what, "[Netherlands, Dutch]")) {
      std::optional<Expression> term = ReadTerm(*item, what);
      if (!term) continue;
      if (!own.insert(Folded(term->term)).second) {
        text_.Report(*item, Severity::kWarning, "repeated-term", fmt::format("{} has this term already", what),
                     "delete one of the two");
      }
      LintTerm(*item, term->term, read.language);
      read.terms.push_back(*std::move(term));
    }
    return read;
  }

  std::optional<Expression> ReadTerm(const YamlNode& item, const std::string& what) {
    if (item.kind != YamlNode::Kind::kScalar) {
      text_.Error(item, "wrong-type", fmt::format("an entry of {} is one term", what),
                  item.kind == YamlNode::Kind::kNull      ? "put quotes around it if the word null or a tilde is meant"
                  : item.kind == YamlNode::Kind::kMapping ? "a term with a colon and a blank in it goes in quotes"
                                                          : "write its terms here, without the inner brackets");
      return std::nullopt;
    }
    if (item.scalar.starts_with('@')) {
      text_.Error(item, "list-entry", "a list of a library holds terms only, no other list",
                  "put the lists together in a group, under 'groups:'");
      return std::nullopt;
    }
    ParsedExpression parsed = ParseListEntry(item.scalar);
    ReportErrors(text_, item, parsed.errors);
    ReportWarnings(text_, item, parsed.warnings);
    if (!parsed.expression || !CheckRegexes(text_, item, *parsed.expression, 0)) return std::nullopt;
    return std::move(parsed.expression);
  }

  void LintTerm(const YamlNode& item, const Term& term, const std::string& language) {
    if (term.kind != Term::Kind::kWords) return;
    const std::size_t at = item.scalar.find(term.text);
    if (at == std::string::npos) return;
    const std::string primary = language.substr(0, language.find('-'));
    WarnOfCommonWord(text_, item, {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + term.text.size())},
                     term.text, primary.empty() ? std::vector<std::string>{} : std::vector<std::string>{primary});
  }

  // ---- groups

  void ReadGroups(const YamlNode& groups) {
    if (groups.kind != YamlNode::Kind::kMapping) {
      text_.Error(groups, "wrong-type", "'groups' is a mapping of names to lists",
                  "write it like benelux: [BE, NL, LU]");
      return;
    }
    for (const YamlEntry& entry : groups.entries) {
      if (!CheckName(entry.key, "group")) continue;
      if (library_.members.contains(entry.key.scalar)) {
        text_.Error(entry.key, "duplicate-list", fmt::format("a list has the name '{}' already", entry.key.scalar),
                    "give the group another name");
        continue;
      }
      unread_.emplace(entry.key.scalar, &entry);
    }
    for (const YamlEntry& entry : groups.entries) ReadGroup(entry.key.scalar);
  }

  void ReadGroup(const std::string& name) {
    const auto unread = unread_.extract(name);
    if (!unread) return;
    reading_.push_back(name);
    std::vector<std::size_t> members;
    const YamlEntry& entry = *unread.mapped();
    const std::string what = fmt::format("the group '{}'", name);
    const auto items = ReadItems(text_, &entry.value, what, "[BE, NL, LU]");
    if (entry.value.kind == YamlNode::Kind::kNull ||
        (entry.value.kind == YamlNode::Kind::kSequence && entry.value.items.empty())) {
      text_.Error(entry.key, "empty-list", fmt::format("{} is empty", what), "add a list, or delete the group");
    }
    for (const YamlNode* item : items) {
      const auto member = ReadText(text_, item, fmt::format("an entry of {}", what));
      if (!member) continue;
      for (const std::size_t list : MembersOf(*item, *member)) {
        if (std::find(members.begin(), members.end(), list) == members.end()) members.push_back(list);
      }
    }
    reading_.pop_back();
    library_.members[name] = std::move(members);
  }

  std::vector<std::size_t> MembersOf(const YamlNode& item, const std::string& name) {
    if (std::find(reading_.begin(), reading_.end(), name) != reading_.end()) {
      text_.Error(item, "list-cycle",
                  fmt::format("the group '{}' contains itself: {} > {}", name, fmt::join(reading_, " > "), name),
                  "take one of these entries out");
      return {};
    }
    if (reading_.size() == kMaxGroupNesting) {
      text_.Error(item, "too-deep", fmt::format("more than {} groups, each in the one before", kMaxGroupNesting),
                  "write the lists themselves");
      return {};
    }
    ReadGroup(name);
    const auto known = library_.members.find(name);
    if (known != library_.members.end()) return known->second;
    std::vector<std::string_view> names;
    for (const auto& [other, members] : library_.members) names.push_back(other);
    for (const auto& [other, entry] : unread_) names.push_back(other);
    const std::string_view nearest = Nearest(name, names);
    text_.Error(item, "unknown-list", fmt::format("this library has no list or group '{}'", name),
                nearest.empty() ? std::string("write it under 'lists:'") : fmt::format("did you mean {}?", nearest));
    return {};
  }

  YamlText& text_;
  PackLibrary library_;
  std::map<std::string, const YamlEntry*> unread_;
  std::vector<std::string> reading_;  // groups, each in the one before
};

// Whether terms of language `tag` belong into an article, or list, of language `wanted`.
bool TakesLanguage(const std::string& tag, const std::string& wanted) {
  return tag.empty() || wanted.empty() || LanguageHolds(tag, wanted) || LanguageHolds(wanted, tag);
}

}  // namespace

bool IsLibraryText(std::string_view text) {
  constexpr std::string_view kKey = "library:";
  for (std::size_t line = 0; line < text.size();) {
    if (text.substr(line).starts_with(kKey)) return true;
    const std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) return false;
    line = end + 1;
  }
  return false;
}

PackLibrary ReadLibrary(YamlText& text) { return LibraryReader(text).Read(); }

LibraryName ParseLibraryName(std::string_view name) {
  LibraryName parts;
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    parts.language = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  const std::size_t stop = name.find('.');
  parts.name = name.substr(0, stop);
  if (stop != std::string_view::npos) parts.list = name.substr(stop + 1);
  return parts;
}

std::optional<Expression> FindTerms(const PackLibrary& library, const LibraryName& name) {
  const std::string wanted = name.language.empty() ? "" : CanonicalLanguage(name.language);
  if (wanted.empty() && !name.language.empty()) return std::nullopt;
  Expression terms;
  terms.kind = Expression::Kind::kOr;
  std::set<Term> all;
  const auto take = [&](const PackLibrary::List& list) {
    for (const PackLibrary::Terms& language : list.languages) {
      if (!TakesLanguage(language.language, wanted)) continue;
      for (const Expression& term : language.terms) {
        if (!all.insert(Folded(term.term)).second) continue;
        terms.children.push_back(term);
        terms.children.back().of_library = true;
      }
    }
  };
  if (name.list.empty()) {
    for (const PackLibrary::List& list : library.lists) take(list);
  } else {
    const auto members = library.members.find(name.list);
    if (members == library.members.end()) return std::nullopt;
    for (const std::size_t list : members->second) take(library.lists[list]);
  }
  if (terms.children.empty()) return std::nullopt;
  return terms;
}

std::string HelpForName(const PackLibrary& library, const LibraryName& name) {
  const std::string whole = name.list.empty() ? library.name : fmt::format("{}.{}", library.name, name.list);
  if (name.list.empty() || library.members.contains(name.list)) {
    std::set<std::string> languages;
    for (const PackLibrary::List& list : library.lists) {
      for (const PackLibrary::Terms& terms : list.languages) languages.insert(terms.language);
    }
    languages.erase("");
    if (languages.empty()) return fmt::format("its terms are of no language: write @{}", whole);
    return fmt::format("the library has terms in {}", fmt::join(languages, ", "));
  }
  std::vector<std::string_view> names;
  for (const auto& [list, members] : library.members) {
    if (AsciiLowerCase(list) == AsciiLowerCase(name.list))
      return fmt::format("did you mean @{}.{}?", library.name, list);
    names.push_back(list);
  }
  if (const std::string_view nearest = Nearest(name.list, names); !nearest.empty()) {
    return fmt::format("did you mean @{}.{}?", library.name, nearest);
  }
  const bool more = names.size() > kShownNames;
  if (more) names.resize(kShownNames);
  return fmt::format("{} has {}{}", library.file, fmt::join(names, ", "), more ? " and more" : "");
}

}  // namespace wirewatch
