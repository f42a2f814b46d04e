#include "connectors/file/line_writer.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("file");

constexpr std::chrono::milliseconds kFirstRetry{100}, kLongestRetry{5000};

}  // namespace

Result<std::unique_ptr<LineWriter>> LineWriter::Create(const std::string& path, LineWriterOptions options,
                                                       Counter retries) {
  auto file = LineFile::Open(path);
  if (!file) return std::move(file).error();
  return std::unique_ptr<LineWriter>(new LineWriter(*std::move(file), options, retries));
}

LineWriter::LineWriter(LineFile file, LineWriterOptions options, Counter retries)
    : options_(options), file_(std::move(file)), retries_(retries), backoff_(kFirstRetry, kLongestRetry) {
  thread_ = std::thread([this] { Loop(); });
}

LineWriter::~LineWriter() { GiveUp(); }

void LineWriter::Send(std::string line, Delivery delivery) {
  std::unique_lock lock(mutex_);
  const auto has_room = [&] { return held_bytes_ == 0 || held_bytes_ + line.size() <= options_.max_held_bytes; };
  if (!has_room()) {
    waiting_ = true;
    changed_.notify_all();
    settled_.wait(lock, [&] { return stopping_ || has_room(); });
    waiting_ = false;
    if (!has_room()) return;
  }
  held_bytes_ += line.size();
  queue_.push_back({std::move(line), std::move(delivery)});
  changed_.notify_all();
}

void LineWriter::RequestStop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  settled_.notify_all();
}

Status LineWriter::Ready() const {
  const std::lock_guard lock(mutex_);
  if (trouble_) return *trouble_;
  return {};
}

Status LineWriter::Close(SteadyTime deadline) {
  bool done = false;
  std::optional<Error> trouble;
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    done = settled_.wait_until(lock, deadline, [&] { return held_bytes_ == 0; });
    trouble = trouble_;
  }
  GiveUp();
  if (done) return {};
  return Error{ErrorCode::kTimeout, fmt::format("{}: not everything could be written in time{}{}", file_.path(),
                                                trouble ? ": " : "", trouble ? trouble->message : "")};
}

void LineWriter::GiveUp() {
  {
    const std::lock_guard lock(mutex_);
    give_up_.Raise();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  queue_.clear();
  open_.clear();
}

void LineWriter::Loop() {
  const auto wait = [this](int fd) { return WaitForReader(fd); };
  while (TakeWork()) {
    const bool sync = ShallSync();
    Status status = sync ? file_.Sync() : file_.Append(open_[written_].text, wait);
    if (!status && give_up_.raised()) return;
    if (!status) {
      // Of what was not forced to disk nobody knows whether it is there: all of it is written again.
      if (sync) written_ = 0;
      Failed(std::move(status).error());
    } else if (sync) {
      Complete();
    } else {
      ++written_;
    }
  }
}

// Also while lines keep coming, and before the file is left for a new one.
bool LineWriter::ShallSync() const {
  if (written_ == open_.size()) return true;
  return written_ > 0 && (SteadyNow() >= synced_ + options_.sync_interval || file_.WasMoved());
}

bool LineWriter::TakeWork() {
  std::unique_lock lock(mutex_);
  while (!give_up_.raised()) {
    std::move(queue_.begin(), queue_.end(), std::back_inserter(open_));
    queue_.clear();
    SteadyTime due = SteadyTime::max();
    if (written_ < open_.size()) {
      due = SteadyTime::min();
    } else if (written_ > 0) {
      due = closing_ || waiting_ ? SteadyTime::min() : synced_ + options_.sync_interval;
    }
    if (retry_at_) due = std::max(due, *retry_at_);
    if (due <= SteadyNow()) return true;
    if (due == SteadyTime::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, due);
    }
  }
  return false;
}

bool LineWriter::WaitForReader(int fd) {
  while (true) {
    const Waited waited = give_up_.WaitFor(fd, POLLOUT, options_.patience);
    if (waited != Waited::kTimeout) return waited == Waited::kReady;
    const std::lock_guard lock(mutex_);
    if (trouble_) continue;
    kLog.Warn("{path}: its reader takes nothing; waiting for it", {{"path", file_.path()}});
    trouble_ = Error{ErrorCode::kUnavailable, file_.path() + ": its reader takes nothing"};
  }
}

void LineWriter::Complete() {
  synced_ = SteadyNow();
  std::size_t bytes = 0;
  for (; written_ > 0; --written_) {
    Line line = std::move(open_.front());
    open_.pop_front();
    bytes += line.text.size();
    line.delivery.Delivered();
  }
  const std::lock_guard lock(mutex_);
  held_bytes_ -= bytes;
  settled_.notify_all();
  if (!trouble_) return;
  kLog.Info("{path}: can be written again", {{"path", file_.path()}});
  trouble_.reset();
  retry_at_.reset();
  backoff_.Reset();
}

void LineWriter::Failed(Error error) {
  retries_.Increment();
  const std::lock_guard lock(mutex_);
  if (!trouble_ || trouble_->message != error.message)
    kLog.Error("output: {error}; trying again until it works", {{"error", error.message}});
  trouble_ = std::move(error);
  retry_at_ = SteadyNow() + backoff_.Next();
}

}  // namespace wirewatch
