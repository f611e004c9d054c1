#pragma once
// The library's headers with our types as its callback contexts. Only for the .cpp files of this folder.

namespace rf::edge::sip {
class AgentCore;
class LegCore;
struct ServerTransaction;
struct ClientTransaction;
class ConnectionClient;
}  // namespace rf::edge::sip

#define NTA_AGENT_MAGIC_T ::rf::edge::sip::AgentCore
#define NTA_LEG_MAGIC_T ::rf::edge::sip::LegCore
#define NTA_INCOMING_MAGIC_T ::rf::edge::sip::ServerTransaction
#define NTA_OUTGOING_MAGIC_T ::rf::edge::sip::ClientTransaction
#define TP_CLIENT_T ::rf::edge::sip::ConnectionClient

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>

#include <utility>

namespace rf::edge::sip {

/// One reference to a message.
class MessageRef {
 public:
  explicit MessageRef(msg_t* taken) : msg_(taken) {}
  ~MessageRef() {
    if (msg_ != nullptr) msg_destroy(msg_);
  }
  MessageRef(const MessageRef&) = delete;
  MessageRef& operator=(const MessageRef&) = delete;

  msg_t* get() const { return msg_; }
  msg_t* release() { return std::exchange(msg_, nullptr); }

 private:
  msg_t* msg_;
};

/// Who waits for the end of a TCP connection (tport_pend).
class ConnectionClient {
 public:
  virtual ~ConnectionClient() = default;
  static void on_error(tp_stack_t*, ConnectionClient* self, tport_t*, msg_t*, int) noexcept { self->on_closed(); }

 private:
  virtual void on_closed() noexcept = 0;
};

/// Scratch memory of the library's allocator.
class Home {
 public:
  Home() { su_home_init(home_); }
  ~Home() { su_home_deinit(home_); }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  su_home_t* get() { return home_; }

 private:
  su_home_t home_[1] = {SU_HOME_INIT(home_)};
};

}  // namespace rf::edge::sip
