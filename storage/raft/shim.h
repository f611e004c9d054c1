#ifndef RF_STORAGE_RAFT_SHIM_H
#define RF_STORAGE_RAFT_SHIM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libraft 0.22 in plain C: its header is no C++. One rf_raft is one server of one group; it holds indexes and terms, no
 * payloads, and reads nothing but the members of a change. What libraft asserts or leaves undefined is the caller's to
 * keep (group.cpp does); what it leaves unset in messages is 0 here. One thread. */
#ifdef __cplusplus
extern "C" {
#endif

typedef struct rf_raft rf_raft;

enum { RF_RAFT_STANDBY = 0, RF_RAFT_VOTER = 1, RF_RAFT_SPARE = 2 };
typedef struct {
  uint64_t id;
  int role;
} rf_raft_member;

enum { RF_RAFT_COMMAND = 1, RF_RAFT_BARRIER = 2, RF_RAFT_CHANGE = 3 };
/* `members` of a change only. */
typedef struct {
  uint64_t term;
  int kind;
  const rf_raft_member* members;
  unsigned n_members;
} rf_raft_entry;

/* A compaction or a snapshot: the last entry it stands for, and the members as of then. */
typedef struct {
  uint64_t index;
  uint64_t term;
  uint64_t members_index;
  const rf_raft_member* members;
  unsigned n_members;
} rf_raft_snapshot;

enum {
  RF_RAFT_APPEND = 1,
  RF_RAFT_APPEND_RESULT,
  RF_RAFT_VOTE,
  RF_RAFT_VOTE_RESULT,
  RF_RAFT_INSTALL,
  RF_RAFT_TIMEOUT_NOW
};
/* `peer` is whom it goes to, or came from. Unused fields are 0. An APPEND that leaves names how many entries follow
 * `index`; one that comes brings them. */
typedef struct {
  int type;
  uint64_t peer;
  uint64_t term;
  /* APPEND: before its first entry; APPEND_RESULT: the last that is stored; VOTE, TIMEOUT_NOW: the sender's last; INSTALL:
   * the snapshot's. */
  uint64_t index;
  uint64_t index_term;
  uint64_t commit;
  /* APPEND_RESULT: the index that did not fit; 0: accepted. */
  uint64_t rejected;
  uint64_t members_index;
  bool granted;
  bool pre_vote;
  bool disrupt_leader;
  unsigned n_entries;
  const rf_raft_entry* entries;
  const rf_raft_member* members;
  unsigned n_members;
} rf_raft_message;

enum { RF_RAFT_FOLLOWER = 1, RF_RAFT_CANDIDATE = 2, RF_RAFT_LEADER = 3 };

/* What a step asks for; its arrays live until the next step. */
typedef struct {
  bool vote_changed;
  bool commit_changed;
  /* Entries to store, from `first_index` on; 0: none. They are the last `n_entries` of the event's, except that a new leader
   * may begin its term with a barrier of its own. */
  uint64_t first_index;
  unsigned n_entries;
  bool own_barrier;
  /* The message's snapshot is to take the place of the whole log. */
  bool install;
  const rf_raft_message* messages;
  unsigned n_messages;
} rf_raft_update;

typedef struct {
  unsigned election_timeout_ms;
  unsigned heartbeat_ms;
  unsigned install_timeout_ms;
  unsigned inflight_entries_max;
} rf_raft_options;

/* Null: out of memory. `seed` draws the election time-outs. */
rf_raft* rf_raft_new(uint64_t id, unsigned seed, const rf_raft_options* options);
void rf_raft_free(rf_raft* raft);

/* What libraft says of its error. */
const char* rf_raft_error(int error);

/* Each returns 0 or libraft's error. `now` in milliseconds, never falling. */
int rf_raft_start(rf_raft* raft, uint64_t now, uint64_t term, uint64_t vote, const rf_raft_snapshot* snapshot,
                  uint64_t first_index, const rf_raft_entry* entries, unsigned n, rf_raft_update* update);
int rf_raft_receive(rf_raft* raft, uint64_t now, const rf_raft_message* message, rf_raft_update* update);
int rf_raft_stored(rf_raft* raft, uint64_t now, uint64_t index, rf_raft_update* update);
/* The snapshot of the last `install` has taken the log's place on disk. */
int rf_raft_installed(rf_raft* raft, uint64_t now, rf_raft_update* update);
int rf_raft_compact(rf_raft* raft, uint64_t now, const rf_raft_snapshot* snapshot, unsigned trailing,
                    rf_raft_update* update);
/* The change in the log is committed. */
int rf_raft_changed(rf_raft* raft, uint64_t now, rf_raft_update* update);
int rf_raft_timeout(rf_raft* raft, uint64_t now, rf_raft_update* update);
int rf_raft_submit(rf_raft* raft, uint64_t now, const rf_raft_entry* entries, unsigned n, rf_raft_update* update);
int rf_raft_catch_up(rf_raft* raft, uint64_t now, uint64_t id, rf_raft_update* update);
int rf_raft_transfer(rf_raft* raft, uint64_t now, uint64_t id, rf_raft_update* update);

int rf_raft_state(const rf_raft* raft);
uint64_t rf_raft_term(const rf_raft* raft);
uint64_t rf_raft_vote(const rf_raft* raft);
uint64_t rf_raft_commit_index(const rf_raft* raft);
/* In the log, before which only the snapshot's term is known; the first is one above the last if it is empty. */
uint64_t rf_raft_first_index(const rf_raft* raft);
uint64_t rf_raft_last_index(const rf_raft* raft);
uint64_t rf_raft_last_stored(const rf_raft* raft);
uint64_t rf_raft_snapshot_index(const rf_raft* raft);
uint64_t rf_raft_snapshot_term(const rf_raft* raft);
/* When rf_raft_timeout is due. */
uint64_t rf_raft_due(const rf_raft* raft);
/* 0: none is known. */
uint64_t rf_raft_leader(const rf_raft* raft);
/* Of the newest configuration; -1: no member. */
int rf_raft_role(const rf_raft* raft, uint64_t id);
unsigned rf_raft_members(const rf_raft* raft);
rf_raft_member rf_raft_member_at(const rf_raft* raft, unsigned i);
/* A change is in the log and not known to be committed; 0: none. */
uint64_t rf_raft_uncommitted_change(const rf_raft* raft);
uint64_t rf_raft_committed_change(const rf_raft* raft);
/* Of a leader: how far the member's log is known to agree; 0 elsewhere and for strangers. */
uint64_t rf_raft_match(const rf_raft* raft, uint64_t id);
enum { RF_RAFT_CATCH_UP_NONE, RF_RAFT_CATCH_UP_RUNNING, RF_RAFT_CATCH_UP_ABORTED, RF_RAFT_CATCH_UP_FINISHED };
int rf_raft_catch_up_status(const rf_raft* raft, uint64_t id);
/* A member that is catching up; 0: none. */
uint64_t rf_raft_promotee(const rf_raft* raft);
uint64_t rf_raft_transferee(const rf_raft* raft);

#ifdef __cplusplus
}
#endif
#endif
