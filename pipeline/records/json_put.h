// What all JSON shares that is written of records, matches and alerts: a key is left out where nothing is known. Lines
// stay short, and readers need one test, not two.
#ifndef WIREWATCH_PIPELINE_RECORDS_JSON_PUT_H_
#define WIREWATCH_PIPELINE_RECORDS_JSON_PUT_H_

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/text/json_writer.h"

namespace wirewatch {

inline void PutText(JsonWriter& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.Put(key, text);
}
inline void PutTime(JsonWriter& json, std::string_view key, std::optional<WallTime> time) {
  if (time) json.Put(key, FormatRfc3339(*time));
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_JSON_PUT_H_
