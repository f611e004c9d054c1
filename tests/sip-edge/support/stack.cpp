#include "tests/sip-edge/support/stack.hpp"

#include <chrono>
#include <stdexcept>

#include "core/base/assert.hpp"

namespace rf::edge::test {

void Journal::add(std::string line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  changed_.notify_all();
}

std::string Journal::next(Ms wait_ms) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::milliseconds(wait_ms), [&] { return !lines_.empty(); })) return "(nothing)";
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

bool Journal::empty() {
  const std::lock_guard lock(mutex_);
  return lines_.empty();
}

RootThread::RootThread() {
  std::promise<sip::Root*> ready;
  auto made = ready.get_future();
  thread_ = std::thread([&ready] {
    sip::Root root;
    ready.set_value(&root);
    root.run();
  });
  root_ = made.get();
  poster_ = root_->poster();
}

RootThread::~RootThread() {
  poster_->post([root = root_] { root->stop(); });
  thread_.join();
}

void RecordedLeg::take(std::unique_ptr<sip::Leg> taken) {
  leg = std::move(taken);
  leg->listen(*this);
}

void RecordedLeg::on_progress(sip::Leg&, const sip::Response& response) {
  const std::string line = "progress " + std::to_string(response.status);
  journal.add(line);
  if (also) also(line);
}

void RecordedLeg::on_answered(sip::Leg&, const sip::Response& response) {
  answer = response;
  const std::string line = "answered " + std::to_string(response.status) + " " + response.body.content;
  journal.add(line);
  if (also) also(line);
}

void RecordedLeg::on_acked(sip::Leg&, std::uint32_t, const sip::Body& body) {
  const std::string line = "acked " + body.content;
  journal.add(line);
  if (also) also(line);
}

void RecordedLeg::on_request(sip::Leg&, sip::ServerRequest request) {
  const std::string line = "request " + request.request().method_name;
  requests.push_back(std::move(request));
  journal.add(line);
  if (also) also(line);
}

void RecordedLeg::on_ended(sip::Leg&, const sip::LegEnd& end) {
  static constexpr const char* names[] = {"failed", "peer_hung_up", "peer_cancelled", "ours", "no_ack"};
  std::string line = "ended " + std::string(names[static_cast<int>(end.cause)]) + " " + std::to_string(end.status);
  if (end.internal) line += " internal";
  journal.add(line);
  if (also) also(line);
}

Stack::Stack(std::function<void(sip::AgentConfig&)> change) {
  sip::AgentConfig config;
  config.listen = {{Transport::udp, "127.0.0.1", 0, "", "sip.listen[0]"},
                   {Transport::tcp, "127.0.0.1", 0, "", "sip.listen[1]"},
                   {Transport::udp, "::1", 0, "", "sip.listen[2]"},
                   {Transport::tcp, "::1", 0, "", "sip.listen[3]"}};
  if (change) change(config);
  run([&] {
    auto opened = sip::Agent::open(thread_.root(), config, *this);
    if (!opened.ok()) throw std::runtime_error(opened.error().what);
    agent_ = std::move(opened).value();
    listening_ = agent_->listening();
  });
}

Stack::~Stack() {
  run([&] {
    legs.clear();
    agent_.reset();
  });
}

sip::Screening Stack::screen(const sip::Request& request) {
  return screener ? screener(request) : sip::Screening(sip::Take{});
}

void Stack::on_invite(std::unique_ptr<sip::Leg> leg, const sip::Request& request) {
  if (inviter) return inviter(std::move(leg), request);
  legs.emplace_back();
  legs.back().take(std::move(leg));
  invites.push_back(request);
  journal.add("invite " + request.uri.user);
}

void Stack::on_request(sip::ServerRequest request) {
  if (requester) return requester(std::move(request));
  request.reply(sip::reply(200));
}

bool Stack::await_idle() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (std::chrono::steady_clock::now() < until) {
    const auto counts = run([&] { return agent_->counts(); });
    if (counts.legs == 0 && counts.server_requests == 0 && counts.client_requests == 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

bool Stack::alive() {
  Peer peer(Transport::udp, address(udp4));
  const Dialog dialog{new_token(), "<sip:probe@test>;tag=1", "<sip:edge@test>", "sip:edge@test", 1};
  peer.send(request_text(peer, "OPTIONS", dialog, ""));
  return peer.await_status(200).has_value();
}

}  // namespace rf::edge::test
