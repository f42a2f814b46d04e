#include "base/text/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace wirewatch {
namespace {

std::string Base64(std::string_view bytes) {
  std::string text;
  AppendBase64(bytes, text);
  return text;
}

// RFC 4648, section 10.
TEST(Base64Test, WritesWhatTheRfcHas) {
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(Base64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
    EXPECT_EQ(Base64Size(std::string_view(bytes).size()), std::string_view(text).size());
  }
}

TEST(Base64Test, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(255 - byte);
    std::string text = Base64(bytes);
    ASSERT_EQ(DecodeBase64(text), bytes);
    text.erase(text.find_last_not_of('=') + 1);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    ASSERT_EQ(Base64Url(bytes), text);
    ASSERT_EQ(DecodeBase64Url(text), bytes);
  }
}

TEST(Base64Test, OtherCharactersAreRefused) {
  EXPECT_EQ(DecodeBase64Url("Zm9+"), std::nullopt);
  EXPECT_EQ(DecodeBase64Url("Zg=="), std::nullopt);
  EXPECT_EQ(DecodeBase64Url("Zg\n"), std::nullopt);
  EXPECT_EQ(DecodeBase64Url(""), "");
  EXPECT_EQ(DecodeBase64("Zm9-"), std::nullopt);
  EXPECT_EQ(DecodeBase64("Zg==\n"), std::nullopt);
}

TEST(Base64Test, OnlyWhatTheEncoderWritesIsDecoded) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "Zm9v====", "Zh==", "Z", "=", "===="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wirewatch
