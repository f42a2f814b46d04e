#include "connectors/channels/channels.h"

#include <cstdlib>

#include "connectors/channels/alertmanager_channel.h"
#include "connectors/channels/discord_channel.h"
#include "connectors/channels/email_channel.h"
#include "connectors/channels/feed_channel.h"
#include "connectors/channels/slack_channel.h"
#include "connectors/channels/teams_channel.h"
#include "connectors/channels/webhook_channel.h"

namespace wirewatch {

std::unique_ptr<const Channel> ChannelFor(ChannelKind kind, const ChannelParts& parts) {
  switch (kind) {
    case ChannelKind::kWebhook: return std::make_unique<WebhookChannel>();
    case ChannelKind::kSlack: return std::make_unique<SlackChannel>(parts);
    case ChannelKind::kTeams: return std::make_unique<TeamsChannel>(parts);
    case ChannelKind::kDiscord: return std::make_unique<DiscordChannel>(parts);
    case ChannelKind::kEmail: return std::make_unique<EmailChannel>(parts);
    case ChannelKind::kFeed: return std::make_unique<FeedChannel>();
    case ChannelKind::kAlertmanager: return std::make_unique<AlertmanagerChannel>();
  }
  std::abort();
}

}  // namespace wirewatch
