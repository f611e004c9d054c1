// libFuzzer's entry points around a target. Beside libFuzzer's own arguments a program takes `--seeds FOLDER`: it writes
// the target's seeds there and ends. RF_FUZZ_PLANT names the planted bug to arm.
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "core/base/plant.hpp"
#include "tests/fuzz/target.hpp"

namespace {

int write_seeds(const std::string& folder) {
  std::size_t count = 0;
  for (const std::string& seed : rf::fuzz::seeds()) {
    const std::string path = folder + "/seed-" + std::to_string(count++);
    std::ofstream file(path, std::ios::binary);
    file.write(seed.data(), static_cast<std::streamsize>(seed.size()));
    if (!file.flush()) {
      std::fprintf(stderr, "cannot write %s: the folder must exist\n", path.c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** values) {
  if (*count == 3 && std::string_view((*values)[1]) == "--seeds") std::_Exit(write_seeds((*values)[2]));
  if (const char* plant = std::getenv("RF_FUZZ_PLANT")) rf::plant::arm(plant);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  rf::fuzz::run(std::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
