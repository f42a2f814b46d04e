#include "base/digest.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>

#include "base/text/hex.h"

namespace wirewatch {
namespace {

// Expected values are from another implementation: sha256sum of each part behind its length as 8 little-endian bytes.
TEST(DigestTest, IsTheFirstHalfOfSha256OverLengthPrefixedParts) {
  EXPECT_EQ(DigestHex({}), "e3b0c44298fc1c149afbf4c8996fb924");
  EXPECT_EQ(DigestHex({"abc"}), "ce91dc5eec0139adf091900d225971d6");
  EXPECT_EQ(DigestHex({"5g-vendor-bans", "urn:newsml:example.org:20261123:1"}), "42fa241dca80f7ff0ef01af041782fba");
}

TEST(DigestTest, TellsApartWhereOnePartEndsAndTheNextBegins) {
  const std::set<std::string> digests = {DigestHex({"abc"}),         DigestHex({"ab", "c"}), DigestHex({"a", "bc"}),
                                         DigestHex({"", "abc"}),     DigestHex({"abc", ""}), DigestHex({"a", "b", "c"}),
                                         DigestHex({"", "", "abc"}), DigestHex({})};
  EXPECT_EQ(digests.size(), 8u);
}

TEST(DigestTest, TakesAnyBytesAndLongParts) {
  EXPECT_NE(DigestHex({std::string_view("a\0b", 3)}), DigestHex({std::string_view("a\0c", 3)}));
  EXPECT_EQ(DigestHex({std::string(1 << 20, 'x')}), "ea8741b60f1272a6d61e82226091e3a1");
}

std::string Hex(const Sha256Digest& bytes) {
  std::string hex;
  for (const unsigned char byte : bytes) AppendHex(byte, hex);
  return hex;
}

// FIPS 180-2, appendix B; and of no bytes.
TEST(Sha256Test, GivesWhatTheStandardHas) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 4231, section 4: cases 1 to 4, 6 and 7 (5 is about a shortened one).
TEST(HmacTest, GivesWhatTheRfcHas) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  std::string key;
  for (char c = 1; c <= 25; ++c) key += c;
  EXPECT_EQ(Hex(HmacSha256(key, std::string(50, '\xcd'))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           "This is a test using a larger than block-size key and a larger than block-size data. The "
                           "key needs to be hashed before being used by the HMAC algorithm.")),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

// Expected: openssl dgst -sha256 -mac HMAC -macopt key:"".
TEST(HmacTest, TakesAnEmptyKeyAndAnEmptyText) {
  EXPECT_EQ(Hex(HmacSha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_NE(HmacSha256("k", ""), HmacSha256("", ""));
}

TEST(HmacTest, AComparisonSeesEveryByteAndTheSize) {
  const Hmac hmac = HmacSha256("key", "text");
  EXPECT_TRUE(EqualInConstantTime(BytesOf(hmac), BytesOf(HmacSha256("key", "text"))));
  for (std::size_t i = 0; i < hmac.size(); ++i) {
    Hmac other = hmac;
    other[i] ^= 1;
    EXPECT_FALSE(EqualInConstantTime(BytesOf(hmac), BytesOf(other))) << i;
  }
  EXPECT_FALSE(EqualInConstantTime("abc", "ab"));
  EXPECT_TRUE(EqualInConstantTime("", ""));
}

}  // namespace
}  // namespace wirewatch
