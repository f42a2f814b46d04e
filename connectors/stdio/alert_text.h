// An alert as a person reads it on a terminal: when, how grave, which topic, what sort of alert if it is no new one,
// the article, the words that fired, and by which rules.
//
//   2026-05-01 10:00Z  HIGH  5G vendor bans
//     Sweden [bans] [Huawei] from 5G networks
//     reuters.com · https://reuters.com/sweden
//     … the regulator will [exclude] equipment of [ZTE] from 2027 on …
//     rule ban-near-vendor · score 80
//
//   2026-05-01 11:00Z  HIGH  5G vendor bans  CORRECTION
//     ...
#ifndef WIREWATCH_CONNECTORS_STDIO_ALERT_TEXT_H_
#define WIREWATCH_CONNECTORS_STDIO_ALERT_TEXT_H_

#include <cstddef>
#include <string>

#include "pipeline/alert/alert.h"

namespace wirewatch {

struct AlertTextStyle {
  bool colour = false;  // ANSI; without, matched words stand in brackets
  std::size_t width = 100;
};

// Ends with an empty line. Safe for terminals: see PlainLine.
std::string RenderAlert(const Alert& alert, const AlertTextStyle& style);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_ALERT_TEXT_H_
