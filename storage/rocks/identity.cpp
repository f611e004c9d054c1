#include "storage/rocks/identity.hpp"

#include <openssl/rand.h>

#include "storage/bytes.hpp"
#include "storage/codec/codec.hpp"

namespace rf::storage::rocks {

namespace {

constexpr std::size_t key_check_bytes = 16;
constexpr std::size_t identity_bytes = 4 + 16 + key_check_bytes;

}  // namespace

Result<Identity> read_identity(const Store& store) {
  const Result<std::optional<std::string>> body = store.get(Family::identity, identity_key());
  if (!body) return body.error();
  if (!*body)
    return Error{Code::not_found, "the log in " + store.path() +
                                      " has no identity record: restore the directory from a backup or a replica"};
  const std::string& bytes = **body;
  if (bytes.size() != identity_bytes)
    return Error{Code::corrupt, "the identity record of the log in " + store.path() +
                                    " is damaged: restore the directory from a backup or a replica"};
  return Identity{be32_at(bytes.data()), ulid_at(std::string_view(bytes).substr(4)), bytes.substr(20)};
}

Result<void> create_identity(Store& store, const SealKey& key) {
  std::string body;
  append_be32(body, log_version);
  std::string cluster(16, '\0');
  const bool random = RAND_bytes(reinterpret_cast<unsigned char*>(cluster.data()), 16) == 1;
  RF_ASSERT(random);
  WriteSet set(store);
  set.put(Family::identity, identity_key(), body + cluster + key.check_value());
  return store.write(set, Durable::now);
}

Result<void> check_identity(const Store& store, const SealKey& key) {
  const Result<Identity> identity = read_identity(store);
  if (!identity) return identity.error();
  if (identity->version > log_version)
    return Error{Code::failed_precondition, "the log in " + store.path() + " was created with log version " +
                                                std::to_string(identity->version) + " and this build reads up to " +
                                                std::to_string(log_version) + ": start a newer build"};
  if (identity->key_check != key.check_value())
    return Error{Code::failed_precondition, "the secrets in " + store.path() +
                                                " were sealed with another key: give the secret key file that this "
                                                "directory was created with"};
  return {};
}

}  // namespace rf::storage::rocks
