// StoryArchive: articles that are all there, collected in any order, and put into stories in the order of their times.
// For who looks back; the alert step puts articles into stories as they come.
//
// Groups keep articles apart that are not compared: the topics of a pack, or languages. An article may be in several.
#ifndef WIREWATCH_PIPELINE_STORY_STORY_ARCHIVE_H_
#define WIREWATCH_PIPELINE_STORY_STORY_ARCHIVE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace wirewatch {

// What is kept of an article: beside the texts some 0.6 KB.
struct ArchivedArticle {
  std::string_view id, title, url;
  std::string_view source;     // its name, or else the host of the address; empty: unknown, as one source
  std::string_view signature;  // PackSignature's bytes
  std::optional<WallTime> published_at;
};

// Threads: one at a time.
class StoryArchive {
 public:
  using ArticleNumber = std::uint32_t;  // in the order of Add
  using GroupNumber = std::uint32_t;    // in the order of GroupOf

  struct Group {
    std::string name;
    std::chrono::milliseconds window{};  // an article joins a story that had one within this time
  };

  struct Member {
    enum class How : std::uint8_t { kFirst, kCopy, kEvent };

    ArticleNumber article = 0;
    How how = How::kFirst;
    float likeness = 0;      // StoryIndex::Nearest
    ArticleNumber like = 0;  // the article of the story that is most like it; of the first, itself
  };

  struct Story {
    GroupNumber group = 0;
    std::vector<Member> members;       // in the order of their times; never empty
    std::vector<std::string> sources;  // different ones, in the order in which they came
  };

  struct Clustered {
    std::vector<Story> stories;  // those of most sources first, then of most articles, then the earlier
    // Articles whose id an earlier one of their group has: they are in no story.
    std::size_t later_versions = 0;
  };

  // The group of that name, made when it is new.
  GroupNumber GroupOf(std::string_view name, std::chrono::milliseconds window);

  // REQUIRES: fewer than 2^31 - 1 articles.
  ArticleNumber Add(const ArchivedArticle& article);
  // `topic_words`: StoryIndex::Find. Articles without a date come last, in the order of these calls, at the time of the
  // last one that has a date.
  void Put(ArticleNumber article, GroupNumber group, std::vector<std::uint32_t> topic_words = {});

  // `go_on` is told how many articles of how many are done, and says whether to go on; if not, nothing comes out.
  // Holds one window of one group in an index, beside the articles.
  std::optional<Clustered> Cluster(const std::function<bool(std::size_t done, std::size_t all)>& go_on) const;

  const Group& group(GroupNumber number) const { return groups_[number]; }
  // Borrows from this object. REQUIRES: nothing is added meanwhile.
  ArchivedArticle article(ArticleNumber number) const;
  std::size_t articles() const { return articles_.size(); }
  std::size_t undated() const { return undated_; }

 private:
  struct Article {
    std::string text;  // id, title, url, signature, one behind the other: one block of memory
    std::uint32_t id_end = 0, title_end = 0, url_end = 0;
    std::uint32_t source = 0;
    std::optional<WallTime> published_at;
  };
  struct Placed {
    GroupNumber group = 0;
    ArticleNumber article = 0;
    std::vector<std::uint32_t> topic_words;
  };

  // Indices into placed_, in the order in which they are clustered.
  std::vector<std::size_t> InOrder() const;

  std::vector<Article> articles_;
  std::vector<Placed> placed_;
  std::vector<Group> groups_;
  std::map<std::string, GroupNumber, std::less<>> group_numbers_;
  std::vector<std::string> sources_;
  std::map<std::string, std::uint32_t, std::less<>> source_numbers_;
  std::size_t undated_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_STORY_ARCHIVE_H_
