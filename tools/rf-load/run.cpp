#include "tools/rf-load/run.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <utility>

#include "process/clock.hpp"
#include "tools/rf-load/phones.hpp"
#include "tools/rf-load/registrations.hpp"
#include "tools/rf-load/workload.hpp"

namespace rf::load {

namespace {

volatile std::sig_atomic_t stop_requested = 0;

constexpr int register_expires_s = 3600;
constexpr Us register_slack_us = 40 * second_us;
/// So long after the last 200 to a REGISTER the server may take until its queues know.
constexpr Us settle_us = 500 * ms_us;
/// A thousand CANCELs at once would overflow the server's socket and measure that.
constexpr Us cancel_pause_us = ms_us;
constexpr Us tidy_us = 3 * second_us;

void describe_machine(Outcome& out) {
  out.cores = static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  utsname kernel{};
  if (uname(&kernel) == 0) out.kernel = std::string(kernel.sysname) + " " + kernel.release;
  std::ifstream file("/proc/loadavg");
  std::string one, five, fifteen;
  if (file >> one >> five >> fifteen) out.load_average = one + " " + five + " " + fifteen;
  out.started_s = std::time(nullptr);
}

std::unique_ptr<Arrivals> arrivals_of(const Options& options, Us start_us) {
  Bounds bounds{options.warmup_us, options.window_us, options.calls_max};
  if (options.work != Work::backlog) return std::make_unique<OpenLoop>(options.rate, bounds, start_us);
  Backlog::Options backlog;
  backlog.waiting = options.waiting;
  backlog.rate_max = options.rate;
  backlog.fill_max_us = 10 * second_us + static_cast<Us>(3e6 * (options.waiting + options.agents) / options.rate);
  return std::make_unique<Backlog>(backlog, bounds, start_us);
}

Book::Options book_options(const Options& options) {
  return {options.agents, options.queues(), options.talk_us, options.wrapup_us,
          options.work == Work::backlog ? CountedBy::offer : CountedBy::arrival};
}

/// One run from its sockets to its figures.
class Session {
 public:
  Session(const Options& options, UdpSocket callers, UdpSocket phones)
      : options_(options), caller_socket_(std::move(callers)), phone_socket_(std::move(phones)),
        names_(static_cast<std::uint32_t>(std::time(nullptr)), options.agent_prefix), book_(book_options(options)),
        callers_(caller_socket_, options_, names_, book_, [this](CallIndex call, Us now) { talk(call, now); }),
        phones_(phone_socket_, options_, names_, book_, [this](CallIndex call, Us now) { talk(call, now); }),
        registrations_(phone_socket_, options_, names_) {}

  Result<Outcome> run() {
    if (const auto added = poller_.add(caller_socket_); !added) return added.error();
    if (const auto added = poller_.add(phone_socket_); !added) return added.error();
    out_.options = options_;
    describe_machine(out_);
    if (register_phones()) call();
    if (options_.agent_kind == AgentKind::registered && options_.at_the_end == AtTheEnd::remove) register_for(0);
    finish();
    return std::move(out_);
  }

 private:
  /// Waits until the instant at most, then takes what came and does what is due.
  void turn(Us until_us) {
    poller_.wait(std::min({until_us, callers_.next_us(), phones_.next_us(), registrations_.next_us()}));
    while (caller_socket_.receive([this](std::string_view text, const Peer&) {
      if (parse(text, message_)) callers_.on_message(message_, now_us());
    }) > 0) {}
    while (phone_socket_.receive([this](std::string_view text, const Peer& from) { to_phones(text, from); }) > 0) {}
    callers_.on_time(now_us());
    phones_.on_time(now_us());
    registrations_.on_time(now_us());
  }

  void to_phones(std::string_view text, const Peer& from) {
    if (!parse(text, message_)) return;
    if (message_.is_request())
      phones_.on_request(message_, text, from, now_us());
    else if (message_.method == "REGISTER")
      registrations_.on_answer(message_, now_us());
    else
      phones_.on_answer(message_, now_us());
  }

  /// The call is up at both ends.
  void talk(CallIndex call, Us now) {
    const Us end = now + options_.talk_us;
    if (options_.hangs_up == HangsUp::caller) return callers_.hang_up_at(call, end);
    callers_.expect_bye_at(call, end);
    phones_.hang_up_at(call, end);
  }

  void register_for(int expires_s) {
    const Us start = now_us();
    registrations_.begin(expires_s, start);
    const Us end = start + static_cast<Us>(1e6 * options_.agents / options_.register_rate) + register_slack_us;
    while (!registrations_.settled() && now_us() < end && (expires_s == 0 || stop_requested == 0)) turn(end);
  }

  bool register_phones() {
    if (options_.agent_kind == AgentKind::fixed) return true;
    register_for(register_expires_s);
    const RegisterFigures& done = registrations_.figures();
    if (done.registered < options_.agents) {
      out_.trouble = std::to_string(options_.agents - done.registered) + " of " + std::to_string(options_.agents) +
                     " phones could not register: is the server at " + options_.server.text() +
                     ", is the account prepared with as many agents, and is --domain the same?";
      return false;
    }
    const Us end = now_us() + settle_us;
    while (now_us() < end) turn(end);
    return true;
  }

  void call() {
    const double cpu_before = process::cpu_s();
    const Us start = now_us();
    const auto arrivals = arrivals_of(options_, start);
    Us window_end = never_us;
    while (now_us() < window_end && stop_requested == 0 && !arrivals->hopeless(now_us())) {
      if (window_end == never_us && arrivals->window_from_us() != never_us) {
        window_end = arrivals->window_from_us() + options_.window_us;
        book_.set_window(arrivals->window_from_us(), window_end);
      }
      start_calls(*arrivals);
      turn(std::min(window_end, arrivals->next_us(now_us())));
    }
    const Us end = now_us();
    // An open loop owes the calls of the time in which it did not run.
    if (stop_requested == 0) start_calls(*arrivals);
    out_.window_us = std::max<Us>(0, std::min(end, window_end) - arrivals->window_from_us());
    if (window_end == never_us) {
      out_.window_us = 0;
      out_.trouble = "the backlog was not complete in time: " + std::to_string(book_.waiting()) + " of " +
                     std::to_string(options_.waiting) + " callers waited; a higher --rate fills it faster";
    }
    drain();
    out_.cpu_s = process::cpu_s() - cpu_before;
    out_.elapsed_s = static_cast<double>(now_us() - start) / 1e6;
  }

  void start_calls(Arrivals& arrivals) {
    for (;;) {
      const Us now = now_us();
      const Us wanted = arrivals.wanted_us(now);
      if (!arrivals.calls_now(now, book_.waiting())) return;
      out_.lateness.record(now - wanted);
      callers_.call(now);
    }
  }

  /// Those who wait on purpose give up, everybody else may end the call.
  void drain() {
    const bool cancelling = options_.work == Work::backlog || stop_requested != 0;
    end_calls(options_.talk_us + options_.answer_delay_us + options_.drain_us,
              [&](Us now) { return cancelling && callers_.cancel_one_waiting(now); });
    out_.figures = book_.closed();
    // Nothing may be left at the server that another run would meet.
    end_calls(tidy_us, [&](Us now) { return callers_.end_one_open(now); });
  }

  /// Until all calls are over, so long at most; `end_one` makes one of them give up, false when there is none left.
  void end_calls(Us limit_us, const std::function<bool(Us)>& end_one) {
    const Us end = now_us() + limit_us;
    Us next = now_us();
    bool more = true;
    while (book_.open() > 0 && now_us() < end) {
      while (more && now_us() >= next) {
        next += cancel_pause_us;
        more = end_one(now_us());
      }
      turn(more ? next : end);
    }
  }

  void finish() {
    out_.registers = registrations_.figures();
    out_.callers = callers_.repetitions();
    out_.phones = phones_.repetitions();
    out_.registrations = registrations_.repetitions();
    out_.drops = caller_socket_.drops() + phone_socket_.drops();
    out_.receive_buffer_bytes = phone_socket_.receive_buffer_bytes();
  }

  const Options options_;
  UdpSocket caller_socket_;
  UdpSocket phone_socket_;
  Poller poller_;
  Names names_;
  Book book_;
  Callers callers_;
  Phones phones_;
  Registrations registrations_;
  Message message_;
  Outcome out_;
};

}  // namespace

void request_stop() { stop_requested = 1; }

Result<Outcome> run(const Options& options) {
  auto callers = UdpSocket::open(options.caller_address);
  if (!callers) return callers.error();
  auto phones = UdpSocket::open(options.agent_address);
  if (!phones) return phones.error();
  Session session(options, std::move(*callers), std::move(*phones));
  return session.run();
}

}  // namespace rf::load
