// Reads the #include lines of the whole tree: includes go one way between the modules, a vendor's headers stay in the
// module that wraps it, and in its .cc files and *_handles.h. The rules below are the table of docs/architecture.md.
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

namespace wirewatch {
namespace {

using testing::HasSubstr;

struct Module {
  std::string_view name;
  std::vector<std::string_view>
      may_include;                      // modules ("rules/"), or single headers of one; its own are a matter of course
  std::vector<std::string_view> wraps;  // vendors, by the beginning of their headers' names
};

const std::vector<Module>& Modules() {
  static const std::vector<Module> modules = {
      {"base", {}, {"fmt/", "spdlog/", "openssl/"}},
      {"rules", {"base/"}, {"fmt/", "hs/", "hs.h", "idn2.h", "pcre2.h", "utf8proc.h", "yaml-cpp/"}},
      {"monitoring", {"base/"}, {"fmt/", "boost/", "prometheus/"}},
      {"pipeline",
       {"base/", "rules/", "monitoring/metrics.h", "monitoring/health.h"},
       {"fmt/", "nlohmann/", "simdjson.h", "yaml-cpp/"}},
      {"connectors",
       {"base/", "rules/", "pipeline/", "monitoring/metrics.h"},
       {"fmt/", "librdkafka/", "nlohmann/", "sqlite3.h", "utf8proc.h", "zlib.h", "zstd.h", "zstd_errors.h"}},
      {"cli", {"base/", "rules/", "monitoring/", "pipeline/", "connectors/"}, {"fmt/", "CLI/", "nlohmann/"}},
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

bool IsHandles(std::string_view path) { return path.ends_with("_handles.h"); }

std::string_view FolderOf(std::string_view path) { return path.substr(0, path.rfind('/')); }

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(std::filesystem::path(WIREWATCH_SOURCE_DIR) / path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// A header of ours through which a reader gets a vendor's headers.
bool BringsVendorAlong(std::string_view header) {
  if (IsHandles(header)) return true;
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
  const std::string place(path.substr(0, path.find('/')));
  const bool in_tests = place == "tests";
  const auto module =
      std::find_if(Modules().begin(), Modules().end(), [&](const Module& m) { return m.name == place; });
  if (!in_tests && module == Modules().end()) return "the tree has no module '" + place + "'";

  if (ours) {
    if (!std::filesystem::exists(std::filesystem::path(WIREWATCH_SOURCE_DIR) / header)) {
      return "our headers are included by their path from the root of the tree";
    }
    if (!in_tests && FolderOf(header) != FolderOf(path) && BringsVendorAlong(header)) {
      return "it brings a vendor's headers along, which stay in its folder";
    }
    if (in_tests || header.starts_with(place + "/") || StartsWithAny(header, module->may_include)) return "";
    return place + " may not include it";
  }

  const bool standard = header.find_first_of("./") == std::string_view::npos;
  if (standard || StartsWithAny(header, kSystem)) return "";
  const bool exempt =
      path == "base/log.h" && header == "fmt/format.h";  // its format strings are checked by the compiler
  if (path.ends_with(".h") && !IsHandles(path) && !in_tests && !exempt) {
    return "a vendor's header belongs into a .cc file or a *_handles.h";
  }
  if (in_tests || StartsWithAny(header, module->wraps)) return "";
  return place + " does not wrap this vendor";
}

// --- The judge itself

TEST(IncludesTest, AllowsWhatGoesDownwards) {
  for (const auto& [path, line] : std::vector<std::pair<const char*, const char*>>{
           {"rules/fold.cc", "#include \"base/span.h\""},
           {"pipeline/match_stage.cc", "#include \"rules/matcher.h\""},
           {"pipeline/match_stage.cc", "#include \"monitoring/metrics.h\""},
           {"connectors/registry.h", "#include \"pipeline/sink.h\""},
           {"cli/run.cc", "#include \"monitoring/http_server.h\""},
           {"tests/rules/fold_test.cc", "#include \"rules/fold.h\""},
           {"rules/fold.h", "#include <string_view>"},
           {"rules/fold.cc", "#include <utf8proc.h>"},
           {"monitoring/beast_handles.h", "#include <boost/asio/io_context.hpp>"},
           {"monitoring/http_server.cc", "#include \"monitoring/beast_handles.h\""},
           {"base/log.h", "#include <fmt/format.h>"},
           {"monitoring/process_usage.cc", "#include <sys/resource.h>"},
           {"rules/fold.cc", "// #include \"pipeline/article.h\""}}) {
    EXPECT_EQ(Judge(path, line), "") << path << ": " << line;
  }
}

TEST(IncludesTest, RefusesWhatGoesUpwardsOrSideways) {
  for (const auto& [path, line] : std::vector<std::pair<const char*, const char*>>{
           {"base/log.cc", "#include \"rules/fold.h\""},
           {"rules/matcher.cc", "#include \"pipeline/article.h\""},
           {"rules/matcher.cc", "#include \"monitoring/metrics.h\""},
           {"monitoring/health.cc", "#include \"pipeline/config.h\""},
           {"pipeline/pipeline.cc", "#include \"connectors/registry.h\""},
           {"pipeline/pipeline.cc", "#include \"monitoring/http_server.h\""},
           {"connectors/registry.cc", "#include \"cli/verbs.h\""},
           {"cli/run.cc", "#include \"tests/monitoring/http_client.h\""}}) {
    EXPECT_THAT(Judge(path, line), HasSubstr("may not include it")) << path << ": " << line;
  }
}

TEST(IncludesTest, RefusesVendorsOutOfTheirPlace) {
  EXPECT_THAT(Judge("rules/matcher.h", "#include <hs/hs.h>"), HasSubstr("belongs into a .cc file"));
  EXPECT_THAT(Judge("rules/matcher.h", "#include <fmt/format.h>"), HasSubstr("belongs into a .cc file"));
  EXPECT_THAT(Judge("cli/run.cc", "#include \"monitoring/beast_handles.h\""), HasSubstr("stay in its folder"));
  EXPECT_THAT(Judge("pipeline/pipeline.cc", "#include <hs/hs.h>"), HasSubstr("does not wrap this vendor"));
  EXPECT_THAT(Judge("rules/fold.cc", "#include <librdkafka/rdkafka.h>"), HasSubstr("does not wrap this vendor"));
}

TEST(IncludesTest, RefusesPathsThatDoNotStartAtTheRoot) {
  EXPECT_THAT(Judge("rules/fold.cc", "#include \"fold.h\""), HasSubstr("from the root"));
  EXPECT_THAT(Judge("rules/fold.cc", "#include \"../base/span.h\""), HasSubstr("from the root"));
}

// --- The tree

// The paths of all of our sources, relative to the root.
std::vector<std::string> Sources() {
  const std::filesystem::path root = WIREWATCH_SOURCE_DIR;
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
  ASSERT_GT(sources.size(), 50u) << "is " << WIREWATCH_SOURCE_DIR << " the tree?";
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
