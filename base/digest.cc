#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/c_handle.h"
#include "base/text/hex.h"

namespace wirewatch {
namespace {

using MdContext = CHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Md = CHandle<EVP_MD, EVP_MD_free>;

void Check(int ok) {
  if (ok != 1) std::abort();  // SHA-256 over memory fails only when OpenSSL itself is broken
}

}  // namespace

Digest DigestOf(std::initializer_list<std::string_view> parts) {
  // To look the algorithm up and to make a context costs more than to hash an id.
  static const Md sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const MdContext context(EVP_MD_CTX_new());
  Check(EVP_DigestInit_ex(context.get(), sha256.get(), nullptr));
  for (std::string_view part : parts) {
    std::array<unsigned char, 8> length;
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(part.size()) >> (8 * i));
    }
    Check(EVP_DigestUpdate(context.get(), length.data(), length.size()));
    Check(EVP_DigestUpdate(context.get(), part.data(), part.size()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> whole;
  Check(EVP_DigestFinal_ex(context.get(), whole.data(), nullptr));
  Digest digest;
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

std::string DigestHex(std::initializer_list<std::string_view> parts) {
  std::string hex;
  hex.reserve(2 * sizeof(Digest));
  for (const unsigned char byte : DigestOf(parts)) AppendHex(byte, hex);
  return hex;
}

Sha256Digest Sha256(std::string_view text) {
  Sha256Digest digest;
  std::size_t size = 0;
  Check(EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &size));
  return digest;
}

Hmac HmacSha256(std::string_view key, std::string_view text) {
  // OpenSSL takes a null key for "the key of before", so an empty one must not be null.
  const char* const bytes = key.empty() ? "" : key.data();
  Hmac hmac;
  std::size_t size = 0;
  const unsigned char* const made =
      EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, bytes, key.size(),
                reinterpret_cast<const unsigned char*>(text.data()), text.size(), hmac.data(), hmac.size(), &size);
  Check(made != nullptr && size == hmac.size() ? 1 : 0);
  return hmac;
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace wirewatch
