#include "storage/fold.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "core/account/apply.hpp"
#include "core/base/assert.hpp"
#include "core/state/index.hpp"
#include "core/state/touched.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/enums.hpp"

namespace rf::storage {

namespace {

/// Before the fact is applied.
void add(ChangedRows& changed, const core::Touched& touched, const core::Account& account) {
  const auto add_entity = [&](RowKind kind, Ulid id, bool stored) { changed.entities.try_emplace({kind, id}, stored); };
  if (touched.account) changed.account = true;
  if (const AgentId id = touched.agent; id.set())
    add_entity(RowKind::agent, id.value, core::find_agent(account, id) != nullptr);
  if (const CallId id = touched.call; id.set())
    add_entity(RowKind::call, id.value, core::find_call(account, id) != nullptr);
  if (const ReservationId id = touched.reservation; id.set())
    add_entity(RowKind::reservation, id.value, core::find_reservation(account, id) != nullptr);
  if (const QueueId id = touched.queue; id.set())
    add_entity(RowKind::queue, id.value, core::find_queue(account, id) != nullptr);
  for (const CallId id : {touched.disposition, touched.disposition_forgotten})
    if (id.set()) add_entity(RowKind::disposition, id.value, account.dispositions.contains(id));
  const auto add_text = [&](RowKind kind, const std::string& id, const auto& rows) {
    if (!id.empty()) changed.texts.try_emplace({kind, id}, rows.contains(id));
  };
  add_text(RowKind::edge, touched.edge, account.edges);
  add_text(RowKind::sticky, touched.sticky, account.sticky);
  add_text(RowKind::sticky, touched.sticky_forgotten, account.sticky);
  add_text(RowKind::place, touched.place, account.places);
  add_text(RowKind::place, touched.place_forgotten, account.places);
}

AccountRow account_row(const core::Account& account) {
  AccountRow row;
  row.settings = account.settings;
  for (const auto& [number, route] : account.numbers) row.numbers.push_back({number, route});
  row.domains.assign(account.domains.begin(), account.domains.end());
  for (const auto& [name, trunk] : account.trunks) row.trunks.push_back(trunk);
  row.day = account.day;
  row.day_end_ts = account.day_end_ts;
  row.logoff_ts = account.logoff_ts;
  row.logoff_after = account.logoff_after;
  return row;
}

std::optional<std::string> bytes_of_row(const auto* row) {
  if (row == nullptr) return std::nullopt;
  return encode_row(*row);
}
std::optional<std::string> bytes_in(const auto& rows, const auto& id) {
  const auto it = rows.find(id);
  return bytes_of_row(it == rows.end() ? nullptr : &it->second);
}

std::optional<std::string> entity_bytes(const core::Account& account, RowKind kind, Ulid id) {
  switch (kind) {
    case RowKind::agent: return bytes_of_row(core::find_agent(account, AgentId(id)));
    case RowKind::queue: return bytes_of_row(core::find_queue(account, QueueId(id)));
    case RowKind::call: return bytes_of_row(core::find_call(account, CallId(id)));
    case RowKind::reservation: return bytes_of_row(core::find_reservation(account, ReservationId(id)));
    case RowKind::disposition: return bytes_in(account.dispositions, CallId(id));
    default: RF_ASSERT(false);
  }
}

std::optional<std::string> text_bytes(const core::Account& account, RowKind kind, const std::string& id) {
  switch (kind) {
    case RowKind::edge: return bytes_in(account.edges, id);
    case RowKind::sticky: return bytes_in(account.sticky, id);
    case RowKind::place: return bytes_in(account.places, id);
    default: RF_ASSERT(false);
  }
}

std::string name_id(const core::directory::Name& name) {
  return static_cast<char>(codec::entry(name.kind).number) + name.text;
}

Error misplaced(RowKind kind) {
  return Error{Code::corrupt, "a row of kind " + std::string(name_of(kind)) + " that is not where it belongs"};
}

/// Decodes the row and puts it under its id, which must be the key's.
template <class RowType>
Result<void> take_row(auto& rows, RowKind kind, std::string_view id, std::string_view bytes, const auto& id_of) {
  Result<RowType> row = decode_row<RowType>(bytes);
  if (!row) return row.error();
  const auto key = id_of(*row);
  if (id != id_bytes(key.value)) return misplaced(kind);
  rows.emplace(key, std::move(*row));
  return {};
}
/// The same for a row whose id is a text of its own.
template <class RowType>
Result<void> take_text_row(auto& rows, RowKind kind, std::string_view id, std::string_view bytes,
                           std::string RowType::*key) {
  Result<RowType> row = decode_row<RowType>(bytes);
  if (!row) return row.error();
  if ((*row).*key != id) return misplaced(kind);
  rows.emplace(id, std::move(*row));
  return {};
}

Result<void> take_meta(std::string_view id, std::string_view bytes, MetaRow& meta) {
  Result<MetaRow> row = decode_row<MetaRow>(bytes);
  if (!row) return row.error();
  if (!id.empty()) return misplaced(RowKind::meta);
  meta = *row;
  return {};
}

}  // namespace

std::size_t ChangedRows::HashOfEntity::operator()(const Entity& entity) const {
  return std::hash<AgentId>()(AgentId(entity.second)) * 31 + static_cast<std::size_t>(entity.first);
}

void fold(core::Account& account, const AccountBatch& batch, ChangedRows& changed) {
  for (const core::Fact& fact : batch.facts) {
    // Before: a fact may erase the row that says what else it touches.
    add(changed, core::touched(fact.body, account), account);
    core::apply(account, fact);
  }
}

void fold(core::directory::Directory& directory, const DirectoryBatch& batch) {
  for (const core::directory::Fact& fact : batch.facts) core::directory::apply(directory, fact);
}

ChangedRows all_rows(const core::Account& account) {
  ChangedRows rows;
  rows.account = true;
  for (const auto& [id, agent] : account.agents) rows.entities[{RowKind::agent, id.value}] = true;
  for (const auto& [id, queue] : account.queues) rows.entities[{RowKind::queue, id.value}] = true;
  for (const auto& [id, call] : account.calls) rows.entities[{RowKind::call, id.value}] = true;
  for (const auto& [id, reservation] : account.reservations) rows.entities[{RowKind::reservation, id.value}] = true;
  for (const auto& [call, entry] : account.dispositions) rows.entities[{RowKind::disposition, call.value}] = true;
  for (const auto& [name, edge] : account.edges) rows.texts[{RowKind::edge, name}] = true;
  for (const auto& [key, entry] : account.sticky) rows.texts[{RowKind::sticky, key}] = true;
  for (const auto& [key, place] : account.places) rows.texts[{RowKind::place, key}] = true;
  return rows;
}

void write_rows(const core::Account& account, const Hash& head, const ChangedRows& changed, const RowWriter& write) {
  write(RowKind::meta, "", encode_row(MetaRow{account.seq, account.last_ts, head, core::next_deadline(account)}));
  if (changed.account) write(RowKind::account, "", encode_row(account_row(account)));
  // In the order of their keys, which is the cheapest for a store.
  std::vector<std::pair<ChangedRows::Entity, bool>> entities(changed.entities.begin(), changed.entities.end());
  std::sort(entities.begin(), entities.end());
  for (const auto& [entity, stored] : entities) {
    const auto bytes = entity_bytes(account, entity.first, entity.second);
    if (bytes || stored) write(entity.first, id_bytes(entity.second), bytes);
  }
  for (const auto& [row, stored] : changed.texts) {
    const auto bytes = text_bytes(account, row.first, row.second);
    if (bytes || stored) write(row.first, row.second, bytes);
  }
}

void write_rows(const core::directory::Directory& directory, const DirectoryBatch& batch, const Hash& head,
                const RowWriter& write) {
  write(RowKind::meta, "", encode_row(MetaRow{directory.seq, batch.facts.back().ts, head, never_ms}));
  for (const core::directory::Fact& fact : batch.facts) {
    const core::directory::Name& name = std::visit(
        [](const auto& body) -> const auto& { return body.name; }, fact.body);
    const auto held = directory.names.find(name);
    write(RowKind::name, name_id(name),
          held == directory.names.end()
              ? std::nullopt
              : std::optional<std::string>(encode_row(core::directory::Claimed{held->first, held->second})));
  }
}

void write_rows(const core::directory::Directory& directory, Ms last_ts, const Hash& head, const RowWriter& write) {
  write(RowKind::meta, "", encode_row(MetaRow{directory.seq, last_ts, head, never_ms}));
  for (const auto& [name, claim] : directory.names)
    write(RowKind::name, name_id(name), encode_row(core::directory::Claimed{name, claim}));
}

Result<void> LoadedAccount::take(RowKind kind, std::string_view id, std::string_view bytes) {
  switch (kind) {
    case RowKind::meta: {
      MetaRow meta;
      if (auto taken = take_meta(id, bytes, meta); !taken) return taken;
      account.seq = meta.seq;
      account.last_ts = meta.last_ts;
      head = meta.hash;
      has_meta = true;
      return {};
    }
    case RowKind::account: {
      Result<AccountRow> row = decode_row<AccountRow>(bytes);
      if (!row) return row.error();
      account.settings = row->settings;
      for (const auto& entry : row->numbers) account.numbers[entry.number] = entry.route;
      account.domains.insert(row->domains.begin(), row->domains.end());
      for (const auto& trunk : row->trunks) account.trunks[trunk.name] = trunk;
      account.day = row->day;
      account.day_end_ts = row->day_end_ts;
      account.logoff_ts = row->logoff_ts;
      account.logoff_after = row->logoff_after;
      return {};
    }
    case RowKind::agent:
      return take_row<core::Agent>(account.agents, kind, id, bytes, [](const core::Agent& row) { return row.id; });
    case RowKind::queue:
      return take_row<core::Queue>(account.queues, kind, id, bytes, [](const core::Queue& row) { return row.id; });
    case RowKind::call:
      return take_row<core::Call>(account.calls, kind, id, bytes, [](const core::Call& row) { return row.id; });
    case RowKind::reservation:
      return take_row<core::Reservation>(account.reservations, kind, id, bytes,
                                         [](const core::Reservation& row) { return row.offer.reservation; });
    case RowKind::disposition:
      return take_row<core::DispositionEntry>(account.dispositions, kind, id, bytes,
                                              [](const core::DispositionEntry& row) { return row.call; });
    case RowKind::edge: return take_text_row(account.edges, kind, id, bytes, &core::Edge::name);
    case RowKind::sticky: return take_text_row(account.sticky, kind, id, bytes, &core::StickyEntry::key);
    case RowKind::place: return take_text_row(account.places, kind, id, bytes, &core::KeptPlace::key);
    case RowKind::secret: {
      Result<SealedSecret> row = decode_row<SealedSecret>(bytes);
      if (!row) return row.error();
      if (row->name != id) return misplaced(kind);
      return {};
    }
    case RowKind::name: break;
  }
  return misplaced(kind);
}

Result<void> LoadedAccount::finish() {
  if (!has_meta) return Error{Code::corrupt, "rows of an account without its meta row"};
  core::rebuild_index(account);
  return {};
}

Result<void> LoadedDirectory::take(RowKind kind, std::string_view id, std::string_view bytes) {
  if (kind == RowKind::meta) {
    MetaRow meta;
    if (auto taken = take_meta(id, bytes, meta); !taken) return taken;
    directory.seq = meta.seq;
    head = meta.hash;
    has_meta = true;
    return {};
  }
  if (kind != RowKind::name) return misplaced(kind);
  Result<core::directory::Claimed> row = decode_row<core::directory::Claimed>(bytes);
  if (!row) return row.error();
  if (name_id(row->name) != id) return misplaced(kind);
  directory.names[row->name] = row->claim;
  return {};
}

}  // namespace rf::storage
