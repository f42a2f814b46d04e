#include "rules/pack/pack_extensions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/diagnostic.h"

namespace wirewatch {
namespace {

void Report(Diagnostics& diagnostics, const std::string& file, TextPosition place, std::string code,
            std::string message, std::string help) {
  Diagnostic& diagnostic = diagnostics.emplace_back();
  diagnostic.file = file;
  diagnostic.position = place;
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
}

// `match AND NOT unless`. The new nodes have no place of their own: nothing is said about them.
Expression WithUnless(Expression match, const Expression& unless) {
  Expression no;
  no.kind = Expression::Kind::kNot;
  no.children.push_back(unless);
  Expression both;
  both.kind = Expression::Kind::kAnd;
  both.place = match.place;
  both.children.push_back(std::move(match));
  both.children.push_back(std::move(no));
  return both;
}

// The rules of `part`, which stands in `file`, become rules of the topic. `ids`: of those that it has.
void Extend(Topic& topic, std::set<std::string>& ids, const TopicExtension& part, const std::string& file,
            Diagnostics& diagnostics) {
  if (topic.languages.empty() || part.languages.empty()) {
    topic.languages.clear();
  } else {
    for (const std::string& language : part.languages) {
      if (std::find(topic.languages.begin(), topic.languages.end(), language) == topic.languages.end()) {
        topic.languages.push_back(language);
      }
    }
  }
  for (const Rule& written : part.rules) {
    if (!ids.insert(written.id).second) {
      Report(diagnostics, file, written.place, "duplicate-id",
             fmt::format("the topic '{}' already has a rule '{}'", topic.id, written.id),
             "rules of a topic have different ids in all its files: begin them with the language");
      continue;
    }
    Rule& rule = topic.rules.emplace_back(written);
    rule.file = file;
    if (rule.languages.empty()) rule.languages = part.languages;
    if (part.unless) rule.match = WithUnless(std::move(rule.match), *part.unless);
  }
}

}  // namespace

void PackExtensions::Join(LoadedPacks& loaded) {
  std::map<std::string_view, std::size_t> pack_of;  // of each topic
  for (std::size_t i = 0; i < loaded.packs.size(); ++i) {
    for (const Topic& topic : loaded.packs[i]->topics) pack_of.emplace(topic.id, i);
  }
  std::vector<std::string_view> topics;
  for (const auto& [id, pack] : pack_of) topics.push_back(id);

  std::map<std::size_t, std::vector<std::shared_ptr<const Pack>>> parts_of;  // of each pack that is extended
  for (const auto& pack : loaded.packs) {
    for (const TopicExtension& part : pack->extensions) {
      if (part.topic.empty()) continue;  // with a mistake
      const auto known = pack_of.find(part.topic);
      if (known == pack_of.end()) {
        const std::string_view nearest = Nearest(part.topic, topics);
        Report(loaded.diagnostics, pack->file, part.place, "unknown-topic",
               fmt::format("no pack has the topic '{}' that is extended here", part.topic),
               nearest.empty() ? "load the file with that topic as well" : fmt::format("did you mean '{}'?", nearest));
        continue;
      }
      auto& parts = parts_of[known->second];
      if (parts.empty()) parts.push_back(loaded.packs[known->second]);
      if (pack == parts.front() || pack != parts.back()) parts.push_back(pack);
    }
  }

  std::vector<Joined> joined;
  for (auto& [base, parts] : parts_of) {
    const auto known =
        std::find_if(joined_.begin(), joined_.end(), [&](const Joined& before) { return before.parts == parts; });
    if (known != joined_.end()) {
      joined.push_back(*known);
    } else {
      auto whole = std::make_shared<Pack>(*parts.front());
      const std::size_t mistakes = loaded.diagnostics.size();
      std::map<std::string_view, std::vector<std::pair<const TopicExtension*, const Pack*>>> by_topic;
      for (std::size_t i = 1; i < parts.size(); ++i) {
        for (const TopicExtension& part : parts[i]->extensions) {
          by_topic[part.topic].emplace_back(&part, parts[i].get());
        }
      }
      for (Topic& topic : whole->topics) {
        const auto of_topic = by_topic.find(topic.id);
        if (of_topic == by_topic.end()) continue;
        std::set<std::string> ids;
        for (Rule& rule : topic.rules) {
          if (rule.languages.empty()) rule.languages = topic.languages;
          ids.insert(rule.id);
        }
        for (const auto& [part, pack] : of_topic->second) Extend(topic, ids, *part, pack->file, loaded.diagnostics);
      }
      if (loaded.diagnostics.size() > mistakes) continue;  // to be told again the next time
      joined.push_back({parts, std::move(whole)});
    }
    loaded.packs[base] = joined.back().whole;
  }
  joined_ = std::move(joined);
}

}  // namespace wirewatch
