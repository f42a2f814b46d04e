#include "monitoring/http/sse.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wirewatch {
namespace {

void AppendOneLine(std::string_view name, std::string_view value, std::string& frame) {
  frame += name;
  std::transform(value.begin(), value.end(), std::back_inserter(frame),
                 [](char c) { return c == '\n' || c == '\r' || c == '\0' ? ' ' : c; });
  frame += '\n';
}

}  // namespace

SseFrame EncodeSse(const SseEvent& event) {
  std::string frame;
  frame.reserve(event.data.size() + event.type.size() + event.id.size() + 40);
  if (!event.type.empty()) AppendOneLine("event: ", event.type, frame);
  if (!event.id.empty()) AppendOneLine("id: ", event.id, frame);
  if (event.retry) frame += fmt::format("retry: {}\n", event.retry->count());
  // A reader takes \n, \r\n and \r for the end of a line: each line of the data has a field of its own.
  for (std::string_view left = event.data;;) {
    const std::size_t end = left.find_first_of("\r\n");
    frame += "data: ";
    frame += left.substr(0, end);
    frame += '\n';
    if (end == std::string_view::npos) break;
    left.remove_prefix(end + (left.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  frame += '\n';
  return std::make_shared<const std::string>(std::move(frame));
}

bool SseStream::Send(SseFrame frame) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  if (queued_bytes_ + frame->size() > queue_bytes_) {
    closed_ = overflowed_ = true;
    queue_.clear();
    woken_ = false;  // whoever writes to the viewer just now must hear of it too
    Wake();
    return false;
  }
  queued_bytes_ += frame->size();
  queue_.push_back(std::move(frame));
  Wake();
  return true;
}

void SseStream::Close() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(closed_, true)) return;
  Wake();
}

bool SseStream::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool SseStream::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

void SseStream::Attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (closed_ || !queue_.empty()) Wake();
}

void SseStream::Detach() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake_ = nullptr;
  queue_.clear();
}

SseStream::Taken SseStream::Take(std::size_t most) {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  Taken taken;
  while (!queue_.empty() && taken.frames.size() < most) {
    queued_bytes_ -= queue_.front()->size();
    taken.frames.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  taken.last = closed_ && queue_.empty();
  return taken;
}

void SseStream::Wake() {
  if (woken_ || !wake_) return;
  woken_ = true;
  wake_();
}

}  // namespace wirewatch
