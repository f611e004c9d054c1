#include "node/grpc/backend.hpp"

#include <optional>
#include <utility>

#include "node/lookup.hpp"
#include "node/validate.hpp"

namespace rf::node {

Result<AccountId> Backend::read(const std::string& id_or_key,
                                const std::function<Result<void>(const core::Account&)>& read_rows) const {
  const auto account = find_account(parts_.directory, id_or_key);
  if (!account) return account.error();
  if (const auto done = read(*account, read_rows); !done) return done.error();
  return *account;
}

Result<void> Backend::read(AccountId account,
                           const std::function<Result<void>(const core::Account&)>& read_rows) const {
  Result<void> result;
  const auto read = parts_.journal.read(account, [&](const core::Account& a) { result = read_rows(a); });
  return read ? result : read;
}

api::ReadMark Backend::mark(const core::Account& account) const {
  api::ReadMark mark;
  mark.set_term(parts_.roles.term(storage::shard_of(account.id)));
  mark.set_seq(account.seq);
  return mark;
}

void Backend::change(const Call& call, const std::string& account_text, const std::string& command_text,
                     const Plan& plan, OnDone done) const {
  const auto command = command_id_of(command_text, parts_.ids);
  if (!command) return done(command.error());
  const auto account = read(account_text, [](const core::Account&) { return Result<void>(); });
  if (!account) return done(account.error());
  change(call, *account, *command, plan, std::move(done));
}

void Backend::change(const Call& call, AccountId account, CommandId command, const Plan& plan, OnDone done) const {
  std::optional<Result<Planned>> planned;
  const auto read = parts_.journal.read(account, [&](const core::Account& a) { planned = plan(a, command); });
  if (!read && read.error().code != Code::not_found) return done(read.error());
  if (!read) {
    core::Account empty;
    empty.id = account;
    planned = plan(empty, command);
  }
  if (!*planned) {
    const auto stored = parts_.journal.find_result(account, command);
    if (stored && stored->has_value() && (*stored)->ok()) return done(Done{account, command, **stored});
    return done(planned->error());
  }
  Planned& ready = planned->value();
  Change change{account, command, std::move(ready.command), std::move(ready.secrets), call.deadline_mono_ms};
  auto on_reply = [account, command, done = std::move(done)](const core::Reply& reply) {
    if (!reply.ok()) return done(Error{reply.code, reply.what});
    done(Done{account, command, reply});
  };
  if (!ready.names_change) return parts_.router.submit(std::move(change), std::move(on_reply));
  parts_.named.submit(NamedChange{std::move(change), std::move(ready.names)}, std::move(on_reply));
}

}  // namespace rf::node
