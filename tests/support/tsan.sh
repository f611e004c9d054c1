#!/usr/bin/env bash
# Starts a program of the tsan preset, and what that starts: tests/support/tsan.sh PROGRAM ARGUMENTS...
# ThreadSanitizer keeps its shadow at fixed addresses and aborts where the kernel has put something else there. So the
# addresses are not randomised; where that is forbidden (some containers), 28 bits of randomness still fit.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# A program that had a report ends with 66. Without llvm-symbolizer in the PATH, addr2line names the lines.
export TSAN_OPTIONS="suppressions='$here/tsan.supp' allow_addr2line=1 second_deadlock_stack=1 ${TSAN_OPTIONS-}"

if setarch -R true 2>/dev/null; then exec setarch -R "$@"; fi
bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo unknown)
if [[ $bits == unknown || $bits -gt 28 ]]; then
  echo "addresses are randomised with $bits bits and setarch -R is forbidden here: ThreadSanitizer cannot run"
  exit 77
fi
exec "$@"
