// ShadowRecord: what a rule in shadow would have done: hits, hits a day, and a sample of the articles. A file of them
// (NDJSON, a rule a line) is what `wirewatch promote` shows, here or on another machine.
#ifndef WIREWATCH_PIPELINE_MATCH_SHADOW_RECORD_H_
#define WIREWATCH_PIPELINE_MATCH_SHADOW_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/span.h"

namespace wirewatch {

// Words that made the rule hold.
struct ShadowWords {
  std::string field, term;  // "title"; as an analyst writes it
  std::string snippet;      // one line
  Span in_snippet;          // where the words stand in it

  bool operator==(const ShadowWords&) const = default;
};

struct ShadowSample {
  std::string article, version, title, url, source, language;
  WallTime time;        // record time
  bool caught = false;  // an active rule of the topic held, too
  std::vector<ShadowWords> words;
  // By which samples are chosen (RankOf): those with the lowest.
  std::uint64_t rank = 0;

  bool operator==(const ShadowSample&) const = default;
};

struct ShadowCount {
  std::uint64_t hits = 0;    // articles on which the rule held
  std::uint64_t caught = 0;  // of these, those on which an active rule of the topic held, too

  bool operator==(const ShadowCount&) const = default;
};

struct ShadowRecord {
  bool operator==(const ShadowRecord&) const = default;

  std::string topic, rule;
  std::string digest;                   // hex of FoundDigestOf: another one is another rule
  std::optional<WallTime> since, last;  // record time: of the first article it was looked at for, of its last hit
  std::uint64_t articles = 0;           // that it was looked at for
  ShadowCount count;
  std::map<std::int64_t, ShadowCount> days;  // by days since 1970, of record time; the last kShadowDays
  std::vector<ShadowSample> samples;         // by rank; at most kShadowSamples
  std::string demoted;                       // why the process put it into shadow; empty: the pack did
};
inline constexpr std::size_t kShadowSamples = 20, kShadowWords = 5, kShadowDays = 60;
// Bytes; what is longer is cut.
inline constexpr std::size_t kShadowText = 300;

// A hash: the same articles are chosen, however often and in whatever order they come, and two records of one rule, of
// two processes, give one as if one process had made it. So each article has the same chance.
std::uint64_t RankOf(std::string_view digest, std::string_view article, std::string_view version);

// Whether the record would keep a sample of that rank.
bool Wants(const ShadowRecord& record, std::uint64_t rank);
void AddSample(ShadowRecord& record, ShadowSample sample);
void AddHit(ShadowRecord& record, WallTime time, bool caught);

// The two as one. REQUIRES: the same topic, rule and digest.
ShadowRecord Joined(ShadowRecord a, const ShadowRecord& b);

// One line of JSON without a newline.
std::string ToJson(const ShadowRecord& record);
// kInvalid: what is wrong with it.
Result<ShadowRecord> ReadShadowRecord(std::string_view json);

// All records of a file. kNotFound, kIo, kTooLarge; kInvalid: with the line.
Result<std::vector<ShadowRecord>> ReadShadowFile(const std::filesystem::path& file);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_SHADOW_RECORD_H_
