// SecondLook: reads what a consumer could not read, with another consumer that may unpack more.
//
// A compressed batch of records is read whole or not at all. librdkafka unpacks no zstd batch beyond its
// receive.message.max.bytes (100 MB by default) and knows no codec of tomorrow. It stays for ever before a batch that
// it cannot read. The other consumer unpacks up to `most_unpacked` bytes, one batch at a time, so that memory stays
// bounded.
//
// A batch that it cannot read either is left out whole, since nothing in it can be looked at. Which offsets the batch
// holds is found out by reading from ever further offsets, until one lies in another batch.
//
// Threads: one call at a time.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_SECOND_LOOK_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_SECOND_LOOK_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"
#include "pipeline/records/record.h"

namespace wirewatch {

class SecondLook {
 public:
  // `source` and `shared`: the settings of the source that cannot read.
  // `most_unpacked`: bytes of one batch; never less than the source itself takes.
  SecondLook(KafkaConsumerSettings source, KafkaSettings shared, std::size_t most_unpacked)
      : source_(std::move(source)), shared_(std::move(shared)), most_unpacked_(most_unpacked) {}

  // What a look found.
  struct Outcome {
    Offset next{};              // read on from here
    std::optional<Offset> end;  // records from the first offset up to here cannot be read; nothing: all could be
    std::string why;            // if there are such
  };

  // Reads from `first` on: records that can be read are given to `take`, with the client that their memory belongs to,
  // in their order, and may be kept. At least the batch that `first` stands in is read or left out; records behind it
  // may be. `beat` is called at least once a second; it gives false to give up. Blocks for some seconds. Errors:
  // kInvalid: a property is not taken. Others: no answer in time; nothing was left out.
  Result<Outcome> Read(Partition partition, Offset first,
                       const std::function<void(KafkaMessage, const std::shared_ptr<SharedConsumer>&)>& take,
                       const std::function<bool()>& beat) const;

 private:
  const KafkaConsumerSettings source_;
  const KafkaSettings shared_;
  const std::size_t most_unpacked_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_SECOND_LOOK_H_
