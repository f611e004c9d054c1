#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/output_gate.hpp"
#include "actors/port.hpp"
#include "actors/work.hpp"
#include "core/account/sequencer.hpp"

namespace rf::actors {

/// Called on the journal's thread when the oldest proposed batch is durable or has failed.
using OnFinished = std::function<void(const Error&)>;

/// One account's turns on their way from decided to durable: proposes their facts, keeps what they let out behind the gate,
/// knows the command ids in flight (R24). Belongs to one presence actor.
class CommitLine {
 public:
  /// `options` names the ports; `fence` says under which shard and term the account is led.
  CommitLine(AccountId account, Fence fence, std::shared_ptr<const Options> options, OnFinished on_finished);

  /// The reply of a command that is in flight or was durable within the last 24 h; its error if the rows cannot be read.
  std::optional<core::Reply> known_reply(CommandId id) const;
  /// Lets a reply out behind the facts in flight.
  void answer(Work& work, core::Reply reply);
  /// Lets a turn out once its facts and all before them are durable.
  void finish(Work& work, core::TurnResult result);
  /// Lets the full set of orders out behind the facts it was computed from.
  void sync(const EdgeName& edge, link::Sync orders);

  /// The oldest proposed batch is durable.
  void committed();
  /// It failed: everything held is answered with the error, and no order leaves. Nothing may be added any more.
  void fail(const Error& error);

  std::size_t depth() const { return gate_.depth(); }

 private:
  void hold(Output output, OutputGate::Facts facts);
  void let_out(std::vector<Output> outputs);

  AccountId account_;
  Fence fence_;
  std::shared_ptr<const Options> options_;
  OnFinished on_finished_;
  OutputGate gate_;
  std::unordered_map<CommandId, core::Reply> in_flight_;
};

}  // namespace rf::actors
