#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ringfence/v1/watch.pb.h"
#include "tools/ringfencectl/session.hpp"

namespace rf::ctl {

/// A watch of one account that goes on after the node was away: it asks again each second from the last fact it gave out.
/// One thread takes; `stop` may come from any.
class WatchStream {
 public:
  WatchStream(Session& session, std::string account);
  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;
  ~WatchStream();

  struct Next {
    std::optional<ringfence::v1::WatchFrame> frame;
    /// What keeps frames away just now; empty while the stream stands.
    std::string trouble;
    /// Set: the node refuses the watch, there will be no more.
    std::optional<Error> refused;
    bool stopped = false;
  };
  /// The next frame, waiting at most so long.
  Next next(Ms timeout_ms);
  /// Ends a wait and all that follow.
  void stop();

 private:
  void read();
  /// One stream to its end. False: no use to try again.
  bool read_once();

  Session& session_;
  const std::string account_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ringfence::v1::WatchFrame> frames_;
  std::string trouble_;
  std::optional<Error> refused_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::uint64_t seq_ = 0;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace rf::ctl
