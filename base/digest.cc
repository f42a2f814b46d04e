#include "base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/c_handle.h"

namespace wirewatch {
namespace {

using MdContext = CHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
constexpr std::size_t kIdBytes = 16;

void Check(int ok) {
  if (ok != 1) std::abort();  // SHA-256 over memory fails only when OpenSSL itself is broken
}

}  // namespace

std::string DigestHex(std::initializer_list<std::string_view> parts) {
  const MdContext context(EVP_MD_CTX_new());
  Check(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));
  for (std::string_view part : parts) {
    std::array<unsigned char, 8> length;
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(part.size()) >> (8 * i));
    }
    Check(EVP_DigestUpdate(context.get(), length.data(), length.size()));
    Check(EVP_DigestUpdate(context.get(), part.data(), part.size()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  Check(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr));

  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * kIdBytes);
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

}  // namespace wirewatch
