// FileFollower: reads files on as they grow, rotate and appear.
//
// It looks with stat() several times a second, because change notices do not arrive on network and container file
// systems. Plain NDJSON grows: an unfinished last line waits for its newline; at a stop it is offered as it is,
// unless it is too long to be held. A file
// that was renamed or removed is read on until it has been quiet for a while, for writers that have it open still; the
// new one of that name is read from its beginning, like one that was truncated: which shows in its length, or, when it
// has grown again meanwhile, in its first bytes and those before the place where reading ended. One that comes back
// under another name, in a followed directory, is read on under that. Compressed files and JSON documents are read
// whole, once they stand still, and again when they change.
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_FOLLOWER_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_FOLLOWER_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "connectors/bytes/stream_reading.h"
#include "connectors/file/file_list.h"

namespace wirewatch {

// Threads: one at a time.
class FileFollower {
 public:
  // `framing_of`: of a path. Borrows the rest.
  FileFollower(std::function<Framing(std::string_view)> framing_of, StreamReading& reading, RecordFeed& feed)
      : framing_of_(std::move(framing_of)), reading_(reading), feed_(feed) {}

  // One look at each of `files`, at `now`: reads what is new, until the source is told to stop. False: nothing was new.
  // A file that cannot be read is logged, and tried again only when it changes; the others are read.
  bool Look(const std::vector<ListedFile>& files, SteadyTime now);

  // The files of the last look that could not be read to their ends when that was last tried, and why.
  const std::map<std::string, Error, std::less<>>& failing() const { return failing_; }

  // Offers the unfinished last lines of the files that were read to their ends.
  void OfferRests();

 private:
  // Which content a name stands for.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Identity&) const = default;
  };
  struct Version {
    Identity identity;
    off_t size = 0;
    timespec changed{};
    bool operator==(const Version& other) const {
      return identity == other.identity && size == other.size && changed.tv_sec == other.changed.tv_sec &&
             changed.tv_nsec == other.changed.tv_nsec;
    }
  };
  struct Growing {
    std::string_view path;
    UniqueFd fd;
    Identity identity;
    std::uint64_t next = 0;  // where the unfinished line begins
    std::uint64_t read = 0;  // up to here there is no newline after `next`
    SteadyTime moved_at{};   // once it has lost its name: when it did, or grew last
    // Of the last look that read something: by them a file is known again that was truncated and written anew.
    timespec changed{};
    std::string head, tail;  // the file's first bytes, and the last ones before `read`

    void Remember(int file);
    bool IsAnother() const;
  };
  struct Whole {
    Version seen;          // at the last look
    SteadyTime seen_at{};  // when it was new
    Version read;
    bool was_read = false;
  };

  static Version VersionOf(const struct stat& status);
  // `path` stands for this content now, or for none.
  static bool StandsFor(const std::string& path, const Identity& identity);
  bool LookAt(const std::string& path, SteadyTime now);
  bool LookAtWhole(std::string_view path, const Version& version, SteadyTime now);
  bool ReadGrowth(Growing& file);
  Status ReadFrom(Growing& file, bool with_rest);
  bool ReadRetired(SteadyTime now);
  // What came of reading it.
  void Note(std::string_view path, Status read);
  // The file, open already, that was renamed to `path`. Null: there is none.
  Growing* FindRenamed(const std::string& path, const Identity& identity);
  bool WasReadUnderAnotherName(const Version& version) const;
  void Retire(std::map<std::string, Growing, std::less<>>::iterator file, SteadyTime now);

  const std::function<Framing(std::string_view)> framing_of_;
  StreamReading& reading_;
  RecordFeed& feed_;
  std::map<std::string, Growing, std::less<>> growing_;
  std::map<std::string, Whole, std::less<>> whole_;
  std::map<std::string, Error, std::less<>> failing_;
  std::vector<Growing> retired_;  // without a name, oldest first
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_FOLLOWER_H_
