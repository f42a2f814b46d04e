#include "connectors/bytes/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text/utf8.h"
#include "pipeline/connector.h"

namespace wirewatch {
namespace {

constexpr std::size_t kHeadBytes = 64 << 10;  // of a record that is too long
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The largest block: the longest record with its "\r\n" and something to read on with.
std::size_t LargestBlock(const RecordLimits& limits) { return limits.max_record_bytes + 2 + BlockPool::kBlockBytes; }

std::string_view WithoutBlanksAtEnd(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

// Whether a line that begins an object is no record of its own: it is to be continued, or another one begins on it. A
// line that was cut off, mostly within a string, is a broken record of lines.
bool GoesOnBehind(std::string_view line) {
  ValueScanner scanner;
  scanner.SkipToRecord(line);
  const auto end = scanner.FindEnd(line);
  if (!end) return !scanner.in_string() && std::string_view("{[,:").find(line.back()) != std::string_view::npos;
  const std::size_t next = line.find_first_not_of(" \t\r", *end);
  return next != std::string_view::npos && (line[next] == '{' || line[next] == '[');
}

}  // namespace

RecordLimits LimitsOf(const ConnectorContext& context, const std::string& spill_dir) {
  return {context.longest_record, spill_dir.empty() ? context.spill_dir : spill_dir};
}

std::size_t PoolBytes(const RecordLimits& limits) {
  return std::max<std::size_t>(64 << 20, 2 * LargestBlock(limits) + BlockPool::kBlockBytes);
}

RecordReader::RecordReader(ByteInput& input, Framing framing, Start start, const RecordLimits& limits, BlockPool& pool,
                           RecordFeed& feed)
    : input_(input),
      framing_(framing),
      stream_(start.stream),
      limits_(limits),
      pool_(pool),
      feed_(feed),
      // One byte more shows the end without another block.
      first_capacity_(start.size > 0 && start.size < BlockPool::kBlockBytes ? start.size + 1 : BlockPool::kBlockBytes),
      begin_offset_(start.offset),
      at_start_(start.offset == 0) {}

Result<std::optional<Record>> RecordReader::Next() {
  while (true) {
    if (framing_ == Framing::kAuto) Decide(false);
    if (const auto end = FindEnd()) return Take(end->at, end->skip);
    // One more: a "\r" at the end does not count.
    if (oversize_ || filled_ - begin_ > limits_.max_record_bytes + 1) {
      if (Status passed = Pass(filled_); !passed) return std::move(passed).error();
      // It may go on for very long, and no offer beats or notices a stop meanwhile.
      if (!feed_.Idle()) {
        cut_off_ = true;
        return std::optional<Record>();
      }
    }
    const auto more = Fill();
    if (!more) return more.error();
    if (*more) continue;
    if (cut_off_ || framing_ == Framing::kLines || (framing_ == Framing::kValues && !at_start_)) {
      return std::optional<Record>();
    }
    at_start_ = false;  // what is shorter than a byte order mark has none
    if (framing_ == Framing::kAuto) Decide(true);
  }
}

void RecordReader::Decide(bool at_end) {
  const std::string_view text = block_ == nullptr ? std::string_view() : Unfinished();
  const std::size_t first = text.find_first_not_of(" \t\r\n", blanks_);
  blanks_ = std::min(first, text.size());
  if (at_start_ && text.size() < kByteOrderMark.size() && !at_end) return;
  if (first == std::string_view::npos && !at_end && text.size() <= limits_.max_record_bytes) return;
  const bool object = first != std::string_view::npos && text[first] == '{';
  scanned_ = begin_;  // when it is decided, nothing was scanned yet
  if (!object) {
    framing_ = first != std::string_view::npos && text[first] == '[' ? Framing::kValues : Framing::kLines;
    return;
  }
  const std::size_t newline = text.find('\n', std::max(first, undecided_));
  undecided_ = text.size();
  if (newline == std::string_view::npos && !at_end && text.size() <= limits_.max_record_bytes) return;
  framing_ = GoesOnBehind(WithoutBlanksAtEnd(text.substr(first, newline - first))) ? Framing::kValues : Framing::kLines;
}

std::optional<RecordReader::End> RecordReader::FindEnd() {
  if (framing_ == Framing::kAuto || scanned_ >= filled_) return std::nullopt;
  const char* const bytes = block_->bytes.get();
  std::optional<End> found;
  if (framing_ == Framing::kLines) {
    const void* const newline = std::memchr(bytes + scanned_, '\n', filled_ - scanned_);
    if (newline != nullptr) found = End{static_cast<std::size_t>(static_cast<const char*>(newline) - bytes), 1};
  } else if (at_start_ && filled_ - begin_ < kByteOrderMark.size()) {
    return std::nullopt;  // it may be the beginning of a byte order mark
  } else {
    if (!scanner_.in_record()) {
      const std::size_t between = scanner_.SkipToRecord({bytes + begin_, filled_ - begin_});
      begin_ += between;
      begin_offset_ += between;
      scanned_ = begin_;
    }
    if (scanner_.in_record()) {
      if (const auto end = scanner_.FindEnd({bytes + scanned_, filled_ - scanned_})) found = End{scanned_ + *end, 0};
    }
  }
  if (!found) scanned_ = filled_;
  return found;
}

Result<std::optional<Record>> RecordReader::TakeRest() {
  const bool nothing = !oversize_ && begin_ == filled_;
  const bool empty_record = framing_ == Framing::kValues && !scanner_.saw_anything();
  if (cut_off_ || (nothing && !empty_record)) return std::optional<Record>();
  if (block_ == nullptr && !ChangeBlock()) return std::optional<Record>();
  return Take(filled_, 0);
}

Result<std::optional<Record>> RecordReader::Take(std::size_t end, std::size_t skip) {
  at_start_ = false;
  std::string_view payload(block_->bytes.get() + begin_, end - begin_);
  if (framing_ == Framing::kValues) {
    payload = WithoutBlanksAtEnd(payload);
  } else if (payload.ends_with('\r')) {
    payload.remove_suffix(1);
  }

  std::optional<Record> record;
  if (oversize_ || payload.size() > limits_.max_record_bytes) {
    if (Status passed = Pass(end); !passed) return std::move(passed).error();
    auto finished = FinishPassing();
    if (!finished) return std::move(finished).error();
    record = *std::move(finished);
  } else {
    record.emplace();
    record->payload = payload;
    record->readable_after = kReadableAfter;
    record->memory = block_;
    record->place.offset = Offset{static_cast<std::int64_t>(begin_offset_)};
    handed_out_ = true;
  }
  record->place.stream = stream_;
  begin_offset_ += end + skip - begin_;
  begin_ = scanned_ = end + skip;
  return record;
}

Status RecordReader::Pass(std::size_t end) {
  if (!oversize_) {
    oversize_.emplace();
    oversize_->offset = begin_offset_;
    if (!limits_.spill_dir.empty()) {
      auto spill = SpillFile::Create(limits_.spill_dir, stream_, begin_offset_);
      if (!spill) return std::move(spill).error().In(fmt::format("{} at byte {}", stream_, begin_offset_));
      oversize_->spill = *std::move(spill);
    }
  }
  const std::string_view bytes(block_->bytes.get() + begin_, end - begin_);
  oversize_->head.append(bytes.substr(0, kHeadBytes - oversize_->head.size()));
  oversize_->bytes += bytes.size();
  begin_offset_ += bytes.size();
  begin_ = end;
  if (oversize_->spill != nullptr) {
    const std::uint64_t room = kSpilledRecords * limits_.max_record_bytes - oversize_->spilled;
    const std::string_view kept = bytes.substr(0, room);
    oversize_->spilled += kept.size();
    if (Status appended = oversize_->spill->Append(kept); !appended) {
      return std::move(appended).error().In(fmt::format("{} at byte {}", stream_, oversize_->offset));
    }
  }
  return {};
}

Result<Record> RecordReader::FinishPassing() {
  Record record;
  record.oversize = Oversize{.bytes = oversize_->bytes, .spill_path = {}, .spilled = oversize_->spilled};
  if (oversize_->spill != nullptr) {
    auto path = oversize_->spill->Finish();
    if (!path) return std::move(path).error().In(fmt::format("{} at byte {}", stream_, oversize_->offset));
    record.oversize->spill_path = *std::move(path);
  }
  const auto head = std::make_shared<std::string>(std::move(oversize_->head));
  const std::size_t whole = head->size() < oversize_->bytes ? WithoutCutCharacter(*head).size() : head->size();
  head->append(kReadableAfter, '\0');
  record.payload = std::string_view(*head).substr(0, whole);
  record.readable_after = head->size() - whole;
  record.memory = head;
  record.place.offset = Offset{static_cast<std::int64_t>(oversize_->offset)};
  oversize_.reset();
  return record;
}

Result<bool> RecordReader::Fill() {
  // simdjson may still read the kReadableAfter bytes behind the last record we handed out, so they must not be
  // overwritten. If the unfinished record behind it is shorter than that, move it past the padding before reading on.
  const std::size_t unfinished = filled_ - begin_;
  if (handed_out_ && unfinished < kReadableAfter && filled_ + kReadableAfter + unfinished < block_->capacity) {
    char* const bytes = block_->bytes.get();
    std::memcpy(bytes + filled_ + kReadableAfter, bytes + begin_, unfinished);
    begin_ = filled_ + kReadableAfter;
    scanned_ = filled_ = begin_ + unfinished;
    handed_out_ = false;
  }
  const bool full = block_ == nullptr || filled_ == block_->capacity || (handed_out_ && unfinished < kReadableAfter);
  if (full && !ChangeBlock()) {
    cut_off_ = true;
    return false;
  }

  const auto read = input_.Read(block_->bytes.get() + filled_, block_->capacity - filled_);
  if (!read) return read.error();
  filled_ += *read;
  if (at_start_) SkipByteOrderMark();
  return *read > 0;
}

bool RecordReader::ChangeBlock() {
  const std::size_t unfinished = filled_ - begin_;
  std::size_t capacity = first_capacity_;
  if (block_ != nullptr) {
    capacity = std::max(BlockPool::kBlockBytes, std::min(2 * unfinished, LargestBlock(limits_)));
  }
  std::shared_ptr<Block> block = pool_.Acquire(capacity, feed_);
  if (block == nullptr) return false;
  if (unfinished > 0) std::memcpy(block->bytes.get(), Unfinished().data(), unfinished);
  block_ = std::move(block);
  begin_ = 0;
  scanned_ = filled_ = unfinished;
  handed_out_ = false;
  return true;
}

void RecordReader::SkipByteOrderMark() {
  if (Unfinished().size() < kByteOrderMark.size()) return;  // an input of two bytes has none
  at_start_ = false;
  if (!Unfinished().starts_with(kByteOrderMark)) return;
  begin_ += kByteOrderMark.size();
  begin_offset_ += kByteOrderMark.size();
}

}  // namespace wirewatch
