#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "ringfence/v1/watch.pb.h"

namespace rf::ctl {

namespace api = ringfence::v1;

/// The account's rows as a watch tells them: the snapshot, then every fact on top (R23). One thread.
class LiveRows {
 public:
  void take(const api::WatchFrame& frame);

  /// Whether a whole snapshot has arrived.
  bool complete() const { return complete_; }
  /// The last fact that was taken: where a watch goes on.
  std::uint64_t seq() const { return seq_; }

  /// By key.
  std::vector<const api::Agent*> agents() const;
  std::vector<const api::Queue*> queues() const;
  /// By arrival.
  std::vector<const api::Call*> calls() const;
  /// The key of a queue or agent, or its id when it is unknown.
  std::string queue_key(const std::string& id) const;
  std::string agent_key(const std::string& id) const;
  /// The call that rings at the agent or is in conversation with it; null without one.
  const api::Call* call_of(const std::string& agent_id) const;

 private:
  template <class Message>
  struct Row {
    Message message;
    /// Facts up to here are part of it already.
    std::uint64_t version = 0;
  };

  void take(const api::SnapshotPart& part);
  void take(const api::Fact& fact);
  void take_config(const api::Fact& fact);
  void take_agent(api::Agent& agent, const api::Fact& fact) const;
  void take_call(api::Call& call, const api::Fact& fact) const;

  std::map<std::string, Row<api::Agent>> agents_;
  std::map<std::string, Row<api::Queue>> queues_;
  std::map<std::string, Row<api::Call>> calls_;
  std::uint64_t seq_ = 0;
  bool complete_ = false;
};

}  // namespace rf::ctl
