#pragma once
#include <memory>
#include <string>

#include "tests/bench/pairs/window.hpp"

namespace rf::bench {

/// What every store is asked for, in two round trips: reserve the agent that is idle for longest, with its new state and an
/// event of it durable before the answer; then release it, as durably.
class Store {
 public:
  virtual ~Store() = default;
  /// `clients` requesters that each reserve and release without pause; returns when the window is closed and all are done.
  virtual void run(unsigned clients, Window& window) = 0;
};

struct StoreOptions {
  unsigned agents = 1000;
  /// A folder of the store's own that it may fill, or the address of its server.
  std::string at;
  std::string token_file;
};

/// Ringfence's actors and log in this process.
std::unique_ptr<Store> open_in_process(const StoreOptions& options);
/// A node's gRPC API; the account is one that `rf-load prepare --endpoint external` made.
std::unique_ptr<Store> open_node(const StoreOptions& options);
/// Redis: one Lua script a step.
std::unique_ptr<Store> open_redis(const StoreOptions& options);
/// PostgreSQL: one prepared statement a step, SELECT .. FOR UPDATE SKIP LOCKED.
std::unique_ptr<Store> open_postgres(const StoreOptions& options);
/// Bare RocksDB: one thread that writes and syncs two records of a pair's bytes for each client at once; no rules.
std::unique_ptr<Store> open_bare(const StoreOptions& options);

}  // namespace rf::bench
