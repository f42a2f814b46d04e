// A directory of a test's own, and the files in it; gone with it.
#ifndef WIREWATCH_TESTS_SUPPORT_TEMP_DIR_H_
#define WIREWATCH_TESTS_SUPPORT_TEMP_DIR_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace wirewatch {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "wirewatch-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string Path(std::string_view name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

  // Writes the file anew; makes its directory. Returns its path.
  std::string Write(std::string_view name, std::string_view content) const {
    return Put(name, content, std::ios::trunc);
  }
  std::string Append(std::string_view name, std::string_view content) const {
    return Put(name, content, std::ios::app);
  }

  std::string Read(std::string_view name) const {
    std::ifstream stream(path_ / name, std::ios::binary);
    EXPECT_TRUE(stream) << name;
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::string Put(std::string_view name, std::string_view content, std::ios::openmode mode) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream stream(path, std::ios::binary | mode);
    stream << content << std::flush;
    EXPECT_TRUE(stream) << name;
    return path.string();
  }

  std::filesystem::path path_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_TEMP_DIR_H_
