#include "tests/support/pack_text_generator.h"

#include <algorithm>
#include <string_view>

#include "base/text/ascii.h"

namespace wirewatch {

PackTextGenerator::Node PackTextGenerator::Texts(std::vector<std::string> texts) {
  Node node;
  node.kind = Node::Kind::kTexts;
  for (std::string& text : texts) node.items.push_back(Text(std::move(text)));
  return node;
}

GeneratedPack PackTextGenerator::Make() {
  made_ = {};
  made_.keys_in_order = OneIn(2);
  const Node pack = MakePack();
  if (OneIn(3)) {
    Line(0, Comment());
    if (OneIn(2)) made_.text += "\n";
  }
  if (OneIn(8)) Line(0, "---");
  LayOutEntries(pack, 0, "");
  for (std::uint32_t i = Below(3); i > 0; --i) Line(Below(12), Comment());
  if (OneIn(4)) {
    std::string with_returns;
    for (const char c : made_.text) with_returns += c == '\n' ? std::string("\r\n") : std::string(1, c);
    made_.text = with_returns;
  }
  return std::move(made_);
}

PackTextGenerator::Node PackTextGenerator::MakePack() {
  Node pack;
  pack.kind = Node::Kind::kMapping;
  pack.entries.emplace_back("pack", Text("generated"));
  if (OneIn(2)) pack.entries.emplace_back("owner", Text(OneIn(2) ? "desk: Europe's" : "desk"));
  if (OneIn(3)) {
    std::string long_text = "What it finds";
    for (std::uint32_t i = Below(40); i > 0; --i) long_text += OneIn(9) ? " - and, for \"once\"," : " words";
    if (OneIn(4)) long_text += "\n\n  and more #1\nthe end" + std::string(Below(2), '\n');
    pack.entries.emplace_back("description", Text(long_text));
  }
  if (OneIn(4)) pack.entries.emplace_back("references", Texts({"https://example.org/a", "A report, of May: part 2"}));
  Node lists;
  lists.kind = Node::Kind::kMapping;
  for (std::uint32_t i = 0, count = 1 + Below(3); i < count; ++i) {
    std::vector<std::string> terms;
    for (std::uint32_t k = 0, size = 1 + Below(40); k < size; ++k) {
      const std::string number = std::to_string(k);
      const std::string kinds[] = {"alpha" + number, "beta word" + number + "*", "=ZTE" + number, "'tis" + number,
                                   "\"two, words" + number + "\"", "~delta" + std::string(1 + k, 'a'), "\xE8\x8D\xB7\xE8\x98\xAD" + number};
      terms.push_back(kinds[Below(7)]);
    }
    if (i > 0 && OneIn(3)) terms.emplace_back("@list0");
    lists.entries.emplace_back("list" + std::to_string(i), Texts(std::move(terms)));
  }
  pack.entries.emplace_back("lists", std::move(lists));
  Node topics;
  topics.kind = Node::Kind::kItems;
  for (std::uint32_t i = 0, count = 1 + Below(3); i < count; ++i) topics.items.push_back(MakeTopic(i));
  pack.entries.emplace_back("topics", std::move(topics));
  Shuffle(pack);
  return pack;
}

PackTextGenerator::Node PackTextGenerator::MakeTopic(std::size_t number) {
  const Topic topic = rules_.MakeTopic("topic-" + std::to_string(number));
  Node node;
  node.kind = Node::Kind::kMapping;
  node.entries.emplace_back("id", Text(topic.id));
  node.entries.emplace_back("title", Text(OneIn(2) ? "A title" : "It's \"5G\": a title #1"));
  if (OneIn(2)) node.entries.emplace_back("severity", Text(std::string(Name(topic.severity))));
  if (OneIn(2)) node.entries.emplace_back("tags", Texts({"telecom", "5", "no", "a: b"}));
  if (!topic.languages.empty()) node.entries.emplace_back("languages", Texts(topic.languages));
  Node rules;
  rules.kind = Node::Kind::kItems;
  for (const Rule& rule : topic.rules) {
    Node one;
    one.kind = Node::Kind::kMapping;
    one.entries.emplace_back("id", Text(rule.id));
    std::string match = ToText(rule.match);
    if (OneIn(3)) match = "@list0 OR ((" + match + "))";
    if (OneIn(5)) match = "(" + match + ") AND NOT (lang:(pl,de) OR words: <20)";
    one.entries.emplace_back("match", Node{Node::Kind::kExpression, match, {}, {}});
    if (OneIn(2)) one.entries.emplace_back("score", Text(std::to_string(rule.score)));
    if (rule.severity) one.entries.emplace_back("severity", Text(std::string(Name(*rule.severity))));
    Shuffle(one);
    rules.items.push_back(std::move(one));
  }
  node.entries.emplace_back("rules", std::move(rules));
  if (topic.unless) node.entries.emplace_back("unless", Node{Node::Kind::kExpression, topic.unless_text, {}, {}});
  if (OneIn(3)) {
    Node story;
    story.kind = Node::Kind::kMapping;
    story.entries.emplace_back("window", Text("24h"));
    story.entries.emplace_back("grow", Texts({"5", "20"}));
    if (OneIn(2)) story.entries.emplace_back("join", Text("true"));
    Shuffle(story);
    node.entries.emplace_back("story", std::move(story));
  }
  Shuffle(node);
  return node;
}

void PackTextGenerator::Shuffle(Node& mapping) {
  if (made_.keys_in_order) return;
  for (std::size_t i = mapping.entries.size(); i > 1; --i) {
    std::swap(mapping.entries[i - 1], mapping.entries[Below(static_cast<std::uint32_t>(i))]);
  }
}

// ---- layout

std::string PackTextGenerator::Comment() {
  const std::string number = std::to_string(made_.comments.size());
  const std::string kinds[] = {"# note ", "#note", "#   - key: 'value' # ", "# \xC3\xA9\xE8\x8D\xB7 "};
  made_.comments.push_back(kinds[Below(4)] + number);
  return made_.comments.back() + std::string(Below(2) * 3, ' ');
}

std::string PackTextGenerator::Behind() { return OneIn(5) ? std::string(1 + Below(4), ' ') + Comment() : std::string(); }

void PackTextGenerator::Between(std::size_t indent, bool may_switch) {
  if (OneIn(5)) made_.text += std::string(Below(3), '\n');
  if (!OneIn(4)) return;
  for (std::uint32_t i = 1 + Below(3); i > 0; --i) {
    Line(OneIn(2) ? indent : Below(14), Comment());
    if (OneIn(5)) made_.text += "\n";
  }
  if (!may_switch || !OneIn(4)) return;
  made_.comments.emplace_back("# wirewatch: off broad-beginning");
  Line(indent, made_.comments.back());
}

// `lead`: the dash of the item whose first entry comes first.
void PackTextGenerator::LayOutEntries(const Node& mapping, std::size_t indent, std::string lead) {
  for (const auto& [key, value] : mapping.entries) {
    if (lead.empty()) Between(indent);
    const std::string head = lead + (OneIn(9) ? "'" + key + "':" : key + ":");
    LayOutValue(head, indent - lead.size(), indent, value);
    lead.clear();
  }
}

void PackTextGenerator::LayOutValue(const std::string& head, std::size_t line_indent, std::size_t indent,
                                    const Node& value) {
  const bool is_text = value.kind == Node::Kind::kText || value.kind == Node::Kind::kExpression;
  if (is_text) return LayOutScalar(head, line_indent, indent, value);
  if (value.kind == Node::Kind::kTexts) return LayOutTexts(head, line_indent, indent, value);
  if (value.kind == Node::Kind::kMapping) {
    const bool flat = std::none_of(value.entries.begin(), value.entries.end(), [](const auto& entry) {
      return entry.second.kind == Node::Kind::kMapping || entry.second.kind == Node::Kind::kItems;
    });
    if (flat && OneIn(2)) return Line(line_indent, head + " " + Flow(value) + Behind());
    Line(line_indent, head + Behind());
    return LayOutEntries(value, indent + 1 + Below(4), "");
  }
  Line(line_indent, head + Behind());
  const std::size_t inner = indent + Below(4);
  for (const Node& item : value.items) {
    Between(inner);
    const std::size_t gap = 1 + Below(3);
    LayOutEntries(item, inner + 1 + gap, "-" + std::string(gap, ' '));
  }
}

void PackTextGenerator::LayOutScalar(const std::string& head, std::size_t line_indent, std::size_t indent,
                                     const Node& value) {
  const bool expression = value.kind == Node::Kind::kExpression;
  const bool in_block = expression && value.text.find_first_of("\t\x7F") == std::string::npos;
  const std::size_t inner = indent + 1 + Below(4);
  if (in_block && OneIn(2)) {
    const std::string text = Respaced(value.text, true);
    Line(line_indent, head + (OneIn(2) ? " >-" : " |-") + Behind());
    std::size_t begin = 0;
    while (begin <= text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      Line(inner + (begin > 0 ? Below(3) : 0), text.substr(begin, end - begin));
      begin = end + 1;
    }
    return;
  }
  const std::string text = expression ? Respaced(value.text, false) : value.text;
  if (OneIn(8)) {
    Line(line_indent, head + Behind());
    if (OneIn(2)) Line(inner, Comment());
    return Line(inner, Quoted(text, false) + Behind());
  }
  Line(line_indent, head + std::string(1 + Below(3), ' ') + Quoted(text, false) + Behind());
}

void PackTextGenerator::LayOutTexts(const std::string& head, std::size_t line_indent, std::size_t indent,
                                    const Node& value) {
  if (OneIn(3)) return Line(line_indent, head + " " + Flow(value) + Behind());
  const std::size_t inner = indent + 1 + Below(4);
  if (OneIn(2)) {
    Line(line_indent, head + Behind());
    for (const Node& item : value.items) {
      if (OneIn(6)) Between(inner, false);
      Line(inner, "- " + Quoted(item.text, false) + (OneIn(4) ? Behind() : ""));
    }
    return;
  }
  std::string line = head + " [";
  std::size_t at = line_indent;
  const auto flush = [&](std::size_t next) {
    Line(at, line);
    line.clear();
    at = next;
  };
  if (OneIn(5)) {
    line += " " + Comment();
    flush(inner);
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    line += (line.empty() || line.back() == '[' ? "" : " ") + Quoted(value.items[i].text, true);
    if (i + 1 < value.items.size()) line += ",";
    if (OneIn(12)) {
      line += " " + Comment();
      flush(inner);
      if (OneIn(3)) Line(inner, Comment());
    } else if (OneIn(6)) {
      flush(inner);
    }
  }
  line += "]" + Behind();
  flush(0);
}

std::string PackTextGenerator::Flow(const Node& value) {
  std::string text;
  if (value.kind == Node::Kind::kTexts) {
    for (const Node& item : value.items) text += (text.empty() ? "" : OneIn(3) ? "," : ", ") + Quoted(item.text, true);
    // A plain word and the comma behind it need a blank between them and the next.
    return "[" + text + "]";
  }
  if (value.kind != Node::Kind::kMapping) return Quoted(value.text, true);
  for (const auto& [key, inner] : value.entries) text += (text.empty() ? "" : ", ") + key + ": " + Flow(inner);
  return "{" + text + "}";
}

std::string PackTextGenerator::Quoted(const std::string& text, bool in_brackets) {
  const bool plain = !text.empty() && IsAsciiLetter(text.front()) &&
                     std::all_of(text.begin(), text.end(), [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-' || c == ' '; }) &&
                     text.back() != ' ' && text != "no";
  const bool number = std::all_of(text.begin(), text.end(), IsAsciiDigit);
  if ((plain || (number && !in_brackets)) && !OneIn(4)) return text;
  const bool odd = text.find_first_of("\n\t\\") != std::string::npos || text.find("\xE2\x80") != std::string::npos ||
                   text.find("\xC2") != std::string::npos;
  std::string quoted;
  if (!odd && OneIn(2)) {
    for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return "'" + quoted + "'";
  }
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return "\"" + quoted + "\"";
}

// With other blanks around AND and OR, none of which stands in a phrase; `lines`: some of them line breaks.
std::string PackTextGenerator::Respaced(const std::string& expression, bool lines) {
  std::string text;
  bool in_quotes = false, in_regex = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const std::string_view rest = std::string_view(expression).substr(i);
    if (expression[i] == '"' && !in_regex) in_quotes = !in_quotes;
    // Patterns hold what looks like anything: an expression with one stays as it is.
    if (expression[i] == '/') in_regex = true;
    if (!in_quotes && !in_regex && (rest.starts_with(" AND ") || rest.starts_with(" OR "))) {
      text += lines && OneIn(3) ? "\n" : std::string(1 + Below(3), ' ');
      continue;
    }
    text += expression[i];
  }
  return text;
}

}  // namespace wirewatch
