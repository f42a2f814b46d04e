#include "pipeline/match/trace.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

// W3C Trace Context, level 1 (2020), sections 3.2 and 3.3.
constexpr std::string_view kTraceParent = "traceparent", kTraceState = "tracestate";
constexpr std::size_t kMaxTraceParent = 256, kMaxTraceState = 512, kMaxTraceMembers = 32;

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsAsciiDigit(c) || (c >= 'a' && c <= 'f'); });
}
bool IsZero(std::string_view hex) { return hex.find_first_not_of('0') == std::string_view::npos; }

// version-traceid-parentid-flags; a version above 00 may have more behind another dash.
bool IsTraceParent(std::string_view text) {
  constexpr std::size_t kSize = 55;
  if (text.size() < kSize || text.size() > kMaxTraceParent) return false;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), parent = text.substr(36, 16);
  if (!IsLowerHex(version) || !IsLowerHex(trace) || !IsLowerHex(parent) || !IsLowerHex(text.substr(53, 2)))
    return false;
  if (version == "ff" || IsZero(trace) || IsZero(parent)) return false;
  if (text.size() == kSize) return true;
  return version != "00" && text[kSize] == '-' &&
         std::all_of(text.begin() + kSize, text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// key=value: the key of lower-case letters, digits and _-*/, with one @ at most; the value printable, without , and =,
// and not ending with a blank.
bool IsTraceMember(std::string_view member) {
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals > 256) return false;
  const std::string_view key = member.substr(0, equals), value = member.substr(equals + 1);
  const auto begins = [](char c) { return IsAsciiDigit(c) || (c >= 'a' && c <= 'z'); };
  const auto in_key = [&](char c) { return begins(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@'; };
  if (!begins(key.front()) || !std::all_of(key.begin(), key.end(), in_key)) return false;
  if (std::count(key.begin(), key.end(), '@') > 1 || key.back() == '@') return false;
  const auto in_value = [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; };
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), in_value);
}

// The valid members from the front on, as far as there is room. Nothing where one is not valid: it is no tracestate.
std::string TraceMembers(std::string_view list) {
  std::string members;
  std::size_t count = 0;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view member = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    member.remove_prefix(std::min(member.find_first_not_of(" \t"), member.size()));
    if (member.empty()) continue;
    member = member.substr(0, member.find_last_not_of(" \t") + 1);
    if (members.size() + 1 + member.size() > kMaxTraceState || count == kMaxTraceMembers) break;
    if (!IsTraceMember(member)) return {};
    members += members.empty() ? "" : ",";
    members += member;
    ++count;
  }
  return members;
}

}  // namespace

std::vector<RecordHeader> TraceOf(const std::vector<RecordHeader>& headers) {
  const std::string* parent = nullptr;
  std::string state;
  for (const RecordHeader& header : headers) {
    if (header.name == kTraceParent) {
      if (parent != nullptr || !IsTraceParent(header.value)) return {};
      parent = &header.value;
    } else if (header.name == kTraceState) {
      if (!state.empty()) state += ',';
      state += BeginningOf(header.value, 2 * kMaxTraceState);
    }
  }
  if (parent == nullptr) return {};
  std::vector<RecordHeader> trace = {{std::string(kTraceParent), *parent}};
  if (std::string members = TraceMembers(state); !members.empty()) {
    trace.push_back({std::string(kTraceState), std::move(members)});
  }
  return trace;
}

}  // namespace wirewatch
