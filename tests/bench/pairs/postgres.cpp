#include <libpq-fe.h>

#include <array>

#include "tests/bench/pairs/store.hpp"

namespace rf::bench {

namespace {

constexpr const char* schema =
    "DROP TABLE IF EXISTS agents; DROP TABLE IF EXISTS events;"
    "CREATE TABLE agents(id int PRIMARY KEY, state text NOT NULL, idle_since bigint NOT NULL);"
    "CREATE INDEX ready ON agents(idle_since) WHERE state = 'ready';"
    "CREATE TABLE events(id bigserial PRIMARY KEY, agent int NOT NULL, event text NOT NULL, ts bigint NOT NULL)";
constexpr const char* reserve_statement =
    "WITH taken AS (SELECT id FROM agents WHERE state = 'ready' ORDER BY idle_since LIMIT 1 FOR UPDATE SKIP LOCKED), "
    "changed AS (UPDATE agents SET state = 'reserved' FROM taken WHERE agents.id = taken.id RETURNING agents.id) "
    "INSERT INTO events(agent, event, ts) SELECT id, 'reserved', $1 FROM changed RETURNING agent";
constexpr const char* release_statement =
    "WITH changed AS (UPDATE agents SET state = 'ready', idle_since = $1 WHERE id = $2 RETURNING id) "
    "INSERT INTO events(agent, event, ts) SELECT id, 'released', $1 FROM changed RETURNING agent";

class Connection {
 public:
  explicit Connection(const std::string& at) : connection_(PQconnectdb(at.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
      give_up(std::string("no connection to PostgreSQL: ") + PQerrorMessage(connection_.get()));
  }

  void command(const char* text) { check(Rows(PQexec(connection_.get(), text))); }
  void prepare() {
    check(Rows(PQprepare(connection_.get(), "reserve", reserve_statement, 0, nullptr)));
    check(Rows(PQprepare(connection_.get(), "release", release_statement, 0, nullptr)));
  }
  /// The agent. Rows that others hold at this moment are skipped, so that a second look may be needed while agents are free.
  std::string reserve(Us now_us) {
    std::string agent;
    while (agent.empty()) agent = run("reserve", std::array{std::to_string(now_us)});
    return agent;
  }
  void release(Us now_us, const std::string& agent) { run("release", std::array{std::to_string(now_us), agent}); }

 private:
  struct Free {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* rows) const { PQclear(rows); }
  };
  using Rows = std::unique_ptr<PGresult, Free>;

  void check(const Rows& rows) {
    const auto status = PQresultStatus(rows.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up(PQerrorMessage(connection_.get()));
  }

  template <std::size_t Count>
  std::string run(const char* statement, const std::array<std::string, Count>& values) {
    std::array<const char*, Count> texts{};
    for (std::size_t i = 0; i < Count; ++i) texts[i] = values[i].c_str();
    const Rows rows(
        PQexecPrepared(connection_.get(), statement, static_cast<int>(Count), texts.data(), nullptr, nullptr, 0));
    check(rows);
    return PQntuples(rows.get()) == 1 ? PQgetvalue(rows.get(), 0, 0) : "";
  }

  std::unique_ptr<PGconn, Free> connection_;
};

class Postgres final : public Store {
 public:
  explicit Postgres(const StoreOptions& options) : at_(options.at) {
    Connection connection(at_);
    connection.command(schema);
    connection.command(
        ("INSERT INTO agents SELECT i, 'ready', i FROM generate_series(1, " + std::to_string(options.agents) + ") i")
            .c_str());
    connection.command("ANALYZE agents");
  }

  void run(unsigned clients, Window& window) override {
    run_threads(clients, window, [&](unsigned) {
      Connection connection(at_);
      connection.prepare();
      while (window.open()) {
        const Us from = Window::now_us();
        const std::string agent = connection.reserve(from);
        const Us reserved = Window::now_us();
        connection.release(reserved, agent);
        window.pair(from, reserved, Window::now_us());
      }
    });
  }

 private:
  std::string at_;
};

}  // namespace

std::unique_ptr<Store> open_postgres(const StoreOptions& options) { return std::make_unique<Postgres>(options); }

}  // namespace rf::bench
