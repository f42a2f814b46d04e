// PostgresServer: a PostgreSQL server for a test program, on a socket in a directory of its own, without TCP. One a
// program: it takes a second to start. Ends with the program, also when that crashes.
#ifndef WIREWATCH_TESTS_SUPPORT_POSTGRES_SERVER_H_
#define WIREWATCH_TESTS_SUPPORT_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <string>
#include <string_view>

namespace wirewatch {

class PostgresServer {
 public:
  // The user that has to give a password; all others need none.
  static constexpr std::string_view kGuardedUser = "guarded", kGuardedPassword = "correct-horse-battery";

  // The server of this program. Started by RunTestsWithPostgres.
  static PostgresServer& Get();

  // A connection string of `database`, for the user "postgres" or another one.
  std::string Connection(std::string_view database, std::string_view user = "postgres") const;
  // An empty database; its name.
  std::string NewDatabase();
  // Aborts when it fails: no test would mean anything.
  void Run(std::string_view database, const std::string& sql);

  // Data stay. Stop breaks all connections off.
  void Stop();
  void Start();

 private:
  friend int RunTestsWithPostgres(int, char**);
  bool Make();
  bool Launch();

  std::string directory_;
  pid_t server_ = 0;
  int databases_ = 0;
};

// The main function of such a program: starts the server, runs all tests, stops it. Where PostgreSQL is not installed
// it says so and returns 77 (skipped), or 1 with CI set in the environment.
int RunTestsWithPostgres(int argc, char** argv);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_POSTGRES_SERVER_H_
