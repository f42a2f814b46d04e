#include "rules/pack/library_files.h"

#include <utility>

#include "base/yaml/yaml_text.h"

namespace wirewatch {
namespace {

std::shared_ptr<const LibraryFiles::File> ReadBytes(const std::filesystem::path& name, std::string_view bytes) {
  auto file = std::make_shared<LibraryFiles::File>();
  file->bytes = DigestOf({bytes});
  if (!IsLibraryText(bytes)) return file;
  YamlText text(name.string(), bytes);
  file->pack_library = std::make_shared<const PackLibrary>(ReadLibrary(text));
  file->diagnostics = text.TakeDiagnostics();
  return file;
}

}  // namespace

LibraryFiles::LibraryFiles() : read_([](const std::filesystem::path& file) { return YamlText::ReadFile(file); }) {}

const LibraryFiles::File& LibraryFiles::Find(const std::filesystem::path& path) {
  auto& file = files_[path.lexically_normal()];
  if (file != nullptr) return *file;
  const auto bytes = read_(path);
  if (bytes) {
    file = ReadBytes(path, *bytes);
  } else {
    auto unreadable = std::make_shared<File>();
    unreadable->unreadable = bytes.error().message;
    file = std::move(unreadable);
  }
  return *file;
}

const LibraryFiles::File& LibraryFiles::Add(const std::filesystem::path& path, std::string_view text) {
  auto& file = files_[path.lexically_normal()];
  if (file == nullptr) file = ReadBytes(path, text);
  return *file;
}

void LibraryFiles::Put(const std::filesystem::path& path, std::shared_ptr<const File> known) {
  files_[path.lexically_normal()] = std::move(known);
}

void LibraryFiles::KeepOnly(const std::set<std::filesystem::path>& files) {
  std::erase_if(files_, [&](const auto& file) { return !files.contains(file.first); });
}

}  // namespace wirewatch
