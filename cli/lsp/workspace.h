// Workspace: the files that an editor has open, and what can be said of them. Other files (libraries, policies) are
// read from disk as they are needed.
#ifndef WIREWATCH_CLI_LSP_WORKSPACE_H_
#define WIREWATCH_CLI_LSP_WORKSPACE_H_

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "cli/lsp/editor_text.h"
#include "cli/lsp/hit_counts.h"
#include "cli/lsp/pack_outline.h"
#include "rules/pack/pack_library.h"

namespace wirewatch {

// Threads: one at a time.
class Workspace {
 public:
  struct Document {
    std::string file;
    EditorText text;
    std::optional<PackOutline> outline;  // of the last text that was YAML, as far as its places are still those
    bool outline_is_current = false;
    std::vector<std::shared_ptr<const PackLibrary>> libraries;  // that it uses
    Diagnostics diagnostics;
  };

  // Takes the text of a file, new or changed, and looks at it.
  const Document& Put(const std::string& file, std::string text);
  void Close(const std::string& file) { documents_.erase(file); }
  // Null: it is not open.
  const Document* Find(const std::string& file) const;
  // Those whose diagnostics may have changed with a file: packs that use it.
  std::vector<std::string> UsersOf(const std::string& file) const;

  void SetHits(HitCounts hits) { hits_ = std::move(hits); }

  // ---- at a place of a file, in bytes

  struct Hover {
    std::string markdown;
    Span place;
  };
  std::optional<Hover> HoverAt(const Document& document, std::uint32_t byte) const;

  enum class CompletionKind : std::uint8_t { kList, kKey, kValue, kWord };
  struct Completion {
    std::string label;
    CompletionKind kind;
    std::string detail;
    std::string insert;
  };
  struct Completions {
    Span replaced;  // of what is written already
    std::vector<Completion> entries;
  };
  Completions CompleteAt(const Document& document, std::uint32_t byte) const;

  // The name of a list at a place: of its definition or of a use.
  struct ListName {
    std::string name;
    Span place;
  };
  static std::optional<ListName> ListNameAt(const Document& document, std::uint32_t byte);
  // All places of a list of the file, its definition first.
  static std::vector<Span> PlacesOf(const Document& document, std::string_view list);
  // Where a list is written: in the file itself or in a library.
  struct FilePlace {
    std::string file;
    EditorRange range;
  };
  std::optional<FilePlace> DefinitionOf(const Document& document, std::string_view list) const;

 private:
  Result<std::string> ReadText(const std::filesystem::path& file) const;
  void Check(Document& document) const;
  std::string ListHelp(const Document& document, const std::string& name) const;
  void AddListNames(const Document& document, std::vector<Completion>& entries) const;

  std::map<std::string, Document> documents_;
  HitCounts hits_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_LSP_WORKSPACE_H_
