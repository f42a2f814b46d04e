// The data of han_variants.cc, by itself because it is long.
#ifndef WIREWATCH_RULES_TEXT_HAN_TABLE_H_
#define WIREWATCH_RULES_TEXT_HAN_TABLE_H_

#include <string_view>

namespace wirewatch {

// Chinese characters that are the traditional and the simplified form of each other, class by class with a blank
// between; a class and the classes stand in the order of code points. Characters of the Basic Multilingual Plane.
extern const std::string_view kHanClasses;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_HAN_TABLE_H_
