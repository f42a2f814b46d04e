// What is wrong with a template, before it is used. The vendor's parser says neither line nor column, and takes any
// name for one that may come to be.
#ifndef WIREWATCH_PIPELINE_DELIVER_TEMPLATE_CHECK_INTERNAL_H_
#define WIREWATCH_PIPELINE_DELIVER_TEMPLATE_CHECK_INTERNAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "pipeline/deliver/message_model_internal.h"

namespace wirewatch {

// How a template's {{name}} is escaped.
enum class TemplateKind { kPlain, kHtml, kJson };

// All names of `models` in one: where one has false and another an object or a list, that; a list's elements are one.
MessageModel NamesOf(const std::vector<MessageModel>& models);

// Adds to `diagnostics`: unclosed-section, unopened-section, unclosed-tag, unknown-name, raw-name ({{{name}}} where it
// would not be escaped), unsupported-tag (partials, other delimiters). `names`: NamesOf.
void CheckTemplate(const std::string& file, std::string_view text, TemplateKind kind, const MessageModel& names,
                   Diagnostics& diagnostics);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_TEMPLATE_CHECK_INTERNAL_H_
