#include <cstdio>
#include <cstdlib>

#include "tests/support/contention.hpp"

/// rf-contention OFFERS [FIRST_SEED]: the contention of tests/support in virtual time, a run of 10,000 offers a seed, as one
/// line of JSON. Ends with 1 if an agent ever had two offers.
int main(int argc, char** argv) {
  constexpr std::uint64_t offers_of_a_run = 10'000;
  const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  rf::testing::Contended all;
  for (; all.offers < wanted; ++seed) {
    const rf::testing::Contended run = rf::testing::Contention(seed).run(offers_of_a_run);
    if (run.offers == 0) {
      std::fprintf(stderr, "rf-contention: seed %llu made no offer\n", static_cast<unsigned long long>(seed));
      return 1;
    }
    if (run.overlapping > 0)
      std::fprintf(stderr, "rf-contention: seed %llu has offers that overlap\n", static_cast<unsigned long long>(seed));
    all.offers += run.offers;
    all.answered += run.answered;
    all.unanswered += run.unanswered;
    all.crashes += run.crashes;
    all.overlapping += run.overlapping;
    all.virtual_ms += run.virtual_ms;
  }
  std::printf(
      R"({"offers": %llu, "overlapping": %llu, "answered": %llu, "unanswered": %llu, "crashes": %llu, "virtual_s": %llu})"
      "\n",
      static_cast<unsigned long long>(all.offers), static_cast<unsigned long long>(all.overlapping),
      static_cast<unsigned long long>(all.answered), static_cast<unsigned long long>(all.unanswered),
      static_cast<unsigned long long>(all.crashes), static_cast<unsigned long long>(all.virtual_ms / 1000));
  return all.overlapping == 0 ? 0 : 1;
}
