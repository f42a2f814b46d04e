// kafka_topics: kafka topics from a shell script, without Kafka's own tools (which take seconds a call).
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "tests/support/kafka_admin.h"

namespace {

constexpr std::string_view kUsage =
    "usage: kafka_topics BOOTSTRAP create NAME PARTITIONS [KEY=VALUE]...   settings such as max.message.bytes=10000\n"
    "       kafka_topics BOOTSTRAP delete NAME\n"
    "       kafka_topics BOOTSTRAP grow NAME PARTITIONS   to more partitions\n"
    "       kafka_topics BOOTSTRAP empty NAME             deletes its records, as retention would\n"
    "       kafka_topics BOOTSTRAP offsets NAME           one line a partition: number, first and next offset\n"
    "       kafka_topics BOOTSTRAP committed NAME GROUP   one line a partition: number, committed offset\n"
    "       kafka_topics BOOTSTRAP lag NAME GROUP         records not committed, over all partitions\n"
    "       kafka_topics BOOTSTRAP send NAME              a record a line of stdin: timestamp in ms, tab, value\n";

int Usage() {
  fmt::print(stderr, "{}", kUsage);
  return 2;
}

int Fail(const wirewatch::Error& error) {
  fmt::print(stderr, "kafka_topics: {}\n", error.message);
  return 1;
}

// 0: it is none.
int PartitionsIn(const std::string& number) {
  int partitions = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), partitions);
  return error == std::errc() && end == number.data() + number.size() && partitions >= 1 ? partitions : 0;
}

int Report(const wirewatch::Status& status) { return status ? 0 : Fail(status.error()); }

int Create(const wirewatch::KafkaAdmin& admin, const std::vector<std::string>& args) {
  const int partitions = PartitionsIn(args[3]);
  if (partitions == 0) return Usage();
  std::vector<std::pair<std::string, std::string>> settings;
  for (std::size_t i = 4; i < args.size(); ++i) {
    const std::size_t equals = args[i].find('=');
    if (equals == std::string::npos) return Usage();
    settings.emplace_back(args[i].substr(0, equals), args[i].substr(equals + 1));
  }
  return Report(admin.CreateTopic(args[2], partitions, settings));
}

int Grow(const wirewatch::KafkaAdmin& admin, const std::string& topic, const std::string& number) {
  const int partitions = PartitionsIn(number);
  return partitions == 0 ? Usage() : Report(admin.Grow(topic, partitions));
}

int Offsets(const wirewatch::KafkaAdmin& admin, const std::string& topic) {
  const auto marks = admin.Watermarks(topic);
  if (!marks) return Fail(marks.error());
  for (std::size_t i = 0; i < marks->size(); ++i) fmt::print("{} {} {}\n", i, (*marks)[i].first, (*marks)[i].second);
  return 0;
}

int Committed(const wirewatch::KafkaAdmin& admin, const std::string& topic, const std::string& group) {
  const auto committed = admin.Committed(topic, group);
  if (!committed) return Fail(committed.error());
  for (const auto& [partition, offset] : *committed) fmt::print("{} {}\n", partition, offset);
  return 0;
}

int Lag(const wirewatch::KafkaAdmin& admin, const std::string& topic, const std::string& group) {
  const auto lag = admin.Lag(topic, group);
  if (!lag) return Fail(lag.error());
  fmt::print("{}\n", *lag);
  return 0;
}

// kcat cannot say what timestamp a record has.
int Send(const wirewatch::KafkaAdmin& admin, const std::string& topic) {
  std::vector<wirewatch::KafkaTestRecord> records;
  for (std::string line; std::getline(std::cin, line);) {
    std::int64_t time = 0;
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) return Usage();
    const auto [end, error] = std::from_chars(line.data(), line.data() + tab, time);
    if (error != std::errc() || end != line.data() + tab) return Usage();
    records.push_back({.value = line.substr(tab + 1), .timestamp_ms = time});
  }
  return Report(admin.Produce(topic, records));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() < 3) return Usage();
  const wirewatch::KafkaAdmin admin(args[0]);
  const std::string& verb = args[1];
  if (verb == "create" && args.size() >= 4) return Create(admin, args);
  if (verb == "delete" && args.size() == 3) return Report(admin.DeleteTopic(args[2]));
  if (verb == "grow" && args.size() == 4) return Grow(admin, args[2], args[3]);
  if (verb == "empty" && args.size() == 3) return Report(admin.DeleteRecords(args[2]));
  if (verb == "offsets" && args.size() == 3) return Offsets(admin, args[2]);
  if (verb == "committed" && args.size() == 4) return Committed(admin, args[2], args[3]);
  if (verb == "send" && args.size() == 3) return Send(admin, args[2]);
  if (verb == "lag" && args.size() == 4) return Lag(admin, args[2], args[3]);
  return Usage();
}
