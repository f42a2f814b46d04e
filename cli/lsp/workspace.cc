#include "cli/lsp/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "base/text/trim.h"
#include "base/yaml/yaml_text.h"
#include "rules/check/pack_check.h"
#include "rules/format/pack_formatter.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {
namespace {

constexpr std::size_t kShownTerms = 20;

const PackLibrary* LibraryNamed(const Workspace::Document& document, std::string_view name) {
  for (const auto& library : document.libraries) {
    if (library->name == name) return library.get();
  }
  return nullptr;
}

std::string Shown(const std::vector<std::string>& terms) {
  std::string text;
  for (std::size_t i = 0; i < std::min(terms.size(), kShownTerms); ++i) {
    text += fmt::format("{}`{}`", i == 0 ? "" : ", ", terms[i]);
  }
  return terms.size() > kShownTerms ? text + fmt::format(" and {} more", terms.size() - kShownTerms) : text;
}

// Of a list of the pack itself, with the lists in it written out.
void Expand(const Workspace::Document& document, const std::string& list, std::set<std::string>& seen,
            std::vector<std::string>& terms) {
  const auto found = document.outline->lists.find(list);
  if (found == document.outline->lists.end() || !seen.insert(list).second) return;
  for (const std::string& term : found->second.terms) {
    if (!term.starts_with('@')) {
      terms.push_back(term);
    } else if (document.outline->lists.contains(std::string_view(term).substr(1))) {
      Expand(document, term.substr(1), seen, terms);
    } else {
      const LibraryName name = ParseLibraryName(std::string_view(term).substr(1));
      const PackLibrary* const library = LibraryNamed(document, name.name);
      const auto found_terms = library == nullptr ? std::nullopt : FindTerms(*library, name);
      if (!found_terms) continue;
      for (const Expression& one : found_terms->children) terms.push_back(ToText(one.term));
    }
  }
}

// Editors hand over every YAML file: of one that is no pack, library or test file nothing is said.
bool IsOurs(std::string_view text, const std::string& file) {
  for (const std::string_view key : {"pack:", "topics:", "library:"}) {
    if (text.starts_with(key) || text.find(fmt::format("\n{}", key)) != std::string_view::npos) return true;
  }
  return IsRuleTestFile(std::filesystem::path(file));
}

std::string Described(const PackKey& key) {
  std::string text = fmt::format("**{}**{}: {}", key.name, key.required ? " (required)" : "", key.help);
  if (!key.choices.empty()) text += fmt::format("\n\nOne of `{}`.", fmt::join(key.choices, "`, `"));
  if (key.most > 0) text += fmt::format("\n\nFrom {} to {}.", key.least, key.most);
  if (!key.default_value.empty()) text += fmt::format("\n\nDefault: `{}`.", key.default_value);
  return text;
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

const Workspace::Document* Workspace::Find(const std::string& file) const {
  const auto found = documents_.find(file);
  return found == documents_.end() ? nullptr : &found->second;
}

Result<std::string> Workspace::ReadText(const std::filesystem::path& file) const {
  if (const Document* open = Find(file.lexically_normal().string())) return open->text.text();
  return YamlText::ReadFile(file);
}

const Workspace::Document& Workspace::Put(const std::string& file, std::string text) {
  const auto found = documents_.find(file);
  std::optional<PackOutline> before = found == documents_.end() ? std::nullopt : std::move(found->second.outline);
  Document document{file, EditorText(std::move(text)), {}, false, {}, {}};
  document.outline = ReadOutline(document.text.text(), file);
  document.outline_is_current = document.outline.has_value();
  if (!document.outline) document.outline = std::move(before);
  std::vector<std::shared_ptr<const PackLibrary>> libraries;
  if (found != documents_.end()) libraries = std::move(found->second.libraries);
  Document& kept = documents_.insert_or_assign(file, std::move(document)).first->second;
  Check(kept);
  if (!kept.outline_is_current) kept.libraries = std::move(libraries);
  return kept;
}

void Workspace::Check(Document& document) const {
  const std::string& text = document.text.text();
  if (!IsOurs(text, document.file)) return;
  if (IsRuleTestFile(std::filesystem::path(document.file))) {
    document.diagnostics = FormatPack(text, document.file).errors;
    std::erase_if(document.diagnostics, [](const Diagnostic& one) { return one.code == "not-formatted"; });
    return;
  }
  LibraryFiles libraries([this](const std::filesystem::path& file) { return ReadText(file); });
  LoadedPacks loaded = LoadPackText(text, document.file, libraries);
  AddLibraries(libraries, loaded);
  document.libraries = loaded.libraries;
  Policies policies(std::nullopt);
  const auto policy = policies.Of(std::filesystem::path(document.file));
  const Policy* const known = policy ? *policy : nullptr;
  Diagnostics found = std::move(loaded.diagnostics);
  Diagnostics checked = CheckPackText(text, document.file, libraries, known, nullptr);
  ApplySwitches(loaded.switches, checked);
  std::move(checked.begin(), checked.end(), std::back_inserter(found));
  ApplyLevels({}, known, loaded.switches, found);
  std::erase_if(found, [&](const Diagnostic& one) { return one.file != document.file; });
  document.diagnostics = std::move(found);
}

std::vector<std::string> Workspace::UsersOf(const std::string& file) const {
  std::vector<std::string> users;
  for (const auto& [name, document] : documents_) {
    const bool uses = std::any_of(document.libraries.begin(), document.libraries.end(), [&](const auto& library) {
      return std::filesystem::path(library->file).lexically_normal() == std::filesystem::path(file);
    });
    if (uses && name != file) users.push_back(name);
  }
  return users;
}

// ---- hover

std::string Workspace::ListHelp(const Document& document, const std::string& name) const {
  std::vector<std::string> terms;
  std::string from;
  if (document.outline->lists.contains(name)) {
    std::set<std::string> seen;
    Expand(document, name, seen, terms);
    const EditorPlace place = document.text.PlaceAt(document.outline->lists.find(name)->second.name.begin);
    from = fmt::format("line {} of this file", place.line + 1);
  } else {
    const LibraryName parts = ParseLibraryName(name);
    const PackLibrary* const library = LibraryNamed(document, parts.name);
    const auto found = library == nullptr ? std::nullopt : FindTerms(*library, parts);
    if (!found) return "";
    for (const Expression& one : found->children) terms.push_back(ToText(one.term));
    from = fmt::format("the library {}", library->file);
  }
  return fmt::format("**@{}**: {} term{}, from {}\n\n{}", name, terms.size(), terms.size() == 1 ? "" : "s", from,
                     Shown(terms));
}

std::optional<Workspace::Hover> Workspace::HoverAt(const Document& document, std::uint32_t byte) const {
  if (!document.outline || !document.outline_is_current) return std::nullopt;
  if (const auto list = ListNameAt(document, byte)) {
    std::string help = ListHelp(document, list->name);
    if (!help.empty()) return Hover{std::move(help), list->place};
  }
  const auto holds = [&](Span span) { return span.begin <= byte && byte <= span.end; };
  for (const PackOutline::Rule& rule : document.outline->rules) {
    if (!holds(rule.id)) continue;
    std::string text = rule.rule.empty() ? fmt::format("**Topic {}**", rule.topic)
                                         : fmt::format("**Rule {}** of topic {}", rule.rule, rule.topic);
    if (!rule.title.empty()) text += ": " + rule.title;
    std::string facts;
    if (!rule.score.empty()) facts += "score " + rule.score;
    if (!rule.severity.empty()) facts += (facts.empty() ? "severity " : ", severity ") + rule.severity;
    if (rule.rule.empty()) facts += fmt::format("{}{} rules", facts.empty() ? "" : ", ", rule.rules);
    if (!facts.empty()) text += "\n\n" + facts;
    if (!rule.match.empty()) text += fmt::format("\n\n```\n{}\n```", rule.match);
    if (const auto count = hits_.Of(rule.topic, rule.rule)) {
      text += fmt::format("\n\nLast count: {} article{}", count->articles, count->articles == 1 ? "" : "s");
      if (!rule.rule.empty()) text += fmt::format(", {} of them by no other rule", count->alone);
    }
    return Hover{std::move(text), rule.id};
  }
  for (const PackOutline::Key& key : document.outline->keys) {
    if (!holds(key.place)) continue;
    for (const PackKey& known : PackKeys()) {
      if (known.in == key.part && known.name == key.name) return Hover{Described(known), key.place};
    }
  }
  return std::nullopt;
}

// ---- lists

std::optional<Workspace::ListName> Workspace::ListNameAt(const Document& document, std::uint32_t byte) {
  if (!document.outline || !document.outline_is_current) return std::nullopt;
  for (const auto& [name, list] : document.outline->lists) {
    if (list.name.begin <= byte && byte <= list.name.end) return ListName{name, list.name};
  }
  for (const PackOutline::ListUse& use : document.outline->uses) {
    const std::uint32_t at_sign = use.place.begin - 1;
    if (at_sign <= byte && byte <= use.place.end) return ListName{use.name, use.place};
  }
  return std::nullopt;
}

std::vector<Span> Workspace::PlacesOf(const Document& document, std::string_view list) {
  std::vector<Span> places;
  if (!document.outline) return places;
  const auto own = document.outline->lists.find(list);
  if (own != document.outline->lists.end()) places.push_back(own->second.name);
  for (const PackOutline::ListUse& use : document.outline->uses) {
    if (use.name == list) places.push_back(use.place);
  }
  return places;
}

std::optional<Workspace::FilePlace> Workspace::DefinitionOf(const Document& document, std::string_view list) const {
  if (!document.outline) return std::nullopt;
  const auto own = document.outline->lists.find(list);
  if (own != document.outline->lists.end()) return FilePlace{document.file, document.text.RangeOf(own->second.name)};
  const LibraryName name = ParseLibraryName(list);
  const PackLibrary* const library = LibraryNamed(document, name.name);
  if (library == nullptr) return std::nullopt;
  const auto text = ReadText(library->file);
  if (!text) return std::nullopt;
  YamlText yaml(library->file, *text);
  const auto root = yaml.Parse();
  if (!root) return std::nullopt;
  const EditorText places(*text);
  Span place;
  for (const YamlEntry& section : root->entries) {
    if (name.list.empty() && section.key.scalar == "library") place = section.value.span();
    if (section.key.scalar != "lists" && section.key.scalar != "groups") continue;
    for (const YamlEntry& entry : section.value.entries) {
      if (entry.key.scalar == name.list) place = entry.key.span();
    }
  }
  return FilePlace{std::filesystem::absolute(library->file).lexically_normal().string(), places.RangeOf(place)};
}

// ---- completion

void Workspace::AddListNames(const Document& document, std::vector<Completion>& entries) const {
  std::set<std::string> own;
  for (std::string& name : ListNamesByLines(document.text)) own.insert(std::move(name));
  for (const std::string& name : own) {
    std::string detail = "list of this pack";
    const auto known =
        document.outline ? document.outline->lists.find(name) : decltype(document.outline->lists.find(name)){};
    if (document.outline && known != document.outline->lists.end()) {
      detail += fmt::format(", {} terms", known->second.terms.size());
    }
    entries.push_back({"@" + name, CompletionKind::kList, std::move(detail), "@" + name});
  }
  for (const auto& library : document.libraries) {
    entries.push_back({"@" + library->name, CompletionKind::kList,
                       fmt::format("library, {} lists", library->lists.size()), "@" + library->name});
    for (const auto& [member, lists] : library->members) {
      std::string name = fmt::format("@{}.{}", library->name, member);
      entries.push_back(
          {name, CompletionKind::kList, lists.size() == 1 ? "list of a library" : "group of a library", name});
    }
  }
}

Workspace::Completions Workspace::CompleteAt(const Document& document, std::uint32_t byte) const {
  const PlaceInText place = FindPlace(document.text, byte, document.file);
  const std::string& text = document.text.text();
  Completions completions;
  std::uint32_t begin = byte;
  while (begin > 0 && IsNameCharacter(text[begin - 1])) --begin;
  if (begin > 0 && text[begin - 1] == '@') {
    completions.replaced = {begin - 1, byte};
    AddListNames(document, completions.entries);
    return completions;
  }
  const std::uint32_t colon = static_cast<std::uint32_t>(text.rfind(':', byte == 0 ? 0 : byte - 1));
  const bool behind_prefix = colon < byte && colon >= begin;
  completions.replaced = {behind_prefix ? colon + 1 : begin, byte};
  const auto add = [&](CompletionKind kind, std::string_view label, std::string_view detail, std::string_view insert) {
    completions.entries.push_back({std::string(label), kind, std::string(detail), std::string(insert)});
  };
  constexpr std::string_view kLanguages[] = {"ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr",
                                             "hr", "hu", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt",
                                             "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "zh"};
  const auto add_languages = [&] {
    for (const std::string_view language : kLanguages) add(CompletionKind::kValue, language, "language", language);
  };
  if (behind_prefix && std::string_view(text).substr(begin, colon - begin) == "lang") {
    add_languages();
    return completions;
  }
  const PackKey* key = nullptr;
  for (const PackKey& one : PackKeys()) {
    if (place.part && one.in == *place.part && one.name == place.key) key = &one;
  }
  if (key != nullptr && key->form == KeyForm::kExpression) {
    if (behind_prefix) return completions;
    for (const char* part : {"title:", "lead:", "body:"}) add(CompletionKind::kWord, part, "where it must stand", part);
    for (const char* part : {"lang:", "country:", "source:", "tag:", "section:", "published:", "urgency:", "words:"}) {
      add(CompletionKind::kWord, part, "about the article", part);
    }
    for (const char* word : {"AND", "OR", "NOT", "NEAR/10", "ONEAR/10", "SAME SENTENCE", "SAME PARAGRAPH", "2 OF ("}) {
      add(CompletionKind::kWord, word, "operator", word);
    }
    AddListNames(document, completions.entries);
    return completions;
  }
  if (key != nullptr) {
    for (const std::string_view choice : key->choices) add(CompletionKind::kValue, choice, key->help, choice);
    if (key->form == KeyForm::kBoolean) {
      add(CompletionKind::kValue, "true", key->help, "true");
      add(CompletionKind::kValue, "false", key->help, "false");
    }
    if (key->form == KeyForm::kLanguages) add_languages();
    return completions;
  }
  if (!place.key.empty() || !place.part) return completions;
  for (const PackKey& one : PackKeys()) {
    if (one.in == *place.part) add(CompletionKind::kKey, one.name, one.help, fmt::format("{}: ", one.name));
  }
  return completions;
}

}  // namespace wirewatch
