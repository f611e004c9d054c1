#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "process/ids.hpp"
#include "ringfence/v1/call.grpc.pb.h"
#include "tests/bench/pairs/store.hpp"
#include "tools/ringfencectl/session.hpp"

namespace rf::bench {

namespace {

namespace api = ringfence::v1;

/// A switch's requests: each requester sends the next one when the last was answered.
class Node final : public Store {
 public:
  explicit Node(const StoreOptions& options) {
    auto session = ctl::Session::open({options.at, options.token_file, "", 30 * second_ms}, interrupt_);
    if (!session) give_up(session.error().what);
    session_ = std::make_unique<ctl::Session>(std::move(*session));
    auto account = session_->account();
    if (!account) give_up(account.error().what);
    account_ = *account;
    stub_ = api::CallService::NewStub(session_->channel());
  }

  void run(unsigned clients, Window& window) override {
    running_ = clients;
    std::vector<std::unique_ptr<Requester>> requesters;
    for (unsigned i = 0; i < clients; ++i) requesters.push_back(std::make_unique<Requester>(*this, window));
    for (const auto& requester : requesters) requester->reserve();
    window.keep_time();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  class Requester {
   public:
    Requester(Node& node, Window& window) : node_(node), window_(window) {}

    void reserve() {
      enqueue_.Clear();
      enqueue_.set_command_id(node_.new_command_id());
      enqueue_.set_account(node_.account_);
      enqueue_.set_queue("q0");
      enqueue_.set_number("7001");
      enqueue_.set_caller("2");
      from_us_ = Window::now_us();
      context_ = node_.session_->new_context();
      node_.stub_->async()->Enqueue(context_.get(), &enqueue_, &call_, [this](const grpc::Status& status) {
        if (!status.ok()) give_up(status.error_message());
        if (call_.call().offers().empty()) give_up("a call found no free agent: more agents than clients are needed");
        release();
      });
    }

   private:
    void release() {
      complete_.Clear();
      complete_.set_command_id(node_.new_command_id());
      complete_.set_account(node_.account_);
      complete_.set_call(call_.call().id());
      reserved_us_ = Window::now_us();
      context_ = node_.session_->new_context();
      node_.stub_->async()->CompleteCall(context_.get(), &complete_, &completed_, [this](const grpc::Status& status) {
        if (!status.ok()) give_up(status.error_message());
        window_.pair(from_us_, reserved_us_, Window::now_us());
        if (window_.open()) return reserve();
        node_.ended();
      });
    }

    Node& node_;
    Window& window_;
    std::unique_ptr<grpc::ClientContext> context_;
    api::EnqueueRequest enqueue_;
    api::CallReply call_;
    api::CompleteCallRequest complete_;
    api::CompleteCallReply completed_;
    Us from_us_ = 0;
    Us reserved_us_ = 0;
  };

  std::string new_command_id() { return ids_.make<CommandId>().text(); }

  void ended() {
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) changed_.notify_all();
  }

  process::SystemClock clock_;
  process::IdMaker ids_{clock_};
  ctl::Interrupt interrupt_;
  std::unique_ptr<ctl::Session> session_;
  std::unique_ptr<api::CallService::Stub> stub_;
  std::string account_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned running_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_node(const StoreOptions& options) { return std::make_unique<Node>(options); }

}  // namespace rf::bench
