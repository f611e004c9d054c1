#include "node/grpc/call_methods.hpp"

#include <algorithm>
#include <map>

#include "node/api/convert.hpp"
#include "node/api/definitions.hpp"
#include "node/api/door.hpp"
#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace command = core::command;

/// Makes the command for a call that waits in the queue or for the agent that the request names.
Result<command::Enqueue> enqueue_of(const api::EnqueueRequest& request, const core::Account& account, CallId id) {
  Door door;
  command::Enqueue out;
  out.call = id;
  if (!request.queue().empty() || request.agent().empty()) door.take(find_queue(account, request.queue()), out.queue);
  if (!request.agent().empty()) door.take(find_agent(account, request.agent()), out.agent);
  door.text("number", request.number(), out.number);
  door.text("caller", request.caller(), out.caller);
  door.text("caller_name", request.caller_name(), out.caller_name);
  out.priority = request.priority();
  door.text("customer", request.customer(), out.customer);
  out.score_ms = request.score_ms();
  door.take(skills_of("required", request.required()), out.required);
  door.take(skills_of("preferred", request.preferred()), out.preferred);
  door.take(attributes_of(request.attributes()), out.attributes);
  if (request.has_wrapup_ms()) out.wrapup_ms = request.wrapup_ms();
  return door.end(std::move(out));
}

}  // namespace

void CallMethods::add_to(MethodTable& table) {
  table.add<api::ListQueuesRequest, api::ListQueuesReply>(
      "QueueService/ListQueues", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { list_queues(q, answer); });
  table.add<api::GetQueueRequest, api::GetQueueReply>(
      "QueueService/GetQueue", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { get_queue(q, answer); });
  table.add<api::ListCallsRequest, api::ListCallsReply>(
      "CallService/ListCalls", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { list_calls(q, answer); });
  table.add<api::GetCallRequest, api::CallReply>(
      "CallService/GetCall", Effect::reads,
      [this](const Call&, const auto& q, const auto& answer) { get_call(q, answer); });
  table.add<api::EnqueueRequest, api::CallReply>(
      "CallService/Enqueue", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { enqueue(call, q, answer); });
  table.add<api::AcceptOfferRequest, api::CallReply>(
      "CallService/AcceptOffer", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { accept(call, q, answer); });
  table.add<api::RejectOfferRequest, api::CallReply>(
      "CallService/RejectOffer", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { reject(call, q, answer); });
  table.add<api::PressKeyRequest, api::CallReply>(
      "CallService/PressKey", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { press_key(call, q, answer); });
  table.add<api::RequestCallbackRequest, api::CallReply>(
      "CallService/RequestCallback", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { request_callback(call, q, answer); });
  table.add<api::SetDispositionRequest, api::SetDispositionReply>(
      "CallService/SetDisposition", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { set_disposition(call, q, answer); });
  table.add<api::CompleteCallRequest, api::CompleteCallReply>(
      "CallService/CompleteCall", Effect::changes,
      [this](const Call& call, const auto& q, const auto& answer) { complete(call, q, answer); });
}

void CallMethods::list_queues(const api::ListQueuesRequest& request, const Answer<api::ListQueuesReply>& answer) const {
  api::ListQueuesReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const std::map<std::string, QueueId> by_key(a.index.queue_by_key.begin(), a.index.queue_by_key.end());
    for (const auto& [key, id] : by_key) *reply.add_queues() = to_api(a, *core::find_queue(a, id));
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

void CallMethods::get_queue(const api::GetQueueRequest& request, const Answer<api::GetQueueReply>& answer) const {
  api::GetQueueReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const auto queue = find_queue(a, request.queue());
    if (!queue) return queue.error();
    *reply.mutable_queue() = to_api(a, *core::find_queue(a, *queue));
    std::size_t n = 0;
    for (const core::Place& place : places_of(a, *queue)) {
      api::Call& waiting = *reply.add_waiting();
      waiting = to_api(a, *core::find_call(a, place.call));
      set_place(a, n++, waiting);
    }
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

void CallMethods::list_calls(const api::ListCallsRequest& request, const Answer<api::ListCallsReply>& answer) const {
  api::ListCallsReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    std::vector<const core::Call*> calls;
    for (const auto& [id, call] : a.calls) calls.push_back(&call);
    std::sort(calls.begin(), calls.end(), [](const core::Call* x, const core::Call* y) { return x->seq < y->seq; });
    std::map<CallId, std::size_t> places;
    std::map<QueueId, std::vector<core::Place>> waiting;
    for (const core::Call* call : calls)
      if (call->state == core::CallState::waiting && call->queue.set())
        waiting[call->queue].push_back(core::place_of(*call));
    for (auto& [queue, line] : waiting) {
      std::sort(line.begin(), line.end());
      for (std::size_t n = 0; n < line.size(); ++n) places[line[n].call] = n;
    }
    for (const core::Call* call : calls) {
      api::Call& added = *reply.add_calls();
      added = to_api(a, *call);
      if (const auto place = places.find(call->id); place != places.end()) set_place(a, place->second, added);
    }
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

void CallMethods::get_call(const api::GetCallRequest& request, const Answer<api::CallReply>& answer) const {
  const auto id = id_of<CallTag>("call", request.call());
  if (!id) return answer(id.error());
  api::CallReply reply;
  const auto read = backend_.read(request.account(), [&](const core::Account& a) -> Result<void> {
    const core::Call* call = core::find_call(a, *id);
    if (call == nullptr)
      return Error{Code::not_found,
                   "there is no live call " + id->text() + ": check the id, or ask ReportService for ended ones"};
    *reply.mutable_call() = placed(a, *call);
    *reply.mutable_mark() = backend_.mark(a);
    return {};
  });
  if (!read) return answer(read.error());
  answer(std::move(reply));
}

Backend::OnDone CallMethods::with_call(const Answer<api::CallReply>& answer) const {
  return [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.reply_with<api::CallReply>(done->account, [&](const core::Account& a, api::CallReply& reply) {
      if (const core::Call* call = core::find_call(a, CallId(done->reply.id))) *reply.mutable_call() = placed(a, *call);
    }));
  };
}

void CallMethods::enqueue(const Call& call, const api::EnqueueRequest& request,
                          const Answer<api::CallReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId command) -> Result<Planned> {
    CallId id(command.value);
    if (!request.call().empty()) {
      const auto given = id_of<CallTag>("call", request.call());
      if (!given) return given.error();
      id = *given;
    }
    auto made = enqueue_of(request, account, id);
    if (!made) return made.error();
    return Planned{std::move(made).value(), {}, {}, false};
  };
  backend_.change(call, request.account(), request.command_id(), plan, with_call(answer));
}

void CallMethods::accept(const Call& call, const api::AcceptOfferRequest& request,
                         const Answer<api::CallReply>& answer) const {
  const auto plan = [&](const core::Account&, CommandId) -> Result<Planned> {
    const auto reservation = id_of<ReservationTag>("reservation", request.reservation());
    if (!reservation) return reservation.error();
    return Planned{command::AcceptOffer{*reservation}, {}, {}, false};
  };
  backend_.change(call, request.account(), request.command_id(), plan, with_call(answer));
}

void CallMethods::reject(const Call& call, const api::RejectOfferRequest& request,
                         const Answer<api::CallReply>& answer) const {
  const auto plan = [&](const core::Account&, CommandId) -> Result<Planned> {
    const auto reservation = id_of<ReservationTag>("reservation", request.reservation());
    if (!reservation) return reservation.error();
    const auto cause = cause_of(request.cause(), link::CloseCause::rejected);
    if (!cause) return cause.error();
    return Planned{command::RejectOffer{*reservation, *cause}, {}, {}, false};
  };
  backend_.change(call, request.account(), request.command_id(), plan, with_call(answer));
}

void CallMethods::press_key(const Call& call, const api::PressKeyRequest& request,
                            const Answer<api::CallReply>& answer) const {
  const auto plan = [&](const core::Account&, CommandId) -> Result<Planned> {
    Door door;
    command::PressKey press;
    door.take(id_of<CallTag>("call", request.call()), press.call);
    door.text("key", request.key(), press.key);
    return door.end(Planned{std::move(press), {}, {}, false});
  };
  backend_.change(call, request.account(), request.command_id(), plan, with_call(answer));
}

void CallMethods::request_callback(const Call& call, const api::RequestCallbackRequest& request,
                                   const Answer<api::CallReply>& answer) const {
  const auto plan = [&](const core::Account&, CommandId) -> Result<Planned> {
    Door door;
    command::RequestCallback callback;
    door.take(id_of<CallTag>("call", request.call()), callback.call);
    if (!request.number().empty()) door.also(check_user_part("number", request.number()));
    callback.number = request.number();
    return door.end(Planned{std::move(callback), {}, {}, false});
  };
  backend_.change(call, request.account(), request.command_id(), plan, with_call(answer));
}

void CallMethods::set_disposition(const Call& call, const api::SetDispositionRequest& request,
                                  const Answer<api::SetDispositionReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId) -> Result<Planned> {
    Door door;
    command::SetDisposition set;
    door.take(id_of<CallTag>("call", request.call()), set.call);
    door.take(find_agent(account, request.agent()), set.agent);
    door.take(disposition_of(request.disposition()), set.disposition);
    return door.end(Planned{std::move(set), {}, {}, false});
  };
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.reply_with<api::SetDispositionReply>(
        done->account, [&](const core::Account& a, api::SetDispositionReply& reply) {
          const auto entry = a.dispositions.find(CallId(done->reply.id));
          if (entry != a.dispositions.end()) reply.set_version(entry->second.version);
        }));
  });
}

void CallMethods::complete(const Call& call, const api::CompleteCallRequest& request,
                           const Answer<api::CompleteCallReply>& answer) const {
  const auto plan = [&](const core::Account&, CommandId) -> Result<Planned> {
    const auto id = id_of<CallTag>("call", request.call());
    if (!id) return id.error();
    return Planned{command::CompleteCall{*id}, {}, {}, false};
  };
  backend_.change(call, request.account(), request.command_id(), plan, [this, answer](const Result<Done>& done) {
    if (!done) return answer(done.error());
    answer(backend_.reply_with<api::CompleteCallReply>(done->account,
                                                       [](const core::Account&, api::CompleteCallReply&) {}));
  });
}

}  // namespace rf::node
