#include "connectors/desk/link_pages.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text/base64.h"
#include "base/text/entities.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

// The policy names it by its hash: whoever got text into the page could not bring a style, or a script, of his own.
constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.25rem;color:#1b1b1b;"
    "background:#fff}"
    "h1{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}p{overflow-wrap:anywhere}"
    "button{font:inherit;padding:.6em 1.4em;border:2px solid #0b57d0;border-radius:.4em;background:#0b57d0;color:#fff;"
    "cursor:pointer}"
    "button:focus-visible{outline:3px solid #b35900;outline-offset:3px}"
    "@media(prefers-color-scheme:dark){body{color:#ececec;background:#161616}"
    "button{background:#a8c7fa;border-color:#a8c7fa;color:#0b1a33}button:focus-visible{outline-color:#ffb86b}}";

const std::string& Policy() {
  static const std::string policy = [] {
    std::string hash;
    AppendBase64(BytesOf(Sha256(kStyle)), hash);
    return fmt::format(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", hash);
  }();
  return policy;
}

}  // namespace

std::string HtmlText(std::string_view text) {
  std::string html;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    at += decoded.size;
    if (const std::string_view entity = EntityOf(decoded.code_point); !entity.empty()) {
      html += entity;
    } else {
      AppendUtf8(decoded.code_point, html);
    }
  }
  return html;
}

HttpResponse PageAnswer(unsigned status, const LinkPage& page) {
  const std::string title = HtmlText(page.title);
  std::string form;
  if (!page.button.empty()) {
    form = fmt::format("<form method=\"post\"><button type=\"submit\">{}</button></form>\n", HtmlText(page.button));
  }
  HttpResponse answer{.status = status, .content_type = "text/html; charset=utf-8"};
  answer.body = fmt::format(
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n"
      "<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n"
      "<title>{0} - wirewatch</title>\n"
      "<style>{1}</style>\n"
      "</head>\n"
      "<body>\n"
      "<main>\n"
      "<h1>{0}</h1>\n"
      "<p>{2}</p>\n"
      "{3}"
      "</main>\n"
      "</body>\n"
      "</html>\n",
      title, kStyle, HtmlText(page.text), form);
  answer.headers.push_back({"Content-Security-Policy", Policy()});
  return answer;
}

}  // namespace wirewatch
