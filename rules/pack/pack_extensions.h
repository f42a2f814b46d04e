// PackExtensions: topics that go on in other files.
//
// A desk of many languages keeps one topic, to which people subscribe once, and a file for each language, which its own
// authors edit. The file of a language says which topic it `extends`; its lists are its own. Here the rules of all
// files of a topic are put together: those of the topic's own file first, then those of the others in the order of the
// packs. The topic reads the languages of all its files, and each rule those of its own file.
#ifndef WIREWATCH_RULES_PACK_PACK_EXTENSIONS_H_
#define WIREWATCH_RULES_PACK_PACK_EXTENSIONS_H_

#include <memory>
#include <vector>

#include "rules/pack/pack.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {

// Threads: one at a time.
class PackExtensions {
 public:
  // Puts a whole pack in the place of each one with a topic that others extend; a pack of extensions only stays,
  // without topics. What is joined of the same packs as the last time is the same object. Adds the diagnostics
  // `unknown-topic`, where no pack has the topic, and `duplicate-id`, where the topic already has a rule of that id.
  void Join(LoadedPacks& loaded);

 private:
  struct Joined {
    std::vector<std::shared_ptr<const Pack>> parts;  // the pack with the topics, then those that extend them
    std::shared_ptr<const Pack> whole;
  };
  std::vector<Joined> joined_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_EXTENSIONS_H_
