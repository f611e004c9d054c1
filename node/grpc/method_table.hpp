#pragma once
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/result.hpp"
#include "node/grpc/auth.hpp"
#include "node/grpc/status.hpp"
#include "node/task_thread.hpp"
#include "process/clock.hpp"
#include "process/metrics.hpp"

namespace rf::node {

/// What a method may know of its call beside the request.
struct Call {
  /// The answer must be given before; the table answers then if the method has not.
  Ms deadline_mono_ms = 0;
};

template <class Reply>
using Answer = std::function<void(Result<Reply>)>;
/// A method of the API: reads `request` before it returns, answers once, then or later, on any thread; must not block.
template <class Request, class Reply>
using Method = std::function<void(const Call& call, const Request& request, Answer<Reply> answer)>;

/// Whether a call that is not answered in time may have changed something.
enum class Effect : std::uint8_t { reads, changes };

/// The full names of every method of the API's services, e.g. "AgentService/Login".
std::vector<std::string> api_method_names();

/// Every unary method of the API by name. Authentication, deadline, metrics and errors happen here, once.
class MethodTable {
 public:
  struct Parts {
    const Tokens& tokens;
    process::Metrics& metrics;
    const process::Clock& clock;
    TaskThread& timer;
  };
  /// The parts must outlive the table and every call.
  explicit MethodTable(Parts parts) : parts_(parts) {}

  template <class Request, class Reply>
  void add(const std::string& name, Effect effect, Method<Request, Reply> method) {
    const bool added =
        methods_.emplace(name, std::make_unique<Typed<Request, Reply>>(effect, std::move(method))).second;
    RF_ASSERT(added);
  }
  /// Serves one gRPC call of the method, which must have been added with these types.
  template <class Request, class Reply>
  grpc::ServerUnaryReactor* serve(std::string_view name, grpc::CallbackServerContext* context, const Request* request,
                                  Reply* reply);

  /// The check that every call passes first; streams ask for it themselves.
  Result<void> admit(Audience audience, Effect effect, const grpc::ServerContextBase& context) const;
  void count(std::string_view name, Code code) const;
  /// From now on every new call that could change something is refused as unavailable.
  void drain() { draining_ = true; }
  bool draining() const { return draining_; }
  /// Whether the name was added.
  bool has(std::string_view name) const { return methods_.find(name) != methods_.end(); }

 private:
  struct Entry {
    explicit Entry(Effect e) : effect(e) {}
    virtual ~Entry() = default;
    const Effect effect;
  };
  template <class Request, class Reply>
  struct Typed final : Entry {
    Typed(Effect e, Method<Request, Reply> m) : Entry(e), method(std::move(m)) {}
    const Method<Request, Reply> method;
  };

  class Unary;
  template <class Reply>
  class Pending;

  /// When the caller stops waiting, less the time an answer needs to reach it; bounded.
  Ms patience_ms(const grpc::CallbackServerContext& context) const;

  const Parts parts_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> methods_;
  std::atomic<bool> draining_ = false;
};

/// One unary call: answered once, by whoever comes first.
class MethodTable::Unary : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<Unary> {
 public:
  Unary(const MethodTable& table, std::string_view name, grpc::CallbackServerContext& context)
      : table_(table), name_(name), context_(context) {}

  /// Holds the call until gRPC is done with it; answers it with `late` after `patience_ms`.
  void open(Ms patience_ms, Error late);
  void fail(const Error& error);

 protected:
  /// True for the first caller only.
  bool take() { return !taken_.exchange(true); }
  void end(const grpc::Status& status, Code code);

 private:
  void OnCancel() final { fail({Code::timeout, "the caller has gone"}); }
  void OnDone() final { self_.reset(); }

  const MethodTable& table_;
  const std::string_view name_;
  grpc::CallbackServerContext& context_;
  std::atomic<bool> taken_ = false;
  std::atomic<TaskThread::TaskId> alarm_ = 0;
  std::shared_ptr<Unary> self_;
};

template <class Reply>
class MethodTable::Pending final : public Unary {
 public:
  Pending(const MethodTable& table, std::string_view name, grpc::CallbackServerContext& context, Reply& reply)
      : Unary(table, name, context), reply_(reply) {}

  void answer(Result<Reply> result) {
    if (!result) return fail(result.error());
    if (!take()) return;
    reply_ = std::move(result).value();
    end(grpc::Status::OK, Code::ok);
  }

 private:
  Reply& reply_;
};

template <class Request, class Reply>
grpc::ServerUnaryReactor* MethodTable::serve(std::string_view name, grpc::CallbackServerContext* context,
                                             const Request* request, Reply* reply) {
  const auto found = methods_.find(name);
  RF_ASSERT(found != methods_.end());
  const auto* entry = dynamic_cast<const Typed<Request, Reply>*>(found->second.get());
  RF_ASSERT(entry != nullptr);
  const auto pending = std::make_shared<Pending<Reply>>(*this, found->first, *context, *reply);
  const Ms patience = patience_ms(*context);
  const Error late =
      entry->effect == Effect::changes
          ? Error{Code::unknown_outcome,
                  "no answer in time, the change may or may not come: ask again with the same command_id"}
          : Error{Code::timeout, "no answer in time: ask again"};
  pending->open(patience, late);
  if (const auto admitted = admit(Audience::clients, entry->effect, *context); !admitted) {
    pending->fail(admitted.error());
    return pending.get();
  }
  entry->method(Call{parts_.clock.mono_ms() + patience}, *request,
                [pending](Result<Reply> result) { pending->answer(std::move(result)); });
  return pending.get();
}

}  // namespace rf::node
