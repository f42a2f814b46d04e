// Dates as articles have them: RFC 3339 first, and every other way of writing that has one meaning only.
#ifndef WIREWATCH_PIPELINE_DECODE_ARTICLE_DATE_H_
#define WIREWATCH_PIPELINE_DECODE_ARTICLE_DATE_H_

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace wirewatch {

// Reads
//   what ParseRfc3339 reads
//   year first, with '-', '/' or '.' between, one digit or two; a time of hours and minutes or seconds with any
//   fraction behind a 'T' or blanks: "2026-03-01 10:00:00 UTC", "2026/3/1 9:05"; without separators: "20260301T100000Z"
//   RFC 5322 (mail) and its kin, with the month in words: "Sun, 01 Mar 2026 10:00:00 +0100", "March 1, 2026 at 9:05
//   pm", "Sun Mar  1 10:00:00 2026", "Sunday, 01-Mar-26 10:00:00 GMT" seconds, milliseconds, microseconds or
//   nanoseconds since 1970, of the years 1980 to 2100
// Zones: 'Z', "+0100", "+01:00", "UTC", "GMT", those of RFC 5322 (EST, PDT, ...), WET, CET, EET and their summer times.
// Without one it is UTC.
// Nothing: cannot be read, or could mean several days ("03/01/2026").
// `text` without blanks around it.
std::optional<WallTime> ReadDate(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_ARTICLE_DATE_H_
