#include "connectors/bytes/decompress.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "base/c_handle.h"

namespace wirewatch {
namespace {

constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr std::string_view kZstdSkippableEnd = "\x2A\x4D\x18";  // after a byte 0x50 to 0x5F
constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::size_t kInputBytes = 128 << 10;

// The compressed bytes, in pieces.
class Piecewise {
 public:
  explicit Piecewise(FdInput& input) : input_(input), buffer_(kInputBytes) {}

  // The next piece; empty at the end.
  Result<std::string_view> Next() {
    const auto read = input_.Read(buffer_.data(), buffer_.size());
    if (!read) return read.error();
    return std::string_view(buffer_.data(), *read);
  }

  bool stopped() const { return input_.stopped(); }

  // `unused`: bytes of the last piece that were not consumed.
  Error Corrupt(std::string_view format, std::size_t unused, std::string_view why) const {
    return {
        ErrorCode::kInvalid,
        fmt::format("{}: corrupt {} at byte {}: {}; what stands before was read; get the file again and read it anew",
                    input_.name(), format, input_.position() - unused, why)};
  }
  Error CutOff(std::string_view format) const {
    return {ErrorCode::kInvalid,
            fmt::format("{}: {} cut off at byte {}; what stands before was read; get the whole file and read it anew",
                        input_.name(), format, input_.position())};
  }

 private:
  FdInput& input_;
  std::vector<char> buffer_;
};

class PlainInput : public ByteInput {
 public:
  explicit PlainInput(FdInput& input) : input_(input) {}
  Result<std::size_t> Read(char* to, std::size_t size) override { return input_.Read(to, size); }

 private:
  FdInput& input_;
};

using ZstdContext = CHandle<ZSTD_DCtx, ZSTD_freeDCtx>;

class ZstdInput : public ByteInput {
 public:
  ZstdInput(FdInput& input, ZstdContext context) : pieces_(input), context_(std::move(context)) {}

  Result<std::size_t> Read(char* to, std::size_t size) override {
    while (true) {
      // A full output last time: there may be more without any input.
      if (in_.pos == in_.size && !more_within_) {
        const auto piece = pieces_.Next();
        if (!piece) return piece.error();
        if (piece->empty()) {
          if (!in_frame_ || pieces_.stopped()) return std::size_t{0};
          return pieces_.CutOff("zstd");
        }
        in_ = {piece->data(), piece->size(), 0};
      }
      ZSTD_outBuffer out{to, size, 0};
      const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in_);
      if (ZSTD_isError(left) != 0) return pieces_.Corrupt("zstd", in_.size - in_.pos, ZSTD_getErrorName(left));
      in_frame_ = left != 0;
      more_within_ = in_frame_ && out.pos == out.size;
      if (out.pos > 0) return out.pos;
    }
  }

 private:
  Piecewise pieces_;
  ZstdContext context_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool in_frame_ = true;  // an empty file has no frame: cut off
  bool more_within_ = false;
};

class GzipInput : public ByteInput {
 public:
  explicit GzipInput(FdInput& input) : pieces_(input) {}
  ~GzipInput() override { inflateEnd(&stream_); }

  bool Init() {
    constexpr int kGzipOnly = 16;
    return inflateInit2(&stream_, kGzipOnly + MAX_WBITS) == Z_OK;
  }

  Result<std::size_t> Read(char* to, std::size_t size) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(size);
    while (true) {
      if (stream_.avail_in == 0 && !more_within_) {
        const auto piece = pieces_.Next();
        if (!piece) return piece.error();
        if (piece->empty()) {
          if (!in_member_ || pieces_.stopped()) return std::size_t{0};
          return pieces_.CutOff("gzip");
        }
        // zlib does not write to its input.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece->data()));
        stream_.avail_in = static_cast<uInt>(piece->size());
      }
      if (!in_member_ && !NextMember()) continue;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t got = size - stream_.avail_out;
      const bool corrupt = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
      // What came out before the corrupt place is handed on first; then inflate says it again.
      more_within_ = corrupt || (result == Z_OK && stream_.avail_out == 0);
      if (result == Z_STREAM_END) in_member_ = false;
      if (corrupt && got == 0) {
        return pieces_.Corrupt("gzip", stream_.avail_in, stream_.msg != nullptr ? stream_.msg : "unknown error");
      }
      if (got > 0) return got;
    }
  }

 private:
  // Skips the zeros that some writers pad with. False: only zeros are left of this piece.
  bool NextMember() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return false;
    inflateReset(&stream_);
    in_member_ = true;
    return true;
  }

  Piecewise pieces_;
  z_stream stream_{};
  bool in_member_ = true;
  bool more_within_ = false;
};

}  // namespace

Compression CompressionOf(std::string_view head, std::string_view name) {
  if (head.starts_with(kZstdMagic)) return Compression::kZstd;
  if (head.size() == 4 && (head[0] & 0xF0) == 0x50 && head.substr(1) == kZstdSkippableEnd) return Compression::kZstd;
  if (head.starts_with(kGzipMagic)) return Compression::kGzip;
  if (name.ends_with(".zst") && kZstdMagic.starts_with(head)) return Compression::kZstd;
  if (name.ends_with(".gz") && kGzipMagic.starts_with(head)) return Compression::kGzip;
  return Compression::kNone;
}

Result<std::unique_ptr<ByteInput>> Decompress(FdInput& input) {
  // One byte tells text from the rest: of a slow pipe no more is waited for.
  auto head = input.Peek(1);
  if (!head) return head.error();
  const bool may_be_text = head->empty() || (*head != kZstdMagic.substr(0, 1) && *head != kGzipMagic.substr(0, 1) &&
                                             ((*head)[0] & 0xF0) != 0x50);
  if (!may_be_text) head = input.Peek(4);
  if (!head) return head.error();
  using Owned = std::unique_ptr<ByteInput>;
  switch (CompressionOf(*head, input.name())) {
    case Compression::kNone: return Owned(std::make_unique<PlainInput>(input));
    case Compression::kZstd: {
      ZstdContext context(ZSTD_createDCtx());
      if (context == nullptr) return Error{ErrorCode::kInternal, "zstd: no memory for a decompressor"};
      return Owned(std::make_unique<ZstdInput>(input, std::move(context)));
    }
    case Compression::kGzip: {
      auto gzip = std::make_unique<GzipInput>(input);
      if (!gzip->Init()) return Error{ErrorCode::kInternal, "zlib: no memory for a decompressor"};
      return Owned(std::move(gzip));
    }
  }
  std::abort();
}

}  // namespace wirewatch
