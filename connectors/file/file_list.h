// The files behind a list of paths: a file is itself, a directory is the article files in it and below it
// (*.json, *.ndjson, *.jsonl, each also with .zst or .gz), in byte order of their paths. What never ends (devices,
// sockets) is a problem, and so is a pipe in a directory.
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_LIST_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_LIST_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wirewatch {

struct ListedFile {
  std::string path;
  std::uint64_t bytes = 0;  // 0 for all but regular files
  bool regular = true;      // else a pipe, a terminal or /dev/null
};

struct FileList {
  std::vector<ListedFile> files;
  std::vector<Error> problems;  // what is missing or cannot be read, where and what to do; one for each path

  // All problems in one, a line each.
  Status status() const;
};

enum class EmptyDirectory { kProblem, kFine };

FileList ListFiles(const std::vector<std::string>& paths, EmptyDirectory empty);

// By its name: what is read of a directory.
bool IsArticleFile(std::string_view path);

// The one name of a file, whatever the path that is written for it: absolute, links followed. Nothing of it need exist.
std::filesystem::path Resolved(const std::filesystem::path& path);

// "wire.ndjson.zst" -> "wire.ndjson"
std::string_view WithoutCompressionEnding(std::string_view path);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_LIST_H_
