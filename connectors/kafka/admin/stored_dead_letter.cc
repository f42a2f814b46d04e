#include "connectors/kafka/admin/stored_dead_letter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/text/numbers.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/produce/dead_letter_headers.h"
#include "pipeline/records/dead_letter.h"

namespace wirewatch {
namespace {

void ReadHeader(std::string_view name, const std::string& value, StoredDeadLetter& letter) {
  if (name == "reason") letter.reason = value;
  if (name == "message") letter.message = value;
  if (name == "topic") letter.stream = value;
  if (name == "partition") letter.partition = ParseNumber<std::int32_t>(value).value_or(-1);
  if (name == "offset") letter.offset = ParseNumber<std::int64_t>(value).value_or(0);
  if (name == "time") letter.time = ParseRfc3339(value).value_or(letter.time);
  if (name == "bytes") letter.oversize = ParseNumber<std::uint64_t>(value);
  if (name == "last-offset") letter.last_offset = ParseNumber<std::int64_t>(value);
  if (name == "spill-path") letter.spill_path = value;
  if (name == "replays") letter.replays = std::max<std::int64_t>(ParseNumber<std::int64_t>(value).value_or(0), 0);
}

}  // namespace

std::optional<DeadLetterPlace> ParseDeadLetterPlace(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto partition = ParseNumber<std::int32_t>(text.substr(0, colon));
  const auto offset = ParseNumber<std::int64_t>(text.substr(colon + 1));
  if (!partition || !offset || *partition < 0 || *offset < 0) return std::nullopt;
  return DeadLetterPlace{Partition{*partition}, Offset{*offset}};
}

std::string TextOf(const DeadLetterPlace& place) {
  return fmt::format("{}:{}", static_cast<std::int32_t>(place.first), static_cast<std::int64_t>(place.second));
}

StoredDeadLetter ReadDeadLetter(KafkaRecord record) {
  StoredDeadLetter letter;
  letter.record = std::move(record);
  letter.reason = "unknown";
  letter.time = letter.record.timestamp.value_or(WallTime());
  const auto& headers = letter.record.headers;
  // What we say begins with the reason. Of the names before it whoever sent the record may have used any; only the
  // count of replays stands among them, since a replay sends it with the record.
  const auto last =
      std::find_if(headers.rbegin(), headers.rend(), [](const auto& one) { return one.name == kReasonHeader; });
  const auto says = last == headers.rend() ? headers.end() : last.base() - 1;
  for (auto header = headers.begin(); header != headers.end(); ++header) {
    if (!IsDeadLetterHeader(header->name)) {
      letter.own_headers.push_back(*header);
    } else if (header >= says || header->name == kReplaysHeader) {
      ReadHeader(std::string_view(header->name).substr(kDeadLetterHeader.size()), header->value, letter);
    }
  }
  return letter;
}

std::string PlaceOf(const KafkaRecord& record) { return TextOf({record.partition, record.offset}); }

std::string RefusalOf(const StoredDeadLetter& letter, std::int64_t limit, bool whole_is_there) {
  if (letter.stream.empty()) return "it does not say where it came from (no header wirewatch-topic)";
  if (!IsKafkaTopicName(letter.stream)) return fmt::format("it came from no kafka topic but from {}", letter.stream);
  if (letter.partition < 0) return "its header wirewatch-partition is no number of a partition";
  if (letter.last_offset) {
    return fmt::format("nothing of it is here: the records at {}:{} to {} of kafka topic {} could not be read",
                       letter.partition, letter.offset, *letter.last_offset, letter.stream);
  }
  if (letter.oversize && !whole_is_there) {
    return fmt::format("only the head of its {} bytes is here{}", *letter.oversize,
                       letter.spill_path.empty() ? "" : "; the whole is in " + letter.spill_path);
  }
  if (letter.replays >= limit) {
    return fmt::format("it was replayed {} times and failed each time (--limit {})", letter.replays, limit);
  }
  return "";
}

bool MakeWhole(StoredDeadLetter& letter, KafkaRecord original) {
  const std::string head = letter.record.value.value_or("");
  if (!original.value || original.value->size() != letter.oversize || !original.value->starts_with(head)) return false;
  letter.record.value = std::move(original.value);
  letter.record.key = std::move(original.key);
  std::erase_if(original.headers, [](const RecordHeader& header) { return IsDeadLetterHeader(header.name); });
  letter.own_headers = std::move(original.headers);
  letter.oversize.reset();
  return true;
}

KafkaMessageBody ToReplay(const StoredDeadLetter& letter) {
  KafkaMessageBody message;
  message.key = letter.record.key;
  message.value = letter.record.value;
  message.headers = letter.own_headers;
  message.headers.push_back({std::string(kReplaysHeader), std::to_string(letter.replays + 1)});
  message.partition = Partition{letter.partition};
  return message;
}

std::string ToJson(const StoredDeadLetter& letter) {
  Record record;
  if (letter.record.value) record.payload = *letter.record.value;
  record.key = letter.record.key.value_or("");
  record.headers = letter.own_headers;
  if (letter.replays > 0) record.headers.push_back({std::string(kReplaysHeader), std::to_string(letter.replays)});
  record.place = {letter.stream, Partition{letter.partition}, Offset{letter.last_offset.value_or(letter.offset)}};
  if (letter.last_offset) record.unreadable = Unreadable{Offset{letter.offset}, ""};
  record.timestamp = letter.record.timestamp;
  if (letter.oversize) record.oversize = Oversize{*letter.oversize, letter.spill_path};
  return ToJson(DeadLetter{record, letter.reason, letter.message, letter.time});
}

}  // namespace wirewatch
