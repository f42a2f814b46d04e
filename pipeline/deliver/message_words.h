// The fixed words of messages, in the languages of readers. What an article and its publisher say stays in their own
// language, and so does an alert's `because`, which the alert step writes in English.
//
// No word depends on a number: "Sources: 5", "and 41 more". So no language needs forms of a plural.
#ifndef WIREWATCH_PIPELINE_DELIVER_MESSAGE_WORDS_H_
#define WIREWATCH_PIPELINE_DELIVER_MESSAGE_WORDS_H_

#include <cstddef>
#include <string_view>

#include "pipeline/alert/alert.h"
#include "rules/pack/pack.h"

namespace wirewatch {

struct MessageWords {
  std::string_view language;  // a subscription's, in its canonical form
  // As strftime takes it, of digits alone; empty: LocalTime of schedule.h, whose names of days are English.
  std::string_view time_format;
  std::string_view kinds[std::size(kAlertKinds)];  // as AlertKind orders them
  std::string_view severities[4];                  // as TopicSeverity orders them
  // What a message is that carries more than one alert, and a sentence on why it comes.
  std::string_view digest, digest_intro;
  std::string_view catch_up, catch_up_intro;
  std::string_view overflow, overflow_intro;
  std::string_view and_more;                            // "{}" is the number
  std::string_view alerts, stories, sources, articles;  // before a number: "Sources"
  std::string_view why, earlier, held_back, untitled;
  std::string_view read, was_it_useful, useful, not_useful, duplicate;
  std::string_view snooze_topic, snooze_story, unsubscribe;
  std::string_view sent_for;  // before the subscription's title
};

// Those of English where the language has none.
const MessageWords& WordsOf(std::string_view language);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_MESSAGE_WORDS_H_
