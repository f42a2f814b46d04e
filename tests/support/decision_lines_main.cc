// decision_lines: decisions for an integration test that needs some before any process has written them.
#include <fmt/format.h>

#include <iostream>
#include <sstream>
#include <string>

#include "pipeline/alert/decision.h"
#include "pipeline/match/match_message.h"

// Reads lines PARTITION OFFSET MATCH (kcat -f '%p %o %s\n'), and writes a decision on each match, a line each.
int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::string json;
    words >> partition >> offset;
    std::getline(words, json);
    const auto match = wirewatch::MatchOfMessage(json);
    if (!match) {
      fmt::print(stderr, "decision_lines: {}\n", match.error().message);
      return 1;
    }
    wirewatch::Decision decision;
    decision.partition = wirewatch::Partition{partition};
    decision.offset = wirewatch::Offset{offset};
    decision.record_time = match->times.matched;
    decision.topic = match->topic;
    decision.article_id = match->article->id;
    decision.source = match->article->source;
    decision.title = match->article->title;
    decision.outcome = "alerted";
    decision.kind = "new";
    decision.because = fmt::format("the first article on topic {}", match->topic);
    decision.story_id = match->article->id;
    decision.state = std::string("\0\1state", 7);
    fmt::print("{}\n", wirewatch::ToJson(decision));
  }
}
