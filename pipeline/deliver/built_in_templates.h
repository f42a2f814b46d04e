// The templates of messages that the program carries: pipeline/deliver/templates.
#ifndef WIREWATCH_PIPELINE_DELIVER_BUILT_IN_TEMPLATES_H_
#define WIREWATCH_PIPELINE_DELIVER_BUILT_IN_TEMPLATES_H_

#include <string_view>

#include "pipeline/deliver/message_renderer.h"

namespace wirewatch {

std::string_view BuiltInTemplate(TemplateName name);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_BUILT_IN_TEMPLATES_H_
