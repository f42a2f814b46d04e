#include "rules/pack/pack_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/text/printable.h"

namespace wirewatch {
namespace {

constexpr std::string_view kTestEnd = "_test";

bool IsHidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

bool IsYamlFile(const std::filesystem::path& path) {
  return (path.extension() == ".yaml" || path.extension() == ".yml") && path.filename() != kPolicyFileName;
}

// The YAML files below a directory, in byte order.
Result<std::vector<std::filesystem::path>> FilesBelow(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code no_matter;
    if (IsHidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (IsYamlFile(entry->path()) && !entry->is_directory(no_matter)) {
      files.push_back(entry->path());
    }
  }
  if (error)
    return Error{ErrorCode::kIo, fmt::format("{}: cannot be read: {}", Printable(directory.string()), error.message())};
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
  return files;
}

}  // namespace

std::filesystem::path PackOfTestFile(const std::filesystem::path& file) {
  std::string stem = file.stem().string();
  stem.resize(stem.size() - kTestEnd.size());
  for (const char* extension : {".yaml", ".yml"}) {
    const auto pack = file.parent_path() / (stem + extension);
    std::error_code error;
    if (std::filesystem::exists(pack, error)) return pack;
  }
  return file.parent_path() / (stem + file.extension().string());
}

bool IsRuleTestFile(const std::filesystem::path& file) {
  return IsYamlFile(file) && file.stem().string().ends_with(kTestEnd);
}

Result<std::vector<std::filesystem::path>> FindYamlFiles(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  std::map<std::filesystem::path, std::filesystem::path> directories;  // without links: each is looked up once
  const auto add = [&](std::filesystem::path file) {
    std::error_code error;
    std::filesystem::path real;
    if (std::filesystem::is_symlink(file, error) || !file.has_parent_path()) {
      real = std::filesystem::weakly_canonical(file, error);
    } else {
      const auto [known, is_new] = directories.try_emplace(file.parent_path());
      if (is_new) known->second = std::filesystem::weakly_canonical(known->first, error);
      real = known->second / file.filename();
    }
    if (seen.insert(error ? file : real).second) files.push_back(std::move(file));
  };
  for (const std::filesystem::path& path : paths) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("{}: there is no such file or directory", Printable(path.string()))};
    }
    if (error)
      return Error{ErrorCode::kIo, fmt::format("{}: cannot be read: {}", Printable(path.string()), error.message())};
    if (status.type() != std::filesystem::file_type::directory) {
      add(path);
      continue;
    }
    auto below = FilesBelow(path);
    if (!below) return std::move(below).error();
    for (std::filesystem::path& file : *below) add(std::move(file));
  }
  return files;
}

Result<std::vector<std::filesystem::path>> FindPackFiles(const std::vector<std::filesystem::path>& paths) {
  auto files = FindYamlFiles(paths);
  if (!files) return files;
  const std::vector<std::filesystem::path> found = *files;
  std::erase_if(*files, IsRuleTestFile);
  if (!files->empty()) return files;
  if (found.size() == 1 && paths.size() == 1 && found.front() == paths.front()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} is a test file: its rules are {}", Printable(found.front().string()),
                             Printable(PackOfTestFile(found.front()).string()))};
  }
  std::vector<std::string> names;
  for (const std::filesystem::path& path : paths) names.push_back(Printable(path.string()));
  return Error{ErrorCode::kInvalid, names.empty()
                                        ? std::string("no rule file is given")
                                        : fmt::format("there is no rule file (*.yaml) in {}", fmt::join(names, ", "))};
}

}  // namespace wirewatch
