#pragma once
#include <string>

#include "tools/rf-load/options.hpp"
#include "tools/rf-load/registrations.hpp"

namespace rf::load {

/// What a run measured, and under which conditions.
struct Outcome {
  Options options;
  Figures figures;
  RegisterFigures registers;
  Repetitions callers;
  Repetitions phones;
  Repetitions registrations;
  /// How much later than wanted calls started: the generator's own slowness.
  Histogram lateness;
  /// The window as it was; shorter than asked for when the run was ended.
  Us window_us = 0;
  /// Set: the sentence says why the load could not be applied.
  std::string trouble;

  // The generator and its machine.
  std::uint64_t drops = 0;
  int receive_buffer_bytes = 0;
  double cpu_s = 0;
  double elapsed_s = 0;
  unsigned cores = 0;
  std::string kernel;
  std::string load_average;
  /// Seconds since 1970.
  std::int64_t started_s = 0;
};

/// Nothing failed, stayed unfinished, overlapped, was answered twice or came from elsewhere; and calls connected.
bool clean(const Outcome& outcome);

/// A few lines for people.
std::string text_of(const Outcome& outcome);

/// One JSON object; durations in the unit of their name; a histogram's buckets are pairs of upper end and count.
std::string json_of(const Outcome& outcome);

}  // namespace rf::load
