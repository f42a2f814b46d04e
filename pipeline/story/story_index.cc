#include "pipeline/story/story_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

namespace wirewatch {
namespace {

// What of a signature is in the tables; all of it is looked up. More would cost memory, and find no more.
constexpr std::size_t kShinglesIndexed = 12, kTermsIndexed = 12;
// Of the articles with one key the newest that are looked at.
constexpr std::size_t kNewest = 24;
// Articles that are compared in full.
constexpr std::size_t kCopyCandidates = 8, kEventCandidates = 24;
// Articles that the terms may bring, the rarest terms first.
constexpr std::size_t kEventPostings = 192;
// A shingle in so many stories of one source is boilerplate.
constexpr std::size_t kBoilerplateStories = 3;
// The share of a term's weight that is left to words of the topic itself.
constexpr double kTopicWordFactor = 0.5;
constexpr std::size_t kBestOfStory = 3;

std::span<const std::uint32_t> Newest(std::span<const std::uint32_t> entries) {
  return entries.size() > kNewest ? entries.last(kNewest) : entries;
}

// A hint that all of it is read soon.
template <class T>
void Prefetch(std::span<const T> values) {
  constexpr std::size_t kLine = 64;
  const auto* const bytes = reinterpret_cast<const char*>(values.data());
  for (std::size_t at = 0; at < values.size_bytes(); at += kLine) __builtin_prefetch(bytes + at);
}

std::span<const std::uint32_t> IndexedShingles(const SignatureView& signature) {
  return signature.text.first(std::min(signature.text.size(), kShinglesIndexed));
}

// The terms of most weight; of equal ones those with the smaller hash.
std::vector<std::uint32_t> IndexedTerms(const SignatureView& signature) {
  std::vector<std::size_t> places(signature.terms.size());
  std::iota(places.begin(), places.end(), 0);
  const std::size_t count = std::min(places.size(), kTermsIndexed);
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), places.end(),
                    [&](std::size_t a, std::size_t b) {
                      return std::tuple(signature.weights[b], a) < std::tuple(signature.weights[a], b);
                    });
  std::vector<std::uint32_t> terms;
  for (std::size_t i = 0; i < count; ++i) terms.push_back(signature.terms[places[i]]);
  return terms;
}

}  // namespace

StoryIndex::Packed StoryIndex::Pack(const SignatureView& signature) {
  Packed packed;
  packed.text = static_cast<std::uint8_t>(signature.text.size());
  packed.title = static_cast<std::uint8_t>(signature.title.size());
  packed.terms = static_cast<std::uint8_t>(signature.terms.size());
  const std::size_t words = signature.text.size() + signature.title.size() + signature.terms.size();
  packed.words = std::make_unique<std::uint32_t[]>(words + (signature.weights.size() + 3) / 4);
  std::uint32_t* to = packed.words.get();
  for (const auto& list : {signature.text, signature.title, signature.terms}) {
    to = std::copy(list.begin(), list.end(), to);
  }
  std::copy(signature.weights.begin(), signature.weights.end(), reinterpret_cast<std::uint8_t*>(to));
  return packed;
}

SignatureView StoryIndex::Packed::View() const {
  const std::uint32_t* const at = words.get();
  return {{at, text},
          {at + text, title},
          {at + text + title, terms},
          {reinterpret_cast<const std::uint8_t*>(at + text + title + terms), terms}};
}

StoryIndex::Entry StoryIndex::Add(const SignatureView& signature, std::uint32_t source, StoryNumber story,
                                  WallTime time, std::uint64_t order) {
  Entry entry = 0;
  if (free_.empty()) {
    entry = static_cast<Entry>(articles_.size());
    articles_.emplace_back();
    orders_.emplace_back();
    signatures_.emplace_back();
  } else {
    entry = free_.back();
    free_.pop_back();
  }
  articles_[entry] = {time, source, story};
  orders_[entry] = order;
  signatures_[entry] = Pack(signature);
  for (const std::uint32_t shingle : IndexedShingles(signature)) shingles_.Add(shingle, entry, orders_);
  for (const std::uint32_t term : IndexedTerms(signature)) terms_.Add(term, entry, orders_);
  ++stories_[story];
  ++count_;
  return entry;
}

void StoryIndex::Remove(Entry entry) {
  const SignatureView signature = signatures_[entry].View();
  for (const std::uint32_t shingle : IndexedShingles(signature)) shingles_.Remove(shingle, entry, orders_);
  for (const std::uint32_t term : IndexedTerms(signature)) terms_.Remove(term, entry, orders_);
  const auto story = stories_.find(articles_[entry].story);
  if (--story->second == 0) stories_.erase(story);
  signatures_[entry] = {};
  free_.push_back(entry);
  --count_;
}

StoryIndex::Added StoryIndex::Look(Entry entry) const {
  const SignatureView view = signatures_[entry].View();
  Added added{{}, articles_[entry].source, articles_[entry].story, orders_[entry]};
  added.signature.text.assign(view.text.begin(), view.text.end());
  added.signature.title.assign(view.title.begin(), view.title.end());
  added.signature.terms.assign(view.terms.begin(), view.terms.end());
  added.signature.weights.assign(view.weights.begin(), view.weights.end());
  return added;
}

std::optional<StoryIndex::Nearest> StoryIndex::Find(const SignatureView& signature, std::uint32_t source,
                                                    WallTime since, std::span<const std::uint32_t> topic_words) {
  // In a large index each look is a miss of the cache; these overlap.
  for (const std::uint32_t shingle : signature.text) shingles_.Prefetch(shingle);
  for (const std::uint32_t term : signature.terms) terms_.Prefetch(term);
  if (auto copied = FindCopy(signature, source, since)) return copied;
  return FindEvent(signature, since, topic_words);
}

std::optional<StoryIndex::Nearest> StoryIndex::FindCopy(const SignatureView& signature, std::uint32_t source,
                                                        WallTime since) {
  found_.clear();
  std::array<std::uint32_t, StorySignature::kText> boilerplate;
  std::size_t left_out = 0;
  for (const std::uint32_t shingle : signature.text) {
    const std::span<const Entry> entries = Newest(shingles_.Find(shingle));
    if (entries.size() >= kBoilerplateStories && IsBoilerplate(entries, source)) {
      boilerplate[left_out++] = shingle;
      continue;
    }
    for (const Entry entry : entries) {
      if (articles_[entry].time >= since) found_.push_back({entry, 1});
    }
  }
  std::optional<Nearest> nearest;
  for (const Candidate& candidate : Best(kCopyCandidates)) {
    const double likeness =
        CopyLikeness(signature, signatures_[candidate.entry].View(), limits_,
                     articles_[candidate.entry].source == source, std::span(boilerplate).first(left_out));
    if (likeness <= (nearest ? nearest->likeness : 0)) continue;
    nearest = {articles_[candidate.entry].story, candidate.entry, true, likeness};
  }
  return nearest;
}

std::optional<StoryIndex::Nearest> StoryIndex::FindEvent(const SignatureView& signature, WallTime since,
                                                         std::span<const std::uint32_t> topic_words) {
  struct Term {
    std::span<const Entry> entries;
    std::size_t place = 0;
  };
  std::array<Term, StorySignature::kTerms> terms;
  std::array<double, StorySignature::kTerms> factors{};
  std::size_t count = 0;
  // In a large index each of these looks is a miss of the cache, too.
  std::array<std::span<const Entry>, StorySignature::kTerms> entries_of;
  for (std::size_t i = 0; i < signature.terms.size(); ++i) {
    entries_of[i] = terms_.Find(signature.terms[i]);
    Prefetch(Newest(entries_of[i]));
  }
  for (const auto& entries : std::span(entries_of).first(signature.terms.size())) {
    for (const Entry entry : Newest(entries)) __builtin_prefetch(&articles_[entry]);
  }
  for (std::size_t i = 0; i < signature.terms.size(); ++i) {
    const std::uint32_t hash = signature.terms[i];
    const std::span<const Entry> entries = entries_of[i];
    factors[i] = FactorOf(entries);
    if (std::find(topic_words.begin(), topic_words.end(), hash) != topic_words.end()) factors[i] *= kTopicWordFactor;
    if (!entries.empty()) terms[count++] = {entries, i};
  }
  // The rarest first; of equal ones the heavier.
  std::sort(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(count), [&](const Term& a, const Term& b) {
    return std::tuple(a.entries.size(), signature.weights[b.place], a.place) <
           std::tuple(b.entries.size(), signature.weights[a.place], b.place);
  });
  found_.clear();
  for (const Term& term : std::span(terms).first(count)) {
    const double weight = signature.weights[term.place] * factors[term.place];
    for (const Entry entry : Newest(term.entries)) {
      if (articles_[entry].time >= since) found_.push_back({entry, static_cast<float>(weight * weight)});
    }
    if (found_.size() >= kEventPostings) break;
  }

  struct OfStory {
    std::array<double, kBestOfStory> best{};  // falling
    std::size_t count = 0;
    Entry nearest = 0;
    double likeness() const {
      double sum = 0;
      const std::size_t counted = std::min(count, kBestOfStory);
      for (std::size_t i = 0; i < counted; ++i) sum += best[i];
      return (best[0] + sum / static_cast<double>(counted)) / 2;
    }
  };
  std::vector<std::pair<StoryNumber, OfStory>> stories;  // in the order of their best candidates
  const std::span<const Candidate> candidates = Best(kEventCandidates);
  for (const Candidate& candidate : candidates) {
    const SignatureView view = signatures_[candidate.entry].View();
    Prefetch(view.terms);
    Prefetch(view.weights);
  }
  for (const Candidate& candidate : candidates) {
    const Article& article = articles_[candidate.entry];
    const double likeness =
        EventLikeness(signature, signatures_[candidate.entry].View(), std::span(factors).first(signature.terms.size()));
    auto story = std::find_if(stories.begin(), stories.end(), [&](const auto& s) { return s.first == article.story; });
    if (story == stories.end()) story = stories.insert(stories.end(), {article.story, {}});
    OfStory& of = story->second;
    if (of.count == 0 || likeness > of.best[0]) of.nearest = candidate.entry;
    ++of.count;
    for (double kept = likeness; double& best : of.best) {
      if (kept > best) std::swap(kept, best);
    }
  }
  const double least = EventCosineFor(signature, limits_);
  std::optional<Nearest> nearest;
  for (const auto& [story, of] : stories) {
    const double likeness = of.likeness();
    if (likeness < least || (nearest && likeness <= nearest->likeness)) continue;
    nearest = {story, of.nearest, false, likeness};
  }
  return nearest;
}

bool StoryIndex::IsBoilerplate(std::span<const Entry> entries, std::uint32_t source) const {
  std::array<StoryNumber, kBoilerplateStories> stories{};
  std::size_t count = 0;
  for (const Entry entry : entries) {
    const Article& article = articles_[entry];
    const auto end = stories.begin() + static_cast<std::ptrdiff_t>(count);
    if (article.source != source || std::find(stories.begin(), end, article.story) != end) continue;
    stories[count++] = article.story;
    if (count == kBoilerplateStories) return true;
  }
  return false;
}

// By the logarithm of the share of the topic's stories that have the term, as an inverse document frequency; 1 below a
// few. Stories, not articles: a story that all write about must not lose its own words.
double StoryIndex::FactorOf(std::span<const Entry> entries) const {
  constexpr double kSmoothing = 8, kSlope = 1.6;
  constexpr std::size_t kFew = 2;
  const std::span<const Entry> newest = Newest(entries);
  std::array<StoryNumber, kNewest> stories;
  std::size_t count = 0;
  std::uint64_t marks = 0;  // a bit of each story: most are told apart by it
  for (const Entry entry : newest) {
    const StoryNumber story = articles_[entry].story;
    const std::uint64_t mark = std::uint64_t{1} << (story * 0x9E3779B1 >> 26);
    const auto end = stories.begin() + static_cast<std::ptrdiff_t>(count);
    if ((marks & mark) == 0 || std::find(stories.begin(), end, story) == end) stories[count++] = story;
    marks |= mark;
  }
  if (count <= kFew) return 1;
  const auto with = static_cast<double>(count * entries.size()) / static_cast<double>(newest.size());
  const auto all = static_cast<double>(stories_.size()) + kSmoothing;
  return std::clamp(kSlope * std::log(all / (with + 1)) / std::log(all), 0.0, 1.0);
}

std::span<const StoryIndex::Candidate> StoryIndex::Best(std::size_t most) {
  // By entry and weight, which is not negative: as one number, since they are many.
  const auto key = [](const Candidate& a) {
    return std::uint64_t{a.entry} << 32 | std::bit_cast<std::uint32_t>(a.weight);
  };
  std::sort(found_.begin(), found_.end(), [&](const Candidate& a, const Candidate& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (kept > 0 && found_[kept - 1].entry == found_[i].entry) {
      found_[kept - 1].weight += found_[i].weight;
    } else {
      found_[kept++] = found_[i];
    }
  }
  found_.resize(kept);
  const std::size_t count = std::min(most, kept);
  const auto best = found_.begin() + static_cast<std::ptrdiff_t>(count);
  // Of equal ones the newer, by time and then by order.
  const auto is_better = [&](const Candidate& a, const Candidate& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    return std::tuple(articles_[b.entry].time, orders_[b.entry]) <
           std::tuple(articles_[a.entry].time, orders_[a.entry]);
  };
  if (best != found_.end()) std::nth_element(found_.begin(), best, found_.end(), is_better);
  std::sort(found_.begin(), best, is_better);
  return {found_.data(), count};
}

std::size_t StoryIndex::bytes() const {
  constexpr std::size_t kHeapBlock = 16, kNode = 32;
  std::size_t bytes = articles_.capacity() * sizeof(Article) + orders_.capacity() * sizeof(orders_[0]) +
                      signatures_.capacity() * sizeof(Packed) + shingles_.bytes() + terms_.bytes() +
                      stories_.size() * kNode + stories_.bucket_count() * sizeof(void*);
  for (const Packed& packed : signatures_) {
    if (packed.words) bytes += 4UL * (packed.text + packed.title + packed.terms + (packed.terms + 3U) / 4) + kHeapBlock;
  }
  return bytes;
}

}  // namespace wirewatch
