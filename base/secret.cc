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
#include <vector>

#include "base/ascii.h"
#include "base/c_handle.h"
#include "base/log.h"

namespace wirewatch {
namespace {

constexpr std::string_view kBegin = "${", kEnd = "}", kEnvironment = "env:", kFile = "file:";
constexpr std::string_view kMask = "***";
constexpr std::size_t kShortest = 4, kMostRotating = 256, kMostBytes = 1 << 20;

using Stream = CHandle<std::FILE, std::fclose>;

struct Remembered {
  std::mutex mutex;
  std::vector<std::string> kept;     // of the configuration
  std::deque<std::string> rotating;  // tokens and the like, the newest last
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

// For as long as the process runs.
void Keep(std::string_view value) {
  if (value.size() < kShortest) return;
  const std::lock_guard lock(Memory().mutex);
  auto& kept = Memory().kept;
  if (std::find(kept.begin(), kept.end(), value) == kept.end()) kept.emplace_back(value);
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
         name == "sasl.oauthbearer.config" || name == "sasl.kerberos.kinit.cmd";  // they may hold one among others
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
  if (inside.starts_with(kFile)) {
    auto content = ReadSecretFile(std::string(inside.substr(kFile.size())));
    if (content) Keep(*content);
    return content;
  }
  const std::string name(inside.substr(kEnvironment.size()));
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return Error{ErrorCode::kNotFound, fmt::format("{}: the environment variable is not set", reference)};
  }
  if (*value == '\0') {
    return Error{ErrorCode::kInvalid, fmt::format("{}: the environment variable is empty", reference)};
  }
  Keep(value);
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
  if (content.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalid, fmt::format("{} is no text: it has a zero byte", file)};
  }
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
  if (const auto known = std::find(memory.rotating.begin(), memory.rotating.end(), value);
      known != memory.rotating.end()) {
    memory.rotating.erase(known);  // in use again
  }
  if (memory.rotating.size() == kMostRotating) memory.rotating.pop_front();
  memory.rotating.emplace_back(value);
}

std::string WithoutSecrets(std::string_view text) {
  std::string cleared(text);
  Remembered& memory = Memory();
  const std::lock_guard lock(memory.mutex);
  std::vector<std::string_view> values(memory.kept.begin(), memory.kept.end());
  values.insert(values.end(), memory.rotating.begin(), memory.rotating.end());
  // One may be the beginning of another, whose end would be left.
  std::sort(values.begin(), values.end(), [](auto a, auto b) { return a.size() > b.size(); });
  for (const std::string_view value : values) ReplaceAll(cleared, value);
  return cleared;
}

}  // namespace wirewatch
