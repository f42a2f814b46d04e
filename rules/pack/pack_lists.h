// PackLists: the named lists of terms of one pack: its own (`lists`), each with those that it contains written out, and
// those of the libraries that it uses (`use`).
#ifndef WIREWATCH_RULES_PACK_PACK_LISTS_H_
#define WIREWATCH_RULES_PACK_PACK_LISTS_H_

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"
#include "rules/language/expression.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack_library.h"

namespace wirewatch {

// Borrows the text, and the nodes that Read gets, for its life. Mistakes are reported to the text.
// Threads: one at a time.
class PackLists {
 public:
  explicit PackLists(YamlText& text) : text_(text) {}

  // Reads the value of the key `use`: paths of libraries, from the folder of the pack. To be called before the others.
  void Use(const YamlNode& use, LibraryFiles& libraries);
  // Reads the value of the key `lists`.
  void Read(const YamlNode& lists);
  // Makes the lists of libraries that an expression names known to named(), before it is parsed.
  void Prepare(std::string_view text);
  // Of a list in an expression that is not known: what the pack has in its place. False: it may be in a library that
  // has mistakes itself, so there is nothing to say.
  bool Explain(std::string_view text, ExpressionError& error) const;
  // An expression that names lists uses them.
  void NoteUse(const Expression& expression);
  // Of an expression that did not parse: a list that is named in it is not unused.
  void NoteUseIn(std::string_view text);
  // The languages of the topics that use a list.
  void NoteLanguages(const Expression& e, const std::vector<std::string>& languages);
  // The lists that no expression used.
  void ReportUnused();
  // To be called when NoteLanguages knows all topics.
  void LintEntries();
  const NamedLists& named() const { return lists_; }
  // The paths of `use`, as LibraryFiles knows them; also of files that there are not.
  const std::vector<std::filesystem::path>& used_files() const { return used_files_; }

 private:
  struct ListEntry {
    std::vector<Expression> terms;
    bool is_list = false;     // @name
    bool leaves_out = false;  // NOT
  };
  struct WrittenEntry {
    std::string list;
    const YamlNode* node;
    Term term;
  };
  struct ListUse {
    bool any = false;  // a topic without languages
    std::set<std::string> languages;
  };

  struct UsedLibrary {
    const YamlNode* node;
    std::shared_ptr<const PackLibrary> pack_library;
  };

  void UseFile(const YamlNode& item, LibraryFiles& libraries);
  const PackLibrary* LibraryOf(std::string_view name) const;
  // The list of that name, read on the first call, because a list may be written before those that it contains. Null:
  // there is none, or it is being read: it contains itself.
  const Expression* FindList(const std::string& name);
  // With mistakes in it, what is left of it: its name must be known, or each use of it would be a mistake as well.
  Expression ReadList(const YamlEntry& entry);
  // Nothing: a mistake, which is reported.
  std::optional<ListEntry> ReadListEntry(const YamlNode& item, const std::string& what);
  // A list that another one contains; null: reported.
  const Expression* FindListOf(const YamlNode& item, const std::string& name);
  void ReportNoTerm(const YamlNode& item, const std::string& what);

  YamlText& text_;
  std::vector<std::filesystem::path> used_files_;
  std::vector<UsedLibrary> libraries_;
  bool libraries_have_mistakes_ = false;
  NamedLists lists_;
  std::vector<const YamlNode*> list_keys_;
  std::map<std::string, const YamlEntry*> unread_lists_;
  std::vector<std::string> reading_;  // lists, each in the one before
  std::set<std::string, std::less<>> used_lists_;

  std::vector<WrittenEntry> list_entries_;
  std::map<std::string, ListUse> list_languages_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_LISTS_H_
