#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "tests/bench/pairs/store.hpp"

namespace rf::bench {

namespace {

class Bare final : public Store {
 public:
  explicit Bare(const StoreOptions& options) {
    rocksdb::Options rocks;
    rocks.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    if (const auto open = rocksdb::DB::Open(rocks, options.at, &opened); !open.ok()) give_up(open.ToString());
    db_.reset(opened);
  }

  void run(unsigned clients, Window& window) override {
    run_threads(1, window, [&](unsigned) {
      while (window.open()) {
        const Us from = Window::now_us();
        write(clients);
        const Us reserved = Window::now_us();
        write(clients);
        const Us released = Window::now_us();
        for (unsigned i = 0; i < clients; ++i) window.pair(from, reserved, released);
      }
    });
  }

 private:
  void write(unsigned records) {
    rocksdb::WriteOptions options;
    options.sync = true;
    rocksdb::WriteBatch rows;
    for (unsigned i = 0; i < records; ++i, ++next_) {
      std::string key(16, 'k');
      for (std::size_t byte = 0; byte < 8; ++byte) key[byte] = static_cast<char>(next_ >> (56 - 8 * byte));
      (void)rows.Put(key, record_);
    }
    if (const auto written = db_->Write(options, &rows); !written.ok()) give_up(written.ToString());
  }

  // About what one step of a pair writes: its record and rows.
  const std::string record_ = std::string(600, 'x');
  std::unique_ptr<rocksdb::DB> db_;
  std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_bare(const StoreOptions& options) { return std::make_unique<Bare>(options); }

}  // namespace rf::bench
