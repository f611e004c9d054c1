#pragma once

/// Planted bugs: in the build with RF_MUTANTS `RF_PLANT(name)` is true while `name` is the armed mutant,
/// everywhere else it is the constant false. The simulation must catch every one.
#ifdef RF_MUTANTS

namespace rf::plant {

/// Arms the mutant of that name; an empty name arms none. Test threads only.
void arm(const char* name);
/// Whether that mutant is armed.
bool armed(const char* name);

}  // namespace rf::plant

#define RF_PLANT(name) (::rf::plant::armed(#name))
#else
#define RF_PLANT(name) (false)
#endif
