// Result<T> and Status: what every call that can fail returns.
//
// Shaped like std::expected (g++ 12 has none), to become it one day. An Error is a code from a short closed list and a
// sentence: the code tells the caller what to do next (retry, dead letter, stop) and labels metrics; the sentence is
// for people and says what, where and what to do. Nothing of ours throws; a library that does is caught where it is
// wrapped.
#ifndef WIREWATCH_BASE_RESULT_H_
#define WIREWATCH_BASE_RESULT_H_

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace wirewatch {

enum class ErrorCode {
  kInvalid,      // The input is wrong and stays wrong: fix it, or dead-letter it.
  kNotFound,     // A file, kafka topic or name that must exist does not.
  kTooLarge,     // Over a configured limit.
  kUnavailable,  // The other side does not answer now: retry.
  kTimeout,      // The deadline passed: retry.
  kRejected,     // The other side will never take this: dead letter.
  kIo,           // The operating system refused: the sentence carries its reason.
  kInternal,     // A library or an invariant failed: count it, page somebody.
};

// "invalid", "not-found", ...: the label of metrics and logs.
constexpr std::string_view Name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kNotFound: return "not-found";
    case ErrorCode::kTooLarge: return "too-large";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kTimeout: return "timeout";
    case ErrorCode::kRejected: return "rejected";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kInternal: return "internal";
  }
  std::abort();
}

struct [[nodiscard]] Error {
  ErrorCode code;
  std::string message;

  // The same error with its place put before it: "energy.yaml: unknown key 'trem'".
  Error In(std::string_view place) && {
    message.insert(0, std::string(place) + ": ");
    return std::move(*this);
  }
};

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit, as std::expected
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit, as std::expected

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // REQUIRES: has_value(). A broken requirement aborts.
  T& value() & { return Get(*this); }
  const T& value() const& { return Get(*this); }
  T&& value() && { return std::move(Get(*this)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !has_value().
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  template <typename Self>
  static auto& Get(Self& self) {
    if (!self.has_value()) std::abort();
    return *std::get_if<0>(&self.state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit, as std::expected

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_RESULT_H_
