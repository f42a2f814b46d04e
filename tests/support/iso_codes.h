// The tables of Debian's package iso-codes, for tests that hold ours against them.
#ifndef WIREWATCH_TESTS_SUPPORT_ISO_CODES_H_
#define WIREWATCH_TESTS_SUPPORT_ISO_CODES_H_

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace wirewatch {

// `part`: "639-3", "3166-1", ...; a list of objects, as the package has them.
inline nlohmann::json IsoCodes(const std::string& part) {
  std::ifstream file("/usr/share/iso-codes/json/iso_" + part + ".json");
  return nlohmann::json::parse(file).at(part);
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_ISO_CODES_H_
