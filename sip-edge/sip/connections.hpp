#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "sip-edge/sip/agent.hpp"
#include "sip-edge/sip/sofia.hpp"

namespace rf::edge::sip {

/// The TCP connections that others opened to an agent: how many there may be, and how long a stranger's may stay. A
/// stranger's is one that nobody watches, whose address nobody knows and that carries no call. SIP thread.
class Connections {
 public:
  explicit Connections(AgentCore& agent);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// The library accepted one. One too many is shut: the library then sees its end and lets go of it.
  void accepted(tport_t* transport, int socket);
  /// Whether that connection is watched decides if it may stay.
  void watched(tport_t* transport);
  void unwatched(tport_t* transport);

  bool owns(const tport_t* transport) const;
  std::size_t size() const { return open_.size(); }
  const ConnectionCounts& counts() const { return counts_; }
  /// Forgets them all, before the library destroys them.
  void clear();

 private:
  class Entry;
  struct Check {
    Ms at_ms;
    tport_t* transport;
    std::uint64_t number;
  };

  void closed(tport_t* transport);
  bool may_stay(const Entry& entry) const;
  void check_due();
  void arm();

  AgentCore& agent_;
  std::map<tport_t*, std::unique_ptr<Entry>> open_;
  std::map<std::string, std::size_t> per_address_;
  /// In order of time: everybody waits equally long.
  std::deque<Check> checks_;
  std::uint64_t last_number_ = 0;
  ConnectionCounts counts_;
  Timer timer_;
};

}  // namespace rf::edge::sip
