// Document: what a rule can ask about. The rule language's view of an article; knows no JSON and no Kafka.
#ifndef WIREWATCH_RULES_TEXT_DOCUMENT_H_
#define WIREWATCH_RULES_TEXT_DOCUMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace wirewatch {

// The searchable texts, in reading order. The summary is the standfirst or description where the source has one.
enum class Field : std::uint8_t { kTitle, kSummary, kBody };
inline constexpr std::size_t kFieldCount = 3;

constexpr std::string_view Name(Field field) {
  constexpr std::array<std::string_view, kFieldCount> kNames = {"title", "summary", "body"};
  return kNames[static_cast<std::size_t>(field)];
}

// Ownership: borrows everything; must not outlive the article.
// REQUIRES:  all text is valid UTF-8 (Hyperscan needs it); a text is shorter than 2^31 bytes.
// Paragraphs are parted by newlines.
struct Document {
  std::array<std::string_view, kFieldCount> texts;
  std::string_view language;     // canonical (language_code.h): "en", "zh-HK"; empty: unknown
  std::string_view country;      // canonical (country_code.h): "GB"; empty: unknown
  std::string_view source;       // name or host of the publisher
  std::string_view source_host;  // host of the article's url, canonical (host.h); empty: unknown
  std::string_view section;
  std::span<const std::string> tags;
  std::optional<WallTime> published_at;
  std::optional<WallTime> now;  // when its record was written, so that its age is the same whenever it is read
  std::optional<int> urgency;   // 1 (most) to 9

  std::string_view text(Field field) const { return texts[static_cast<std::size_t>(field)]; }
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_DOCUMENT_H_
