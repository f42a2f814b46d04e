// bench_kafka: what tests/bench/bench_kafka.sh measures from outside of the service, with librdkafka alone.
//
//   bench_kafka BOOTSTRAP consume KAFKA_TOPIC RECORDS
//       A bare consumer loop over so many records: what no service can be faster than.
//       Prints "RECORDS_PER_SECOND CPU_US_PER_RECORD", from a tenth of the records on.
//   bench_kafka BOOTSTRAP latency ARTICLES ALERTS RATE SECONDS
//       Produces RATE articles a second that each raise an alert, evenly, and reads the alerts. From the moment an
//       article was due to be produced until its alert is here, in ms: prints "P50 P99 P99.9 MOST ANSWERED SENT".
//       Articles of the first two seconds do not count, and are there to warm up.

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/c_handle.h"
#include "base/clock.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rows.h"

namespace wirewatch {
namespace {

using Client = CHandle<rd_kafka_t, rd_kafka_destroy>;
using Message = CHandle<rd_kafka_message_t, rd_kafka_message_destroy>;
using Partitions = CHandle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Topic = CHandle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using Properties = std::vector<std::pair<std::string, std::string>>;

constexpr std::chrono::seconds kWarmUp{2};
constexpr std::chrono::seconds kPatience{30};  // for what does not come
constexpr int kTimeoutMs = 30'000;

Client Connect(rd_kafka_type_t type, const std::string& bootstrap, const Properties& properties) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 512> reason{};
  const auto set = [&](const std::string& key, const std::string& value) {
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), reason.data(), reason.size()) != RD_KAFKA_CONF_OK) {
      Die(reason.data());
    }
  };
  set("bootstrap.servers", bootstrap);
  for (const auto& [key, value] : properties) set(key, value);
  Client client(rd_kafka_new(type, conf, reason.data(), reason.size()));
  if (!client) Die(reason.data());
  return client;
}

// A consumer of all partitions from `begin` (RD_KAFKA_OFFSET_BEGINNING, or _END: of what is produced after this call).
Client ConnectConsumer(const std::string& bootstrap, const std::string& topic, std::int64_t begin) {
  // As connectors/kafka sets them.
  Client client = Connect(RD_KAFKA_CONSUMER, bootstrap,
                          {{"group.id", "bench-kafka"},
                           {"enable.auto.commit", "false"},
                           {"queued.min.messages", "1000000"},
                           {"queued.max.messages.kbytes", "131072"},
                           {"fetch.wait.max.ms", "100"}});
  rd_kafka_poll_set_consumer(client.get());
  const Topic handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  const struct rd_kafka_metadata* metadata = nullptr;
  if (rd_kafka_metadata(client.get(), 0, handle.get(), &metadata, kTimeoutMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Die("the brokers do not answer");
  }
  const int count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  if (count == 0) Die("kafka topic " + topic + " does not exist");
  const Partitions partitions(rd_kafka_topic_partition_list_new(count));
  for (int partition = 0; partition < count; ++partition) {
    std::int64_t low = 0, high = 0;
    if (rd_kafka_query_watermark_offsets(client.get(), topic.c_str(), partition, &low, &high, kTimeoutMs) !=
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      Die("the brokers do not answer");
    }
    rd_kafka_topic_partition_list_add(partitions.get(), topic.c_str(), partition)->offset =
        begin == RD_KAFKA_OFFSET_END ? high : low;
  }
  rd_kafka_assign(client.get(), partitions.get());
  return client;
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void Consume(const std::string& bootstrap, const std::string& topic, std::size_t records) {
  const Client client = ConnectConsumer(bootstrap, topic, RD_KAFKA_OFFSET_BEGINNING);
  const std::size_t first = records / 10;
  double wall = 0, cpu = 0;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < records;) {
    const Message message(rd_kafka_consumer_poll(client.get(), kTimeoutMs));
    if (!message) Die(fmt::format("{} of {} records came", count, records));
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    bytes += message->len;
    if (++count == first) wall = WallSeconds(), cpu = CpuSeconds();
  }
  const auto measured = static_cast<double>(records - first);
  fmt::print("{:.0f} {:.2f}\n", measured / (WallSeconds() - wall), (CpuSeconds() - cpu) / measured * 1e6);
  rd_kafka_assign(client.get(), nullptr);
  if (bytes == 0) Die("the records are empty");
}

// ---------------------------------------------------------------------------------------------------------- latency

constexpr std::string_view kIdPrefix = "\"article_id\":\"latency-";

std::string LatencyArticle(std::size_t number) {
  static const std::string body = [] {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      text +=
          "The government said on Tuesday that operators have two years to replace equipment in the core of their "
          "networks, and that the cost would be shared. Analysts expect the price of shares to fall.\\n\\n";
    }
    return text;
  }();
  return fmt::format(R"({{"id":"latency-{}","title":"Sweden bans Huawei from 5G networks over security",)"
                     R"("language":"en","body":"{}"}})",
                     number, body);
}

class LatencyRun {
 public:
  LatencyRun(std::size_t count, double rate) : rate_(rate), begin_(SteadyNow()), latencies_(count, -1) {}

  SteadyTime Due(std::size_t number) const {
    return begin_ + std::chrono::duration_cast<SteadyTime::duration>(
                        std::chrono::duration<double>(static_cast<double>(number) / rate_));
  }
  std::size_t count() const { return latencies_.size(); }
  bool complete() const { return answered_ == count(); }

  // The first alert of each article counts.
  void Take(std::string_view alert) {
    const std::size_t at = alert.find(kIdPrefix);
    if (at == std::string_view::npos) return;
    const std::string_view digits = alert.substr(at + kIdPrefix.size());
    std::size_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (number >= count() || latencies_[number] >= 0) return;
    latencies_[number] = std::chrono::duration<double, std::milli>(SteadyNow() - Due(number)).count();
    ++answered_;
  }

  void Print(std::size_t first) const {
    std::vector<double> sorted;
    for (std::size_t i = first; i < count(); ++i) {
      if (latencies_[i] >= 0) sorted.push_back(latencies_[i]);
    }
    if (sorted.empty()) Die("no article was answered by an alert");
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) {
      return sorted[static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size()))) - 1];
    };
    fmt::print("{:.1f} {:.1f} {:.1f} {:.1f} {} {}\n", at(0.5), at(0.99), at(0.999), sorted.back(), answered_, count());
  }

 private:
  const double rate_;
  const SteadyTime begin_;
  std::vector<double> latencies_;  // ms; below 0: no alert yet
  std::size_t answered_ = 0;
};

void Produce(rd_kafka_t* client, const std::string& topic, const LatencyRun& run) {
  for (std::size_t i = 0; i < run.count(); ++i) {
    std::this_thread::sleep_until(run.Due(i));
    const std::string article = LatencyArticle(i);
    while (rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_VALUE(const_cast<char*>(article.data()), article.size()),
                             RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_poll(client, 1);
    }
    rd_kafka_poll(client, 0);
  }
  rd_kafka_flush(client, kTimeoutMs);
}

void Latency(const std::string& bootstrap, const std::string& articles, const std::string& alerts, std::size_t rate,
             std::size_t seconds) {
  const Client consumer = ConnectConsumer(bootstrap, alerts, RD_KAFKA_OFFSET_END);
  // Articles go to all partitions in turn, one by one: what the service waits for is to be seen, not the producer.
  const Client producer = Connect(RD_KAFKA_PRODUCER, bootstrap,
                                  {{"linger.ms", "0"}, {"sticky.partitioning.linger.ms", "0"}, {"acks", "1"}});
  const std::size_t warm_up = rate * static_cast<std::size_t>(kWarmUp.count());
  LatencyRun run(warm_up + rate * seconds, static_cast<double>(rate));
  std::thread producing([&] { Produce(producer.get(), articles, run); });
  const SteadyTime limit = run.Due(run.count()) + kPatience;
  while (!run.complete() && SteadyNow() < limit) {
    const Message message(rd_kafka_consumer_poll(consumer.get(), 100));
    if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    run.Take({static_cast<const char*>(message->payload), message->len});
  }
  producing.join();
  run.Print(warm_up);
  rd_kafka_assign(consumer.get(), nullptr);
}

// ------------------------------------------------------------------------------------------------------------- main

std::size_t Number(const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) Die("no number: " + text);
  return number;
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 4 && args[1] == "consume") {
    wirewatch::Consume(args[0], args[2], wirewatch::Number(args[3]));
  } else if (args.size() == 6 && args[1] == "latency") {
    wirewatch::Latency(args[0], args[2], args[3], wirewatch::Number(args[4]), wirewatch::Number(args[5]));
  } else {
    fmt::print(stderr,
               "usage: bench_kafka BOOTSTRAP consume KAFKA_TOPIC RECORDS\n"
               "       bench_kafka BOOTSTRAP latency ARTICLES ALERTS RATE SECONDS\n");
    return 2;
  }
  return 0;
}
