// PackTextGenerator: random packs as people type them: keys in any order, every style that YAML has for a value,
// comments and empty lines anywhere. The same seed gives the same packs on every machine.
#ifndef WIREWATCH_TESTS_SUPPORT_PACK_TEXT_GENERATOR_H_
#define WIREWATCH_TESTS_SUPPORT_PACK_TEXT_GENERATOR_H_

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/rule_generator.h"

namespace wirewatch {

struct GeneratedPack {
  std::string text;
  std::vector<std::string> comments;  // in order, each another
  bool keys_in_order = false;         // of rules/pack/pack_keys.cc
};

class PackTextGenerator {
 public:
  // Borrows `articles`, which the rules are about.
  PackTextGenerator(std::uint64_t seed, const std::vector<StoredArticle>& articles)
      : random_(seed), rules_(seed, articles) {}

  GeneratedPack Make();

 private:
  // A value of the pack, before it has a layout.
  struct Node {
    enum class Kind : std::uint8_t { kText, kExpression, kTexts, kMapping, kItems };
    Kind kind = Kind::kText;
    std::string text;
    std::vector<Node> items;
    std::vector<std::pair<std::string, Node>> entries;
  };

  std::uint32_t Below(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }

  static Node Text(std::string text) { return {Node::Kind::kText, std::move(text), {}, {}}; }
  static Node Texts(std::vector<std::string> texts);
  Node MakePack();
  Node MakeTopic(std::size_t number);
  void Shuffle(Node& mapping);

  void Line(std::size_t indent, const std::string& line) { made_.text += std::string(indent, ' ') + line + "\n"; }
  std::string Comment();
  std::string Behind();  // now and then a comment, to stand behind something
  void Between(std::size_t indent, bool may_switch = true);  // now and then lines that say nothing
  void LayOutEntries(const Node& mapping, std::size_t indent, std::string lead);
  void LayOutValue(const std::string& head, std::size_t line_indent, std::size_t indent, const Node& value);
  void LayOutScalar(const std::string& head, std::size_t line_indent, std::size_t indent, const Node& value);
  void LayOutTexts(const std::string& head, std::size_t line_indent, std::size_t indent, const Node& value);
  std::string Flow(const Node& value);
  std::string Quoted(const std::string& text, bool in_brackets);
  std::string Respaced(const std::string& expression, bool lines);

  std::mt19937_64 random_;
  RuleGenerator rules_;
  GeneratedPack made_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_PACK_TEXT_GENERATOR_H_
