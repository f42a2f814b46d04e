#include "pipeline/deliver/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text/entities.h"
#include "base/text/json_writer.h"
#include "base/text/utf8.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/message_model_internal.h"
#include "pipeline/deliver/message_words.h"

namespace wirewatch {
namespace {

constexpr std::string_view kAtomLink = "atom", kJsonLink = "json";  // SignedLink::value

constexpr std::size_t kMostTitle = 300;  // characters

struct Entry {
  std::string id;
  const AlertNotice* alert = nullptr;  // the latest
  WallTime published;                  // of the first
  std::string title, url, html;
};

// What an entry is about: an article of a topic, as far as its alerts say the same of it.
std::string AboutOf(const AlertNotice& alert) {
  const bool is_of_article =
      alert.kind == AlertKind::kNew || alert.kind == AlertKind::kCorrection || alert.kind == AlertKind::kWithdrawn;
  return is_of_article && !alert.article_id.empty() ? AlertId(alert.topic, alert.article_id) : alert.id;
}

std::string TitleOf(const AlertNotice& alert, const MessageWords& words) {
  std::string title = ShortLine(HasArticle(alert.kind) ? alert.title : alert.topic_title, kMostTitle);
  if (title.empty()) title = HasArticle(alert.kind) ? std::string(words.untitled) : alert.topic;
  if (alert.kind == AlertKind::kNew) return title;
  return fmt::format("{}: {}", words.kinds[static_cast<std::size_t>(alert.kind)], title);
}

Result<std::string> HtmlOf(const Subscription& subscription, const AlertNotice& alert,
                           const MessageRenderer& renderer) {
  OutboxMessage message;
  message.id = alert.id;
  message.subscription = subscription.id;
  message.reader = subscription.reader;
  message.kind = MessageKind::kAlert;
  const SubscribedChannel channel;
  // The time of the message is the alert's, so that the same alert always gives the same content.
  return renderer.Render(TemplateName::kFeedHtml, {message, subscription, channel, {alert}, alert.alerted});
}

// The latest first.
Result<std::vector<Entry>> EntriesOf(const Subscription& subscription, const std::vector<AlertNotice>& alerts,
                                     const MessageRenderer& renderer) {
  std::map<std::string, Entry> by_about;
  for (const AlertNotice& alert : alerts) {
    Entry& entry = by_about[AboutOf(alert)];
    if (entry.alert == nullptr) entry.published = alert.alerted;
    entry.published = std::min(entry.published, alert.alerted);
    if (entry.alert == nullptr || entry.alert->alerted < alert.alerted) entry.alert = &alert;
  }
  const MessageWords& words = WordsOf(subscription.language);
  std::vector<Entry> entries;
  for (auto& [about, entry] : by_about) {
    auto html = HtmlOf(subscription, *entry.alert, renderer);
    if (!html) return std::move(html).error();
    entry.id = "urn:wirewatch:alert:" + about;
    entry.title = TitleOf(*entry.alert, words);
    entry.url = SafeUrl(entry.alert->url);
    entry.html = *std::move(html);
    entries.push_back(std::move(entry));
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.alert->alerted > b.alert->alerted; });
  return entries;
}

std::string_view TitleOf(const Subscription& subscription) {
  return subscription.title.empty() ? subscription.id : subscription.title;
}

std::string AtomOf(const Subscription& subscription, const FeedAddress& address, const std::vector<Entry>& entries) {
  // RFC 4287 wants a time of a feed without entries too; one that does not change.
  const WallTime updated = entries.empty() ? WallTime() : entries.front().alert->alerted;
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n"
      "  <id>urn:wirewatch:feed:{}</id>\n"
      "  <title>{}</title>\n"
      "  <updated>{}</updated>\n"
      "  <author><name>wirewatch</name></author>\n"
      "  <generator>wirewatch</generator>\n"
      "  <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n",
      XmlText(WordsOf(subscription.language).language), DigestHex({"feed", subscription.id}),
      XmlText(TitleOf(subscription)), FormatRfc3339(updated), XmlText(address.self));
  if (!address.home.empty()) {
    xml += fmt::format("  <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n", XmlText(address.home));
  }
  for (const Entry& entry : entries) {
    xml += fmt::format(
        "  <entry>\n"
        "    <id>{}</id>\n"
        "    <title>{}</title>\n"
        "    <published>{}</published>\n"
        "    <updated>{}</updated>\n",
        entry.id, XmlText(entry.title), FormatRfc3339(entry.published), FormatRfc3339(entry.alert->alerted));
    if (!entry.alert->source.empty()) {
      xml += fmt::format("    <author><name>{}</name></author>\n", XmlText(ShortLine(entry.alert->source, kMostTitle)));
    }
    if (!entry.url.empty()) xml += fmt::format("    <link rel=\"alternate\" href=\"{}\"/>\n", XmlText(entry.url));
    xml += fmt::format("    <category term=\"{}\" label=\"{}\"/>\n", XmlText(entry.alert->topic),
                       XmlText(ShortLine(entry.alert->topic_title, kMostTitle)));
    xml += fmt::format("    <content type=\"html\">{}</content>\n  </entry>\n", XmlText(entry.html));
  }
  xml += "</feed>\n";
  return xml;
}

std::string JsonFeedOf(const Subscription& subscription, const FeedAddress& address,
                       const std::vector<Entry>& entries) {
  std::string text;
  JsonWriter json(text);
  const auto put_author = [&](std::string_view name) {
    json.Key("authors");
    json.BeginArray();
    json.BeginObject();
    json.Put("name", name);
    json.EndObject();
    json.EndArray();
  };
  json.BeginObject();
  json.Put("version", "https://jsonfeed.org/version/1.1");
  json.Put("title", TitleOf(subscription));
  json.Put("language", WordsOf(subscription.language).language);
  json.Put("feed_url", address.self);
  if (!address.home.empty()) json.Put("home_page_url", address.home);
  put_author("wirewatch");
  json.Key("items");
  json.BeginArray();
  for (const Entry& entry : entries) {
    json.BeginObject();
    json.Put("id", entry.id);
    if (!entry.url.empty()) json.Put("url", entry.url);
    json.Put("title", entry.title);
    json.Put("content_html", entry.html);
    json.Put("date_published", FormatRfc3339(entry.published));
    json.Put("date_modified", FormatRfc3339(entry.alert->alerted));
    if (!entry.alert->source.empty()) put_author(ShortLine(entry.alert->source, kMostTitle));
    json.Key("tags");
    json.BeginArray();
    json.Value(entry.alert->topic);
    for (const std::string& tag : entry.alert->tags) json.Value(ShortLine(tag, kMostTitle));
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text;
}

}  // namespace

std::string XmlText(std::string_view text) {
  std::string xml;
  xml.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    const char32_t c = decoded.code_point;
    at += decoded.size;
    if (const std::string_view entity = EntityOf(c); !entity.empty()) {  // '>' too: "]]>" may not stand in a text
      xml += entity;
      continue;
    }
    if (c == '\t' || c == '\n') {
      xml += static_cast<char>(c);
      continue;
    }
    // XML 1.0, production 2, without the control characters that it discourages.
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFE || c == 0xFFFF) continue;
    AppendUtf8(c, xml);
  }
  return xml;
}

Result<Feed> MakeFeed(FeedFormat format, const Subscription& subscription, const std::vector<AlertNotice>& alerts,
                      const FeedAddress& address, const MessageRenderer& renderer) {
  auto entries = EntriesOf(subscription, alerts, renderer);
  if (!entries) return std::move(entries).error();
  Feed feed;
  if (format == FeedFormat::kAtom) {
    feed.body = AtomOf(subscription, address, *entries);
    feed.content_type = "application/atom+xml; charset=utf-8";
  } else {
    feed.body = JsonFeedOf(subscription, address, *entries);
    feed.content_type = "application/feed+json; charset=utf-8";
  }
  feed.etag = fmt::format("\"{}\"", DigestHex({"feed", feed.body}));
  return feed;
}

std::string FeedUrl(FeedFormat format, std::string_view subscription, const LinkSigner& links) {
  SignedLink link;
  link.action = LinkAction::kFeed;
  link.subscription = subscription;
  link.value = format == FeedFormat::kJson ? kJsonLink : kAtomLink;
  return links.Url(link);
}

FeedFormat FormatOf(const SignedLink& link) { return link.value == kJsonLink ? FeedFormat::kJson : FeedFormat::kAtom; }

bool HasFeed(const Subscription& subscription) {
  return std::any_of(subscription.channels.begin(), subscription.channels.end(),
                     [](const SubscribedChannel& channel) { return channel.kind == ChannelKind::kFeed; });
}

}  // namespace wirewatch
