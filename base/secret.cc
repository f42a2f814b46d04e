#include "base/secret.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/file_read.h"
#include "base/log.h"
#include "base/text/ascii.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("base");

}  // namespace

struct SecretOnLine {
  std::size_t key;    // where it begins
  std::size_t value;  // behind the key and what parts it from the value; the line's end: nothing follows
};

namespace {

constexpr std::string_view kBegin = "${", kEnd = "}", kEnvironment = "env:", kFile = "file:";
constexpr std::string_view kMask = "***";
constexpr std::size_t kShortest = 4, kMostRotating = 256, kMostBytes = 1 << 20;

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
void WarnOfReaders(const std::string& file, const struct stat& status) {
  if ((status.st_mode & S_IROTH) == 0) return;
  {
    const std::lock_guard lock(Memory().mutex);
    if (!Memory().open_files.insert(file).second) return;
  }
  kLog.Warn("{path}: this secret can be read by every user of the machine (mode {mode}); chmod o-r takes that away",
            {{"path", file}, {"mode", fmt::format("{:04o}", status.st_mode & 07777)}});
}

// Whether at most `most` letters were left out, put in or changed.
bool AreNear(std::string_view a, std::string_view b, std::size_t most) {
  if (a == b) return true;
  if (most == 0) return false;
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  return (!a.empty() && AreNear(a.substr(1), b, most - 1)) || (!b.empty() && AreNear(a, b.substr(1), most - 1)) ||
         (!a.empty() && !b.empty() && AreNear(a.substr(1), b.substr(1), most - 1));
}

bool IsInKey(char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '.' || c == '_' || c == '-'; }

// The first key of a line that names a secret, from `begin` on. What parts it from its value may be mistyped, too.
std::optional<SecretOnLine> FindSecretKey(std::string_view line, std::size_t begin) {
  while (begin < line.size()) {
    std::size_t end = begin;
    while (end < line.size() && IsInKey(line[end])) ++end;
    if (end > begin && IsSecretName(line.substr(begin, end - begin))) {
      constexpr std::string_view kWideColon = "\xEF\xBC\x9A";
      std::size_t value = std::min(line.find_first_not_of("\"' \t\r", end), line.size());
      if (value < line.size() && (line[value] == ':' || line[value] == '=')) ++value;
      if (line.substr(value).starts_with(kWideColon)) value += kWideColon.size();
      value = std::min(line.find_first_not_of(" \t\r", value), line.size());
      return SecretOnLine{begin, value};
    }
    begin = end + 1;
  }
  return std::nullopt;
}

bool IsReference(std::string_view value) {
  while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
  return value.starts_with(kBegin);
}

std::size_t IndentOf(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }
bool IsBlankLine(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// A comment in which the key is a word of a sentence: "# Secrets stand in files". One that is written as a key, with a
// colon or an equals sign behind it, may be a line that was switched off, and its value a secret.
bool IsProse(std::string_view line, const SecretOnLine& secret) {
  if (!line.substr(IndentOf(line)).starts_with('#')) return false;
  const std::string_view between = line.substr(secret.key, secret.value - secret.key);
  return between.find_first_of(":=\xEF") == std::string_view::npos;
}

// Opened less closed.
int Brackets(std::string_view text) {
  int open = 0;
  for (const char c : text) open += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
  return open;
}

void ReplaceAll(std::string& text, std::string_view value) {
  for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + kMask.size())) {
    text.replace(at, value.size(), kMask);
  }
}

}  // namespace

bool IsSecretName(std::string_view name) {
  // The name of a file is none.
  if (name.ends_with("_file") || name.ends_with(".location") || name.ends_with(".url")) return false;
  constexpr std::array<std::string_view, 10> kParts{"pass", "pwd",  "secret", "key.pem",   "token",
                                                    "cred", "jaas", "apikey", "kinit.cmd", "oauthbearer.config"};
  const std::string lower = AsciiLowerCase(name);
  if (std::any_of(kParts.begin(), kParts.end(),
                  [&](std::string_view part) { return lower.find(part) != std::string_view::npos; })) {
    return true;
  }
  // Mistyped: the value is a secret still.
  constexpr std::array<std::string_view, 3> kWords{"password", "secret", "token"};
  for (std::size_t begin = 0; begin < lower.size();) {
    const std::size_t end = std::min(lower.find_first_of("._-", begin), lower.size());
    const std::string_view word = std::string_view(lower).substr(begin, end - begin);
    for (const std::string_view secret : kWords) {
      if (word.size() + 2 >= secret.size() && AreNear(word, secret, secret.size() / 4)) return true;
    }
    begin = end + 1;
  }
  return false;
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
  struct stat status {};
  auto read = ReadWholeFile(file, {.most_bytes = kMostBytes}, &status);
  if (!read) {
    if (read.error().code != ErrorCode::kTooLarge) return std::move(read).error().In(file);
    return Error{ErrorCode::kInvalid, fmt::format("{} is too long for a secret: over {} bytes", file, kMostBytes)};
  }
  std::string content = *std::move(read);
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalid, fmt::format("{} is no text: it has a zero byte", file)};
  }
  if (content.empty()) return Error{ErrorCode::kInvalid, fmt::format("{} is empty", file)};
  RememberSecret(content);
  WarnOfReaders(file, status);
  return content;
}

std::string WithoutSecretValues(std::string_view line) {
  for (std::size_t begin = 0; const auto secret = FindSecretKey(line, begin);) {
    const std::string_view value = line.substr(secret->value);
    if (!value.empty() && !IsReference(value)) {
      std::string_view kept = line.substr(0, secret->value);
      while (kept.ends_with(' ')) kept.remove_suffix(1);
      return fmt::format("{} {}", kept, kMask);
    }
    begin = std::max(secret->value, secret->key + 1);
    while (begin < line.size() && IsInKey(line[begin])) ++begin;
  }
  std::string shown(line);
  // https://user:password@host
  const std::size_t scheme = shown.find("://");
  const std::size_t at = scheme == std::string::npos ? scheme : shown.find('@', scheme);
  const std::size_t colon = at == std::string::npos ? at : shown.find(':', scheme + 3);
  if (colon < at && shown.find_first_of(" /\"'", scheme + 3) > at) shown.replace(colon + 1, at - colon - 1, kMask);
  return shown;
}

SecretLines::SecretLines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  masked_.resize(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto secret = FindSecretKey(lines[i], 0);
    while (secret && IsProse(lines[i], *secret)) secret = FindSecretKey(lines[i], secret->value);
    if (!secret) continue;
    masked_[i] = WithoutSecretValues(lines[i]);
    const std::string_view value = lines[i].substr(secret->value);
    Keep(value);
    const std::size_t last = LastLineOf(lines, i, *secret, value);
    for (std::size_t k = i + 1; k <= last; ++k) {
      Keep(lines[k]);
      masked_[k] =
          IsBlankLine(lines[k]) ? std::string(lines[k]) : fmt::format("{:{}}{}", "", IndentOf(lines[k]), kMask);
    }
    i = last;
  }
  std::sort(pieces_.begin(), pieces_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

// A value goes on in lines that are further in than its key; within quotes and brackets, up to the closing one.
std::size_t SecretLines::LastLineOf(const std::vector<std::string_view>& lines, std::size_t line,
                                    const SecretOnLine& secret, std::string_view value) {
  std::size_t last = line;
  const char quote = value.empty() ? '\0' : value.front();
  if ((quote == '"' || quote == '\'') && value.find(quote, 1) == std::string_view::npos) {
    do ++last;
    while (last + 1 < lines.size() && lines[last].find(quote) == std::string_view::npos);
    last = std::min(last, lines.size() - 1);
  }
  int open = Brackets(lines[line]);
  const bool flow = open > 0 || lines[line].substr(0, secret.key).find_first_of("{[") != std::string_view::npos;
  while (open > 0 && last + 1 < lines.size()) open += Brackets(lines[++last]);
  const std::size_t base = flow ? IndentOf(lines[line]) : secret.key;
  // `? key` has its value behind a colon on the next line.
  const bool long_key = lines[line].substr(IndentOf(lines[line])).starts_with('?');
  while (last + 1 < lines.size()) {
    const std::string_view next = lines[last + 1];
    const bool value_of_long_key = long_key && last == line && next.substr(IndentOf(next)).starts_with(':');
    if (!value_of_long_key && !IsBlankLine(next) && IndentOf(next) <= base) break;
    ++last;
  }
  while (last > line && IsBlankLine(lines[last])) --last;
  return last;
}

void SecretLines::Keep(std::string_view value) {
  if (IsReference(value)) return;
  constexpr std::string_view kBetween = " \t\r\"',:{}[]";
  constexpr std::size_t kShortestPiece = 3;
  for (std::size_t begin = 0; begin < value.size();) {
    const std::size_t end = std::min(value.find_first_of(kBetween, begin), value.size());
    const std::string_view piece = value.substr(begin, end - begin);
    if (piece.size() >= kShortestPiece) pieces_.emplace_back(piece);
    for (std::size_t i = 0; i < piece.size();) {  // its words too: a sentence may leave out a sign
      std::size_t k = i;
      while (k < piece.size() && (IsAsciiLetter(piece[k]) || IsAsciiDigit(piece[k]))) ++k;
      if (k - i >= kShortestPiece && k - i < piece.size()) pieces_.emplace_back(piece.substr(i, k - i));
      i = k + 1;
    }
    begin = end + 1;
  }
}

bool SecretLines::Holds(std::uint32_t line) const {
  return line > 0 && line <= masked_.size() && !masked_[line - 1].empty();
}

std::string SecretLines::Masked(std::uint32_t line) const { return Holds(line) ? masked_[line - 1] : std::string(); }

std::string SecretLines::Clear(std::string_view text) const {
  std::string cleared(text);
  for (const std::string& piece : pieces_) ReplaceAll(cleared, piece);
  return cleared;
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
