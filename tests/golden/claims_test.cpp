#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/golden/claims.hpp"

/// Writes tests/golden/claims.txt from the code itself and holds it against the file. RF_UPDATE_GOLDENS=1 rewrites it.
namespace rf::testing {
namespace {

constexpr const char* golden_path = "tests/golden/claims.txt";

/// What the core promises; what an edge, the API, a report or a page has to show is shown by their own tests.
const std::set<std::string> ids_of_the_core = {
    "CX-1", "CX-2", "CX-7", "CX-8",  "CX-9",  "CX-12", "CX-15", "LS-1",  "LS-2",  "LS-3",  "LS-5",
    "LS-6", "LS-8", "LS-9", "LS-10", "LS-11", "LS-20", "LS-24", "LS-25", "LS-28", "LS-29", "LS-32",
    "TM-2", "TM-3", "TM-6", "TM-13", "TM-22", "RP-1",  "RP-2",  "RP-4",  "RP-13", "PD-1",  "PD-2",
    "PD-3", "PD-4", "PD-5", "PD-6",  "PD-7",  "PD-8",  "PD-9",  "PD-12"};

std::string text_of_file(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The sentence of each requirement, from the rows `| id | sentence | state |`.
std::map<std::string, std::string> requirements() {
  std::map<std::string, std::string> sentences;
  std::istringstream text(text_of_file("docs/requirements.md"));
  for (std::string line; std::getline(text, line);) {
    const std::size_t id_end = line.find(" | ", 2), sentence_end = line.find(" | ", id_end + 3);
    if (line.substr(0, 2) != "| " || sentence_end == std::string::npos) continue;
    sentences[line.substr(2, id_end - 2)] = line.substr(id_end + 3, sentence_end - id_end - 3);
  }
  return sentences;
}

std::vector<Claim> all_claims() {
  std::vector<Claim> all;
  for (const auto& family : {cx_claims(), ls_claims(), tm_claims(), rp_claims(), pd_claims()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

constexpr const char* preamble =
    "# The claims of the core\n\n"
    "Each promise of docs/requirements.md that the core keeps, walked through on a small centre. Written by\n"
    "tests/golden/claims_test.cpp from the code; do not edit by hand.\n\n"
    "    given    what is set up before\n"
    "    >        what somebody does, or how much time passes; under it the facts that the account wrote, each with\n"
    "             its fields and with the agent's bucket before and after where it changed, or the refusal, or "
    "nothing\n"
    "    ?        a question to the core, and under it the answers\n\n"
    "Instants count from the fact's own time. Left out are zeros, values that nobody has changed, and what only\n"
    "edges and nodes need: their names, clocks and leases.\n";

std::string trace() {
  const auto sentences = requirements();
  std::ostringstream out;
  out << preamble;
  for (const Claim& claim : all_claims()) {
    const auto found = sentences.find(claim.id);
    EXPECT_NE(found, sentences.end()) << claim.id << " is no requirement";
    if (found == sentences.end()) continue;
    out << "\n## " << claim.id << ": " << found->second << "\n";
    ::testing::ScopedTrace scope(__FILE__, __LINE__, claim.id);
    claim.walk(out);
  }
  return out.str();
}

TEST(Claims, TheTraceIsWhatTheCoreDoes) {
  const std::string now = trace();
  EXPECT_EQ(now, trace()) << "the same every time";
  if (std::getenv("RF_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(golden_path) << now;
    return;
  }
  EXPECT_EQ(text_of_file(golden_path), now) << "run this test with RF_UPDATE_GOLDENS=1 and read the difference";
}

TEST(Claims, EveryOneOfTheCoreHasASection) {
  const auto sentences = requirements();
  const std::string golden = text_of_file(golden_path);
  for (const std::string& id : ids_of_the_core) {
    EXPECT_EQ(sentences.count(id), 1u) << id << " is no requirement";
    EXPECT_NE(golden.find("\n## " + id + ": "), std::string::npos) << id << " has no section in " << golden_path;
  }
  for (const Claim& claim : all_claims())
    EXPECT_EQ(ids_of_the_core.count(claim.id), 1u) << claim.id << " is not listed";
}

}  // namespace
}  // namespace rf::testing
