#include "storage/errors.hpp"

#include "core/base/limits.hpp"

namespace rf::storage {

namespace {

std::size_t facts_of(const Batch& batch) {
  return std::visit([](const auto& b) { return b.facts.size(); }, batch);
}

}  // namespace

Result<void> check_batch(const Batch& batch, std::uint32_t shard, std::size_t bytes) {
  if (const auto* account = std::get_if<AccountBatch>(&batch)) {
    RF_ASSERT(shard == shard_of(account->account));
  } else {
    RF_ASSERT(shard == limits::directory_shard);
  }
  if (facts_of(batch) == 0) return Error{Code::invalid_argument, "a batch without facts is not written: leave it out"};
  if (facts_of(batch) > limits::import_facts_max || bytes > limits::import_bytes_max)
    return Error{Code::invalid_argument,
                 "a batch of " + std::to_string(facts_of(batch)) + " facts and " + std::to_string(bytes) +
                     " bytes is too large: send it in parts of at most " + std::to_string(limits::import_facts_max) +
                     " facts and " + std::to_string(limits::import_bytes_max) + " bytes"};
  return {};
}

Error not_leader(std::uint32_t shard, std::uint64_t term) {
  return Error{Code::not_owner, "this node does not lead shard " + std::to_string(shard) + " in term " +
                                    std::to_string(term) + ": ask its leader"};
}

Error not_next_seq(std::string_view machine, std::uint64_t first_seq, std::uint64_t next_seq) {
  return Error{Code::failed_precondition, "the batch begins at seq " + std::to_string(first_seq) + " and the next of " +
                                              std::string(machine) + " is " + std::to_string(next_seq) +
                                              ": load its state again"};
}

Error stopped() { return Error{Code::unavailable, "the journal is stopped: restart the node"}; }

std::uint64_t first_seq_of(const Batch& batch) {
  return std::visit([](const auto& b) { return b.facts.empty() ? 0 : b.facts.front().seq; }, batch);
}
std::uint64_t last_seq_of(const Batch& batch) {
  return std::visit([](const auto& b) { return b.facts.empty() ? 0 : b.facts.back().seq; }, batch);
}

}  // namespace rf::storage
