#include "cli/verbs/eval_browse.h"

#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/io/stop_signal.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/verbs/explain_article.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

// The terminal gives keys one by one, and does not show them; as before when this is destroyed.
class KeyMode {
 public:
  KeyMode() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    set_ = tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
  }
  ~KeyMode() {
    if (set_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  KeyMode(const KeyMode&) = delete;
  KeyMode& operator=(const KeyMode&) = delete;

 private:
  termios before_{};
  bool set_ = false;
};

// 'q' where there is no key any more.
char NextKey(const StopSwitch& stop) {
  while (!stop.stopped()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    constexpr int kMilliseconds = 200;
    if (poll(&input, 1, kMilliseconds) <= 0) continue;
    char key = 0;
    return read(STDIN_FILENO, &key, 1) == 1 ? key : 'q';
  }
  return 'q';
}

std::string PageOf(const Disagreement& one, std::size_t number, std::size_t all) {
  return fmt::format("\n[{}/{}] {}  {}  {}{}\n  {}\n  {}\nn next, p previous, e explain, q quit\n", number + 1, all,
                     Name(one.kind), *one.topic, PlainLine(one.article->id),
                     one.on->fired ? fmt::format("  {}", Name(*one.on->fired)) : "",
                     one.article->title.empty() ? "(no title)" : PlainLine(one.article->title), PlainLine(one.on->why));
}

}  // namespace

Status CanBrowse(const std::vector<std::string>& on) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
    return Error{ErrorCode::kInvalid, "--browse needs a terminal"};
  }
  const auto once = [](const std::string& one) { return one == "-" || one.starts_with("kafka:"); };
  if (on.empty() || std::any_of(on.begin(), on.end(), once)) {
    return Error{ErrorCode::kInvalid,
                 "--browse reads articles again, so the archive must be files: name them with --on"};
  }
  return {};
}

void Browse(const EvalReport& report, const StopSwitch& stop) {
  const std::vector<Disagreement> all = DisagreementsOf(report);
  if (all.empty()) return;
  const KeyMode mode;
  const StopSignal never;
  for (std::size_t at = 0;;) {
    if (!WriteToStandardOutput(PageOf(all[at], at, all.size()), never, "report")) return;
    switch (NextKey(stop)) {
      case 'n': at = at + 1 < all.size() ? at + 1 : at; break;
      case 'p': at = at > 0 ? at - 1 : at; break;
      case 'e': {
        ExplainArticleOptions asked;
        asked.files = report.archive.on;
        asked.packs = report.packs;
        asked.config = report.config;
        asked.id = all[at].article->id;
        asked.topics = {*all[at].topic};
        const auto explained = ExplainArticle(asked);
        if (!explained) Tell(fmt::format("wirewatch: {}\n", explained.error().message));
        break;
      }
      case 'q':
      case '\x04': return;  // end of input
      default: break;
    }
  }
}

}  // namespace wirewatch
