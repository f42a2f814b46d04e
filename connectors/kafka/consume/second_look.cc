#include "connectors/kafka/consume/second_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/partition_list.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::seconds kPatience{20};  // for one step: the largest batch must come and be unpacked

class Reader {
 public:
  Reader(std::shared_ptr<SharedConsumer> client, const std::string& topic, Partition partition,
         const std::function<bool()>& beat)
      : client_(std::move(client)), topic_(topic), partition_(static_cast<std::int32_t>(partition)), beat_(beat) {}
  ~Reader() { rd_kafka_assign(client_->get(), nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const std::shared_ptr<SharedConsumer>& client() const { return client_; }

  // What the brokers say of `offset`: a message at or behind it, or an error that is no passing trouble.
  Result<KafkaMessage> First(std::int64_t offset) {
    const KafkaPartitions list = MakeList(topic_, std::vector{Partition{partition_}}, offset);
    if (const auto error = rd_kafka_assign(client_->get(), list.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Failed(rd_kafka_err2str(error));
    }
    std::string trouble = "no answer in time";
    for (const SteadyTime deadline = SteadyNow() + kPatience; SteadyNow() < deadline;) {
      if (!beat_()) return Failed("given up");
      KafkaMessage message(rd_kafka_consumer_poll(client_->get(), static_cast<int>(kPoll.count())));
      if (!message) continue;
      if (IsAnswer(*message)) return message;
      trouble = rd_kafka_message_errstr(message.get());
    }
    return Failed(trouble);
  }
  // What was read along with it; null: nothing more.
  KafkaMessage Next() { return KafkaMessage(rd_kafka_consumer_poll(client_->get(), 0)); }

  // The first offset behind the batch of `first`, where reading gave the error `told`.
  Result<std::int64_t> EndOfBatch(std::int64_t first, std::int64_t told) {
    if (told > first) return told + 1;  // the old format: it is its last
    std::int64_t low = 0, high = 0;
    if (const auto error =
            rd_kafka_query_watermark_offsets(client_->get(), topic_.c_str(), partition_, &low, &high,
                                             static_cast<int>(std::chrono::milliseconds(kPatience).count()));
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Failed(rd_kafka_err2str(error));
    }
    // Ever further, until one is outside; then between the two.
    std::int64_t inside = first, outside = high;
    for (std::int64_t step = 1; inside + step < outside; step *= 2) {
      const auto answer = IsInside(inside + step, told);
      if (!answer) return answer.error();
      (*answer ? inside : outside) = inside + step;
      if (!*answer) break;
    }
    while (inside + 1 < outside) {
      const std::int64_t middle = inside + (outside - inside) / 2;
      const auto answer = IsInside(middle, told);
      if (!answer) return answer.error();
      (*answer ? inside : outside) = middle;
    }
    return outside;
  }

 private:
  static bool IsAnswer(const rd_kafka_message_t& message) {
    return message.err == RD_KAFKA_RESP_ERR_NO_ERROR || message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
           IsUnreadable(message.err);
  }
  Error Failed(std::string_view reason) const {
    return {ErrorCode::kUnavailable,
            fmt::format("kafka topic {} partition {}: a second look at records that cannot be read failed: {}", topic_,
                        partition_, reason)};
  }
  // Whether it is in the batch whose error was told with `told`.
  Result<bool> IsInside(std::int64_t offset, std::int64_t told) {
    const auto answer = First(offset);
    if (!answer) return answer.error();
    return IsUnreadable((*answer)->err) && (*answer)->offset == told;
  }

  const std::shared_ptr<SharedConsumer> client_;
  const std::string& topic_;
  const std::int32_t partition_;
  const std::function<bool()>& beat_;
};

}  // namespace

Result<SecondLook::Outcome> SecondLook::Read(
    Partition partition, Offset first,
    const std::function<void(KafkaMessage, const std::shared_ptr<SharedConsumer>&)>& take,
    const std::function<bool()>& beat) const {
  auto conf = SecondLookConf(source_, shared_, most_unpacked_);
  if (!conf) return std::move(conf).error();
  auto client = MakeClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!client) return std::move(client).error();
  rd_kafka_poll_set_consumer(client->get());
  Reader reader(std::make_shared<SharedConsumer>(*std::move(client)), source_.String("topic"), partition, beat);

  const auto begin = static_cast<std::int64_t>(first);
  auto answer = reader.First(begin);
  if (!answer) return std::move(answer).error();
  KafkaMessage message = *std::move(answer);
  if (IsUnreadable(message->err)) {
    const auto end = reader.EndOfBatch(begin, message->offset);
    if (!end) return end.error();
    return Outcome{Offset{*end}, Offset{*end}, rd_kafka_message_errstr(message.get())};
  }
  // Nothing there: control records, or an aborted transaction.
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return Outcome{Offset{message->offset}, std::nullopt, ""};
  Outcome outcome;
  for (; message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR; message = reader.Next()) {
    outcome.next = Next(Offset{message->offset});
    take(std::move(message), reader.client());
    if (!beat()) break;
  }
  return outcome;
}

}  // namespace wirewatch
