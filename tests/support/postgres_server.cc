#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

constexpr int kSkipped = 77;
constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin";

// The server refuses to be root: then Debian's user of it.
const passwd* Unprivileged() { return getuid() == 0 ? getpwnam("postgres") : nullptr; }

// Starts the program as that user; it ends with us.
pid_t Spawn(const std::vector<std::string>& command, const std::string& log) {
  const passwd* const user = Unprivileged();
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // an immediate shutdown
  if (getppid() != parent) _exit(126);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (chdir("/") == 0) execv(arguments[0], arguments.data());
  _exit(127);
}

bool Succeeded(pid_t child) {
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

PostgresServer& PostgresServer::Get() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::Connection(std::string_view database, std::string_view user) const {
  return fmt::format("host='{}' dbname='{}' user='{}'", directory_, database, user);
}

std::string PostgresServer::NewDatabase() {
  std::string name = fmt::format("test_{}", ++databases_);
  Run("postgres", fmt::format("CREATE DATABASE {}", name));
  return name;
}

void PostgresServer::Run(std::string_view database, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(Connection(database).c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  fmt::print(stderr, "{}: {}\n", sql, PQerrorMessage(connection.get()));
  std::abort();
}

void PostgresServer::Stop() {
  kill(server_, SIGINT);  // a fast shutdown
  if (!Succeeded(server_)) std::abort();
}

void PostgresServer::Start() {
  if (!Launch()) std::abort();
}

bool PostgresServer::Make() {
  const std::string data = directory_ + "/data";
  if (const passwd* user = Unprivileged();
      user != nullptr && chown(directory_.c_str(), user->pw_uid, user->pw_gid) != 0) {
    return false;
  }
  if (!Succeeded(Spawn({fmt::format("{}/initdb", kPrograms), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--locale=C.UTF-8", "--no-sync"},
                       directory_ + "/initdb.log"))) {
    return false;
  }
  std::ofstream(data + "/pg_hba.conf") << "local all " << kGuardedUser << " scram-sha-256\nlocal all all trust\n";
  if (!Launch()) return false;
  Run("postgres", fmt::format("CREATE USER {} PASSWORD '{}'", kGuardedUser, kGuardedPassword));
  return true;
}

bool PostgresServer::Launch() {
  server_ = Spawn({fmt::format("{}/postgres", kPrograms), "-D", directory_ + "/data", "-k", directory_, "-c",
                   "listen_addresses=", "-c", "fsync=off", "-c", "deadlock_timeout=50ms", "-c", "max_connections=100"},
                  directory_ + "/server.log");
  bool runs = true;
  const bool reached = WaitUntil([&] {
    runs = waitpid(server_, nullptr, WNOHANG) == 0;
    return !runs || PQping(Connection("postgres").c_str()) == PQPING_OK;
  });
  return reached && runs;
}

int RunTestsWithPostgres(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  const bool installed =
      access(fmt::format("{}/postgres", kPrograms).c_str(), X_OK) == 0 && (getuid() != 0 || Unprivileged() != nullptr);
  if (!installed) {
    const bool required = std::getenv("CI") != nullptr;
    fmt::print(stderr, "\nNO POSTGRESQL in {}: nothing that needs one is tested here. {}\n", kPrograms,
               required ? "CI is set: FAILED." : "SKIPPED.");
    return required ? 1 : kSkipped;
  }
  const TempDir directory;
  PostgresServer& server = PostgresServer::Get();
  server.directory_ = directory.path();
  int result = 1;
  if (server.Make()) {
    result = RUN_ALL_TESTS();
    server.Stop();
  } else {
    fmt::print(stderr, "\nPostgreSQL does not start:\n");
    for (const char* log : {"/initdb.log", "/server.log"}) {
      std::ifstream stream(directory.path() + log);
      for (std::string line; std::getline(stream, line);) fmt::print(stderr, "{}\n", line);
    }
  }
  return result;
}

}  // namespace wirewatch
