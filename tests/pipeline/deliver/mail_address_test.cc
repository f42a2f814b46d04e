#include "pipeline/deliver/mail_address.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wirewatch {
namespace {

TEST(MailAddressTest, TakesAddressesThatNeedNoQuotes) {
  for (const char* text : {"a@b", "ops@example.org", "first.last+wire@sub.example.org",
                           "o'neil_2@xn--bcher-kva.example", "#!$%&'*+-/=?^_`{}|~@example.org"}) {
    EXPECT_TRUE(IsMailAddress(text)) << text;
  }
  EXPECT_EQ(DomainOf("ops@example.org"), "example.org");
}

TEST(MailAddressTest, RefusesWhatCouldEndACommandOrAHeader) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text : {""sv,
                                      "ops"sv,
                                      "@example.org"sv,
                                      "ops@"sv,
                                      "a b@example.org"sv,
                                      "ops@example.org\r\nDATA"sv,
                                      "ops@example.org\n"sv,
                                      "ops@exa\0mple.org"sv,
                                      "<ops@example.org>"sv,
                                      "ops@example.org>"sv,
                                      "a@b@c"sv,
                                      "a..b@c"sv,
                                      ".a@c"sv,
                                      "a@c."sv,
                                      "a@.c"sv,
                                      "\"a\"@c"sv,
                                      "a,b@c"sv,
                                      "a@c,d@e"sv,
                                      "ł@example.org"sv,
                                      "a@bücher.example"sv,
                                      "a@[127.0.0.1]"sv,
                                      "a@c SIZE=1"sv}) {
    EXPECT_FALSE(IsMailAddress(text)) << text;
  }
  EXPECT_FALSE(IsMailAddress(std::string(65, 'a') + "@example.org"));
  EXPECT_FALSE(IsMailAddress("a@" + std::string(253, 'a')));
}

TEST(MailAddressTest, ReadsANameBeforeTheAddress) {
  for (const auto& [text, name] : {std::pair{"Desk Europe <ops@example.org>", "Desk Europe"},
                                   {"\"Desk, Europe\" <ops@example.org>", "Desk, Europe"},
                                   {"Łódź <ops@example.org>", "Łódź"},
                                   {"<ops@example.org>", ""},
                                   {"ops@example.org", ""},
                                   {"A <b> <ops@example.org>", "A <b>"}}) {
    const auto address = ParseMailAddress(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->name, name);
    EXPECT_EQ(address->address, "ops@example.org");
  }
  for (const char* text : {"Desk", "Desk <ops>", "De\nsk <ops@example.org>", "Desk <ops@example.org> x", "Desk <>"}) {
    EXPECT_FALSE(ParseMailAddress(text)) << text;
  }
}

}  // namespace
}  // namespace wirewatch
