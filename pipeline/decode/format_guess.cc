#include "pipeline/decode/format_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  std::string_view name;
};
constexpr Signature kSignatures[] = {
    {"\x1F\x8B"sv, "gzip (the producer packed the payload itself): unpack it first, or let Kafka compress"},
    {"\x28\xB5\x2F\xFD"sv, "zstd (the producer packed the payload itself): unpack it first, or let Kafka compress"},
    {"\x04\x22\x4D\x18"sv, "lz4 (the producer packed the payload itself): unpack it first, or let Kafka compress"},
    {"\xFF\x06\x00\x00sNaPpY"sv, "snappy (the producer packed the payload itself): unpack it first"},
    {"\x82SNAPPY\x00"sv, "snappy (the producer packed the payload itself): unpack it first"},
    {"BZh"sv, "bzip2: unpack it first"},
    {"\xFD"
     "7zXZ\x00"sv,
     "xz: unpack it first"},
    {"PK\x03\x04"sv, "a zip archive: unpack it first"},
    {"Obj\x01"sv, "an Avro file: convert it to JSON"},
    {"PAR1"sv, "a Parquet file: convert it to JSON"},
    {"%PDF-"sv, "a PDF"},
    {"\x89PNG"sv, "a picture (PNG)"},
    {"\xFF\xD8\xFF"sv, "a picture (JPEG)"},
};

std::string_view WithoutBlanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

std::string GuessMarkup(std::string_view text) {
  if (!text.starts_with('<')) return {};
  const std::string_view head = text.substr(0, 512);
  if (ContainsInAnyCase(head, "<rss") || ContainsInAnyCase(head, "<rdf:rdf")) {
    return "RSS: wirewatch reads JSON, so a feed must be turned into it first";
  }
  if (ContainsInAnyCase(head, "<feed")) return "an Atom feed: wirewatch reads JSON, so it must be turned into it first";
  if (ContainsInAnyCase(head, "<!doctype html") || ContainsInAnyCase(head, "<html"))
    return "HTML, a page and no article";
  for (const auto& [tag, name] : {std::pair("<newsitem"sv, "NewsML-G2"sv),
                                  {"<newsmessage"sv, "NewsML-G2"sv},
                                  {"<newsml"sv, "NewsML"sv},
                                  {"<nitf"sv, "NITF"sv}}) {
    if (ContainsInAnyCase(head, tag)) return fmt::format("{} (XML): turn it into JSON, ninjs for example", name);
  }
  const bool tag = text.size() > 1 && (IsAsciiLetter(text[1]) || text[1] == '?' || text[1] == '!');
  return tag ? "XML: turn it into JSON first" : "";
}

// Of a line outside of double quotes.
std::size_t Separators(std::string_view line, char separator) {
  std::size_t count = 0;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    count += !quoted && c == separator ? 1 : 0;
  }
  return count;
}

// Lines of a table have the same number of separators each.
std::string GuessTable(const std::vector<std::string>& lines) {
  constexpr std::pair<char, std::string_view> kKinds[] = {{'\t', "TSV (columns parted by tabs)"},
                                                          {',', "CSV (columns parted by commas)"},
                                                          {';', "CSV (columns parted by semicolons)"},
                                                          {'|', "a table (columns parted by '|')"}};
  for (const auto& [separator, name] : kKinds) {
    const std::size_t first = Separators(lines.front(), separator);
    const bool same = std::all_of(lines.begin(), lines.end(), [&, separator = separator](const std::string& line) {
      return Separators(line, separator) == first;
    });
    if (first > 0 && same && lines.size() > 1) return fmt::format("{}: turn each row into a JSON object", name);
  }
  return {};
}

}  // namespace

std::string GuessFormat(std::string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.starts_with(signature.bytes)) return std::string(signature.name);
  }
  // Of the bytes of JSON in UTF-8 none is NUL, and none FE or FF (RFC 3629, section 1).
  if (bytes.starts_with("\xFF\xFE\x00\x00"sv) || bytes.starts_with("\x00\x00\xFE\xFF"sv))
    return "UTF-32: encode it as UTF-8";
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return "UTF-16: encode it as UTF-8";
  if (bytes.size() > 5 && bytes[0] == '\0' && bytes[1] == '\0') {
    const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
    const std::uint32_t id = byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4);
    return fmt::format(
        "Confluent's wire format (schema {}; Avro, Protobuf or JSON Schema): let its producer write plain JSON", id);
  }
  if (bytes.size() > 1 && (bytes[0] == '\0') != (bytes[1] == '\0')) return "UTF-16: encode it as UTF-8";

  const std::string_view text = WithoutBlanks(bytes);
  if (std::string markup = GuessMarkup(text); !markup.empty()) return markup;
  if (text.starts_with("{'")) return "Python's way to print a dictionary: write it with json.dumps";
  if (text.starts_with("eyJ")) return "JSON in Base64: decode it first";
  if (text.starts_with("---\n") || text.starts_with("---\r")) return "YAML";
  if (BeginsInAnyCase(text, "data:")) return "server-sent events: the JSON stands behind 'data:'";
  if (text.size() > 2 && text[0] == '\x1E' && text[1] == '{')
    return "a JSON text sequence (RFC 7464): leave the 0x1E out";
  return {};
}

void InputLook::Add(std::string_view payload, std::string_view message) {
  if (added_.load(std::memory_order_relaxed) >= kRecords) return;
  const std::lock_guard lock(mutex_);
  if (heads_.size() >= kRecords) return;
  if (heads_.empty()) first_message_ = message;
  heads_.emplace_back(payload.substr(0, kHeadBytes));
  added_.store(heads_.size(), std::memory_order_relaxed);
}

std::string InputLook::Describe() const {
  const std::lock_guard lock(mutex_);
  if (heads_.empty()) return "there was nothing in it";
  // Together first: the line behind `<?xml ...?>` says which XML it is.
  std::vector<std::string> looks = {fmt::format("{}", fmt::join(heads_, "\n"))};
  looks.insert(looks.end(), heads_.begin(), heads_.end());
  for (const std::string& head : looks) {
    if (const std::string guess = GuessFormat(head); !guess.empty()) return fmt::format("it looks like {}", guess);
  }
  std::vector<std::string> lines;
  for (const std::string& head : heads_) {
    if (!head.empty()) lines.push_back(head);
  }
  if (!lines.empty() && lines.front().find('{') == std::string::npos) {
    if (const std::string table = GuessTable(lines); !table.empty()) return fmt::format("it looks like {}", table);
  }
  if (!lines.empty() && (WithoutBlanks(lines.front()) == "{" || WithoutBlanks(lines.front()) == "[")) {
    return "it looks like JSON over several lines: name the file .json, or set `format: json`";
  }
  return fmt::format("the first: {}", first_message_);
}

}  // namespace wirewatch
