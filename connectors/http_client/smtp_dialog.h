// SmtpDialog: what a mail server said to which of our commands (RFC 5321). libcurl tells one code for a whole mail;
// which recipients were refused, and whether it was the mail or the login that was, stands in the dialog only.
//
// Our commands are not kept: AUTH has the password in it.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_SMTP_DIALOG_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_SMTP_DIALOG_H_

#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

struct RefusedRecipient {
  std::string address;
  int code = 0;
  std::string reply;  // "550 5.1.1 no such user"
};

class SmtpDialog {
 public:
  // A command, as it is sent.
  void Sent(std::string_view line);
  // A line of a reply.
  void Got(std::string_view line);

  // The last reply to a command that is about the mail itself: MAIL, RCPT, DATA and the end of its text; 0: there was
  // none, or the server would have none of ours (530, 535, 538: log in first, or with TLS).
  int code() const { return code_; }
  // The last line of any reply.
  const std::string& last_reply() const { return last_reply_; }
  const std::vector<RefusedRecipient>& refused() const { return refused_; }

 private:
  enum class Command { kOther, kMail, kRecipient, kData, kText };

  Command command_ = Command::kOther;
  std::string recipient_;
  int code_ = 0;
  std::string last_reply_;
  std::vector<RefusedRecipient> refused_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_SMTP_DIALOG_H_
