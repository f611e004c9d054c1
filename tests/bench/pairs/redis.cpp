#include <hiredis/hiredis.h>

#include <vector>

#include "process/config_value.hpp"
#include "tests/bench/pairs/store.hpp"

namespace rf::bench {

namespace {

constexpr const char* reserve_script =
    "local got = redis.call('ZPOPMIN', 'ready') if not got[1] then return redis.error_reply('nobody is ready') end "
    "redis.call('HSET', 'agent:' .. got[1], 'state', 'reserved', 'since', ARGV[1]) "
    "redis.call('XADD', 'events', '*', 'agent', got[1], 'event', 'reserved', 'ts', ARGV[1]) return got[1]";
constexpr const char* release_script =
    "redis.call('HSET', 'agent:' .. ARGV[2], 'state', 'ready', 'since', ARGV[1]) "
    "redis.call('ZADD', 'ready', ARGV[1], ARGV[2]) "
    "redis.call('XADD', 'events', '*', 'agent', ARGV[2], 'event', 'released', 'ts', ARGV[1]) return ARGV[2]";

/// One client's connection.
class Connection {
 public:
  explicit Connection(const std::string& at) {
    const auto address = process::address_of(at);
    if (!address) give_up("the address of Redis is HOST:PORT, not " + at);
    context_.reset(redisConnect(address->host.c_str(), address->port));
    if (context_ == nullptr || context_->err != 0)
      give_up("no connection to Redis at " + at + (context_ == nullptr ? "" : std::string(": ") + context_->errstr));
  }

  std::string command(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.c_str());
      sizes.push_back(word.size());
    }
    const std::unique_ptr<redisReply, void (*)(void*)> reply(
        static_cast<redisReply*>(
            redisCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data())),
        freeReplyObject);
    if (reply == nullptr) give_up(std::string("Redis: ") + context_->errstr);
    if (reply->type == REDIS_REPLY_ERROR) give_up(std::string("Redis: ") + reply->str);
    return reply->str == nullptr ? std::string() : std::string(reply->str, reply->len);
  }

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  std::unique_ptr<redisContext, Free> context_;
};

class Redis final : public Store {
 public:
  explicit Redis(const StoreOptions& options) : at_(options.at) {
    Connection connection(at_);
    connection.command({"FLUSHALL"});
    reserve_ = connection.command({"SCRIPT", "LOAD", reserve_script});
    release_ = connection.command({"SCRIPT", "LOAD", release_script});
    for (unsigned i = 0; i < options.agents; ++i)
      connection.command({"EVALSHA", release_, "0", std::to_string(Window::now_us()), "a" + std::to_string(i)});
  }

  void run(unsigned clients, Window& window) override {
    run_threads(clients, window, [&](unsigned) {
      Connection connection(at_);
      while (window.open()) {
        const Us from = Window::now_us();
        const std::string agent = connection.command({"EVALSHA", reserve_, "0", std::to_string(from)});
        const Us reserved = Window::now_us();
        connection.command({"EVALSHA", release_, "0", std::to_string(reserved), agent});
        window.pair(from, reserved, Window::now_us());
      }
    });
  }

 private:
  std::string at_;
  std::string reserve_;
  std::string release_;
};

}  // namespace

std::unique_ptr<Store> open_redis(const StoreOptions& options) { return std::make_unique<Redis>(options); }

}  // namespace rf::bench
