#include "connectors/http_client/address_guard.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::Optional;

std::optional<std::string> RefusalOf(const AddressGuard& guard, const std::string& text) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    return guard.Refusal(reinterpret_cast<sockaddr&>(storage), sizeof *v4);
  }
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr), 1) << text;
  v6->sin6_family = AF_INET6;
  return guard.Refusal(reinterpret_cast<sockaddr&>(storage), sizeof *v6);
}
std::optional<std::string> RefusalOf(const std::string& text) { return RefusalOf(AddressGuard(), text); }

std::string Dotted(std::uint32_t v4) {
  return std::to_string(v4 >> 24) + '.' + std::to_string(v4 >> 16 & 255) + '.' + std::to_string(v4 >> 8 & 255) + '.' +
         std::to_string(v4 & 255);
}

AddressGuard Allowing(const std::vector<std::string>& networks) {
  auto guard = AddressGuard::Create(networks);
  EXPECT_TRUE(guard) << guard.error().message;
  return *std::move(guard);
}

struct Range {
  std::uint32_t first, last;
};
// Written as numbers, beside the guard's own table.
constexpr Range kSpecial[] = {{0x00000000, 0x00FFFFFF}, {0x0A000000, 0x0AFFFFFF}, {0x64400000, 0x647FFFFF},
                              {0x7F000000, 0x7FFFFFFF}, {0xA9FE0000, 0xA9FEFFFF}, {0xAC100000, 0xAC1FFFFF},
                              {0xC0000000, 0xC00000FF}, {0xC0000200, 0xC00002FF}, {0xC0586300, 0xC05863FF},
                              {0xC0A80000, 0xC0A8FFFF}, {0xC6120000, 0xC613FFFF}, {0xC6336400, 0xC63364FF},
                              {0xCB007100, 0xCB0071FF}, {0xE0000000, 0xFFFFFFFF}};
bool IsSpecial(std::uint32_t v4) {
  for (const auto& [first, last] : kSpecial) {
    if (first <= v4 && v4 <= last) return true;
  }
  return false;
}

TEST(AddressGuardTest, SaysWhyAnAddressIsRefused) {
  EXPECT_EQ(RefusalOf("127.0.0.1"), "127.0.0.1 is loopback (127.0.0.0/8)");
  EXPECT_EQ(RefusalOf("::ffff:169.254.169.254"), "169.254.169.254 is link-local (169.254.0.0/16)");
  EXPECT_EQ(RefusalOf("::1"), "::1 is loopback (::1/128)");
  EXPECT_EQ(RefusalOf("4000::1"), "4000::1 is not global (2000::/3)");
}

TEST(AddressGuardTest, TheEdgesOfEveryNetworkOfIpv4AreExact) {
  for (const auto& [first, last] : kSpecial) {
    EXPECT_TRUE(RefusalOf(Dotted(first))) << Dotted(first);
    EXPECT_TRUE(RefusalOf(Dotted(last))) << Dotted(last);
    EXPECT_EQ(RefusalOf(Dotted(first - 1)).has_value(), IsSpecial(first - 1)) << Dotted(first - 1);
    EXPECT_EQ(RefusalOf(Dotted(last + 1)).has_value(), IsSpecial(last + 1)) << Dotted(last + 1);
  }
}

TEST(AddressGuardTest, AnAddressOfIpv4IsJudgedAlikeInAllItsForms) {
  std::mt19937 random(15);
  const AddressGuard translated = Allowing({"64:ff9b::/96", "2002::/16"});
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    // Half of them near the special ones.
    std::uint32_t v4 = static_cast<std::uint32_t>(random());
    if (i % 2 == 0) v4 = kSpecial[random() % std::size(kSpecial)].first + static_cast<std::uint32_t>(random() % 65536);
    const bool special = IsSpecial(v4);
    refused += special;
    ASSERT_EQ(RefusalOf(Dotted(v4)).has_value(), special) << Dotted(v4);
    ASSERT_EQ(RefusalOf("::ffff:" + Dotted(v4)), RefusalOf(Dotted(v4)));
    // Through a translator that the operator has: what it carries is judged.
    ASSERT_EQ(RefusalOf(translated, "64:ff9b::" + Dotted(v4)).has_value(), special) << Dotted(v4);
    char six_to_four[64];
    std::snprintf(six_to_four, sizeof six_to_four, "2002:%x:%x::1", v4 >> 16, v4 & 0xFFFF);
    ASSERT_EQ(RefusalOf(translated, six_to_four).has_value(), special) << six_to_four;
    // Without it, never.
    ASSERT_TRUE(RefusalOf("64:ff9b::" + Dotted(v4)));
    ASSERT_TRUE(RefusalOf("::" + Dotted(v4)));           // "IPv4-compatible"
    ASSERT_TRUE(RefusalOf("::ffff:0:" + Dotted(v4)));    // RFC 2765
    ASSERT_TRUE(RefusalOf("64:ff9b:1::" + Dotted(v4)));  // RFC 8215
    ASSERT_TRUE(RefusalOf(six_to_four));
  }
  EXPECT_GT(refused, 5'000);
}

TEST(AddressGuardTest, OfIpv6OnlyGlobalUnicastPasses) {
  for (const char* text : {"::",
                           "::1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "ff02::1",
                           "100::1",
                           "2001::1",
                           "2001:0:53aa:64c:0:7fff:ffff:ffff",
                           "2001:2::1",
                           "2001:10::1",
                           "2001:20::1",
                           "2001:1ff:ffff::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "3fff::1",
                           "3fff:fff:ffff::1",
                           "1fff:ffff::1",
                           "4000::1",
                           "5f00::1",
                           "64:ff9b::808:808"}) {
    EXPECT_TRUE(RefusalOf(text)) << text;
  }
  for (const char* text : {"2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450::1",
                           "2000::1", "3ffe::1", "3fff:1000::1"}) {
    EXPECT_FALSE(RefusalOf(text)) << text;
  }
}

TEST(AddressGuardTest, OnlyTheNetworksThatAreNamedAreAllowed) {
  const AddressGuard guard = Allowing({"10.20.0.0/16", "127.0.0.1", "fd00:12::/32", "192.168.7.128/25"});
  for (const char* text : {"10.20.0.0", "10.20.255.255", "::ffff:10.20.1.1", "127.0.0.1", "fd00:12:ffff::1",
                           "192.168.7.128", "192.168.7.255", "8.8.8.8"}) {
    EXPECT_FALSE(RefusalOf(guard, text)) << text;
  }
  for (const char* text : {"10.19.255.255", "10.21.0.0", "127.0.0.2", "fd00:13::1", "::10.20.1.1", "192.168.7.127"}) {
    EXPECT_TRUE(RefusalOf(guard, text)) << text;
  }
}

TEST(AddressGuardTest, AllOfIpv4AndAllOfIpv6CanBeAllowed) {
  const AddressGuard v4 = Allowing({"0.0.0.0/0"}), v6 = Allowing({"::/0"});
  EXPECT_FALSE(RefusalOf(v4, "127.0.0.1"));
  EXPECT_TRUE(RefusalOf(v4, "::1"));
  EXPECT_FALSE(RefusalOf(v6, "::1"));
}

TEST(AddressGuardTest, OtherFamiliesAndShortAddressesAreRefused) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_TRUE(AddressGuard().Refusal(reinterpret_cast<sockaddr&>(local), sizeof local));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x08080808);
  EXPECT_FALSE(AddressGuard().Refusal(reinterpret_cast<sockaddr&>(v4), sizeof v4));
  EXPECT_TRUE(AddressGuard().Refusal(reinterpret_cast<sockaddr&>(v4), 4));
}

TEST(AddressGuardTest, LiteralsAreJudgedAndNamesAreNot) {
  EXPECT_THAT(AddressGuard().RefusalOfLiteral("169.254.169.254"), Optional(HasSubstr("link-local")));
  EXPECT_THAT(AddressGuard().RefusalOfLiteral("::1"), Optional(HasSubstr("loopback")));
  EXPECT_FALSE(AddressGuard().RefusalOfLiteral("1.1.1.1"));
  EXPECT_FALSE(AddressGuard().RefusalOfLiteral("localhost"));
}

TEST(AddressGuardTest, AMistakeInANetworkIsExplained) {
  for (const auto& [text, message] :
       std::vector<std::pair<std::string, std::string>>{{"", "is no network"},
                                                        {"intranet", "is no network"},
                                                        {"10.0.0.0/33", "no prefix of 0 to 32 bits"},
                                                        {"10.0.0.0/", "no prefix of 0 to 32 bits"},
                                                        {"fd00::/129", "no prefix of 0 to 128 bits"},
                                                        {"10.1.2.3/8", "did you mean 10.0.0.0/8?"},
                                                        {"fd00:12::1/32", "did you mean fd00:12::/32?"},
                                                        {"::ffff:10.0.0.0/104", "write it as IPv4"},
                                                        {"0x7f.1", "is no network"}}) {
    const auto guard = AddressGuard::Create({"10.20.0.0/16", text});
    ASSERT_FALSE(guard) << text;
    EXPECT_THAT(guard.error().message, HasSubstr(message));
  }
}

TEST(AddressGuardTest, LoopbackIsThisMachineInBothFamilies) {
  for (const auto& [text, loopback] : std::vector<std::pair<const char*, bool>>{
           {"127.0.0.1", true}, {"127.255.255.255", true}, {"128.0.0.1", false}, {"10.0.0.1", false}}) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    ASSERT_EQ(inet_pton(AF_INET, text, &v4.sin_addr), 1);
    EXPECT_EQ(IsLoopback(reinterpret_cast<sockaddr&>(v4), sizeof v4), loopback) << text;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  EXPECT_FALSE(IsLoopback(reinterpret_cast<sockaddr&>(v6), sizeof v6));
  v6.sin6_addr = in6addr_loopback;
  EXPECT_TRUE(IsLoopback(reinterpret_cast<sockaddr&>(v6), sizeof v6));
}

}  // namespace
}  // namespace wirewatch
