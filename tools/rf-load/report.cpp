#include "tools/rf-load/report.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

#include "process/json.hpp"

namespace rf::load {

namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 400> out{};
  std::snprintf(out.data(), out.size(), format, values...);
  return out.data();
}

double ms(Us us) { return static_cast<double>(us) / 1000.0; }
double seconds(Us us) { return static_cast<double>(us) / 1e6; }

double per_second(const Outcome& o) {
  return o.window_us <= 0 ? 0 : static_cast<double>(o.figures.connected_in_window) / seconds(o.window_us);
}

/// Calls a second that all agents together could serve.
double ideal_per_second(const Options& o) {
  const Us busy = o.talk_us + o.answer_delay_us + o.wrapup_us;
  return busy <= 0 ? 0 : static_cast<double>(o.agents) / seconds(busy);
}

/// Of what all agents could have talked, had each call followed the last one without a gap. Calls a second would be coarser:
/// agents who are served in step end together, inside the window or behind it.
double share_of_ideal(const Outcome& o) {
  const double could_s = ideal_per_second(o.options) * seconds(o.options.talk_us) * seconds(o.window_us);
  return could_s <= 0 ? 0 : seconds(o.figures.talked_us) / could_s;
}

std::string row_of(const char* name, const Histogram& h) {
  return formatted("%-24s %9" PRIu64 " %9.2f %9.2f %9.2f %9.2f\n", name, h.count(), ms(h.at(0.5)), ms(h.at(0.9)),
                   ms(h.at(0.99)), ms(h.max_us()));
}

std::string refusals_text(const std::map<int, std::uint64_t>& refusals) {
  std::string out;
  for (const auto& [status, count] : refusals)
    out += formatted("%s%s %" PRIu64, out.empty() ? "" : ", ",
                     status == 0     ? "cut off"
                     : status == 408 ? "408 or no answer"
                                     : std::to_string(status).c_str(),
                     count);
  return out;
}

std::string conditions_text(const Options& o) {
  std::string out = formatted("%s: ", std::string(name_of(o.work)).c_str());
  if (o.work == Work::backlog)
    out += formatted("%u waiting", o.waiting);
  else
    out += formatted("%g calls/s", o.rate);
  return out + formatted(", %u agents (%s), %u queue%s, talk %g s, answer after %g s, wrap-up %g s, server %s\n",
                         o.agents, o.agent_kind == AgentKind::fixed ? "static" : "registered", o.queues(),
                         o.queues() == 1 ? "" : "s", seconds(o.talk_us), seconds(o.answer_delay_us),
                         seconds(o.wrapup_us), o.server.text().c_str());
}

/// Members of one JSON object.
class Object {
 public:
  Object& raw(const char* name, const std::string& value) {
    text_ += text_.empty() ? "{" : ", ";
    process::append_json_string(text_, name);
    text_ += ": " + value;
    return *this;
  }
  Object& number(const char* name, double value) { return raw(name, formatted("%.10g", value)); }
  Object& count(const char* name, std::uint64_t value) { return raw(name, std::to_string(value)); }
  Object& text(const char* name, std::string_view value) {
    std::string quoted;
    process::append_json_string(quoted, value);
    return raw(name, quoted);
  }
  std::string end() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

std::string json_of(const Histogram& h) {
  std::string buckets;
  for (const auto& [end_us, count] : h.buckets())
    buckets += (buckets.empty() ? "[" : ", [") + std::to_string(end_us) + ", " + std::to_string(count) + "]";
  return Object()
      .count("count", h.count())
      .number("p50_ms", ms(h.at(0.5)))
      .number("p90_ms", ms(h.at(0.9)))
      .number("p99_ms", ms(h.at(0.99)))
      .number("p999_ms", ms(h.at(0.999)))
      .number("max_ms", ms(h.max_us()))
      .number("mean_ms", ms(h.mean_us()))
      .raw("buckets_us", "[" + buckets + "]")
      .end();
}

std::string json_of(const std::map<int, std::uint64_t>& refusals) {
  Object out;
  for (const auto& [status, count] : refusals) out.count(std::to_string(status).c_str(), count);
  return out.end();
}

std::string json_of(const Repetitions& repetitions) {
  return Object().count("sent", repetitions.sent).count("seen", repetitions.seen).end();
}

std::string conditions_json(const Outcome& o) {
  const Options& options = o.options;
  Object out;
  out.text("workload", name_of(options.work))
      .text("server", options.server.text())
      .text("domain", options.domain)
      .text("first_number", options.numbers.front())
      .text("agent_kind", options.agent_kind == AgentKind::fixed ? "static" : "registered")
      .count("agents", options.agents)
      .count("queues", options.queues())
      .number("rate", options.rate)
      .count("waiting", options.work == Work::backlog ? options.waiting : 0)
      .number("talk_ms", ms(options.talk_us))
      .text("hangs_up", options.hangs_up == HangsUp::caller ? "caller" : "agent")
      .number("answer_delay_ms", ms(options.answer_delay_us))
      .number("wrapup_ms", ms(options.wrapup_us))
      .number("warmup_s", seconds(options.warmup_us))
      .number("window_s", seconds(o.window_us))
      .number("register_rate", options.register_rate)
      .count("cores", o.cores)
      .text("kernel", o.kernel)
      .text("load_average", o.load_average)
      .count("receive_buffer_bytes", static_cast<std::uint64_t>(o.receive_buffer_bytes))
      .count("started_s", static_cast<std::uint64_t>(o.started_s));
  return out.end();
}

std::string counts_json(const Figures& f) {
  return Object()
      .count("started", f.calls)
      .count("offers", f.offers)
      .count("connected", f.connected)
      .count("connected_in_window", f.connected_in_window)
      .count("finished", f.finished)
      .count("failed", f.failed)
      .count("shed", f.shed)
      .count("cancelled", f.cancelled)
      .count("unfinished", f.unfinished)
      .count("overlapping", f.overlapping)
      .count("passed", f.passed)
      .count("double_answers", f.double_answers)
      .count("unconfirmed", f.unconfirmed)
      .count("strangers", f.strangers)
      .count("waiting_max", f.waiting_max)
      .raw("refusals", json_of(f.refusals))
      .end();
}

}  // namespace

bool clean(const Outcome& o) {
  const Figures& f = o.figures;
  const bool registered = o.registers.registered == o.registers.asked;
  return o.trouble.empty() && registered && f.connected > 0 && f.failed == 0 && f.unfinished == 0 &&
         f.overlapping == 0 && f.double_answers == 0 && f.unconfirmed == 0 && f.strangers == 0;
}

std::string text_of(const Outcome& o) {
  const Figures& f = o.figures;
  std::string out = conditions_text(o.options);
  out += formatted("machine: %u cores, %s, load %s; generator %.0f %% of a core\n", o.cores, o.kernel.c_str(),
                   o.load_average.c_str(), o.elapsed_s <= 0 ? 0 : 100 * o.cpu_s / o.elapsed_s);
  out += formatted("calls: %" PRIu64 " started, %" PRIu64 " connected, %" PRIu64 " finished, %" PRIu64
                   " failed, %" PRIu64 " shed, %" PRIu64 " cancelled, %" PRIu64 " unfinished",
                   f.calls, f.connected, f.finished, f.failed, f.shed, f.cancelled, f.unfinished);
  out += f.refusals.empty() ? "\n" : " (" + refusals_text(f.refusals) + ")\n";
  out += formatted("window: %.1f s, %" PRIu64 " connected, %.1f/s", seconds(o.window_us), f.connected_in_window,
                   per_second(o));
  if (o.options.work == Work::backlog && ideal_per_second(o.options) > 0)
    out += formatted(" of ideal %.1f/s (%.1f %%)", ideal_per_second(o.options), 100 * share_of_ideal(o));
  out += formatted("\noffers: %" PRIu64 ", %" PRIu64 " overlapping, %" PRIu64 " passed an earlier caller, %" PRIu64
                   " double answers, %" PRIu64 " unconfirmed, %" PRIu64 " from elsewhere\n",
                   f.offers, f.overlapping, f.passed, f.double_answers, f.unconfirmed, f.strangers);
  out += formatted("sent again: callers %" PRIu64 ", phones %" PRIu64 ", registrations %" PRIu64
                   "; seen again: %" PRIu64 ", %" PRIu64 ", %" PRIu64 "; dropped at our sockets %" PRIu64 "\n",
                   o.callers.sent, o.phones.sent, o.registrations.sent, o.callers.seen, o.phones.seen,
                   o.registrations.seen, o.drops);
  if (o.registers.asked > 0)
    out += formatted("registrations: %" PRIu64 " of %" PRIu64 "%s%s\n", o.registers.registered, o.registers.asked,
                     o.registers.refusals.empty() ? "" : ", refused: ", refusals_text(o.registers.refusals).c_str());
  out += formatted("%-24s %9s %9s %9s %9s %9s\n", "ms", "count", "p50", "p90", "p99", "max");
  out += row_of("INVITE to agent's INVITE", f.route) + row_of("INVITE to answer", f.answer) +
         row_of("idle gap", f.idle_gap);
  if (o.registers.took.count() > 0) out += row_of("REGISTER to 200", o.registers.took);
  if (o.lateness.count() > 0) out += row_of("generator late by", o.lateness);
  if (!o.trouble.empty()) out += o.trouble + "\n";
  return out + (clean(o) ? "clean\n" : "NOT clean\n");
}

std::string json_of(const Outcome& o) {
  const Figures& f = o.figures;
  const std::string generator = Object()
                                    .number("cpu_s", o.cpu_s)
                                    .number("elapsed_s", o.elapsed_s)
                                    .count("dropped", o.drops)
                                    .raw("late", json_of(o.lateness))
                                    .end();
  const std::string repetitions = Object()
                                      .raw("callers", json_of(o.callers))
                                      .raw("phones", json_of(o.phones))
                                      .raw("registrations", json_of(o.registrations))
                                      .end();
  const std::string registers = Object()
                                    .count("asked", o.registers.asked)
                                    .count("registered", o.registers.registered)
                                    .count("removed", o.registers.removed)
                                    .raw("refusals", json_of(o.registers.refusals))
                                    .raw("took", json_of(o.registers.took))
                                    .end();
  return Object()
             .raw("clean", clean(o) ? "true" : "false")
             .text("trouble", o.trouble)
             .raw("conditions", conditions_json(o))
             .raw("calls", counts_json(f))
             .number("connected_per_s", per_second(o))
             .number("ideal_per_s", o.options.work == Work::backlog ? ideal_per_second(o.options) : 0)
             .number("share_of_ideal", o.options.work == Work::backlog ? share_of_ideal(o) : 0)
             .raw("route", json_of(f.route))
             .raw("answer", json_of(f.answer))
             .raw("idle_gap", json_of(f.idle_gap))
             .raw("registrations", registers)
             .raw("retransmissions", repetitions)
             .raw("generator", generator)
             .end() +
         "\n";
}

}  // namespace rf::load
