#include "connectors/http_client/smtp_dialog.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wirewatch {
namespace {

// Lines of a dialog: "> " ours, "< " the server's.
SmtpDialog Heard(std::initializer_list<std::string_view> lines) {
  SmtpDialog dialog;
  for (const std::string_view line : lines) {
    if (line.starts_with("> ")) {
      dialog.Sent(line.substr(2));
    } else {
      dialog.Got(line.substr(2));
    }
  }
  return dialog;
}

TEST(SmtpDialogTest, TheEndOfTheTextIsWhatCounts) {
  const SmtpDialog dialog =
      Heard({"< 220 mx.example.org\r\n", "> EHLO wire\r\n", "< 250-mx.example.org\r\n", "< 250 AUTH PLAIN\r\n",
             "> MAIL FROM:<a@example.org>\r\n", "< 250 ok\r\n", "> RCPT TO:<b@example.org>\r\n", "< 250 ok\r\n",
             "> DATA\r\n", "< 354 go on\r\n", "< 554 5.6.0 not this\r\n"});
  EXPECT_EQ(dialog.code(), 554);
  EXPECT_EQ(dialog.last_reply(), "554 5.6.0 not this");
  EXPECT_TRUE(dialog.refused().empty());
}

TEST(SmtpDialogTest, RefusedRecipientsAreNamedWithWhatWasSaid) {
  const SmtpDialog dialog = Heard({"> MAIL FROM:<a@example.org>\r\n", "< 250 ok\r\n", "> RCPT TO:<b@example.org>\r\n",
                                   "< 550-5.1.1 no such user;\r\n", "< 550 5.1.1 see our page\r\n",
                                   "> RCPT TO:<c@example.org>\r\n", "< 250 ok\r\n", "> RCPT TO:<d@example.org>\r\n",
                                   "< 451 4.7.1 later\r\n", "> DATA\r\n", "< 354 go\r\n", "< 250 taken\r\n"});
  EXPECT_EQ(dialog.code(), 250);
  ASSERT_EQ(dialog.refused().size(), 2u);
  EXPECT_EQ(dialog.refused()[0].address, "b@example.org");
  EXPECT_EQ(dialog.refused()[0].code, 550);
  EXPECT_EQ(dialog.refused()[0].reply, "550 5.1.1 see our page");
  EXPECT_EQ(dialog.refused()[1].address, "d@example.org");
}

TEST(SmtpDialogTest, WhatIsNotAboutTheMailHasNoCode) {
  EXPECT_EQ(Heard({"< 554 no service\r\n"}).code(), 0);
  EXPECT_EQ(Heard({"< 220 hello\r\n", "> EHLO wire\r\n", "< 550 who are you\r\n"}).code(), 0);
  EXPECT_EQ(Heard({"> STARTTLS\r\n", "< 454 not now\r\n"}).code(), 0);
  EXPECT_EQ(Heard({"> AUTH PLAIN AGEAYg==\r\n", "< 535 5.7.8 wrong\r\n"}).code(), 0);
  EXPECT_EQ(Heard({"> MAIL FROM:<a@example.org>\r\n", "< 530 5.7.0 log in first\r\n"}).code(), 0);
  EXPECT_EQ(Heard({"> AUTH PLAIN AGEAYg==\r\n", "< 535 5.7.8 wrong\r\n"}).last_reply(), "535 5.7.8 wrong");
}

TEST(SmtpDialogTest, WhatIsNoReplyChangesNothing) {
  const SmtpDialog dialog = Heard({"> MAIL FROM:<a@example.org>\r\n", "< 250 ok\r\n", "< nonsense\r\n", "< 12\r\n",
                                   "< \r\n", "> RCPT TO:nobody\r\n", "< 999 what\r\n"});
  EXPECT_EQ(dialog.code(), 250);
  EXPECT_TRUE(dialog.refused().empty());
}

}  // namespace
}  // namespace wirewatch
