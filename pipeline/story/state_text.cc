#include "pipeline/story/state_text.h"

#include <fmt/format.h>

#include <utility>

#include "base/text/base64.h"

namespace wirewatch {

void StateWriter::Put(std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>((number & 0x7F) | 0x80);
  bytes_ += static_cast<char>(number);
}

void StateWriter::PutSigned(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  Put(number < 0 ? ~(bits << 1) : bits << 1);
}

void StateWriter::PutHash(std::uint32_t hash) {
  for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(hash >> shift & 0xFF);
}

void StateWriter::Put(std::string_view text) {
  Put(text.size());
  bytes_ += text;
}

std::string StateWriter::Text() const {
  std::string text;
  text.reserve(Base64Size(bytes_.size()));
  AppendBase64(bytes_, text);
  return text;
}

StateReader::StateReader(std::string_view text, std::string what) : what_(std::move(what)) {
  if (auto bytes = DecodeBase64(text)) {
    bytes_ = *std::move(bytes);
  } else {
    Refuse("it is not base64");
  }
}

void StateReader::Refuse(std::string problem) {
  if (ok()) problem_ = std::move(problem);
}

std::uint64_t StateReader::Number(std::uint64_t most) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; ok(); shift += 7) {
    if (at_ == bytes_.size()) {
      Refuse("it ends too early");
      break;
    }
    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
    const std::uint64_t bits = byte & 0x7FU;
    if (shift > 63 || (bits << shift) >> shift != bits) {
      Refuse("a number has more than 64 bits");
      break;
    }
    number |= bits << shift;
    if (byte >= 0x80) continue;
    if (number > most) Refuse(fmt::format("{} stands where at most {} is possible", number, most));
    break;
  }
  return ok() ? number : 0;
}

std::int64_t StateReader::Signed(std::int64_t least, std::int64_t most) {
  const std::uint64_t folded = Number();
  const std::uint64_t half = folded >> 1;
  const auto number = static_cast<std::int64_t>((folded & 1) != 0 ? ~half : half);
  if (ok() && (number < least || number > most)) {
    Refuse(fmt::format("{} stands where {} to {} is possible", number, least, most));
  }
  return ok() ? number : 0;
}

std::uint32_t StateReader::Hash() {
  if (ok() && bytes_.size() - at_ < 4) Refuse("it ends too early");
  if (!ok()) return 0;
  std::uint32_t hash = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    hash |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes_[at_++])) << shift;
  }
  return hash;
}

std::string StateReader::Text() {
  const std::uint64_t size = Number();
  if (ok() && size > bytes_.size() - at_) Refuse("it ends too early");
  if (!ok()) return {};
  std::string text = bytes_.substr(at_, static_cast<std::size_t>(size));
  at_ += text.size();
  return text;
}

void StateReader::Version(std::uint64_t known) {
  const std::uint64_t version = Number();
  if (version != known) Refuse(fmt::format("it is of version {}, and {} is read", version, known));
}

Status StateReader::Finish() {
  if (ok() && at_ != bytes_.size()) Refuse("something stands behind its end");
  if (ok()) return {};
  return Error{ErrorCode::kInvalid, fmt::format("{} cannot be read: {}", what_, *problem_)};
}

}  // namespace wirewatch
