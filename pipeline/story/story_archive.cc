#include "pipeline/story/story_archive.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "pipeline/story/story_index.h"
#include "pipeline/story/story_signature.h"

namespace wirewatch {
namespace {

std::uint32_t NumberOf(std::string_view name, std::map<std::string, std::uint32_t, std::less<>>& numbers) {
  const auto known = numbers.find(name);
  if (known != numbers.end()) return known->second;
  return numbers.emplace(name, static_cast<std::uint32_t>(numbers.size())).first->second;
}

// The index of one group as its articles go by: those of the window, and the stories of all.
class GroupIndex {
 public:
  explicit GroupIndex(std::chrono::milliseconds window) : window_(window) {}

  struct Joined {
    StoryNumber story = 0;
    StoryArchive::Member member;
  };
  // `new_story`: its number, if no story has it.
  Joined Add(StoryArchive::ArticleNumber article, std::string_view signature_bytes, std::uint32_t source, WallTime time,
             const std::vector<std::uint32_t>& topic_words, StoryNumber new_story) {
    using How = StoryArchive::Member::How;
    const WallTime since = time - window_;
    for (; !held_.empty() && held_.front().first < since; held_.pop_front()) index_.Remove(held_.front().second);
    const StorySignature signature = *UnpackSignature(signature_bytes);
    const auto nearest = index_.Find(signature.View(), source, since, topic_words);
    Joined joined{new_story, {article, How::kFirst, 0, article}};
    if (nearest) {
      joined = {nearest->story,
                {article, nearest->is_copy ? How::kCopy : How::kEvent, static_cast<float>(nearest->likeness),
                 articles_[nearest->article]}};
    }
    const StoryIndex::Entry entry = index_.Add(signature.View(), source, joined.story, time, order_++);
    if (entry >= articles_.size()) articles_.resize(entry + std::size_t{1});
    articles_[entry] = article;
    held_.emplace_back(time, entry);
    return joined;
  }

 private:
  const std::chrono::milliseconds window_;
  StoryIndex index_;
  std::uint64_t order_ = 0;                                  // of the next article
  std::deque<std::pair<WallTime, StoryIndex::Entry>> held_;  // the oldest first
  std::vector<StoryArchive::ArticleNumber> articles_;        // by entry
};

}  // namespace

StoryArchive::GroupNumber StoryArchive::GroupOf(std::string_view name, std::chrono::milliseconds window) {
  const GroupNumber number = NumberOf(name, group_numbers_);
  if (number == groups_.size()) groups_.push_back({std::string(name), window});
  return number;
}

StoryArchive::ArticleNumber StoryArchive::Add(const ArchivedArticle& article) {
  Article& kept = articles_.emplace_back();
  kept.text.reserve(article.id.size() + article.title.size() + article.url.size() + article.signature.size());
  kept.text += article.id;
  kept.id_end = static_cast<std::uint32_t>(kept.text.size());
  kept.text += article.title;
  kept.title_end = static_cast<std::uint32_t>(kept.text.size());
  kept.text += article.url;
  kept.url_end = static_cast<std::uint32_t>(kept.text.size());
  kept.text += article.signature;
  kept.source = NumberOf(article.source, source_numbers_);
  if (kept.source == sources_.size()) sources_.emplace_back(article.source);
  kept.published_at = article.published_at;
  if (!kept.published_at) ++undated_;
  return static_cast<ArticleNumber>(articles_.size() - 1);
}

void StoryArchive::Put(ArticleNumber article, GroupNumber group, std::vector<std::uint32_t> topic_words) {
  placed_.push_back({group, article, std::move(topic_words)});
}

ArchivedArticle StoryArchive::article(ArticleNumber number) const {
  const Article& kept = articles_[number];
  const std::string_view text = kept.text;
  return {.id = text.substr(0, kept.id_end),
          .title = text.substr(kept.id_end, kept.title_end - kept.id_end),
          .url = text.substr(kept.title_end, kept.url_end - kept.title_end),
          .source = sources_[kept.source],
          .signature = text.substr(kept.url_end),
          .published_at = kept.published_at};
}

std::vector<std::size_t> StoryArchive::InOrder() const {
  std::vector<std::size_t> order(placed_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t i) {
      const std::optional<WallTime> time = articles_[placed_[i].article].published_at;
      return std::tuple(placed_[i].group, !time, time.value_or(WallTime()));
    };
    return key(a) < key(b);
  });
  return order;
}

std::optional<StoryArchive::Clustered> StoryArchive::Cluster(
    const std::function<bool(std::size_t done, std::size_t all)>& go_on) const {
  Clustered clustered;
  std::vector<Story>& stories = clustered.stories;
  WallTime last = WallTime::min();
  for (const Article& article : articles_) last = std::max(last, article.published_at.value_or(WallTime::min()));
  if (undated_ == articles_.size()) last = WallTime();

  std::optional<GroupIndex> index;
  GroupNumber group = 0;
  std::unordered_set<std::string_view> ids;  // of the group
  std::size_t done = 0;
  for (const std::size_t i : InOrder()) {
    if (!go_on(done++, placed_.size())) return std::nullopt;
    const Placed& placed = placed_[i];
    const Article& article = articles_[placed.article];
    if (!index || placed.group != group) {
      group = placed.group;
      index.emplace(groups_[group].window);
      ids.clear();
    }
    const ArchivedArticle told = this->article(placed.article);
    if (!ids.insert(told.id).second) {
      ++clustered.later_versions;
      continue;
    }
    const auto joined = index->Add(placed.article, told.signature, article.source, article.published_at.value_or(last),
                                   placed.topic_words, static_cast<StoryNumber>(stories.size()));
    if (joined.story == stories.size()) stories.push_back({group, {}, {}});
    Story& story = stories[joined.story];
    story.members.push_back(joined.member);
    if (std::find(story.sources.begin(), story.sources.end(), told.source) == story.sources.end()) {
      story.sources.emplace_back(told.source);
    }
  }
  const auto order = [&](const Story& story) {
    const std::optional<WallTime> first = articles_[story.members.front().article].published_at;
    return std::tuple(-static_cast<std::ptrdiff_t>(story.sources.size()),
                      -static_cast<std::ptrdiff_t>(story.members.size()), !first, first.value_or(WallTime()));
  };
  std::stable_sort(stories.begin(), stories.end(), [&](const Story& a, const Story& b) { return order(a) < order(b); });
  return clustered;
}

}  // namespace wirewatch
