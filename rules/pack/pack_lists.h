// PackLists: the named lists of terms of one pack (`lists`), each with those that it contains written out.
#ifndef WIREWATCH_RULES_PACK_PACK_LISTS_H_
#define WIREWATCH_RULES_PACK_PACK_LISTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"
#include "rules/language/expression.h"

namespace wirewatch {

// Borrows the text, and the nodes that Read gets, for its life. Mistakes are reported to the text.
// Threads: one at a time.
class PackLists {
 public:
  explicit PackLists(YamlText& text) : text_(text) {}

  // Reads the value of the key `lists`.
  void Read(const YamlNode& lists);
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
