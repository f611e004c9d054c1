#!/usr/bin/env bash
# One fuzz target for a fixed number of runs from its seeds, the same each time. Fails on a finding, which is kept.
# With the name of a planted bug: fails unless that bug is found. RF_FUZZ_WORDS: a file of words for the inputs.
set -uo pipefail

(($# == 2 || $# == 3)) || { echo "usage: check.sh PROGRAM RUNS [PLANT]" >&2; exit 2; }
program=$1 runs=$2 plant=${3-}
name=$(basename "$program")
findings=$(dirname "$program")/findings
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/seeds" "$findings"

"$program" --seeds "$work/seeds" || exit 1
# Named one by one: the order in which a folder lists its files is not the same everywhere.
printf '%s\n' "$work"/seeds/* | sort -V | paste -sd, | tr -d '\n' >"$work/list"
arguments=(-runs="$runs" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -seed_inputs=@"$work/list")
[[ -z ${RF_FUZZ_WORDS-} ]] || arguments+=(-dict="$RF_FUZZ_WORDS")
# Addresses that are compared find their way into inputs: where it can be, memory lies at the same place each time.
fixed=()
if setarch -R true 2>/dev/null; then fixed=(setarch -R); fi

if [[ -n $plant ]]; then
  # A single seed may be out of luck.
  for seed in 1 2 3 4 5 6; do
    RF_FUZZ_PLANT=$plant ${fixed[@]+"${fixed[@]}"} "$program" -seed="$seed" -artifact_prefix="$work/found-" "${arguments[@]}" >"$work/log" 2>&1
    found=$(find "$work" -maxdepth 1 -name 'found-*' | head -n 1)
    [[ -z $found ]] || break
  done
  if [[ -z $found ]]; then
    tail -n 5 "$work/log"
    echo "$name: the planted bug '$plant' was not found in $seed times $runs runs"
    exit 1
  fi
  # It must be that bug's finding: nothing without it.
  if ! "$program" "$found" >>"$work/log" 2>&1; then
    tail -n 60 "$work/log"
    echo "$name: a finding, but it is there without the planted bug '$plant' too"
    exit 1
  fi
  echo "$name: found '$plant' with seed $seed"
  grep -m 1 -E 'ERROR: AddressSanitizer|runtime error|ssertion|libFuzzer: ' "$work/log"
  exit 0
fi
if ${fixed[@]+"${fixed[@]}"} "$program" -seed=1 -artifact_prefix="$findings/$name-" "${arguments[@]}" >"$work/log" 2>&1; then
  grep -E 'stat::(number_of_executed_units|new_units_added)' "$work/log"
  exit 0
fi
tail -n 60 "$work/log"
artifact=$(sed -n 's/.*Test unit written to //p' "$work/log" | head -n 1)
echo "$name: a finding. Once more, that input alone: $program ${artifact:-(no input was kept)}"
exit 1
