// MessageRenderer: the texts of messages, from Mustache templates (mustache.github.io/mustache.5.html) and a data model
// (docs/templates.md). The program carries a template for each TemplateName; a directory may replace some of them.
//
// Escapes by the template's kind, not by its author: {{name}} is escaped for HTML in *.html, for JSON and the service's
// markup in *.json, and plain in *.txt; {{{name}}} is refused in *.html and *.json.
// Threads: all of it is thread-safe; immutable.
#ifndef WIREWATCH_PIPELINE_DELIVER_MESSAGE_RENDERER_H_
#define WIREWATCH_PIPELINE_DELIVER_MESSAGE_RENDERER_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/signed_link.h"

namespace wirewatch {

enum class TemplateName : std::uint8_t {
  kEmailSubject,  // email_subject.txt: one line
  kEmailText,     // email.txt: 72 columns
  kEmailHtml,     // email.html
  kSlack,         // slack.json
  kTeams,         // teams.json
  kDiscord,       // discord.json
  kFeedHtml,      // feed.html: an entry's content
};
inline constexpr TemplateName kTemplateNames[] = {
    TemplateName::kEmailSubject, TemplateName::kEmailText, TemplateName::kEmailHtml, TemplateName::kSlack,
    TemplateName::kTeams,        TemplateName::kDiscord,   TemplateName::kFeedHtml};
// "email.html"
std::string_view FileName(TemplateName name);

class MessageRenderer {
 public:
  // `directory`: templates in place of ours, by their file names; empty: none. `links`: null: messages have no links.
  // Errors are in `diagnostics`: a file that is no template's, a section that is not closed, a name that the data
  // model does not have, JSON that is none when it is filled with the samples.
  static std::shared_ptr<const MessageRenderer> Load(const std::filesystem::path& directory,
                                                     std::shared_ptr<const LinkSigner> links, Diagnostics& diagnostics);
  // With one file in place of ours, for whoever writes it.
  static std::shared_ptr<const MessageRenderer> LoadFile(const std::filesystem::path& file,
                                                         std::shared_ptr<const LinkSigner> links,
                                                         Diagnostics& diagnostics);
  ~MessageRenderer();

  // kInvalid: what a JSON template gave is no JSON.
  Result<std::string> Render(TemplateName name, const OutgoingMessage& message) const;

  // The data model of a message, as JSON: what templates see.
  std::string Model(const OutgoingMessage& message) const;

 private:
  struct Rep;
  explicit MessageRenderer(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

// "en", "nl", ...: those whose words the program has.
const std::vector<std::string_view>& MessageLanguages();

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_MESSAGE_RENDERER_H_
