#include "connectors/http_client/curl_transport.h"

#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_read.h"
#include "base/guarded.h"
#include "connectors/http_client/curl_call_internal.h"
#include "connectors/http_client/curl_handles.h"

namespace wirewatch {
namespace {

constexpr int kLongestPause = 10'000;  // milliseconds; a wakeup ends it

CallAnswer Stopped() { return {CallAnswer::Kind::kNotReached, 0, "wirewatch stops", {}, {}}; }

}  // namespace

struct CurlTransport::Rep {
  struct Waiting {
    Call call;
    std::function<void(CallAnswer)> done;
  };
  struct Inbox {
    std::vector<Waiting> calls;
    bool stopping = false;
  };

  void Run();
  void Begin(Waiting waiting);
  void TakeEnded();
  void Stop(std::vector<Waiting> waiting);

  CurlTransportOptions options;
  Guarded<Inbox> inbox;
  OpenSockets sockets;  // these three: of the thread
  CurlMulti multi;
  std::map<CURL*, std::unique_ptr<CurlCall>> calls;
  std::thread thread;
};

void CurlTransport::Rep::Begin(Waiting waiting) {
  auto call = std::make_unique<CurlCall>(options, sockets, std::move(waiting.call), std::move(waiting.done));
  if (auto refused = call->Prepare()) return call->Done(std::move(*refused));
  CURL* const handle = call->handle();
  if (curl_multi_add_handle(multi.get(), handle) != CURLM_OK) return call->Done(call->AnswerOf(CURLE_FAILED_INIT));
  calls.emplace(handle, std::move(call));
}

void CurlTransport::Rep::TakeEnded() {
  int left = 0;
  while (CURLMsg* const message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // What it points to goes with the handle.
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto ended = calls.extract(handle);
    curl_multi_remove_handle(multi.get(), handle);
    ended.mapped()->Done(ended.mapped()->AnswerOf(code));
  }
}

void CurlTransport::Rep::Run() {
  for (;;) {
    std::vector<Waiting> waiting;
    bool stopping = false;
    {
      const auto held = inbox.Lock();
      waiting.swap(held->calls);
      stopping = held->stopping;
    }
    if (stopping) return Stop(std::move(waiting));
    for (Waiting& call : waiting) Begin(std::move(call));
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    TakeEnded();
    curl_multi_poll(multi.get(), nullptr, 0, kLongestPause, nullptr);
  }
}

void CurlTransport::Rep::Stop(std::vector<Waiting> waiting) {
  for (auto& [handle, call] : calls) {
    curl_multi_remove_handle(multi.get(), handle);
    call->Done(Stopped());
  }
  calls.clear();
  // What is done may have started other calls.
  for (; !waiting.empty(); waiting = std::exchange(inbox.Lock()->calls, {})) {
    for (Waiting& call : waiting) call.done(Stopped());
  }
}

CurlTransport::CurlTransport(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {
  rep_->thread = std::thread([this] { rep_->Run(); });
}

CurlTransport::~CurlTransport() {
  rep_->inbox.Lock()->stopping = true;
  curl_multi_wakeup(rep_->multi.get());
  rep_->thread.join();
  // libcurl says QUIT to a mail server and waits for its answer, for minutes if need be.
  rep_->sockets.EndReading();
  rep_->multi.reset();
}

Result<std::unique_ptr<CurlTransport>> CurlTransport::Create(CurlTransportOptions options) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return Error{ErrorCode::kInternal, curl_easy_strerror(started)};
  if (!options.ca_file.empty()) {
    const auto certificates = ReadWholeFile(options.ca_file, {});
    if (!certificates) return Error(certificates.error()).In(options.ca_file);
    if (certificates->find("-----BEGIN ") == std::string::npos) {
      return Error{ErrorCode::kInvalid, options.ca_file + ": there is no certificate in it (PEM)"};
    }
  }
  auto rep = std::make_unique<Rep>();
  rep->options = std::move(options);
  rep->multi.reset(curl_multi_init());
  if (rep->multi == nullptr) return Error{ErrorCode::kInternal, "libcurl: no memory"};
  curl_multi_setopt(rep->multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(rep->options.connections));
  curl_multi_setopt(rep->multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS,
                    static_cast<long>(rep->options.connections_per_host));
  curl_multi_setopt(rep->multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(rep->options.connections));
  return std::unique_ptr<CurlTransport>(new CurlTransport(std::move(rep)));
}

void CurlTransport::Start(Call call, std::function<void(CallAnswer)> done) {
  rep_->inbox.Lock()->calls.push_back({std::move(call), std::move(done)});
  curl_multi_wakeup(rep_->multi.get());
}

}  // namespace wirewatch
