#include "process/toml.hpp"
#include "ringfence/v1/account.grpc.pb.h"
#include "tools/ringfencectl/commands.hpp"
#include "tools/ringfencectl/printing.hpp"
#include "tools/ringfencectl/table.hpp"
#include "tools/ringfencectl/words.hpp"

namespace rf::ctl {

namespace {

using Accounts = api::AccountService;

std::string text_of(const api::Account& account) {
  Table table({{"ACCOUNT"}, {"ID"}, {"AGENTS", Align::right}, {"QUEUES", Align::right}, {"CALLS", Align::right}});
  table.row({account.settings().key(), account.id(), std::to_string(account.agents()), std::to_string(account.queues()),
             std::to_string(account.calls())});
  return table.text();
}

Result<int> import_account(const Invocation& asked, Session& session) {
  const auto text = process::read_toml_file(asked.operand(0));
  if (!text) return text.error();
  api::ImportAccountRequest request;
  request.set_command_id(asked.flag("command-id", ""));
  request.set_toml(*text);
  const auto reply = session.call<Accounts>(&Accounts::Stub::ImportAccount, request);
  if (!reply) return Error{reply.error().code, asked.operand(0) + ": " + reply.error().what};
  if (printed_as_json(asked, *reply)) return 0;
  print(text_of(reply->account()));
  if (reply->passwords_size() == 0) return 0;
  Table table({{"AGENT"}, {"USERNAME"}, {"PASSWORD (shown only now)"}});
  for (const api::GeneratedPassword& made : reply->passwords())
    table.row({made.agent_key(), made.username(), made.password()});
  print("\n" + table.text());
  return 0;
}

Result<int> list_accounts(const Invocation& asked, Session& session) {
  const auto reply = session.call<Accounts>(&Accounts::Stub::ListAccounts, api::ListAccountsRequest());
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  Table table({{"ACCOUNT"}, {"ID"}});
  for (const api::AccountName& name : reply->accounts()) table.row({name.key(), name.id()});
  print(table.text());
  return 0;
}

Result<int> show_account(const Invocation& asked, Session& session) {
  const auto account = session.account();
  if (!account) return account.error();
  api::ExportAccountRequest request;
  request.set_account(*account);
  const auto reply = session.call<Accounts>(&Accounts::Stub::ExportAccount, request);
  if (!reply) return reply.error();
  if (printed_as_json(asked, *reply)) return 0;
  print("# " + reply->definition().id() + " at seq " + std::to_string(reply->mark().seq()) +
        ": without credentials, and without what is live\n" + reply->toml());
  return 0;
}

}  // namespace

std::vector<Command> account_commands() {
  return {
      {{"account import",
        "FILE",
        "creates or changes a whole account from a TOML file, all or nothing",
        {command_id_flag()}},
       import_account},
      {{"account list", "", "every account of the node", {}}, list_accounts},
      {{"account show", "", "the account as a TOML file that can be imported again", {}}, show_account},
  };
}

}  // namespace rf::ctl
