#pragma once
#include <cstdint>
#include <memory>

#include <caf/all.hpp>

#include "actors/work.hpp"
#include "core/queue/rank.hpp"

/// The actors' messages and interfaces. They stay inside one process: CAF has no way to serialise any of them.
namespace rf::actors {

/// To a presence actor: something asked of its account.
struct Ask {
  std::shared_ptr<Work> work;
};
/// The barrier before the account is loaded was passed, or not.
struct Built {
  Error error;
};
/// The barrier before a sync was passed.
struct SyncDue {
  std::shared_ptr<Work> work;
};
/// The oldest batch in flight is durable, or failed.
struct Finished {
  Error error;
};
/// The timer for a Tick at `at_ts`.
struct TimerDue {
  Ms at_ts = 0;
};
/// The role is lost, or the node stops: end now.
struct Depose {};

/// To a queue actor: rank, or look whether anybody still asks.
struct RankAsk {
  core::RankRequest request;
};
struct IdleCheck {};

/// To the account index: an account has work and no actor.
struct Build {
  AccountId account;
};
struct RoleChanged {
  std::uint32_t shard = 0;
};
/// An answer to be given on an actor thread.
struct Late {
  std::shared_ptr<Answer> answer;
};
struct StopAll {};

using PresenceActor = caf::typed_actor<caf::reacts_to<Ask>, caf::reacts_to<Built>, caf::reacts_to<SyncDue>,
                                       caf::reacts_to<Finished>, caf::reacts_to<TimerDue>, caf::reacts_to<Depose>>;
using QueueActor = caf::typed_actor<caf::replies_to<RankAsk>::with<core::Ranked>, caf::reacts_to<IdleCheck>>;
using IndexActor =
    caf::typed_actor<caf::reacts_to<Build>, caf::reacts_to<RoleChanged>, caf::reacts_to<Late>, caf::reacts_to<StopAll>>;

}  // namespace rf::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::Ask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::Built)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::SyncDue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::Finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::TimerDue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::Depose)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::RankAsk)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::IdleCheck)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::Build)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::RoleChanged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::Late)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::actors::StopAll)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rf::core::Ranked)
