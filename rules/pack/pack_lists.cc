#include "rules/pack/pack_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/text/ascii.h"
#include "base/yaml/yaml_mapping.h"
#include "rules/language/word_pattern.h"
#include "rules/pack/expression_report.h"
#include "rules/pack/pack_keys.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMaxListNesting = 100;

bool IsListName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxListNameBytes && text.back() != '.' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '-' || c == '.'; });
}

// Two terms that fold to the same text find the same.
Term Folded(Term term) {
  if (term.kind == Term::Kind::kWords) term.text = PatternOf(term);
  return term;
}

}  // namespace

void PackLists::Use(const YamlNode& use, LibraryFiles& libraries) {
  const auto items = ReadItems(text_, &use, "'use'", "[lists/countries.yaml]");
  if (use.kind == YamlNode::Kind::kSequence && items.empty()) {
    text_.Error(use, "empty-list", "'use' is empty", "name a library, or delete the key");
  }
  for (const YamlNode* item : items) UseFile(*item, libraries);
}

void PackLists::UseFile(const YamlNode& item, LibraryFiles& libraries) {
  const auto written = ReadText(text_, &item, "an entry of 'use'");
  if (!written) return;
  const std::filesystem::path path = std::filesystem::path(*written).lexically_normal();
  if (path.empty() || path.is_absolute() || *path.begin() == "..") {
    text_.Error(item, "library-path", fmt::format("'{}' is not in the folder of this pack, nor below it", *written),
                "packs and what they use are kept, and moved, as one tree: put the library there");
    libraries_have_mistakes_ = true;
    return;
  }
  const std::filesystem::path file = (std::filesystem::path(text_.file()).parent_path() / path).lexically_normal();
  if (std::find(used_files_.begin(), used_files_.end(), file) != used_files_.end()) {
    text_.Error(item, "duplicate-list", fmt::format("'{}' is used already", *written), "delete one of the two");
    return;
  }
  used_files_.push_back(file);
  const LibraryFiles::File& found = libraries.Find(file);
  libraries_have_mistakes_ |= found.pack_library == nullptr || HasErrors(found.diagnostics);
  if (!found.unreadable.empty()) {
    text_.Error(item, "unknown-library", fmt::format("'{}' {}", *written, found.unreadable),
                "the path begins at the folder of this pack");
    return;
  }
  if (found.pack_library == nullptr) {
    text_.Error(item, "unknown-library", fmt::format("'{}' is no library", *written),
                "a library begins with `library: NAME`; another pack cannot be used");
    return;
  }
  if (found.pack_library->name.empty()) return;
  if (const PackLibrary* const other = LibraryOf(found.pack_library->name)) {
    text_.Error(
        item, "duplicate-list",
        fmt::format("'{}' and '{}' are both the library '{}'", other->file, found.pack_library->file, other->name),
        "give one of them another name");
    return;
  }
  libraries_.push_back({&item, found.pack_library});
}

const PackLibrary* PackLists::LibraryOf(std::string_view name) const {
  const std::string_view wanted = ParseLibraryName(name).name;
  for (const UsedLibrary& used : libraries_) {
    if (used.pack_library->name == wanted) return used.pack_library.get();
  }
  return nullptr;
}

void PackLists::Prepare(std::string_view text) {
  if (libraries_.empty()) return;
  const auto in_name = [](char c) {
    return IsAsciiLetter(c) || IsAsciiDigit(c) || std::string_view("_-.:").find(c) != std::string_view::npos;
  };
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, text.end(), in_name);
    FindList(std::string(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, end));
  }
}

bool PackLists::Explain(std::string_view text, ExpressionError& error) const {
  if (error.code != "unknown-list" || error.place.size() < 2) return true;
  const std::string_view name = error.place.Of(text).substr(1);
  if (const PackLibrary* const library = LibraryOf(name)) {
    if (libraries_have_mistakes_) return false;
    const LibraryName parts = ParseLibraryName(name);
    error.message = parts.language.empty() ? fmt::format("the library '{}' has no list '{}'", library->name, parts.list)
                                           : fmt::format("the library '{}' has no terms for '{}'", library->name, name);
    error.help = HelpForName(*library, parts);
    return true;
  }
  if (libraries_have_mistakes_) return false;
  if (libraries_.empty() || error.help.starts_with("did you mean")) return true;
  std::vector<std::string_view> names;
  for (const YamlNode* key : list_keys_) names.push_back(key->scalar);
  for (const UsedLibrary& used : libraries_) names.push_back(used.pack_library->name);
  const std::string_view nearest = Nearest(name, names);
  error.help = nearest.empty() ? fmt::format("this pack has @{}", fmt::join(names, ", @"))
                               : fmt::format("did you mean @{}?", nearest);
  return true;
}

void PackLists::Read(const YamlNode& lists) {
  if (lists.kind != YamlNode::Kind::kMapping) {
    text_.Error(lists, "wrong-type", "'lists' is a mapping of names to terms", "write it like vendors: [Huawei, ZTE]");
    return;
  }
  for (const YamlEntry& entry : lists.entries) {
    if (!IsListName(entry.key.scalar)) {
      text_.Error(entry.key, "bad-id", fmt::format("'{}' cannot be the name of a list", entry.key.scalar),
                  "a name has letters a to z, digits, -, _ and . only");
      continue;
    }
    if (const PackLibrary* const library = LibraryOf(entry.key.scalar)) {
      text_.Error(
          entry.key, "duplicate-list",
          fmt::format("'{}' is a name of the library {}, which this pack uses", entry.key.scalar, library->file),
          "give the list another name");
      continue;
    }
    list_keys_.push_back(&entry.key);
    unread_lists_.emplace(entry.key.scalar, &entry);
  }
  for (const YamlNode* key : list_keys_) FindList(key->scalar);
}

const Expression* PackLists::FindList(const std::string& name) {
  if (const auto unread = unread_lists_.extract(name)) {
    reading_.push_back(name);
    lists_[name] = ReadList(*unread.mapped());
    reading_.pop_back();
  }
  const auto list = lists_.find(name);
  if (list != lists_.end()) return &list->second;
  const PackLibrary* const library = LibraryOf(name);
  if (library == nullptr) return nullptr;
  auto terms = FindTerms(*library, ParseLibraryName(name));
  return terms ? &(lists_[name] = *std::move(terms)) : nullptr;
}

Expression PackLists::ReadList(const YamlEntry& entry) {
  Expression list;
  list.kind = Expression::Kind::kOr;
  const std::string what = fmt::format("the list '{}'", entry.key.scalar);
  if (entry.value.kind == YamlNode::Kind::kNull ||
      (entry.value.kind == YamlNode::Kind::kSequence && entry.value.items.empty())) {
    text_.Error(entry.key, "empty-list", fmt::format("{} is empty", what), "add a term, or delete the list");
    return list;
  }
  std::set<Term> own, all, left_out;
  const auto add = [&](const Expression& term) {
    if (all.insert(term.term).second) list.children.push_back(term);
  };
  bool has_mistakes = false;
  for (const YamlNode* item : ReadItems(text_, &entry.value, what, "[Huawei, ZTE]")) {
    const std::optional<ListEntry> read = ReadListEntry(*item, what);
    has_mistakes |= !read;
    if (!read) continue;
    if (read->leaves_out) {
      for (const Expression& term : read->terms) left_out.insert(Folded(term.term));
      continue;
    }
    if (!read->is_list) list_entries_.push_back({entry.key.scalar, item, read->terms.front().term});
    if (!read->is_list && !own.insert(Folded(read->terms.front().term)).second) {
      text_.Report(*item, Severity::kWarning, "repeated-term", fmt::format("{} has this term already", what),
                   "delete one of the two");
    }
    for (const Expression& term : read->terms) add(term);
  }
  std::erase_if(list.children, [&](const Expression& term) { return left_out.contains(Folded(term.term)); });
  if (list.children.empty() && !left_out.empty() && !has_mistakes) {
    text_.Error(entry.key, "empty-list", fmt::format("{} leaves out all of its terms", what),
                "add a term, or delete the list");
  }
  return list;
}

std::optional<PackLists::ListEntry> PackLists::ReadListEntry(const YamlNode& item, const std::string& what) {
  if (item.kind != YamlNode::Kind::kScalar) {
    ReportNoTerm(item, what);
    return std::nullopt;
  }
  ListEntry read;
  std::string_view text = item.scalar;
  if (constexpr std::string_view kNot = "NOT "; text.starts_with(kNot)) {
    read.leaves_out = true;
    text.remove_prefix(std::min(text.find_first_not_of(' ', kNot.size()), text.size()));
  }
  if (text.starts_with('@')) {
    const Expression* const list = FindListOf(item, std::string(text.substr(1)));
    if (list == nullptr) return std::nullopt;
    read.is_list = true;
    read.terms = list->children;
    return read;
  }
  ParsedExpression parsed = ParseListEntry(text);
  const auto skipped = static_cast<std::uint32_t>(item.scalar.size() - text.size());
  for (ExpressionError& error : parsed.errors) {
    error.place.begin += skipped;
    error.place.end += skipped;
  }
  for (ExpressionError& warning : parsed.warnings) {
    warning.place.begin += skipped;
    warning.place.end += skipped;
  }
  ReportErrors(text_, item, parsed.errors);
  ReportWarnings(text_, item, parsed.warnings);
  if (!parsed.expression || !CheckRegexes(text_, item, *parsed.expression, skipped)) return std::nullopt;
  read.terms.push_back(std::move(*parsed.expression));
  return read;
}

const Expression* PackLists::FindListOf(const YamlNode& item, const std::string& name) {
  if (std::find(reading_.begin(), reading_.end(), name) != reading_.end()) {
    text_.Error(item, "list-cycle",
                fmt::format("the list '{}' contains itself: {} > {}", name, fmt::join(reading_, " > "), name),
                "take one of these entries out");
    return nullptr;
  }
  used_lists_.insert(name);
  if (reading_.size() == kMaxListNesting) {
    text_.Error(item, "too-deep", fmt::format("more than {} lists, each in the one before", kMaxListNesting),
                "write the terms themselves");
    return nullptr;
  }
  const Expression* const list = FindList(name);
  if (list != nullptr) return list;
  if (libraries_have_mistakes_) return nullptr;  // which may be why
  if (const PackLibrary* const library = LibraryOf(name)) {
    text_.Error(item, "unknown-list", fmt::format("the library '{}' has no '{}'", library->name, name),
                HelpForName(*library, ParseLibraryName(name)));
  } else {
    std::vector<std::string_view> names;
    for (const YamlNode* key : list_keys_) names.push_back(key->scalar);
    for (const UsedLibrary& used : libraries_) names.push_back(used.pack_library->name);
    const std::string_view nearest = Nearest(name, names);
    text_.Error(item, "unknown-list", fmt::format("this pack has no list '{}'", name),
                nearest.empty() ? std::string("write it under 'lists:'") : fmt::format("did you mean @{}?", nearest));
  }
  return nullptr;
}

void PackLists::ReportNoTerm(const YamlNode& item, const std::string& what) {
  const std::string message = fmt::format("an entry of {} is one term", what);
  switch (item.kind) {
    case YamlNode::Kind::kNull:
      text_.Error(item, "wrong-type", message, "put quotes around it if the word null or a tilde is meant");
      return;
    case YamlNode::Kind::kMapping:
      text_.Error(item, "wrong-type", message, "a term with a colon and a blank in it goes in quotes");
      return;
    default: text_.Error(item, "wrong-type", message, "another list is written '@name'"); return;
  }
}

void PackLists::ReportUnused() {
  for (const YamlNode* key : list_keys_) {
    if (used_lists_.contains(key->scalar)) continue;
    text_.Report(*key, Severity::kWarning, "unused-list", fmt::format("no rule uses the list '{}'", key->scalar),
                 fmt::format("use it as @{}, or delete it", key->scalar));
  }
  for (const UsedLibrary& used : libraries_) {
    const std::string& name = used.pack_library->name;
    if (std::any_of(used_lists_.begin(), used_lists_.end(),
                    [&](const std::string& list) { return ParseLibraryName(list).name == name; })) {
      continue;
    }
    text_.Report(*used.node, Severity::kWarning, "unused-list", fmt::format("no rule uses the library '{}'", name),
                 fmt::format("use it as @{}, or delete the entry", name));
  }
}

void PackLists::NoteUse(const Expression& expression) {
  if (!expression.list.empty()) used_lists_.insert(expression.list);
  for (const Expression& child : expression.children) NoteUse(child);
}

void PackLists::NoteUseIn(std::string_view text) {
  for (const auto& [name, list] : lists_) {
    if (text.find("@" + name) != std::string_view::npos) used_lists_.insert(name);
  }
  for (const UsedLibrary& used : libraries_) {
    if (text.find("@" + used.pack_library->name) != std::string_view::npos) used_lists_.insert(used.pack_library->name);
  }
}

void PackLists::NoteLanguages(const Expression& e, const std::vector<std::string>& languages) {
  if (!e.list.empty()) {
    auto& all = list_languages_[e.list];
    if (languages.empty()) all.any = true;
    all.languages.insert(languages.begin(), languages.end());
    return;
  }
  for (const Expression& child : e.children) NoteLanguages(child, languages);
}

void PackLists::LintEntries() {
  for (const WrittenEntry& entry : list_entries_) {
    if (entry.term.kind != Term::Kind::kWords) continue;
    const auto used = list_languages_.find(entry.list);
    std::vector<std::string> languages;
    if (used != list_languages_.end() && !used->second.any) {
      languages.assign(used->second.languages.begin(), used->second.languages.end());
    }
    const std::size_t at = entry.node->scalar.find(entry.term.text);
    if (at == std::string::npos) continue;
    WarnOfCommonWord(text_, *entry.node,
                     {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + entry.term.text.size())},
                     entry.term.text, languages);
  }
}

}  // namespace wirewatch
