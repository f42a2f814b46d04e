// Reads the #include lines of the whole tree: includes go one way between the modules, a vendor's headers stay in the
// module that wraps it, and in its .cc files, *_handles.h (owners of a vendor's objects, short) and *_internal.h
// (classes made of a vendor's types, for their own folder alone). The rules below are the table of
// docs/architecture.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;

// A folder of the tree. Its name is its path.
struct Room {
  std::string_view name;
  // Rooms ("base/text"), all rooms of a module ("base/"), or single headers. A room's own headers are a matter of
  // course.
  std::vector<std::string_view> may_include;
  std::vector<std::string_view> wraps;  // vendors, by the beginning of their headers' names
};

// Within a module from the lowest room to the highest: a room may also include all rooms above it in its own list.
struct Module {
  std::string_view name;
  std::vector<Room> rooms;
};

const std::vector<Module>& Modules() {
  static const std::vector<Module> modules = {
      {"base",
       {{"base/text", {}, {"fmt/"}},
        {"base", {}, {"fmt/", "spdlog/", "openssl/"}},
        {"base/io", {}, {"fmt/"}},
        {"base/yaml", {}, {"fmt/", "yaml.h"}},
        {"base/settings", {}, {"fmt/"}}}},
      {"rules",
       {{"rules/text", {"base/"}, {"fmt/", "libstemmer.h", "utf8proc.h"}},
        {"rules/codes", {"base/"}, {"fmt/", "idn2.h", "utf8proc.h"}},
        {"rules/language", {"base/"}, {"fmt/", "pcre2.h", "utf8proc.h"}},
        {"rules/lanes", {"base/"}, {"fmt/", "hs/", "hs.h"}},
        {"rules/pack/lint", {"base/"}, {"fmt/"}},
        {"rules/pack", {"base/"}, {"fmt/"}},
        {"rules/engine", {"base/"}, {"fmt/"}},
        {"rules/reference", {"base/"}, {"fmt/", "pcre2.h", "utf8proc.h"}},
        {"rules/check", {"base/"}, {"fmt/", "pcre2.h"}},
        {"rules/format", {"base/"}, {"fmt/"}},
        {"rules/tools", {"base/"}, {"fmt/"}},
        {"rules/dialects", {"base/"}, {"fmt/"}}}},
      {"monitoring",
       {{"monitoring", {"base/"}, {"fmt/", "prometheus/"}}, {"monitoring/http", {"base/"}, {"fmt/", "boost/"}}}},
      {"pipeline",
       {{"pipeline/records", {"base/"}, {"fmt/", "simdjson.h"}},
        {"pipeline/flow", {"base/", "monitoring/metrics.h", "monitoring/health.h"}, {"fmt/"}},
        {"pipeline/decode", {"base/", "rules/"}, {"fmt/", "simdjson.h"}},
        {"pipeline/story", {"base/", "rules/"}, {"fmt/", "xxhash.h"}},
        {"pipeline/match", {"base/", "rules/", "monitoring/metrics.h", "monitoring/health.h"}, {"fmt/", "nlohmann/"}},
        {"pipeline/alert", {"base/", "rules/", "monitoring/metrics.h", "monitoring/health.h"}, {"fmt/", "nlohmann/"}},
        {"pipeline/archive", {"base/", "rules/"}, {"fmt/"}},
        {"pipeline/deliver",
         {"base/", "rules/", "monitoring/metrics.h", "monitoring/health.h"},
         {"fmt/", "date/", "kainjow/", "nlohmann/"}},
        {"pipeline", {"base/", "monitoring/http/monitoring_settings.h"}, {"fmt/"}}}},
      {"connectors",
       {{"connectors/bytes",
         {"base/", "pipeline/", "monitoring/metrics.h"},
         {"fmt/", "zlib.h", "zstd.h", "zstd_errors.h"}},
        {"connectors/file", {"base/", "pipeline/", "monitoring/metrics.h"}, {"fmt/"}},
        {"connectors/stdio", {"base/", "rules/", "pipeline/", "monitoring/metrics.h"}, {"fmt/"}},
        {"connectors/kafka/client",
         {"base/", "pipeline/", "monitoring/metrics.h"},
         {"fmt/", "librdkafka/", "nlohmann/"}},
        {"connectors/kafka/consume", {"base/", "pipeline/", "monitoring/metrics.h"}, {"fmt/", "librdkafka/"}},
        {"connectors/kafka/produce", {"base/", "pipeline/", "monitoring/metrics.h"}, {"fmt/", "librdkafka/"}},
        {"connectors/kafka/admin", {"base/", "pipeline/", "monitoring/metrics.h"}, {"fmt/", "librdkafka/"}},
        {"connectors/kafka", {"base/", "pipeline/", "monitoring/metrics.h"}, {"fmt/", "librdkafka/"}},
        {"connectors/store", {"base/", "pipeline/"}, {"fmt/", "libpq-fe.h", "nlohmann/", "sqlite3.h"}},
        {"connectors/http_client", {"base/", "pipeline/"}, {"fmt/", "curl/"}},
        {"connectors/channels", {"base/", "pipeline/"}, {"fmt/", "nlohmann/"}},
        {"connectors/desk", {"base/", "monitoring/http/", "pipeline/"}, {"fmt/", "nlohmann/"}},
        {"connectors", {"base/", "pipeline/", "monitoring/metrics.h"}, {"fmt/"}}}},
      {"cli",
       {{"cli/terminal", {"base/", "pipeline/"}, {"fmt/", "CLI/"}},
        {"cli/report", {"base/", "rules/", "pipeline/"}, {"fmt/", "nlohmann/"}},
        {"cli/lsp", {"base/", "rules/"}, {"fmt/", "nlohmann/"}},
        {"cli/wiring", {"base/", "rules/", "monitoring/", "pipeline/", "connectors/"}, {"fmt/", "nlohmann/"}},
        {"cli/verbs", {"base/", "rules/", "monitoring/", "pipeline/", "connectors/"}, {"fmt/", "nlohmann/"}},
        {"cli", {"base/"}, {"fmt/", "CLI/"}}}},
  };
  return modules;
}

// The operating system's and the compiler's own; not a vendor's.
constexpr std::string_view kSystem[] = {"arpa/",       "netinet/", "sys/",      "dirent.h",  "fcntl.h",
                                        "immintrin.h", "malloc.h", "poll.h",    "pthread.h", "signal.h",
                                        "spawn.h",     "syslog.h", "termios.h", "unistd.h"};

bool StartsWithAny(std::string_view text, const auto& beginnings) {
  return std::any_of(std::begin(beginnings), std::end(beginnings), [&](auto b) { return text.starts_with(b); });
}

// Only owners of a vendor's objects: who includes one for them must not get a class along.
bool IsHandles(std::string_view path) { return path.ends_with("_handles.h"); }
constexpr std::size_t kMostHandlesLines = 40;

// A class of one folder that is made of a vendor's types.
bool IsInternal(std::string_view path) { return path.ends_with("_internal.h"); }

std::string_view FolderOf(std::string_view path) { return path.substr(0, path.rfind('/')); }

// Each outside system has rooms of its own, which know nothing of another system's.
constexpr std::string_view kSystems[] = {"connectors/channels",    "connectors/desk",  "connectors/file",
                                         "connectors/http_client", "connectors/kafka", "connectors/stdio",
                                         "connectors/store"};

std::string_view SystemOf(std::string_view path) {
  const auto system = std::find_if(std::begin(kSystems), std::end(kSystems),
                                   [&](std::string_view s) { return path.starts_with(s) && path[s.size()] == '/'; });
  return system == std::end(kSystems) ? std::string_view() : *system;
}

// Within it a vendor's headers may be seen through ours: the module; of connectors the one system, of rules the room.
std::string_view HomeOfVendor(std::string_view path) {
  std::size_t end = path.find('/');
  if (path.starts_with("rules/")) return FolderOf(path);
  if (path.starts_with("connectors/")) end = path.find('/', end + 1);
  return path.substr(0, end);
}

// `header` lies in the rooms of `granted`: a room, a module ("base/") or the one header.
bool Covers(std::string_view granted, std::string_view header) {
  if (granted.ends_with('/')) return header.starts_with(granted);
  return header == granted || FolderOf(header) == granted;
}

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(SourceDirectory() / path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// A header of ours through which a reader gets a vendor's headers.
bool BringsVendorAlong(std::string_view header) {
  if (IsHandles(header) || IsInternal(header)) return true;
  const std::vector<std::string> lines = LinesOf(std::string(header));
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    return line.starts_with("#include \"") && BringsVendorAlong(line.substr(10, line.rfind('"') - 10));
  });
}

// What is wrong with `line` of the file at `path` (both relative to the root of the tree); empty: nothing.
std::string Judge(std::string_view path, std::string_view line) {
  if (!line.starts_with("#include ") || line.size() < 12) return "";
  const bool ours = line[9] == '"';
  const std::string_view header = line.substr(10, line.find_first_of("\">", 10) - 10);
  const bool in_tests = path.starts_with("tests/");
  const auto module = std::find_if(Modules().begin(), Modules().end(),
                                   [&](const Module& m) { return m.name == path.substr(0, path.find('/')); });
  if (!in_tests && module == Modules().end()) return "the tree has no such module";
  std::vector<Room>::const_iterator room;
  if (!in_tests) {
    room = std::find_if(module->rooms.begin(), module->rooms.end(),
                        [&](const Room& r) { return r.name == FolderOf(path); });
    if (room == module->rooms.end()) return "the tree has no room '" + std::string(FolderOf(path)) + "'";
  }

  if (ours) {
    if (!std::filesystem::exists(SourceDirectory() / header)) {
      return "our headers are included by their path from the root of the tree";
    }
    if (in_tests || FolderOf(header) == FolderOf(path)) return "";
    if (IsInternal(header)) return "an *_internal.h is for its own folder";
    if (HomeOfVendor(header) != HomeOfVendor(path) && BringsVendorAlong(header)) {
      return "it brings a vendor's headers along, which stay in its folder";
    }
    const bool other_system =
        !SystemOf(path).empty() && !SystemOf(header).empty() && SystemOf(path) != SystemOf(header);
    const bool lower = !other_system &&
                       std::any_of(module->rooms.begin(), room, [&](const Room& r) { return Covers(r.name, header); });
    const bool granted = std::any_of(room->may_include.begin(), room->may_include.end(),
                                     [&](std::string_view g) { return Covers(g, header); });
    if (lower || granted) return "";
    return std::string(room->name) + " may not include it";
  }

  const bool standard = header.find_first_of("./") == std::string_view::npos;
  if (standard || StartsWithAny(header, kSystem)) return "";
  if (path.ends_with(".h") && !IsHandles(path) && !IsInternal(path) && !in_tests) {
    return "a vendor's header belongs into a .cc file, a *_handles.h or an *_internal.h";
  }
  if (in_tests || StartsWithAny(header, room->wraps)) return "";
  return std::string(room->name) + " does not wrap this vendor";
}

// --- The judge itself

TEST(IncludesTest, AllowsWhatGoesDownwards) {
  for (const auto& [path, line] : std::vector<std::pair<const char*, const char*>>{
           {"rules/text/fold.cc", "#include \"base/span.h\""},
           {"pipeline/match/article_matcher.cc", "#include \"rules/engine/matcher.h\""},
           {"pipeline/match/article_matcher.cc", "#include \"monitoring/metrics.h\""},
           {"connectors/registry.h", "#include \"pipeline/records/sink.h\""},
           {"rules/lanes/word_lane.h", "#include \"rules/text/fold.h\""},
           {"connectors/kafka/consume/kafka_source.cc", "#include \"connectors/kafka/client/rd_handles.h\""},
           {"cli/verbs/run.cc", "#include \"monitoring/http/http_server.h\""},
           {"tests/rules/text/fold_test.cc", "#include \"rules/text/fold.h\""},
           {"rules/text/fold.h", "#include <string_view>"},
           {"rules/text/fold.cc", "#include <utf8proc.h>"},
           {"monitoring/http/beast_handles.h", "#include <boost/asio/io_context.hpp>"},
           {"monitoring/http/http_server.cc", "#include \"monitoring/http/beast_handles.h\""},
           {"pipeline/decode/json_reader_internal.h", "#include <simdjson.h>"},
           {"pipeline/decode/article_decoder.cc", "#include \"pipeline/decode/json_reader_internal.h\""},
           {"monitoring/process_usage.cc", "#include <sys/resource.h>"},
           {"rules/text/fold.cc", "// #include \"pipeline/decode/article.h\""}}) {
    EXPECT_EQ(Judge(path, line), "") << path << ": " << line;
  }
}

TEST(IncludesTest, RefusesWhatGoesUpwardsOrSideways) {
  for (const auto& [path, line] : std::vector<std::pair<const char*, const char*>>{
           {"base/log.cc", "#include \"rules/text/fold.h\""},
           {"rules/engine/matcher.cc", "#include \"pipeline/decode/article.h\""},
           {"rules/engine/matcher.cc", "#include \"monitoring/metrics.h\""},
           {"monitoring/health.cc", "#include \"pipeline/config.h\""},
           {"pipeline/flow/pipeline.cc", "#include \"connectors/registry.h\""},
           {"rules/text/fold.cc", "#include \"rules/language/expression.h\""},
           {"pipeline/records/sink.h", "#include \"pipeline/alert/alert.h\""},
           {"connectors/kafka/client/kafka_client.cc", "#include \"connectors/kafka/consume/kafka_source.h\""},
           {"connectors/file/file_list.cc", "#include \"connectors/stdio/terminal.h\""},
           {"connectors/stdio/terminal.cc", "#include \"connectors/file/file_list.h\""},
           {"pipeline/flow/pipeline.cc", "#include \"monitoring/http/http_server.h\""},
           {"connectors/registry.cc", "#include \"cli/verbs/verbs.h\""},
           {"cli/verbs/run.cc", "#include \"tests/monitoring/http/http_client.h\""}}) {
    EXPECT_THAT(Judge(path, line), HasSubstr("may not include it")) << path << ": " << line;
  }
}

TEST(IncludesTest, RefusesVendorsOutOfTheirPlace) {
  EXPECT_THAT(Judge("rules/engine/matcher.h", "#include <hs/hs.h>"), HasSubstr("belongs into a .cc file"));
  EXPECT_THAT(Judge("rules/engine/matcher.h", "#include <fmt/format.h>"), HasSubstr("belongs into a .cc file"));
  EXPECT_THAT(Judge("cli/verbs/run.cc", "#include \"monitoring/http/beast_handles.h\""),
              HasSubstr("stay in its folder"));
  EXPECT_THAT(Judge("pipeline/match/article_reader.cc", "#include \"pipeline/decode/json_reader_internal.h\""),
              HasSubstr("for its own folder"));
  EXPECT_THAT(Judge("pipeline/decode/json_reader_internal.h", "#include <hs/hs.h>"),
              HasSubstr("does not wrap this vendor"));
  EXPECT_THAT(Judge("pipeline/flow/pipeline.cc", "#include <hs/hs.h>"), HasSubstr("does not wrap this vendor"));
  EXPECT_THAT(Judge("rules/text/fold.cc", "#include <librdkafka/rdkafka.h>"), HasSubstr("does not wrap this vendor"));
}

TEST(IncludesTest, RefusesPathsThatDoNotStartAtTheRoot) {
  EXPECT_THAT(Judge("rules/text/fold.cc", "#include \"fold.h\""), HasSubstr("from the root"));
  EXPECT_THAT(Judge("rules/text/fold.cc", "#include \"../base/span.h\""), HasSubstr("from the root"));
}

// --- The tree

// The paths of all of our sources, relative to the root.
std::vector<std::string> Sources() {
  const std::filesystem::path root = SourceDirectory();
  std::vector<std::string_view> places = {"tests"};
  for (const Module& module : Modules()) places.push_back(module.name);
  std::vector<std::string> paths;
  for (std::string_view place : places) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / place)) {
      const std::string path = std::filesystem::relative(entry.path(), root).string();
      if (path.ends_with(".h") || path.ends_with(".cc")) paths.push_back(path);
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(IncludesTest, TheTreeKeepsTheRules) {
  const std::vector<std::string> sources = Sources();
  ASSERT_GT(sources.size(), 50u) << "is " << SourceDirectory() << " the tree?";
  std::size_t includes = 0;
  for (const std::string& path : sources) {
    const std::vector<std::string> lines = LinesOf(path);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].starts_with("#include ")) ++includes;
      const std::string finding = Judge(path, lines[i]);
      EXPECT_EQ(finding, "") << path << ":" << i + 1 << ": " << lines[i];
    }
  }
  EXPECT_GT(includes, sources.size());
}

TEST(IncludesTest, HandlesAreShort) {
  for (const std::string& path : Sources()) {
    if (!IsHandles(path)) continue;
    EXPECT_LE(LinesOf(path).size(), kMostHandlesLines) << path << ": a class belongs into an *_internal.h";
  }
}

TEST(IncludesTest, EveryHeaderHasTheGuardOfItsPath) {
  for (const std::string& path : Sources()) {
    if (!path.ends_with(".h")) continue;
    std::string guard = "WIREWATCH_";
    for (char c : path) guard += c == '/' || c == '.' ? '_' : static_cast<char>(std::toupper(c));
    guard += '_';
    const std::vector<std::string> lines = LinesOf(path);
    const auto ifndef = std::find(lines.begin(), lines.end(), "#ifndef " + guard);
    ASSERT_NE(ifndef, lines.end()) << path << ": the guard is to be " << guard;
    EXPECT_EQ(*(ifndef + 1), "#define " + guard) << path;
  }
}

}  // namespace
}  // namespace wirewatch
