#include "connectors/bytes/stream_reading.h"

#include <optional>

#include "base/log.h"
#include "connectors/bytes/decompress.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("file");

// Counts what is taken from the file while it is read through the decompressor.
class CountedInput : public ByteInput {
 public:
  CountedInput(ByteInput& content, const FdInput& file, std::atomic<std::uint64_t>& bytes_read)
      : content_(content), file_(file), bytes_read_(bytes_read) {}

  Result<std::size_t> Read(char* to, std::size_t size) override {
    auto read = content_.Read(to, size);
    bytes_read_.fetch_add(file_.position() - counted_, std::memory_order_relaxed);
    counted_ = file_.position();
    return read;
  }

 private:
  ByteInput& content_;
  const FdInput& file_;
  std::atomic<std::uint64_t>& bytes_read_;
  std::uint64_t counted_ = 0;
};

}  // namespace

Status ReadStream(FdInput& input, Framing framing, std::string_view stream, StreamReading& reading, RecordFeed& feed) {
  const auto content = Decompress(input);
  if (!content) return content.error();
  CountedInput counted(**content, input, reading.bytes_read);
  RecordReader reader(counted, framing, {stream, 0, input.size()}, reading.limits, reading.pool, feed);
  const auto all = OfferAll(reader, feed);
  if (!all) return all.error();
  // Told to stop in the middle of a stream, what was read of the next record is not a whole one. A pipe that has
  // nothing more just now is as good as at its end.
  if (!*all || (feed.stopped() && input.Readable())) return {};
  if (Status rest = OfferRest(reader, feed); !rest) return rest;
  if (reader.lacks_bracket())
    kLog.Warn("{stream}: the array of articles is not closed: the end may be missing", {{"stream", stream}});
  return {};
}

Result<bool> OfferAll(RecordReader& reader, RecordFeed& feed) {
  while (true) {
    auto record = reader.Next();
    if (!record) return std::move(record).error();
    if (!*record) return true;
    if (!feed.Offer(**record) || feed.stopped()) return false;
  }
}

Status OfferRest(RecordReader& reader, RecordFeed& feed) {
  auto record = reader.TakeRest();
  if (!record) return std::move(record).error();
  if (*record) feed.Offer(**record);
  return {};
}

}  // namespace wirewatch
