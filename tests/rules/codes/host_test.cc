#include "rules/codes/host.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace wirewatch {
namespace {

TEST(HostOfTest, IsTheHostOfAnAddressInWhateverWayItIsWritten) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"https://www.Example.ORG:8443/a/b?c#d", "example.org"},
      {"http://desk@news.example.org", "news.example.org"},
      {"http://desk:se:cret@news.example.org:80/", "news.example.org"},
      {"http://a@b@example.org/", "example.org"},
      {"HTTPS://WWW.EXAMPLE.ORG.", "example.org"},
      {"  https://example.org/\n", "example.org"},
      {"https://wwwexample.org", "wwwexample.org"},
      {"https://www.com/", "www.com"},
      {"https://example.org?q=1", "example.org"},
      {"https://example.org#top", "example.org"},
      {"https://example.org:/", "example.org"},
      {"https://localhost:8080/x", "localhost"},
      // no scheme
      {"//example.org/a", "example.org"},
      {"example.org", "example.org"},
      {"example.org/a?u=http://other.org/", "example.org"},
      {"www.example.org/a", "example.org"},
      {"EXAMPLE.ORG./a", "example.org"},
      {"example.org:8080/a", "example.org"},
      {"example.org:8080", "example.org"},
      {"10.0.0.1/a", "10.0.0.1"},
      {"example.co.uk/2026/03/01/story.html", "example.co.uk"},
      // slashes as browsers read them
      {"http:\\\\example.org\\a", "example.org"},
      {"\\\\example.org\\a", "example.org"},
      {"http:/example.org/a", "example.org"},
      {"http:///example.org/a", "example.org"},
      {"http:example.org", "example.org"},
      {"https://example.org\\@other.org/", "example.org"},
      {"ht\ntps://exam\tple.org/", "example.org"},
      // other schemes
      {"ftp://ftp.example.org/a", "ftp.example.org"},
      {"feed://example.org/rss", "example.org"},
      {"wss://live.example.org", "live.example.org"},
      // percent-encoding
      {"https://ex%61mple.org/", "example.org"},
      {"https://m%C3%BCnchen.de/a", "xn--mnchen-3ya.de"},
      // addresses
      {"http://[2001:DB8::1]:80/x", "[2001:db8::1]"},
      {"http://[2001:db8:0:0:0:0:0:1]/", "[2001:db8::1]"},
      {"http://desk@[::1]:8080/", "[::1]"},
      {"http://192.0.2.7:80/", "192.0.2.7"},
  };
  for (const auto& [url, host] : kCases) EXPECT_EQ(HostOf(url), host) << url;
}

// UTS #46: the Unicode form and the ASCII form of a name are one.
TEST(HostOfTest, IsOneForBothFormsOfAnInternationalName) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"münchen.de", "xn--mnchen-3ya.de"},
      {"MÜNCHEN.DE", "xn--mnchen-3ya.de"},
      {"mu\u0308nchen.de", "xn--mnchen-3ya.de"},  // NFD
      {"bücher.example", "xn--bcher-kva.example"},
      {"faß.de", "xn--fa-hia.de"},  // not fass.de
      {"правда.рф", "xn--80aafi6cg.xn--p1ai"},
      {"例え.jp", "xn--r8jz45g.jp"},
      {"例え。jp", "xn--r8jz45g.jp"},  // the ideographic full stop parts labels
      {"中文.中国", "xn--fiq228c.xn--fiqs8s"},
      {"ｅｘａｍｐｌｅ.org", "example.org"},
      {"한국.kr", "xn--3e0b707e.kr"},
      {"παράδειγμα.gr", "xn--hxajbheg2az3al.gr"},
      {"ראש.co.il", "xn--4db1ce.co.il"},
  };
  for (const auto& [unicode, ascii] : kCases) {
    EXPECT_EQ(HostOf("https://" + std::string(unicode) + "/a"), ascii) << unicode;
    EXPECT_EQ(HostOf("https://www." + std::string(ascii) + "/a"), ascii);
    EXPECT_EQ(CanonicalHost(unicode), ascii) << unicode;
    EXPECT_EQ(HostOf(unicode), ascii) << unicode;
  }
  EXPECT_EQ(HostOf("https://XN--MNCHEN-3YA.de/"), "xn--mnchen-3ya.de");
}

TEST(HostOfTest, IsEmptyWhereThereIsNoHost) {
  for (const char* url : {"",
                          " ",
                          "urn:newsml:example.org:1",
                          "urn:newsml:example.org:20260301:1",
                          "tag:example.org,2026:1",
                          "mailto:desk@example.org",
                          "desk@example.org",
                          "https://",
                          "https:///path",
                          "http:path",
                          "http://[::1",
                          "http://[::g]/",
                          "http://[]/",
                          "https://two words/",
                          "https://a<b.org/",
                          "https://..org/",
                          "/relative",
                          "/a.b/c",
                          "relative/path.html",
                          "story.html",
                          "12345",
                          "Reuters",
                          "a.1",
                          ".org",
                          "javascript:alert(1)",
                          "javascript://example.org/%0aalert(1)",
                          "data:text/html,example.org",
                          "file:///home/a.txt",
                          "http://%00.org/",
                          "https://:80/",
                          "https://@/",
                          "?q=example.org",
                          "#example.org"}) {
    EXPECT_EQ(HostOf(url), "") << url;
  }
}

// What is written plainly takes a shorter way; it must be the same one.
TEST(HostOfTest, IsTheSameForWhatIsWrittenPlainlyAndNot) {
  for (const char* host : {"example.org", "www.example.org", "www.com", "a-b.example.co.uk", "xn--mnchen-3ya.de",
                           "localhost", "192.0.2.7", "x", "a..b", ".a", "a.", "www.a.", "www..a", "-"}) {
    const std::string plain = HostOf(std::string("https://") + host + "/a");
    EXPECT_EQ(plain, HostOf(std::string("HTTPS://") + host + "/a")) << host;
    EXPECT_EQ(plain, HostOf(std::string("https:\\\\") + host + "/a")) << host;
    EXPECT_EQ(plain, CanonicalHost(host)) << host;
    EXPECT_EQ(plain, HostOf(std::string("http://") + host)) << host;
    EXPECT_EQ(plain, HostOf(std::string("http://") + host + "?q#f")) << host;
  }
}

TEST(CanonicalHostTest, TakesAHostAlone) {
  EXPECT_EQ(CanonicalHost("WWW.Example.org."), "example.org");
  EXPECT_EQ(CanonicalHost("gov"), "gov");
  EXPECT_EQ(CanonicalHost("co.uk"), "co.uk");
  EXPECT_EQ(CanonicalHost("a_b.example.org"), "a_b.example.org");
  for (const char* host : {"", ".", "..", "a b", "a/b", "https://a.org", "a..b", "a:80"}) {
    EXPECT_EQ(CanonicalHost(host), "") << host;
  }
}

TEST(CanonicalHostTest, LeavesWhatIsCanonicalAsItIs) {
  for (const char* host : {"example.org", "xn--mnchen-3ya.de", "[2001:db8::1]", "192.0.2.7", "localhost"}) {
    EXPECT_EQ(CanonicalHost(host), host);
  }
}

TEST(IsOfDomainTest, HoldsForTheDomainAndWhatIsBelowIt) {
  EXPECT_TRUE(IsOfDomain("example.org", "example.org"));
  EXPECT_TRUE(IsOfDomain("uk.example.org", "example.org"));
  EXPECT_FALSE(IsOfDomain("notexample.org", "example.org"));
  EXPECT_FALSE(IsOfDomain("example.org", "uk.example.org"));
  EXPECT_FALSE(IsOfDomain("example.org", ""));
  EXPECT_FALSE(IsOfDomain("", "org"));
  EXPECT_TRUE(IsBelowDomain("a.gov", "gov"));
  EXPECT_FALSE(IsBelowDomain("gov", "gov"));
  EXPECT_FALSE(IsBelowDomain("agov", "gov"));
}

}  // namespace
}  // namespace wirewatch
