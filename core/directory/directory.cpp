#include "core/directory/directory.hpp"

namespace rf::core::directory {

std::string_view name_of(NameKind kind) {
  switch (kind) {
    case NameKind::account: return "account key";
    case NameKind::sip_domain: return "SIP domain";
    case NameKind::number: return "number";
    case NameKind::trunk: return "trunk address";
    case NameKind::edge: return "edge name";
  }
  return "name";
}

namespace {

Decision refuse(Code code, std::string what) {
  Decision decision;
  decision.reply.code = code;
  decision.reply.what = std::move(what);
  return decision;
}

Decision decide(const Directory& directory, const ClaimNames& command, std::int64_t ts) {
  Decision decision;
  for (const Name& name : command.names) {
    if (name.text.empty())
      return refuse(Code::invalid_argument,
                    "an empty " + std::string(name_of(name.kind)) + " cannot be claimed: give it a text");
    const auto held = directory.names.find(name);
    if (held == directory.names.end()) {
      const std::uint64_t seq = directory.seq + decision.facts.size() + 1;
      decision.facts.push_back(Fact{seq, ts, Claimed{name, Claim{command.account, command.command}}});
    } else if (held->second.account != command.account) {
      return refuse(Code::already_exists, "the " + std::string(name_of(name.kind)) + " \"" + name.text +
                                              "\" is already in use by another account: choose another");
    }
  }
  decision.reply.seq = directory.seq + decision.facts.size();
  return decision;
}

Decision decide(const Directory& directory, const ReleaseNames& command, std::int64_t ts) {
  Decision decision;
  for (const Name& name : command.names) {
    const auto held = directory.names.find(name);
    if (held == directory.names.end() || held->second.account != command.account) continue;
    const std::uint64_t seq = directory.seq + decision.facts.size() + 1;
    decision.facts.push_back(Fact{seq, ts, Released{name}});
  }
  decision.reply.seq = directory.seq + decision.facts.size();
  return decision;
}

}  // namespace

Decision decide(const Directory& directory, const Command& command, std::int64_t ts) {
  return std::visit([&](const auto& c) { return decide(directory, c, ts); }, command);
}

void apply(Directory& directory, const Fact& fact) {
  RF_ASSERT(fact.seq == directory.seq + 1);
  directory.seq = fact.seq;
  if (const auto* claimed = std::get_if<Claimed>(&fact.body)) {
    directory.names[claimed->name] = claimed->claim;
  } else {
    directory.names.erase(std::get<Released>(fact.body).name);
  }
}

}  // namespace rf::core::directory
