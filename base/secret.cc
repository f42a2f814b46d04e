#include "base/secret.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>

#include "base/ascii.h"
#include "base/c_handle.h"
#include "base/log.h"

namespace wirewatch {
namespace {

constexpr std::string_view kBegin = "${", kEnd = "}", kEnvironment = "env:", kFile = "file:";
constexpr std::string_view kMask = "***";
constexpr std::size_t kShortest = 4, kMostKept = 256, kMostBytes = 1 << 20;

using Stream = CHandle<std::FILE, std::fclose>;

struct Remembered {
  std::mutex mutex;
  std::deque<std::string> values;
  std::set<std::string> open_files;  // that were warned of
};

// Never destroyed: threads of libraries log until the very end.
Remembered& Memory() {
  static auto* const memory = new Remembered;
  return *memory;
}

// "env:NAME"
std::string_view Inside(std::string_view reference) {
  return reference.substr(kBegin.size(), reference.size() - kBegin.size() - kEnd.size());
}

// Once for each file.
void WarnOfReaders(const std::string& file, int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & S_IROTH) == 0) return;
  {
    const std::lock_guard lock(Memory().mutex);
    if (!Memory().open_files.insert(file).second) return;
  }
  log::Warn("{}: this secret can be read by every user of the machine (mode {:04o}); chmod o-r takes that away", file,
            status.st_mode & 07777);
}

void ReplaceAll(std::string& text, std::string_view value) {
  for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + kMask.size())) {
    text.replace(at, value.size(), kMask);
  }
}

}  // namespace

bool IsSecretName(std::string_view name) {
  constexpr std::array<std::string_view, 6> kSecret{"password", "secret", "key.pem", "token", "credential", "jaas"};
  // The name of a file is none.
  if (name.ends_with("_file") || name.ends_with(".location") || name.ends_with(".url")) return false;
  return std::any_of(kSecret.begin(), kSecret.end(),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; }) ||
         name == "sasl.oauthbearer.config";
}

bool IsSecretReference(std::string_view value) {
  return value.size() >= kBegin.size() + kEnd.size() && value.starts_with(kBegin) && value.ends_with(kEnd);
}

Status CheckSecretReference(std::string_view reference) {
  const std::string_view inside = Inside(reference);
  for (const std::string_view kind : {kEnvironment, kFile}) {
    if (inside.starts_with(kind) && inside.size() > kind.size()) return {};
  }
  return Error{ErrorCode::kInvalid, fmt::format("{} is neither ${{env:NAME}} nor ${{file:/path}}", reference)};
}

Result<std::string> ResolveSecret(std::string_view reference) {
  if (Status checked = CheckSecretReference(reference); !checked) return std::move(checked).error();
  std::string_view inside = Inside(reference);
  if (inside.starts_with(kFile)) return ReadSecretFile(std::string(inside.substr(kFile.size())));
  const std::string name(inside.substr(kEnvironment.size()));
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return Error{ErrorCode::kNotFound, fmt::format("{}: the environment variable is not set", reference)};
  }
  RememberSecret(value);
  return std::string(value);
}

Result<std::string> ReadSecretFile(const std::string& file) {
  const auto failed = [&](int error) {
    return Error{error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                 fmt::format("{} cannot be read: {}", file, std::strerror(error))};
  };
  const Stream stream(std::fopen(file.c_str(), "rbe"));
  if (!stream) return failed(errno);
  std::string content(kMostBytes + 1, '\0');
  errno = 0;
  content.resize(std::fread(content.data(), 1, content.size(), stream.get()));
  if (std::ferror(stream.get()) != 0) return failed(errno);
  if (content.size() > kMostBytes) {
    return Error{ErrorCode::kInvalid, fmt::format("{} is too long for a secret: over {} bytes", file, kMostBytes)};
  }
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.empty()) return Error{ErrorCode::kInvalid, fmt::format("{} is empty", file)};
  RememberSecret(content);
  WarnOfReaders(file, fileno(stream.get()));
  return content;
}

std::string WithoutSecretValues(std::string_view line) {
  const auto in_key = [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '.' || c == '_' || c == '-'; };
  for (std::size_t begin = 0; begin < line.size();) {
    std::size_t end = begin;
    while (end < line.size() && in_key(line[end])) ++end;
    const std::size_t colon = std::min(line.find_first_not_of("\"' ", end), line.size());
    const std::size_t value = std::min(line.find_first_not_of("\"' ", colon + 1), line.size());
    const bool has_value = colon < line.size() && (line[colon] == ':' || line[colon] == '=') && value < line.size();
    if (has_value && IsSecretName(line.substr(begin, end - begin)) && !line.substr(value).starts_with(kBegin)) {
      return fmt::format("{} {}", line.substr(0, colon + 1), kMask);
    }
    begin = end + 1;
  }
  return std::string(line);
}

void RememberSecret(std::string_view value) {
  if (value.size() < kShortest) return;
  Remembered& memory = Memory();
  const std::lock_guard lock(memory.mutex);
  if (std::find(memory.values.begin(), memory.values.end(), value) != memory.values.end()) return;
  if (memory.values.size() == kMostKept) memory.values.pop_front();
  memory.values.emplace_back(value);
}

std::string WithoutSecrets(std::string_view text) {
  std::string cleared(text);
  Remembered& memory = Memory();
  const std::lock_guard lock(memory.mutex);
  for (const std::string& value : memory.values) ReplaceAll(cleared, value);
  return cleared;
}

}  // namespace wirewatch
