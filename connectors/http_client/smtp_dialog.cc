#include "connectors/http_client/smtp_dialog.h"

#include <cstddef>

#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/trim.h"

namespace wirewatch {

void SmtpDialog::Sent(std::string_view line) {
  command_ = Command::kOther;
  if (BeginsInAnyCase(line, "mail from:")) {
    command_ = Command::kMail;
  } else if (BeginsInAnyCase(line, "rcpt to:")) {
    command_ = Command::kRecipient;
    const std::size_t open = line.find('<'), close = line.find('>');
    recipient_ = open < close && close != std::string_view::npos ? line.substr(open + 1, close - open - 1) : "";
  } else if (EqualsInAnyCase(Trimmed(line), "data")) {
    command_ = Command::kData;
  }
}

void SmtpDialog::Got(std::string_view line) {
  line = Trimmed(line);
  if (line.size() > 3 && line[3] == '-') return;  // more of this reply follows
  const auto code = ParseNumberIn<int>(line.substr(0, 3), 200, 599);
  if (!code) return;
  last_reply_ = line;
  if (command_ == Command::kOther) return;
  code_ = *code == 530 || *code == 535 || *code == 538 ? 0 : *code;
  if (command_ == Command::kRecipient && *code >= 400) refused_.push_back({recipient_, *code, last_reply_});
  command_ = command_ == Command::kData && *code == 354 ? Command::kText : Command::kOther;
}

}  // namespace wirewatch
