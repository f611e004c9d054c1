#pragma once
#include <iosfwd>
#include <vector>

/// One short script for each promise of the core, by the ids of docs/requirements.md.
namespace rf::testing {

struct Claim {
  const char* id;
  void (*walk)(std::ostream&);
};

std::vector<Claim> cx_claims();
std::vector<Claim> ls_claims();
std::vector<Claim> tm_claims();
std::vector<Claim> rp_claims();
std::vector<Claim> pd_claims();

}  // namespace rf::testing
