#include "pipeline/deliver/message_renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <kainjow/mustache.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file_read.h"
#include "base/text/entities.h"
#include "base/text/json_writer.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "pipeline/deliver/built_in_templates.h"
#include "pipeline/deliver/message_model_internal.h"
#include "pipeline/deliver/message_samples.h"
#include "pipeline/deliver/service_limits_internal.h"
#include "pipeline/deliver/template_check_internal.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t kMostTemplateBytes = 1 << 20;
constexpr std::size_t kMailColumns = 72;
constexpr std::size_t kMostSubject = 200;  // characters
// What mail programs know the end of a message by, its blank included.
constexpr std::string_view kSignature = "-- ";

// What stands in a text of the service that reads it as markup.
enum class Markup { kNone, kSlack, kMarkdown };

struct TemplateTraits {
  TemplateName name;
  std::string_view file;
  TemplateKind kind;
  Markup markup;
  std::size_t stories;  // that are listed, where they fit
};
constexpr TemplateTraits kTemplates[] = {
    {TemplateName::kEmailSubject, "email_subject.txt", TemplateKind::kPlain, Markup::kNone, 50},
    {TemplateName::kEmailText, "email.txt", TemplateKind::kPlain, Markup::kNone, 50},
    {TemplateName::kEmailHtml, "email.html", TemplateKind::kHtml, Markup::kNone, 50},
    {TemplateName::kSlack, "slack.json", TemplateKind::kJson, Markup::kSlack, 15},
    {TemplateName::kTeams, "teams.json", TemplateKind::kJson, Markup::kMarkdown, 20},
    {TemplateName::kDiscord, "discord.json", TemplateKind::kJson, Markup::kMarkdown, 9},
    {TemplateName::kFeedHtml, "feed.html", TemplateKind::kHtml, Markup::kNone, 50},
};
const TemplateTraits& TraitsOf(TemplateName name) { return kTemplates[static_cast<std::size_t>(name)]; }

// --- Escapes

// docs.slack.dev, "Formatting message text": these three, as entities.
std::string EscapedForSlack(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
      case '<':
      case '>': escaped += EntityOf(static_cast<unsigned char>(c)); break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string EscapedForMarkdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\*_~`|<>#[]").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// `text` stands as between the quotes of a JSON string, and so does what this gives.
std::string EscapedInJson(const std::string& text, Markup markup) {
  const auto json = nlohmann::json::parse('"' + text + '"', nullptr, false);
  if (!json.is_string()) return "";
  const auto& plain = json.get_ref<const std::string&>();
  std::string escaped;
  AppendJsonEscaped(markup == Markup::kSlack ? EscapedForSlack(plain) : EscapedForMarkdown(plain), escaped);
  return escaped;
}

mustache::mustache::escape_handler EscapeOf(const TemplateTraits& traits) {
  switch (traits.kind) {
    case TemplateKind::kPlain: return [](const std::string& text) { return text; };
    case TemplateKind::kHtml: return EscapedForHtml;
    case TemplateKind::kJson:
      return [markup = traits.markup](const std::string& text) { return EscapedInJson(text, markup); };
  }
  return EscapedForHtml;
}

// The model as the library takes it. For JSON each text is escaped here already, so that {{&name}} cannot end a string.
mustache::data DataOf(const MessageModel& model, TemplateKind kind) {
  if (model.is_boolean()) return {model.get<bool>()};
  if (model.is_string()) {
    const auto& text = model.get_ref<const std::string&>();
    if (kind != TemplateKind::kJson) return {text};
    std::string escaped;
    AppendJsonEscaped(text, escaped);
    return {escaped};
  }
  if (model.is_array()) {
    mustache::list list;
    list.reserve(model.size());
    for (const MessageModel& element : model) list.push_back(DataOf(element, kind));
    return {list};
  }
  if (model.is_object()) {
    mustache::data object(mustache::data::type::object);
    for (auto item = model.begin(); item != model.end(); ++item) object[item.key()] = DataOf(item.value(), kind);
    return object;
  }
  return {model.dump()};
}

// Stands for the end of a line while the library fills a template: no text of the model has it.
constexpr char kLineEnd = '\x01';

// Whether `line` is one tag that prints nothing, and blanks.
bool IsTagAlone(std::string_view line) {
  line = Trimmed(line);
  return line.size() > 4 && line.starts_with("{{") && line.find("}}") == line.size() - 2 &&
         std::string_view("#^/!").find(line[2]) != std::string_view::npos;
}

// `text` without the lines that are one tag alone, as Mustache has it: the library leaves an empty line of a section
// that is not taken, and takes empty lines beside sections away.
std::string Prepared(std::string_view text) {
  std::string prepared;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (IsTagAlone(line)) {
      prepared += Trimmed(line);
    } else {
      prepared += line;
      prepared += kLineEnd;
    }
  }
  return prepared;
}

// `text`: Prepared.
std::string Filled(const std::string& text, const TemplateTraits& traits, const MessageModel& model) {
  // One for each message: the library's render() is not const.
  mustache::mustache mustache(text);
  mustache.set_custom_escape(EscapeOf(traits));
  std::string filled = mustache.render(DataOf(model, traits.kind));
  std::replace(filled.begin(), filled.end(), kLineEnd, '\n');
  return filled;
}

// --- What was filled

// `line` in lines of 72 columns, as far as its first character is in. A URL that is longer stays whole, in a line of
// its own: broken in two it leads nowhere.
void AppendWrapped(std::string_view line, std::string& out) {
  const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
  std::string_view text = line.substr(blanks);
  const bool is_item = text.starts_with("- ");
  if (is_item) text.remove_prefix(2);
  TextLayout layout;
  layout.width = kMailColumns;
  layout.indent = blanks + (is_item ? 2 : 0);
  const std::size_t begin = out.size();
  std::string words;
  const auto flush = [&] {
    out += WrapMarked(words, {}, layout);
    words.clear();
  };
  while (!text.empty()) {
    const std::string_view word = text.substr(0, std::min(text.find(' '), text.size()));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.find("://") != std::string_view::npos && layout.indent + word.size() > kMailColumns) {
      flush();
      out.append(layout.indent, ' ');
      out += word;
      out += '\n';
    } else {
      words += word;
      words += ' ';
    }
  }
  flush();
  if (out.size() == begin) {
    out += '\n';
  } else if (is_item) {
    out[begin + blanks] = '-';
  }
}

// Of mail; never more than one empty line in a row, none at the ends.
std::string Wrapped(std::string_view text) {
  std::string out;
  std::size_t empty = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    empty = Trimmed(line).empty() ? empty + 1 : 0;
    if (line == kSignature) {
      out += fmt::format("{}\n", line);
    } else if (empty <= 1) {
      AppendWrapped(line, out);
    }
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

// `json` without commas that part nothing, so that a template may end each element of a list with one.
std::string WithoutSpareCommas(std::string_view json) {
  std::string out;
  char last = '[';  // that is no blank; what begins a list parts nothing
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_string) {
      out += c;
      if (c == '\\' && at + 1 < json.size()) out += json[++at];
      in_string = c != '"';
      continue;
    }
    if (c == ',') {
      const std::size_t next = json.find_first_not_of(" \t\r\n,", at);
      const bool is_end = next == std::string_view::npos || json[next] == ']' || json[next] == '}';
      if (is_end || last == '[' || last == '{' || last == ',') continue;
    }
    in_string = c == '"';
    if (!IsBlank(c)) last = c;
    out += c;
  }
  return out;
}

// kInvalid: it is no JSON; the sentence says where, by what stands there.
Result<nlohmann::ordered_json> Parsed(const std::string& text) {
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::parse_error& e) {
    const std::size_t at = std::min(e.byte == 0 ? 0 : e.byte - 1, text.size());
    const std::size_t begin = at < 40 ? 0 : at - 40;
    return Error{ErrorCode::kInvalid,
                 fmt::format("it is no JSON from here on: {}",
                             PlainLine(text.substr(begin, at - begin) + " >>> " + text.substr(at, 40)))};
  }
}

struct LoadedTemplate {
  std::string file;  // for messages
  std::string text;
};

Result<std::string> RenderWith(const LoadedTemplate& loaded, const TemplateTraits& traits,
                               const OutgoingMessage& message, const LinkSigner* links) {
  const bool is_alert = message.message.kind == MessageKind::kAlert;
  ModelSize size;
  size.stories = traits.stories;
  if (!is_alert) size.paragraph = 240;
  for (;;) {
    const std::string filled = Filled(loaded.text, traits, ModelOf(message, links, size));
    if (traits.name == TemplateName::kEmailSubject) return ShortLine(filled, kMostSubject);
    if (traits.name == TemplateName::kEmailText) return Wrapped(filled);
    if (traits.kind != TemplateKind::kJson) return filled;
    auto json = Parsed(WithoutSpareCommas(filled));
    if (!json) return std::move(json).error().In(loaded.file);
    const bool is_short = size.title == kShortModel.title;
    if (FitsService(traits.name, *json) || (is_short && size.stories <= 1)) {
      return json->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    // Less of each story, then fewer stories.
    const std::size_t stories = std::min(size.stories, message.alerts.size());
    size = kShortModel;
    size.stories = is_short ? std::max<std::size_t>(stories / 2, 1) : stories;
  }
}

// --- Loading

class Loader {
 public:
  explicit Loader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    for (const TemplateTraits& traits : kTemplates) {
      templates_[static_cast<std::size_t>(traits.name)] = {std::string(traits.file),
                                                           Prepared(BuiltInTemplate(traits.name))};
    }
  }

  void TakeDirectory(const std::filesystem::path& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    // What begins with a dot is not for us; Kubernetes mounts such.
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      if (!entry.path().filename().string().starts_with('.')) files.push_back(entry.path());
    }
    if (error) return Report(directory.string(), "unreadable", error.message(), "name a directory of templates");
    std::sort(files.begin(), files.end());
    for (const auto& file : files) TakeFile(file);
  }

  void TakeFile(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    const auto* const traits = std::find_if(std::begin(kTemplates), std::end(kTemplates),
                                            [&](const TemplateTraits& t) { return t.file == name; });
    if (traits == std::end(kTemplates)) {
      std::vector<std::string_view> known;
      std::string list;
      for (const TemplateTraits& t : kTemplates) {
        known.push_back(t.file);
        list += (list.empty() ? "" : ", ") + std::string(t.file);
      }
      const std::string_view nearest = Nearest(name, known);
      return Report(file.string(), "unknown-template", "no template has this name",
                    nearest.empty() ? "there are " + list : fmt::format("did you mean '{}'?", nearest));
    }
    auto text = ReadWholeFile(file.string(), {.most_bytes = kMostTemplateBytes});
    if (!text) return Report(file.string(), "unreadable", text.error().message, "");
    if (FirstInvalidUtf8(*text) != text->size()) {
      return Report(file.string(), "not-utf8", "the file is no UTF-8", "save it as UTF-8");
    }
    LoadedTemplate loaded{file.string(), *std::move(text)};
    if (Check(loaded, *traits)) templates_[static_cast<std::size_t>(traits->name)] = std::move(loaded);
  }

  std::array<LoadedTemplate, std::size(kTemplates)> Take() { return std::move(templates_); }

 private:
  // Those of the samples: they have all.
  const MessageModel& Names() {
    if (!names_.is_null()) return names_;
    const auto links = SampleLinks();
    std::vector<MessageModel> models;
    for (const SampleMessage& sample : AllSamples()) models.push_back(ModelOf(sample.View(), links.get(), ModelSize()));
    return names_ = NamesOf(models);
  }

  // Of a template that is right, it becomes what Filled takes.
  bool Check(LoadedTemplate& loaded, const TemplateTraits& traits) {
    const std::size_t before = diagnostics_.size();
    CheckTemplate(loaded.file, loaded.text, traits.kind, Names(), diagnostics_);
    if (diagnostics_.size() != before) return false;
    if (const mustache::mustache parsed(loaded.text); !parsed.is_valid()) {
      Report(loaded.file, "not-mustache", parsed.error_message(), "");
      return false;
    }
    loaded.text = Prepared(loaded.text);
    const auto links = SampleLinks();
    for (const SampleMessage& sample : AllSamples()) {
      for (const LinkSigner* const signer : {links.get(), static_cast<const LinkSigner*>(nullptr)}) {
        const auto rendered = RenderWith(loaded, traits, sample.View(), signer);
        if (rendered) continue;
        Report(loaded.file, "not-json",
               fmt::format("filled with a sample ({}, {}): {}", Name(sample.message.kind),
                           Name(sample.alerts.front().kind), rendered.error().message),
               "what stands around it is what the template gave");
        return false;
      }
    }
    return true;
  }

  void Report(std::string file, std::string code, std::string message, std::string help) {
    Diagnostic diagnostic;
    diagnostic.file = std::move(file);
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    diagnostics_.push_back(std::move(diagnostic));
  }

  Diagnostics& diagnostics_;
  MessageModel names_;
  std::array<LoadedTemplate, std::size(kTemplates)> templates_;
};

}  // namespace

std::string_view FileName(TemplateName name) { return TraitsOf(name).file; }

struct MessageRenderer::Rep {
  std::array<LoadedTemplate, std::size(kTemplates)> templates;
  std::shared_ptr<const LinkSigner> links;
};

MessageRenderer::MessageRenderer(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

MessageRenderer::~MessageRenderer() = default;

std::shared_ptr<const MessageRenderer> MessageRenderer::Load(const std::filesystem::path& directory,
                                                             std::shared_ptr<const LinkSigner> links,
                                                             Diagnostics& diagnostics) {
  Loader loader(diagnostics);
  if (!directory.empty()) loader.TakeDirectory(directory);
  return std::shared_ptr<const MessageRenderer>(
      new MessageRenderer(std::make_unique<Rep>(Rep{loader.Take(), std::move(links)})));
}

std::shared_ptr<const MessageRenderer> MessageRenderer::LoadFile(const std::filesystem::path& file,
                                                                 std::shared_ptr<const LinkSigner> links,
                                                                 Diagnostics& diagnostics) {
  Loader loader(diagnostics);
  loader.TakeFile(file);
  return std::shared_ptr<const MessageRenderer>(
      new MessageRenderer(std::make_unique<Rep>(Rep{loader.Take(), std::move(links)})));
}

Result<std::string> MessageRenderer::Render(TemplateName name, const OutgoingMessage& message) const {
  return RenderWith(rep_->templates[static_cast<std::size_t>(name)], TraitsOf(name), message, rep_->links.get());
}

std::string MessageRenderer::Model(const OutgoingMessage& message) const {
  return ModelOf(message, rep_->links.get(), ModelSize()).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace wirewatch
