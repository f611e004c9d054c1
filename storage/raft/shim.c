#include "storage/raft/shim.h"

#include <raft.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if RAFT_VERSION_NUMBER < 2200
#error "libraft before 0.22 can lose committed entries: run tools/setup --with cluster"
#endif

struct rf_raft {
  struct raft raft;
  /* Of an INSTALL that libraft took, until it is on disk. */
  struct raft_snapshot_metadata installing;
  bool is_installing;
  struct raft_entry* entries;
  unsigned entries_cap;
  rf_raft_message* messages;
  unsigned messages_cap;
};

/* libraft wants an address of every server: no two alike, never used. */
static void address_of(uint64_t id, char* into, size_t size) { snprintf(into, size, "%llu", (unsigned long long)id); }

/* libraft frees the batch of entries that it does not want, and hands back that of those to be stored. */
static char never_freed;

static int copy_members(const rf_raft_member* members, unsigned n, struct raft_configuration* into) {
  raft_configuration_init(into);
  for (unsigned i = 0; i < n; ++i) {
    char address[32];
    address_of(members[i].id, address, sizeof address);
    const int rv = raft_configuration_add(into, members[i].id, address, members[i].role);
    if (rv != 0) {
      raft_configuration_close(into);
      raft_configuration_init(into);
      return rv;
    }
  }
  return 0;
}

static int copy_snapshot(const rf_raft_snapshot* snapshot, struct raft_snapshot_metadata* into) {
  memset(into, 0, sizeof *into);
  into->index = snapshot->index;
  into->term = snapshot->term;
  into->configuration_index = snapshot->members_index;
  return copy_members(snapshot->members, snapshot->n_members, &into->configuration);
}

static void free_changes(struct raft_entry* entries, unsigned n) {
  for (unsigned i = 0; i < n; ++i) raft_free(entries[i].buf.base);
}

/* Fills raft->entries. The members of changes are encoded for libraft to decode during the step: free_changes afterwards. */
static int copy_entries(rf_raft* raft, const rf_raft_entry* entries, unsigned n, void* batch) {
  if (n == 0) return 0;
  if (n > raft->entries_cap) {
    struct raft_entry* bigger = realloc(raft->entries, n * sizeof *bigger);
    if (bigger == NULL) return RAFT_NOMEM;
    raft->entries = bigger;
    raft->entries_cap = n;
  }
  memset(raft->entries, 0, n * sizeof *raft->entries);
  for (unsigned i = 0; i < n; ++i) {
    struct raft_entry* entry = &raft->entries[i];
    entry->term = entries[i].term;
    entry->type = (enum raft_entry_type)entries[i].kind;
    entry->batch = batch;
    if (entries[i].kind != RF_RAFT_CHANGE) continue;
    struct raft_configuration members;
    int rv = copy_members(entries[i].members, entries[i].n_members, &members);
    if (rv == 0) {
      rv = raft_configuration_encode(&members, &entry->buf);
      raft_configuration_close(&members);
    }
    if (rv != 0) {
      free_changes(raft->entries, i);
      return rv;
    }
  }
  return 0;
}

const char* rf_raft_error(int error) { return raft_strerror(error); }

rf_raft* rf_raft_new(uint64_t id, unsigned seed, const rf_raft_options* options) {
  rf_raft* raft = calloc(1, sizeof *raft);
  if (raft == NULL) return NULL;
  char address[32];
  address_of(id, address, sizeof address);
  if (raft_init(&raft->raft, NULL, NULL, id, address) != 0) {
    free(raft);
    return NULL;
  }
  raft_seed(&raft->raft, seed);
  raft_set_pre_vote(&raft->raft, true);
  raft_set_election_timeout(&raft->raft, options->election_timeout_ms);
  raft_set_heartbeat_timeout(&raft->raft, options->heartbeat_ms);
  raft_set_install_snapshot_timeout(&raft->raft, options->install_timeout_ms);
  raft_set_max_inflight_entries(&raft->raft, options->inflight_entries_max);
  raft_set_max_catch_up_round_duration(&raft->raft, 10 * options->election_timeout_ms);
  return raft;
}

void rf_raft_free(rf_raft* raft) {
  if (raft == NULL) return;
  raft_close(&raft->raft, NULL);
  if (raft->is_installing) raft_configuration_close(&raft->installing.configuration);
  free(raft->entries);
  free(raft->messages);
  free(raft);
}

static void take_message(const struct raft_message* from, bool stale, rf_raft_message* into) {
  memset(into, 0, sizeof *into);
  into->type = (int)from->type;
  into->peer = from->server_id;
  switch (from->type) {
    case RAFT_APPEND_ENTRIES:
      into->term = from->append_entries.term;
      into->index = from->append_entries.prev_log_index;
      into->index_term = from->append_entries.prev_log_term;
      into->commit = from->append_entries.leader_commit;
      into->n_entries = from->append_entries.n_entries;
      break;
    case RAFT_APPEND_ENTRIES_RESULT:
      into->term = from->append_entries_result.term;
      into->rejected = from->append_entries_result.rejected;
      /* An answer to a leader of the past leaves it unset. */
      into->index = stale ? 0 : from->append_entries_result.last_log_index;
      break;
    case RAFT_REQUEST_VOTE:
      into->term = from->request_vote.term;
      into->index = from->request_vote.last_log_index;
      into->index_term = from->request_vote.last_log_term;
      into->disrupt_leader = from->request_vote.disrupt_leader;
      into->pre_vote = from->request_vote.pre_vote;
      break;
    case RAFT_REQUEST_VOTE_RESULT:
      into->term = from->request_vote_result.term;
      into->granted = from->request_vote_result.vote_granted;
      into->pre_vote = from->request_vote_result.pre_vote;
      break;
    case RAFT_INSTALL_SNAPSHOT:
      into->term = from->install_snapshot.term;
      into->index = from->install_snapshot.last_index;
      into->index_term = from->install_snapshot.last_term;
      into->members_index = from->install_snapshot.conf_index;
      break;
    case RAFT_TIMEOUT_NOW:
      into->term = from->timeout_now.term;
      into->index = from->timeout_now.last_log_index;
      into->index_term = from->timeout_now.last_log_term;
      break;
  }
}

static int step(rf_raft* raft, uint64_t now, struct raft_event* event, bool stale, rf_raft_update* update) {
  struct raft_update done;
  memset(&done, 0, sizeof done);
  memset(update, 0, sizeof *update);
  event->time = now;
  const int rv = raft_step(&raft->raft, event, &done);
  if (rv != 0) return rv;
  update->vote_changed = (done.flags & ((RAFT_UPDATE_CURRENT_TERM) | (RAFT_UPDATE_VOTED_FOR))) != 0;
  update->commit_changed = (done.flags & (RAFT_UPDATE_COMMIT_INDEX)) != 0;
  if ((done.flags & (RAFT_UPDATE_ENTRIES)) != 0) {
    update->first_index = done.entries.index;
    update->n_entries = done.entries.n;
    update->own_barrier = done.entries.batch == &raft->raft.barrier;
    if (update->own_barrier || event->type == RAFT_RECEIVE) raft_free(done.entries.batch[0].batch);
  }
  if ((done.flags & (RAFT_UPDATE_SNAPSHOT)) != 0) {
    update->install = true;
    raft->installing = done.snapshot.metadata;
    raft->is_installing = true;
  }
  if (done.messages.n > raft->messages_cap) {
    rf_raft_message* bigger = realloc(raft->messages, done.messages.n * sizeof *bigger);
    if (bigger == NULL) return RAFT_NOMEM;
    raft->messages = bigger;
    raft->messages_cap = done.messages.n;
  }
  for (unsigned i = 0; i < done.messages.n; ++i) take_message(&done.messages.batch[i], stale, &raft->messages[i]);
  update->messages = raft->messages;
  update->n_messages = done.messages.n;
  return 0;
}

int rf_raft_start(rf_raft* raft, uint64_t now, uint64_t term, uint64_t vote, const rf_raft_snapshot* snapshot,
                  uint64_t first_index, const rf_raft_entry* entries, unsigned n, rf_raft_update* update) {
  struct raft_event event;
  struct raft_snapshot_metadata metadata;
  memset(&event, 0, sizeof event);
  event.type = RAFT_START;
  event.start.term = term;
  event.start.voted_for = vote;
  event.start.start_index = first_index;
  int rv = copy_entries(raft, entries, n, &never_freed);
  if (rv != 0) return rv;
  event.start.entries = raft->entries;
  event.start.n_entries = n;
  if (snapshot != NULL) {
    rv = copy_snapshot(snapshot, &metadata);
    event.start.metadata = &metadata;
  }
  if (rv == 0) rv = step(raft, now, &event, false, update);
  free_changes(raft->entries, n);
  return rv;
}

static int receive_append(rf_raft* raft, uint64_t now, const rf_raft_message* from, struct raft_message* message,
                          struct raft_event* event, bool stale, rf_raft_update* update) {
  const unsigned n = from->n_entries;
  void* batch = raft_malloc(1);
  if (batch == NULL) return RAFT_NOMEM;
  int rv = copy_entries(raft, from->entries, n, batch);
  if (rv != 0) {
    raft_free(batch);
    return rv;
  }
  message->append_entries.term = from->term;
  message->append_entries.prev_log_index = from->index;
  message->append_entries.prev_log_term = from->index_term;
  message->append_entries.leader_commit = from->commit;
  message->append_entries.entries = raft->entries;
  message->append_entries.n_entries = n;
  rv = step(raft, now, event, stale, update);
  free_changes(raft->entries, n);
  if (n == 0) raft_free(batch);
  return rv;
}

int rf_raft_receive(rf_raft* raft, uint64_t now, const rf_raft_message* from, rf_raft_update* update) {
  struct raft_event event;
  struct raft_message message;
  char address[32];
  memset(&event, 0, sizeof event);
  memset(&message, 0, sizeof message);
  address_of(from->peer, address, sizeof address);
  event.type = RAFT_RECEIVE;
  event.receive.message = &message;
  message.type = (enum raft_message_type)from->type;
  message.server_id = from->peer;
  message.server_address = address;
  const bool stale = from->term < raft->raft.current_term;
  switch (from->type) {
    case RF_RAFT_APPEND: return receive_append(raft, now, from, &message, &event, stale, update);
    case RF_RAFT_APPEND_RESULT:
      message.append_entries_result.version = 2;
      message.append_entries_result.features = 1;
      message.append_entries_result.term = from->term;
      message.append_entries_result.rejected = from->rejected;
      message.append_entries_result.last_log_index = from->index;
      break;
    case RF_RAFT_VOTE:
      message.request_vote.version = 2;
      message.request_vote.term = from->term;
      message.request_vote.candidate_id = from->peer;
      message.request_vote.last_log_index = from->index;
      message.request_vote.last_log_term = from->index_term;
      message.request_vote.disrupt_leader = from->disrupt_leader;
      message.request_vote.pre_vote = from->pre_vote;
      break;
    case RF_RAFT_VOTE_RESULT:
      message.request_vote_result.version = 2;
      message.request_vote_result.features = 1;
      message.request_vote_result.term = from->term;
      message.request_vote_result.vote_granted = from->granted;
      message.request_vote_result.pre_vote = from->pre_vote;
      break;
    case RF_RAFT_INSTALL: {
      message.install_snapshot.term = from->term;
      message.install_snapshot.last_index = from->index;
      message.install_snapshot.last_term = from->index_term;
      message.install_snapshot.conf_index = from->members_index;
      const int rv = copy_members(from->members, from->n_members, &message.install_snapshot.conf);
      if (rv != 0) return rv;
      break;
    }
    case RF_RAFT_TIMEOUT_NOW:
      message.timeout_now.term = from->term;
      message.timeout_now.last_log_index = from->index;
      message.timeout_now.last_log_term = from->index_term;
      break;
    default: return RAFT_INVALID;
  }
  return step(raft, now, &event, stale, update);
}

int rf_raft_stored(rf_raft* raft, uint64_t now, uint64_t index, rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  event.type = RAFT_PERSISTED_ENTRIES;
  event.persisted_entries.index = index;
  return step(raft, now, &event, false, update);
}

int rf_raft_installed(rf_raft* raft, uint64_t now, rf_raft_update* update) {
  struct raft_event event;
  if (!raft->is_installing) return RAFT_INVALID;
  memset(&event, 0, sizeof event);
  event.type = RAFT_PERSISTED_SNAPSHOT;
  event.persisted_snapshot.metadata = raft->installing;
  event.persisted_snapshot.last = true;
  raft->is_installing = false;
  return step(raft, now, &event, false, update);
}

int rf_raft_compact(rf_raft* raft, uint64_t now, const rf_raft_snapshot* snapshot, unsigned trailing,
                    rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  event.type = RAFT_SNAPSHOT;
  event.snapshot.trailing = trailing;
  const int rv = copy_snapshot(snapshot, &event.snapshot.metadata);
  return rv != 0 ? rv : step(raft, now, &event, false, update);
}

int rf_raft_changed(rf_raft* raft, uint64_t now, rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  event.type = RAFT_CONFIGURATION;
  event.configuration.index = raft->raft.configuration_uncommitted_index;
  struct raft_configuration* members = &event.configuration.conf;
  raft_configuration_init(members);
  for (unsigned i = 0; i < raft->raft.configuration.n; ++i) {
    const struct raft_server* server = &raft->raft.configuration.servers[i];
    const int rv = raft_configuration_add(members, server->id, server->address, server->role);
    if (rv != 0) {
      raft_configuration_close(members);
      return rv;
    }
  }
  return step(raft, now, &event, false, update);
}

int rf_raft_timeout(rf_raft* raft, uint64_t now, rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  event.type = RAFT_TIMEOUT;
  return step(raft, now, &event, false, update);
}

int rf_raft_submit(rf_raft* raft, uint64_t now, const rf_raft_entry* entries, unsigned n, rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  int rv = copy_entries(raft, entries, n, &never_freed);
  if (rv != 0) return rv;
  event.type = RAFT_SUBMIT;
  event.submit.entries = raft->entries;
  event.submit.n = n;
  rv = step(raft, now, &event, false, update);
  free_changes(raft->entries, n);
  return rv;
}

int rf_raft_catch_up(rf_raft* raft, uint64_t now, uint64_t id, rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  event.type = RAFT_CATCH_UP;
  event.catch_up.server_id = id;
  return step(raft, now, &event, false, update);
}

int rf_raft_transfer(rf_raft* raft, uint64_t now, uint64_t id, rf_raft_update* update) {
  struct raft_event event;
  memset(&event, 0, sizeof event);
  event.type = RAFT_TRANSFER;
  event.transfer.server_id = id;
  return step(raft, now, &event, false, update);
}

/* libraft's own getters take a struct that is not const although they change nothing. */
static struct raft* of(const rf_raft* raft) { return (struct raft*)&raft->raft; }

int rf_raft_state(const rf_raft* raft) { return raft->raft.state; }
uint64_t rf_raft_term(const rf_raft* raft) { return raft->raft.current_term; }
uint64_t rf_raft_vote(const rf_raft* raft) { return raft->raft.voted_for; }
uint64_t rf_raft_commit_index(const rf_raft* raft) { return raft->raft.commit_index; }
uint64_t rf_raft_first_index(const rf_raft* raft) { return raft->raft.trail.offset + 1; }
uint64_t rf_raft_last_index(const rf_raft* raft) { return raft_last_index(of(raft)); }
uint64_t rf_raft_last_stored(const rf_raft* raft) { return raft->raft.last_stored; }
uint64_t rf_raft_snapshot_index(const rf_raft* raft) { return raft->raft.trail.snapshot.index; }
uint64_t rf_raft_snapshot_term(const rf_raft* raft) { return raft->raft.trail.snapshot.term; }
uint64_t rf_raft_due(const rf_raft* raft) { return raft_timeout(&raft->raft); }
uint64_t rf_raft_leader(const rf_raft* raft) {
  raft_id id = 0;
  const char* address = NULL;
  raft_leader(of(raft), &id, &address);
  return id;
}
int rf_raft_role(const rf_raft* raft, uint64_t id) {
  const struct raft_configuration* members = &raft->raft.configuration;
  for (unsigned i = 0; i < members->n; ++i)
    if (members->servers[i].id == id) return members->servers[i].role;
  return -1;
}
unsigned rf_raft_members(const rf_raft* raft) { return raft->raft.configuration.n; }
rf_raft_member rf_raft_member_at(const rf_raft* raft, unsigned i) {
  const struct raft_server* server = &raft->raft.configuration.servers[i];
  const rf_raft_member member = {server->id, server->role};
  return member;
}
uint64_t rf_raft_uncommitted_change(const rf_raft* raft) { return raft->raft.configuration_uncommitted_index; }
uint64_t rf_raft_committed_change(const rf_raft* raft) { return raft->raft.configuration_committed_index; }
uint64_t rf_raft_match(const rf_raft* raft, uint64_t id) {
  raft_index match = 0;
  return raft_match_index(&raft->raft, id, &match) == 0 ? match : 0;
}
int rf_raft_catch_up_status(const rf_raft* raft, uint64_t id) {
  int status = RAFT_CATCH_UP_NONE;
  return raft_catch_up(&raft->raft, id, &status) == 0 ? status : RAFT_CATCH_UP_NONE;
}
uint64_t rf_raft_promotee(const rf_raft* raft) {
  return raft->raft.state == RAFT_LEADER ? raft->raft.leader_state.promotee_id : 0;
}
uint64_t rf_raft_transferee(const rf_raft* raft) { return raft_transferee(&raft->raft); }
