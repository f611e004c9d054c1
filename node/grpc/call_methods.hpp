#pragma once
#include "node/grpc/backend.hpp"
#include "ringfence/v1/call.pb.h"
#include "ringfence/v1/queue.pb.h"

namespace rf::node {

/// QueueService and CallService.
class CallMethods {
 public:
  /// `backend` must outlive the methods.
  explicit CallMethods(const Backend& backend) : backend_(backend) {}
  void add_to(MethodTable& table);

 private:
  void list_queues(const api::ListQueuesRequest& request, const Answer<api::ListQueuesReply>& answer) const;
  void get_queue(const api::GetQueueRequest& request, const Answer<api::GetQueueReply>& answer) const;
  void list_calls(const api::ListCallsRequest& request, const Answer<api::ListCallsReply>& answer) const;
  void get_call(const api::GetCallRequest& request, const Answer<api::CallReply>& answer) const;
  void enqueue(const Call& call, const api::EnqueueRequest& request, const Answer<api::CallReply>& answer) const;
  void accept(const Call& call, const api::AcceptOfferRequest& request, const Answer<api::CallReply>& answer) const;
  void reject(const Call& call, const api::RejectOfferRequest& request, const Answer<api::CallReply>& answer) const;
  void complete(const Call& call, const api::CompleteCallRequest& request,
                const Answer<api::CompleteCallReply>& answer) const;
  void press_key(const Call& call, const api::PressKeyRequest& request, const Answer<api::CallReply>& answer) const;
  void request_callback(const Call& call, const api::RequestCallbackRequest& request,
                        const Answer<api::CallReply>& answer) const;
  void set_disposition(const Call& call, const api::SetDispositionRequest& request,
                       const Answer<api::SetDispositionReply>& answer) const;
  /// Answers with the call that the reply names.
  Backend::OnDone with_call(const Answer<api::CallReply>& answer) const;

  const Backend& backend_;
};

}  // namespace rf::node
