#include "node/grpc/call_methods.hpp"

#include <algorithm>
#include <map>

#include "core/base/limits.hpp"
#include "node/api/convert.hpp"
#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

namespace {

namespace command = core::command;

/// Waiting calls in the order in which they are served.
std::vector<core::Place> places_of(const core::Account& account, QueueId queue) {
  std::vector<core::Place> places;
  const auto classes = account.index.waiting.find(queue);
  if (classes == account.index.waiting.end()) return places;
  for (const auto& [edge, waiting] : classes->second) places.insert(places.end(), waiting.begin(), waiting.end());
  std::sort(places.begin(), places.end());
  return places;
}

Result<void> check_caller(const api::EnqueueRequest& request) {
  for (const auto& [field, text] : {std::pair("number", &request.number()), std::pair("caller", &request.caller()),
                                    std::pair("caller_name", &request.caller_name())}) {
    if (const auto checked = check_text(field, *text, limits::text_bytes_max); !checked) return checked;
  }
  return {};
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
    for (const core::Place& place : places_of(a, *queue))
      *reply.add_waiting() = to_api(a, *core::find_call(a, place.call));
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
    for (const core::Call* call : calls) *reply.add_calls() = to_api(a, *call);
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
    *reply.mutable_call() = to_api(a, *call);
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
      if (const core::Call* call = core::find_call(a, CallId(done->reply.id))) *reply.mutable_call() = to_api(a, *call);
    }));
  };
}

void CallMethods::enqueue(const Call& call, const api::EnqueueRequest& request,
                          const Answer<api::CallReply>& answer) const {
  const auto plan = [&](const core::Account& account, CommandId command) -> Result<Planned> {
    const auto queue = find_queue(account, request.queue());
    if (!queue) return queue.error();
    if (const auto checked = check_caller(request); !checked) return checked.error();
    CallId id(command.value);
    if (!request.call().empty()) {
      const auto given = id_of<CallTag>("call", request.call());
      if (!given) return given.error();
      id = *given;
    }
    return Planned{
        command::Enqueue{id, *queue, request.number(), request.caller(), request.caller_name(), request.priority()},
        {},
        {},
        false};
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
