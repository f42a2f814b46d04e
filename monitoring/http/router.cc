#include "monitoring/http/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "base/text/hex.h"
#include "base/text/printable.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

Error Invalid(std::string_view why) { return {ErrorCode::kInvalid, std::string(why)}; }

// Decoded once: %252e stays "%2e", a text like any other.
Result<std::string> PercentDecoded(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto byte = HexByteAt(text, i + 1);
      if (!byte) return Invalid("A % in the target is not followed by two hexadecimal digits.");
      decoded += *byte;
      i += 2;
    } else {
      decoded += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (FirstInvalidUtf8(decoded) != decoded.size()) return Invalid("The target is not UTF-8.");
  if (decoded.find('\0') != std::string::npos) return Invalid("The target has a NUL.");
  return decoded;
}

bool HasControl(std::string_view text) {
  const std::u32string characters = DecodeUtf8(text);
  return std::any_of(characters.begin(), characters.end(), IsControl);
}

// A "/" that was written %2F stays within its segment; what it parts must be no step up either.
bool HasDots(std::string_view segment) {
  while (true) {
    const std::size_t end = segment.find('/');
    const std::string_view part = segment.substr(0, end);
    if (part == "." || part == "..") return true;
    if (end == std::string_view::npos) return false;
    segment.remove_prefix(end + 1);
  }
}

Status ParsePath(std::string_view path, HttpTarget& target) {
  path.remove_prefix(1);
  while (true) {
    const std::size_t end = path.find('/');
    Result<std::string> segment = PercentDecoded(path.substr(0, end), false);
    if (!segment) return std::move(segment).error();
    if (HasControl(*segment)) return Invalid("The path has a control character.");
    if (segment->find('\\') != std::string::npos) return Invalid("The path has a backslash.");
    if (HasDots(*segment)) return Invalid("The path has a segment '.' or '..'.");
    target.path += '/' + *segment;
    target.segments.push_back(*std::move(segment));
    if (end == std::string_view::npos) return {};
    path.remove_prefix(end + 1);
  }
}

Status ParseQuery(std::string_view query, HttpFields& fields) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    Result<std::string> name = PercentDecoded(pair.substr(0, equals), true);
    if (!name) return std::move(name).error();
    Result<std::string> value = PercentDecoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!value) return std::move(value).error();
    fields.push_back({*std::move(name), *std::move(value)});
  }
  return {};
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }
bool IsRest(std::string_view segment) { return IsParameter(segment) && segment.ends_with("...}"); }

bool Matches(const Router::Route& route, const std::vector<std::string>& segments) {
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    if (i >= segments.size()) return false;
    const std::string& wanted = route.segments[i];
    if (IsRest(wanted)) {
      // A "/" within a segment could not be told from one between two.
      return std::none_of(segments.begin() + static_cast<std::ptrdiff_t>(i), segments.end(),
                          [](const std::string& s) { return s.empty() || s.find('/') != std::string::npos; });
    }
    if (IsParameter(wanted) ? segments[i].empty() : segments[i] != wanted) return false;
  }
  return route.segments.size() == segments.size();
}

// What is written out goes first, segment by segment.
bool GoesBefore(const Router::Route& a, const Router::Route& b) {
  const auto rank = [](const std::string& s) { return IsRest(s) ? 2 : IsParameter(s) ? 1 : 0; };
  return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                                      [&](const auto& x, const auto& y) { return rank(x) < rank(y); });
}

HttpFields ParamsOf(const Router::Route& route, const std::vector<std::string>& segments) {
  HttpFields params;
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const std::string_view wanted = route.segments[i];
    if (IsRest(wanted)) {
      std::string rest = segments[i];
      for (std::size_t s = i + 1; s < segments.size(); ++s) rest += '/' + segments[s];
      params.push_back({std::string(wanted.substr(1, wanted.size() - 5)), std::move(rest)});
    } else if (IsParameter(wanted)) {
      params.push_back({std::string(wanted.substr(1, wanted.size() - 2)), segments[i]});
    }
  }
  return params;
}

std::string MethodList(std::set<std::string> methods) {
  if (methods.empty()) return "";
  if (methods.contains("GET")) methods.insert("HEAD");
  methods.insert("OPTIONS");
  std::string list;
  for (const std::string& method : methods) list += (list.empty() ? "" : ", ") + method;
  return list;
}

}  // namespace

Result<HttpTarget> ParseTarget(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    target = path == std::string_view::npos ? "" : target.substr(path);
    break;
  }
  const std::size_t question = target.find('?');
  const std::string_view path = target.substr(0, question);
  if (target.find('#') != std::string_view::npos) return Invalid("A request has no fragment ('#').");
  HttpTarget parsed;
  if (!path.empty() && path[0] != '/') return Invalid("The target of a request begins with '/' or 'http://'.");
  if (Status read = ParsePath(path.empty() ? "/" : path, parsed); !read) return std::move(read).error();
  if (question != std::string_view::npos) {
    if (Status read = ParseQuery(target.substr(question + 1), parsed.query); !read) return std::move(read).error();
  }
  return parsed;
}

void Router::Add(std::string_view method, std::string_view pattern, HttpHandler handler, std::size_t body_bytes) {
  const bool twice = std::any_of(routes_.begin(), routes_.end(),
                                 [&](const Route& r) { return r.method == method && r.pattern == pattern; });
  if (twice || !pattern.starts_with('/')) std::abort();  // a mistake of the program
  Route route{std::string(method), std::string(pattern), std::move(handler), body_bytes};
  for (std::string_view left = pattern.substr(1);;) {
    const std::size_t end = left.find('/');
    route.segments.emplace_back(left.substr(0, end));
    if (end == std::string_view::npos) break;
    left.remove_prefix(end + 1);
  }
  const auto place = std::upper_bound(routes_.begin(), routes_.end(), route, GoesBefore);
  routes_.insert(place, std::move(route));
}

Router::Found Router::Find(std::string_view method, const HttpTarget& target) const {
  std::set<std::string> methods;
  for (const Route& route : routes_) {
    if (!Matches(route, target.segments)) continue;
    methods.insert(route.method);
    const bool answers = route.method == method || (method == "HEAD" && route.method == "GET");
    if (answers) return {&route, ParamsOf(route, target.segments), ""};
  }
  return {nullptr, {}, MethodList(std::move(methods))};
}

std::string Router::AllMethods() const {
  std::set<std::string> methods;
  for (const Route& route : routes_) methods.insert(route.method);
  return MethodList(std::move(methods));
}

std::string Router::Pages() const {
  std::set<std::string> pages;
  for (const Route& route : routes_) {
    if (route.method == "GET" && route.pattern.find('{') == std::string::npos) pages.insert(route.pattern);
  }
  std::string list;
  for (const std::string& page : pages) list += (list.empty() ? "" : " ") + page;
  return list;
}

}  // namespace wirewatch
