#include "cli/lsp/language_server.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"
#include "cli/lsp/frame_stream.h"
#include "cli/lsp/workspace.h"
#include "rules/format/pack_formatter.h"

namespace wirewatch {
namespace {

using Json = nlohmann::json;

// Codes of JSON-RPC 2.0 and LSP 3.17.
enum RpcError : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kNotInitialized = -32002,
  kRequestFailed = -32803,
};

// Of a request: a result, or an error.
struct Answer {
  Json result = nullptr;
  int error = 0;
  std::string message = {};
};
Answer Failed(int error, std::string message) { return {nullptr, error, std::move(message)}; }

// ---- URIs (RFC 3986, RFC 8089)

std::string FileOf(std::string_view uri) {
  if (uri.starts_with("file://")) {
    uri.remove_prefix(7);
    uri.remove_prefix(std::min(uri.find('/'), uri.size()));  // the name of a host
  }
  std::string file;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const bool escaped = uri[i] == '%' && i + 2 < uri.size() && std::isxdigit(static_cast<unsigned char>(uri[i + 1])) &&
                         std::isxdigit(static_cast<unsigned char>(uri[i + 2]));
    file += escaped ? static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2])) : uri[i];
    if (escaped) i += 2;
  }
  return std::filesystem::path(file).lexically_normal().string();
}

std::string UriOf(const std::string& file) {
  std::string uri = "file://";
  for (const char c : file) {
    const bool plain =
        IsAsciiLetter(c) || IsAsciiDigit(c) || std::string_view("/-._~").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

// ---- places

Json JsonOf(EditorPlace place) { return {{"line", place.line}, {"character", place.character}}; }
Json JsonOf(const EditorRange& range) { return {{"start", JsonOf(range.begin)}, {"end", JsonOf(range.end)}}; }
EditorPlace PlaceOf(const Json& place) {
  return {place.at("line").get<std::uint32_t>(), place.at("character").get<std::uint32_t>()};
}

Json JsonOf(const Diagnostic& diagnostic, const EditorText& text) {
  std::string message = diagnostic.message;
  if (!diagnostic.help.empty()) message += "\nhelp: " + diagnostic.help;
  return {{"range", JsonOf(text.RangeOf(diagnostic))},
          {"severity", diagnostic.severity == Severity::kError ? 1 : 2},
          {"code", diagnostic.code},
          {"source", "wirewatch"},
          {"message", std::move(message)}};
}

// What `did you mean 'X'?` offers; empty: nothing.
std::string Offered(std::string_view help) {
  constexpr std::string_view kBefore = "did you mean '";
  const std::size_t begin = help.find(kBefore);
  if (begin == std::string_view::npos) return "";
  help.remove_prefix(begin + kBefore.size());
  const std::size_t end = help.find("'?");
  return end == std::string_view::npos ? "" : std::string(help.substr(0, end));
}

class Server {
 public:
  Server(int in, int out, const std::string& version) : stream_(in, out), version_(version) {}

  int Run() {
    while (auto frame = stream_.Read()) {
      if (!frame->mistake.empty()) {
        if (!Send(ErrorMessage(nullptr, kParseError, frame->mistake))) break;
        continue;
      }
      const Json message = Json::parse(frame->body, nullptr, false);
      if (message.is_discarded()) {
        if (!Send(ErrorMessage(nullptr, kParseError, "this is no JSON in UTF-8"))) break;
        continue;
      }
      if (!message.is_object() || !message.contains("method") || !message["method"].is_string()) {
        // An answer to a request of ours: we make none.
        const bool is_answer = message.is_object() && (message.contains("result") || message.contains("error"));
        if (!is_answer && !Send(ErrorMessage(nullptr, kInvalidRequest, "a message is an object with a method"))) break;
        continue;
      }
      if (message["method"] == "exit") return shut_down_ ? 0 : 1;
      if (!Take(message)) break;
    }
    return 1;
  }

 private:
  // False: the editor is gone.
  bool Take(const Json& message) {
    const std::string method = message["method"];
    const Json params = message.contains("params") ? message["params"] : Json::object();
    const bool request = message.contains("id");
    Answer answer;
    try {
      answer = request ? Request(method, params) : Notified(method, params);
    } catch (const Json::exception&) {
      answer = Failed(kInvalidParams, fmt::format("the parameters of {} are not as LSP 3.17 has them", method));
    }
    if (!request) return !gone_;
    if (answer.error != 0) return Send(ErrorMessage(message["id"], answer.error, answer.message));
    return Send({{"jsonrpc", "2.0"}, {"id", message["id"]}, {"result", std::move(answer.result)}});
  }

  static Json ErrorMessage(const Json& id, int code, const std::string& message) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}};
  }
  bool Send(const Json& message) {
    if (!stream_.Write(message.dump(-1, ' ', false, Json::error_handler_t::replace))) gone_ = true;
    return !gone_;
  }
  void Notify(const char* method, Json params) {
    Send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
  }

  // ---- dispatch

  Answer Request(const std::string& method, const Json& params) {
    if (method == "initialize") return Initialize(params);
    if (!initialized_) return Failed(kNotInitialized, "initialize comes first");
    if (shut_down_) return Failed(kInvalidRequest, "behind shutdown only exit may come");
    if (method == "shutdown") {
      shut_down_ = true;
      return {};
    }
    using Handler = Answer (Server::*)(const Workspace::Document&, const Json&);
    constexpr std::pair<std::string_view, Handler> kHandlers[] = {
        {"textDocument/hover", &Server::Hover},
        {"textDocument/completion", &Server::Complete},
        {"textDocument/definition", &Server::Define},
        {"textDocument/references", &Server::Refer},
        {"textDocument/prepareRename", &Server::PrepareRename},
        {"textDocument/rename", &Server::Rename},
        {"textDocument/formatting", &Server::Format},
        {"textDocument/codeAction", &Server::Act},
    };
    for (const auto& [name, handler] : kHandlers) {
      if (name != method) continue;
      const std::string file = FileOf(params.at("textDocument").at("uri").get<std::string>());
      const Workspace::Document* const document = workspace_.Find(file);
      if (document == nullptr) return Failed(kInvalidParams, fmt::format("{} is not open", file));
      return (this->*handler)(*document, params);
    }
    return Failed(kMethodNotFound, fmt::format("there is no method '{}' here", method));
  }

  Answer Notified(const std::string& method, const Json& params) {
    if (!initialized_) return {};
    if (method == "textDocument/didOpen") {
      const Json& document = params.at("textDocument");
      Put(FileOf(document.at("uri").get<std::string>()), document.at("text").get<std::string>());
    } else if (method == "textDocument/didChange") {
      const std::string file = FileOf(params.at("textDocument").at("uri").get<std::string>());
      const Json& changes = params.at("contentChanges");
      if (!changes.empty()) Put(file, changes.back().at("text").get<std::string>());
    } else if (method == "textDocument/didClose") {
      const std::string file = FileOf(params.at("textDocument").at("uri").get<std::string>());
      workspace_.Close(file);
      Notify("textDocument/publishDiagnostics", {{"uri", UriOf(file)}, {"diagnostics", Json::array()}});
    }
    return {};
  }

  Answer Initialize(const Json& params) {
    if (initialized_) return Failed(kInvalidRequest, "initialize came already");
    initialized_ = true;
    if (params.contains("initializationOptions") && params["initializationOptions"].is_object()) {
      const Json& options = params["initializationOptions"];
      if (options.contains("hits") && options["hits"].is_string()) {
        auto hits = HitCounts::Read(options["hits"].get<std::string>());
        if (hits) {
          workspace_.SetHits(*std::move(hits));
        } else {
          Notify("window/showMessage", {{"type", 2}, {"message", "wirewatch: hits: " + hits.error().message}});
        }
      }
    }
    return {{{"capabilities",
              {{"positionEncoding", "utf-16"},
               {"textDocumentSync", {{"openClose", true}, {"change", 1}}},
               {"hoverProvider", true},
               {"completionProvider", {{"triggerCharacters", {"@", ":", "."}}}},
               {"definitionProvider", true},
               {"referencesProvider", true},
               {"renameProvider", {{"prepareProvider", true}}},
               {"documentFormattingProvider", true},
               {"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}}}},
             {"serverInfo", {{"name", "wirewatch"}, {"version", version_}}}}};
  }

  // ---- documents

  void Put(const std::string& file, std::string text) {
    workspace_.Put(file, std::move(text));
    Publish(file);
    for (const std::string& user : workspace_.UsersOf(file)) {
      workspace_.Put(user, std::string(workspace_.Find(user)->text.text()));
      Publish(user);
    }
  }
  void Publish(const std::string& file) {
    const Workspace::Document& document = *workspace_.Find(file);
    Json diagnostics = Json::array();
    for (const Diagnostic& one : document.diagnostics) diagnostics.push_back(JsonOf(one, document.text));
    Notify("textDocument/publishDiagnostics", {{"uri", UriOf(file)}, {"diagnostics", std::move(diagnostics)}});
  }

  // ---- what an editor asks

  static std::uint32_t ByteIn(const Workspace::Document& document, const Json& params) {
    return document.text.ByteAt(PlaceOf(params.at("position")));
  }

  Answer Hover(const Workspace::Document& document, const Json& params) {
    const auto hover = workspace_.HoverAt(document, ByteIn(document, params));
    if (!hover) return {};
    return {{{"contents", {{"kind", "markdown"}, {"value", hover->markdown}}},
             {"range", JsonOf(document.text.RangeOf(hover->place))}}};
  }

  Answer Complete(const Workspace::Document& document, const Json& params) {
    constexpr int kKinds[] = {6, 10, 12, 14};  // Variable, Property, Value, Keyword
    const Workspace::Completions completions = workspace_.CompleteAt(document, ByteIn(document, params));
    const Json range = JsonOf(document.text.RangeOf(completions.replaced));
    Json items = Json::array();
    for (const Workspace::Completion& one : completions.entries) {
      items.push_back({{"label", one.label},
                       {"kind", kKinds[static_cast<std::size_t>(one.kind)]},
                       {"detail", one.detail},
                       {"textEdit", {{"range", range}, {"newText", one.insert}}}});
    }
    return {{{"isIncomplete", false}, {"items", std::move(items)}}};
  }

  Answer Define(const Workspace::Document& document, const Json& params) {
    const auto list = Workspace::ListNameAt(document, ByteIn(document, params));
    if (!list) return {};
    const auto place = workspace_.DefinitionOf(document, list->name);
    if (!place) return {};
    return {{{"uri", UriOf(place->file)}, {"range", JsonOf(place->range)}}};
  }

  Answer Refer(const Workspace::Document& document, const Json& params) {
    const auto list = Workspace::ListNameAt(document, ByteIn(document, params));
    if (!list) return {Json::array()};
    const bool own = document.outline->lists.contains(list->name);
    const bool with_definition = !params.contains("context") || params["context"].value("includeDeclaration", true);
    Json places = Json::array();
    const std::vector<Span> spans = Workspace::PlacesOf(document, list->name);
    for (std::size_t i = own && !with_definition ? 1 : 0; i < spans.size(); ++i) {
      places.push_back({{"uri", UriOf(document.file)}, {"range", JsonOf(document.text.RangeOf(spans[i]))}});
    }
    return {std::move(places)};
  }

  // Nothing: it can be renamed.
  static std::optional<Answer> WhyNotRename(const Workspace::Document& document,
                                            const std::optional<Workspace::ListName>& list) {
    if (!list) return Failed(kRequestFailed, "only lists can be renamed: put the cursor on @name, or on its key");
    if (document.outline->lists.contains(list->name)) return std::nullopt;
    return Failed(kRequestFailed, fmt::format("@{} is no list of this pack: rename it in its library", list->name));
  }

  Answer PrepareRename(const Workspace::Document& document, const Json& params) {
    const auto list = Workspace::ListNameAt(document, ByteIn(document, params));
    if (auto why = WhyNotRename(document, list)) return *std::move(why);
    return {{{"range", JsonOf(document.text.RangeOf(list->place))}, {"placeholder", list->name}}};
  }

  Answer Rename(const Workspace::Document& document, const Json& params) {
    const auto list = Workspace::ListNameAt(document, ByteIn(document, params));
    if (auto why = WhyNotRename(document, list)) return *std::move(why);
    const std::string name = params.at("newName");
    const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '-';
    });
    if (!good) return Failed(kRequestFailed, "the name of a list has letters a to z, digits, - and _ only");
    if (document.outline->lists.contains(name) && name != list->name) {
      return Failed(kRequestFailed, fmt::format("there is a list '{}' already", name));
    }
    Json edits = Json::array();
    for (const Span& place : Workspace::PlacesOf(document, list->name)) {
      edits.push_back({{"range", JsonOf(document.text.RangeOf(place))}, {"newText", name}});
    }
    return {{{"changes", {{UriOf(document.file), std::move(edits)}}}}};
  }

  Answer Format(const Workspace::Document& document, const Json&) {
    const FormattedPack formatted = FormatPack(document.text.text(), document.file);
    if (!formatted.text) {
      const Diagnostic& first = formatted.errors.front();
      return Failed(kRequestFailed, fmt::format("not formatted: line {}: {}", first.position.line, first.message));
    }
    if (*formatted.text == document.text.text()) return {Json::array()};
    return {Json::array({{{"range", JsonOf(document.text.Whole())}, {"newText", *formatted.text}}})};
  }

  Answer Act(const Workspace::Document& document, const Json& params) {
    const EditorPlace begin = PlaceOf(params.at("range").at("start")), end = PlaceOf(params.at("range").at("end"));
    Json actions = Json::array();
    const auto add = [&](std::string title, const Diagnostic& diagnostic, const EditorRange& range, std::string text) {
      actions.push_back(
          {{"title", std::move(title)},
           {"kind", "quickfix"},
           {"diagnostics", Json::array({JsonOf(diagnostic, document.text)})},
           {"edit",
            {{"changes",
              {{UriOf(document.file), Json::array({{{"range", JsonOf(range)}, {"newText", std::move(text)}}})}}}}}});
    };
    for (const Diagnostic& one : document.diagnostics) {
      const EditorRange range = document.text.RangeOf(one);
      if (range.begin.line < begin.line || range.begin.line > end.line) continue;
      if (std::string offered = Offered(one.help); !offered.empty()) {
        add(fmt::format("Write {}", offered), one, range, offered);
      }
      if (one.severity == Severity::kWarning && one.position.line > 0) AddSwitch(document, one, add);
    }
    return {std::move(actions)};
  }

  // A comment above a key or item that switches the warning off; in the middle of a text it would be a part of it.
  template <typename Add>
  static void AddSwitch(const Workspace::Document& document, const Diagnostic& one, Add add) {
    const std::uint32_t line = one.position.line - 1;
    const std::string_view text = document.text.Line(line);
    const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
    const std::uint32_t from = document.text.BeginOf(line), to = from + static_cast<std::uint32_t>(text.size());
    const bool begins =
        document.outline && document.outline_is_current &&
        std::any_of(document.outline->keys.begin(), document.outline->keys.end(),
                    [&](const PackOutline::Key& key) { return from <= key.place.begin && key.place.end <= to; });
    if (!begins) return;
    const EditorRange place{{line, 0}, {line, 0}};
    add(fmt::format("Switch {} off here", one.code), one, place,
        fmt::format("{}# wirewatch: off {}\n", std::string(indent, ' '), one.code));
  }

  FrameStream stream_;
  const std::string version_;
  Workspace workspace_;
  bool initialized_ = false, shut_down_ = false, gone_ = false;
};

}  // namespace

int ServeEditor(int in, int out, const std::string& version) { return Server(in, out, version).Run(); }

}  // namespace wirewatch
