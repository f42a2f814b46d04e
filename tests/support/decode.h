// An article from its record in one call, for the tests of decoding.
#ifndef WIREWATCH_TESTS_SUPPORT_DECODE_H_
#define WIREWATCH_TESTS_SUPPORT_DECODE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/decode/article_decoder.h"
#include "tests/support/source_directory.h"

namespace wirewatch {

inline std::unique_ptr<ArticleDecoder> MakeDecoder(DecodeLimits limits = {}, DecodeMapping mapping = {}) {
  auto decoder = ArticleDecoder::Create(limits, std::move(mapping));
  if (!decoder) {
    ADD_FAILURE() << decoder.error().message;
    std::abort();
  }
  return std::make_unique<ArticleDecoder>(*std::move(decoder));
}

// An article, or the reason why there is none.
struct Decoded {
  Article article;
  std::optional<Rejection> error;

  std::string reason() const { return error ? std::string(Name(error->reason)) : "article"; }
  std::string message() const { return error ? error->message : ""; }
};

inline Decoded Decode(std::string_view json, DecodeLimits limits = {}, DecodeMapping mapping = {}) {
  Decoded decoded;
  decoded.error = MakeDecoder(limits, std::move(mapping))->Decode(json, 0, decoded.article);
  return decoded;
}

inline Article DecodeArticle(std::string_view json, DecodeMapping mapping = {}) {
  Decoded decoded = Decode(json, {}, std::move(mapping));
  EXPECT_EQ(decoded.reason(), "article") << decoded.message() << "\n" << json;
  return decoded.article;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string TestData(std::string_view name) {
  return ReadFile(SourceDirectory() / "tests/testdata/decode" / name);
}

inline std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

inline bool IsUnreadable(const Article& article, ArticleField field) { return article.unreadable.Has(field); }

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_DECODE_H_
