// Phones register with digest over real sockets: the stack, the front door, the authenticator and the registrar together.
#include <gmock/gmock.h>

#include <set>

#include "process/log.hpp"
#include "process/metrics.hpp"
#include "sip-edge/front_door.hpp"
#include "tests/sip-edge/support/stack.hpp"

namespace rf::edge::test {
namespace {

using testing::HasSubstr;

class NoLog : public process::LogSink {
 public:
  void write(std::string_view line) noexcept override { text.append(line); }
  std::string text;
};

class Users : public CredentialSource {
 public:
  void look_up(const std::string& realm, const std::string& user, HashAlgorithm algorithm, Done done) override {
    if (hold)
      return held.push_back(
          [realm, user, algorithm, done = std::move(done), this] { answer(realm, user, algorithm, done); });
    answer(realm, user, algorithm, done);
  }
  void answer(const std::string& realm, const std::string& user, HashAlgorithm algorithm, const Done& done) {
    const auto known = std::set<std::string>{"alice", "bob"}.count(user) != 0;
    if (!known) return done(std::optional<SipCredential>());
    done(std::optional<SipCredential>(SipCredential{digest_ha1(algorithm, user, realm, user + "-secret"),
                                                    AccountId(Ulid{1, 1}), AgentId(Ulid{2, user.size()})}));
  }
  bool hold = false;
  std::vector<std::function<void()>> held;
};

class RegistrationOnce : public testing::Test {
 protected:
  RegistrationOnce() : RegistrationOnce(std::function<void(sip::AgentConfig&)>()) {}
  explicit RegistrationOnce(std::function<void(sip::AgentConfig&)> change)
      : stack(std::move(change)), logger(sink, clock, process::LogLevel::debug),
        metrics({process::MetricOwner::edge, "test", {}}) {
    directory.put(DirectoryCopy::Kind::sip_domain, "front.example", {AccountId(Ulid{1, 1}), 3});
    FrontDoor::Options options;
    options.registrar.expires_min_s = 1;
    stack.run([&] {
      door = std::make_unique<FrontDoor>(
          stack.root(), options, directory, users,
          [this] {
            return BindingId(Ulid{0, ++last_id});
          },
          logger, metrics,
          [this](const BindingEvent& event) {
            if (const auto* up = std::get_if<BindingUpEvent>(&event)) {
              events.add("up " + up->contact);
            } else {
              events.add("down " + std::string(name_of(std::get<BindingDownEvent>(event).reason)));
            }
          });
      door->set_directory_known(true);
      stack.screener = [this](const sip::Request& request) { return door->screen(request); };
      stack.requester = [this](sip::ServerRequest request) { door->on_register(std::move(request)); };
    });
  }
  ~RegistrationOnce() override {
    stack.run([&] {
      users.held.clear();
      door.reset();
    });
  }

  NoLog sink;
  process::SystemClock clock;
  Stack stack;
  process::Logger logger;
  process::Metrics metrics;
  DirectoryCopy directory;
  Users users;
  std::uint64_t last_id = 0;
  Journal events;
  std::unique_ptr<FrontDoor> door;
};

class Registration : public RegistrationOnce, public testing::WithParamInterface<Stack::Address> {};

/// A phone that answers challenges.
class SipPhone {
 public:
  SipPhone(Stack& stack, Stack::Address which, std::string user, std::string password)
      : peer(stack.address(which).transport, stack.address(which)), user_(std::move(user)),
        password_(std::move(password)) {
    dialog = {new_token(), "<sip:" + user_ + "@front.example>;tag=1", "<sip:" + user_ + "@front.example>",
              "sip:front.example", 1};
  }

  std::string contact() const { return "<sip:" + user_ + "@" + peer.host_port() + ">"; }

  /// One REGISTER without credentials.
  SipText ask(const std::string& extra) {
    ++dialog.cseq;
    peer.send(request_text(peer, "REGISTER", dialog, extra));
    return peer.receive().value_or(SipText{});
  }
  /// The Authorization line for a 401, for the challenge of that algorithm.
  std::string authorization(const SipText& challenge, HashAlgorithm algorithm, std::uint32_t nc) const {
    for (const std::string& line : challenge.all("www-authenticate")) {
      if (line.find("algorithm=" + std::string(name_of(algorithm))) == std::string::npos) continue;
      DigestCredentials c;
      c.algorithm = algorithm;
      c.username = user_;
      c.realm = field(line, "realm");
      c.nonce = field(line, "nonce");
      c.uri = "sip:front.example";
      c.cnonce = "0123";
      char nc_text[9];
      std::snprintf(nc_text, sizeof nc_text, "%08x", nc);
      c.nc_text = nc_text;
      const std::string response = digest_response(c, digest_ha1(algorithm, user_, c.realm, password_), "REGISTER");
      return "Authorization: Digest username=\"" + user_ + "\", realm=\"" + c.realm + "\", nonce=\"" + c.nonce +
             "\", uri=\"" + c.uri + "\", response=\"" + response + "\", algorithm=" + std::string(name_of(algorithm)) +
             ", cnonce=\"0123\", qop=auth, nc=" + c.nc_text + "\r\n";
    }
    ADD_FAILURE() << "no such challenge";
    return "";
  }
  /// Both steps.
  SipText go(const std::string& extra, HashAlgorithm algorithm) {
    const SipText challenge = ask(extra);
    EXPECT_EQ(challenge.status(), 401);
    return ask(extra + authorization(challenge, algorithm, 1));
  }

  Peer peer;
  Dialog dialog;

 private:
  static std::string field(const std::string& line, const std::string& name) {
    const auto at = line.find(name + "=\"") + name.size() + 2;
    return line.substr(at, line.find('"', at) - at);
  }
  std::string user_;
  std::string password_;
};

INSTANTIATE_TEST_SUITE_P(All, Registration, testing::Values(Stack::udp4, Stack::tcp4, Stack::udp6, Stack::tcp6));

TEST_P(Registration, UpRefreshAndDownWithBothAlgorithms) {
  for (const HashAlgorithm algorithm : {HashAlgorithm::sha256, HashAlgorithm::md5}) {
    SipPhone phone(stack, GetParam(), "alice", "alice-secret");
    const std::string contact = "Contact: " + phone.contact() + "\r\nExpires: 120\r\n";
    const SipText ok = phone.go(contact, algorithm);
    ASSERT_EQ(ok.status(), 200);
    EXPECT_THAT(ok.header("contact"), HasSubstr(phone.contact()));
    EXPECT_EQ(events.next(), "up sip:alice@" + phone.peer.host_port());
    EXPECT_EQ(stack.run([&] { return door->find(BindingId(Ulid{0, last_id}))->flow; }), phone.peer.local());

    const SipText refreshed = phone.go(contact, algorithm);
    EXPECT_EQ(refreshed.status(), 200);
    EXPECT_TRUE(events.empty());
    const SipText listed = phone.go("", algorithm);
    EXPECT_THAT(listed.header("contact"), HasSubstr(phone.contact()));
    EXPECT_EQ(phone.go("Contact: *\r\nExpires: 0\r\n", algorithm).status(), 200);
    EXPECT_EQ(events.next(), "down unregistered");
  }
  EXPECT_EQ(sink.text.find("secret"), std::string::npos);
  EXPECT_EQ(sink.text.find(digest_ha1(HashAlgorithm::md5, "alice", "front.example", "alice-secret")),
            std::string::npos);
  EXPECT_TRUE(stack.await_idle());
}

TEST_P(Registration, OneNonceServesSeveralRequestsAndNoReplay) {
  SipPhone phone(stack, GetParam(), "bob", "bob-secret");
  const std::string contact = "Contact: " + phone.contact() + "\r\n";
  const SipText challenge = phone.ask(contact);
  ASSERT_EQ(challenge.status(), 401);
  const std::string first = phone.authorization(challenge, HashAlgorithm::sha256, 1);
  EXPECT_EQ(phone.ask(contact + first).status(), 200);
  EXPECT_EQ(phone.ask(contact + phone.authorization(challenge, HashAlgorithm::sha256, 2)).status(), 200);
  const SipText replayed = phone.ask(contact + first);
  EXPECT_EQ(replayed.status(), 401);
  EXPECT_THAT(replayed.header("www-authenticate"), HasSubstr("stale=true"));
  EXPECT_EQ(phone.ask(contact + phone.authorization(replayed, HashAlgorithm::sha256, 1)).status(), 200);
  // A retransmission is no replay: it gets the same answer again.
  const SipText fresh = phone.ask(contact);
  ++phone.dialog.cseq;
  const std::string once =
      request_text(phone.peer, "REGISTER", phone.dialog, contact + phone.authorization(fresh, HashAlgorithm::md5, 1));
  phone.peer.send(once);
  EXPECT_EQ(phone.peer.receive()->status(), 200);
  if (phone.peer.local().transport == Transport::udp) {
    phone.peer.send(once);
    EXPECT_EQ(phone.peer.receive()->status(), 200);
  }
}

TEST_F(RegistrationOnce, AnUnknownUserCannotBeToldFromAWrongPassword) {
  const auto shape = [&](const std::string& user) {
    SipPhone phone(stack, Stack::udp4, user, "guess");
    const SipText answer = phone.go("Contact: " + phone.contact() + "\r\n", HashAlgorithm::sha256);
    std::string out = answer.first_line;
    for (const auto& [name, value] : answer.headers) out += " " + name;
    return out;
  };
  const std::string wrong_password = shape("alice");
  EXPECT_THAT(wrong_password, HasSubstr("401"));
  EXPECT_EQ(shape("mallory"), wrong_password);
  EXPECT_TRUE(events.empty());
}

TEST_F(RegistrationOnce, NobodyRegistersForSomebodyElseOrAForeignDomain) {
  SipPhone phone(stack, Stack::udp4, "bob", "bob-secret");
  phone.dialog.remote = "<sip:alice@front.example>";
  EXPECT_EQ(phone.go("Contact: " + phone.contact() + "\r\n", HashAlgorithm::md5).status(), 403);
  phone.dialog.remote = "<sip:bob@other.example>";
  phone.dialog.target = "sip:other.example";
  EXPECT_EQ(phone.ask("Contact: " + phone.contact() + "\r\n").status(), 403);
  EXPECT_TRUE(events.empty());
}

TEST_F(RegistrationOnce, SeveralPhonesOfOneUserAndAClosedConnectionTakesItsOwnDown) {
  SipPhone desk(stack, Stack::udp4, "alice", "alice-secret");
  SipPhone soft(stack, Stack::tcp6, "alice", "alice-secret");
  ASSERT_EQ(desk.go("Contact: " + desk.contact() + "\r\n", HashAlgorithm::md5).status(), 200);
  EXPECT_THAT(events.next(), HasSubstr("up "));
  const SipText both = soft.go("Contact: " + soft.contact() + "\r\n", HashAlgorithm::md5);
  EXPECT_EQ(both.all("contact").size() == 2 || both.header("contact").find(',') != std::string::npos, true);
  EXPECT_THAT(events.next(), HasSubstr("up "));
  soft.peer.close();
  EXPECT_EQ(events.next(), "down flow_closed");
  EXPECT_EQ(stack.run([&] { return door->bindings(); }), 1u);
}

TEST_F(RegistrationOnce, WhatIsNotRefreshedExpires) {
  SipPhone phone(stack, Stack::udp4, "alice", "alice-secret");
  ASSERT_EQ(phone.go("Contact: " + phone.contact() + ";expires=1\r\n", HashAlgorithm::md5).status(), 200);
  EXPECT_THAT(events.next(), HasSubstr("up "));
  EXPECT_EQ(events.next(), "down expired");
}

TEST_F(RegistrationOnce, TheCredentialsMayComeLaterAndOthersAreServedMeanwhile) {
  SipPhone slow(stack, Stack::udp4, "alice", "alice-secret");
  const std::string contact = "Contact: " + slow.contact() + "\r\n";
  const SipText challenge = slow.ask(contact);
  stack.run([&] { users.hold = true; });
  ++slow.dialog.cseq;
  const std::string request = request_text(slow.peer, "REGISTER", slow.dialog,
                                           contact + slow.authorization(challenge, HashAlgorithm::sha256, 1));
  slow.peer.send(request);
  slow.peer.send(request);
  EXPECT_TRUE(stack.alive());
  stack.run([&] {
    EXPECT_EQ(users.held.size(), 1u) << "the retransmission waits with the first";
    users.held[0]();
    users.held.clear();
  });
  EXPECT_EQ(slow.peer.receive()->status(), 200);
  EXPECT_THAT(events.next(), HasSubstr("up "));
}

TEST_F(RegistrationOnce, TheAnswerTellsWhatWasRegistered) {
  SipPhone phone(stack, Stack::udp4, "alice", "alice-secret");
  const std::string contact =
      "Contact: " + phone.contact() + ";expires=300;reg-id=2;+sip.instance=\"<urn:uuid:0-1-2>\"\r\n";
  const SipText ok = phone.go(contact, HashAlgorithm::md5);
  ASSERT_EQ(ok.status(), 200);
  EXPECT_THAT(ok.header("contact"), testing::MatchesRegex("<sip:alice@.*>;expires=(300|299);.*"));
  EXPECT_THAT(ok.header("contact"), HasSubstr(";+sip.instance=\"<urn:uuid:0-1-2>\";reg-id=2"));
  const SipText listed = phone.go("", HashAlgorithm::md5);
  EXPECT_THAT(listed.header("contact"), HasSubstr(";+sip.instance=\"<urn:uuid:0-1-2>\";reg-id=2"));

  SipPhone quoting(stack, Stack::udp4, "bob", "bob-secret");
  const std::string odd = ";+sip.instance=\"<a\\\"b\\\\c>\"";
  EXPECT_THAT(quoting.go("Contact: " + quoting.contact() + odd + "\r\n", HashAlgorithm::md5).header("contact"),
              HasSubstr(odd));
}

TEST_F(RegistrationOnce, AContactThatCannotBeCalledIsRefusedWithAReason) {
  SipPhone phone(stack, Stack::udp4, "alice", "alice-secret");
  for (const char* bad : {"<mailto:alice@a.example>", "<http://a.example/>", "<sip:alice@a.example:99999>",
                          "<sip:alice@a.example:0>", "<sip:alice@a%20b.example>"}) {
    // Together with a good one: all or nothing.
    const SipText answer = phone.go("Contact: " + phone.contact() + "\r\nContact: " + bad + "\r\n", HashAlgorithm::md5);
    EXPECT_EQ(answer.status(), 400) << bad;
    EXPECT_THAT(answer.header("warning"), HasSubstr("Contact")) << bad;
    EXPECT_EQ(stack.run([&] { return door->bindings(); }), 0u) << bad;
  }
  EXPECT_TRUE(events.empty());
}

TEST_F(RegistrationOnce, APhoneThatIsGoneBeforeItsAnswerIsTakenDownAtOnce) {
  auto phone = std::make_unique<SipPhone>(stack, Stack::tcp4, "alice", "alice-secret");
  const std::string contact = "Contact: " + phone->contact() + "\r\n";
  const SipText challenge = phone->ask(contact);
  stack.run([&] { users.hold = true; });
  ++phone->dialog.cseq;
  phone->peer.send(request_text(phone->peer, "REGISTER", phone->dialog,
                                contact + phone->authorization(challenge, HashAlgorithm::md5, 1)));
  while (stack.run([&] { return users.held.empty(); })) std::this_thread::yield();
  phone.reset();
  while (stack.run([&] { return stack.agent().counts().connections; }) != 0) std::this_thread::yield();
  stack.run([&] { users.held[0](); });
  EXPECT_THAT(events.next(), HasSubstr("up "));
  EXPECT_EQ(events.next(), "down flow_closed");
  EXPECT_EQ(stack.run([&] { return door->bindings(); }), 0u);
}

TEST_F(RegistrationOnce, WhatNobodyTakesIsAnsweredByTheBook) {
  // RFC 3261 8.2.1, 8.2.2.3 and 11.2.
  Peer peer(Transport::udp, stack.address(Stack::udp4));
  const Dialog dialog{new_token(), "<sip:me@test>;tag=1", "<sip:4711@front.example>", "sip:4711@front.example", 1};
  const auto answer = [&](const char* method, const std::string& extra) {
    peer.send(request_text(peer, method, dialog, extra));
    return peer.receive().value_or(SipText{});
  };
  const SipText options = answer("OPTIONS", "");
  EXPECT_EQ(options.status(), 200);
  EXPECT_THAT(options.header("allow"), HasSubstr("REGISTER"));
  const SipText refer = answer("REFER", "Refer-To: <sip:a@b>\r\n");
  EXPECT_EQ(refer.status(), 405);
  EXPECT_THAT(refer.header("allow"), HasSubstr("INVITE"));
  EXPECT_THAT(refer.header("allow"), testing::Not(HasSubstr("REFER")));
  const SipText invite = answer("INVITE", "Contact: <sip:me@127.0.0.1>\r\nRequire: timer, 100rel\r\n");
  EXPECT_EQ(invite.status(), 420);
  EXPECT_EQ(invite.header("unsupported"), "100rel");
  EXPECT_EQ(answer("DANCE", "").status(), 501);
  EXPECT_EQ(answer("CANCEL", "").status(), 481);
}

TEST_F(RegistrationOnce, NumbersAreFoundInEveryFormACarrierWrites) {
  directory.put(DirectoryCopy::Kind::trunk, "192.0.2.1", {AccountId(Ulid{1, 1}), 3});
  directory.put(DirectoryCopy::Kind::number, "7001", {AccountId(Ulid{1, 1}), 3});
  const auto status = [&](const std::string& uri) {
    sip::Request invite;
    invite.method = sip::Method::invite;
    invite.uri = *parse_uri(uri);
    invite.source.ip = "192.0.2.1";
    const sip::Screening screening = stack.run([&] { return door->screen(invite); });
    const auto* refused = std::get_if<sip::Reply>(&screening);
    if (refused != nullptr) return refused->status;
    EXPECT_EQ(stack.run([&] { return door->route(invite)->number; }), "7001");
    return 0;
  };
  for (const char* const known : {"sip:7001@front.example", "sip:7001;npdi;rn=+4930@front.example", "tel:7001",
                                  "sip:7001;phone-context=x@127.0.0.1", "sips:7001@front.example;user=phone"})
    EXPECT_EQ(status(known), 0) << known;
  EXPECT_EQ(status("sip:7002@front.example"), 404);
  EXPECT_EQ(status("sip:7001@elsewhere.test"), 403);
}

TEST_F(RegistrationOnce, WithoutANodeNoCallsAreTakenAndOptionsSaysSo) {
  directory.put(DirectoryCopy::Kind::trunk, "192.0.2.1", {AccountId(Ulid{1, 1}), 3});
  directory.put(DirectoryCopy::Kind::number, "7001", {AccountId(Ulid{1, 1}), 3});
  sip::Request request;
  request.uri = *parse_uri("sip:7001@front.example");
  request.source.ip = "192.0.2.1";
  const auto status = [&](sip::Method method) {
    request.method = method;
    const sip::Screening screening = stack.run([&] { return door->screen(request); });
    const auto* reply = std::get_if<sip::Reply>(&screening);
    return reply == nullptr ? 0 : reply->status;
  };
  EXPECT_EQ(status(sip::Method::invite), 0);
  EXPECT_EQ(status(sip::Method::options), 200);
  stack.run([&] { door->set_node_reached(false); });
  EXPECT_EQ(status(sip::Method::invite), 503);
  EXPECT_EQ(status(sip::Method::options), 503);
  stack.run([&] { door->set_node_reached(true); });
  EXPECT_EQ(status(sip::Method::options), 200);
  stack.run([&] { door->close_for_calls(); });
  EXPECT_EQ(status(sip::Method::invite), 503);
  EXPECT_EQ(status(sip::Method::options), 503);
}

class CrowdedRegistration : public RegistrationOnce {
 protected:
  CrowdedRegistration()
      : RegistrationOnce([](sip::AgentConfig& config) {
          config.connections_max = 60;
          config.connections_per_address_max = 40;
          config.stranger_timeout_ms = 500;
        }) {}
};

TEST_F(CrowdedRegistration, StrangersDoNotTakeThePhonesConnections) {
  SipPhone desk(stack, Stack::tcp6, "alice", "alice-secret");
  ASSERT_EQ(desk.go("Contact: " + desk.contact() + "\r\n", HashAlgorithm::md5).status(), 200);
  EXPECT_THAT(events.next(), HasSubstr("up "));
  std::vector<std::unique_ptr<Peer>> strangers;
  for (int i = 0; i < 200; ++i) {
    strangers.push_back(std::make_unique<Peer>(Transport::tcp, stack.address(Stack::tcp4)));
    strangers.back()->send("REGISTER sip:");
  }
  // Registered phones are served, new ones from elsewhere come in.
  EXPECT_EQ(desk.go("Contact: " + desk.contact() + "\r\n", HashAlgorithm::md5).status(), 200);
  SipPhone late(stack, Stack::tcp6, "bob", "bob-secret");
  EXPECT_EQ(late.go("Contact: " + late.contact() + "\r\n", HashAlgorithm::md5).status(), 200);
  EXPECT_THAT(events.next(), HasSubstr("up "));

  for (const auto& stranger : strangers) EXPECT_TRUE(stranger->await_close());
  // The address of the strangers is open again, and the phones never noticed.
  SipPhone after(stack, Stack::tcp4, "alice", "alice-secret");
  EXPECT_EQ(after.go("Contact: " + after.contact() + "\r\n", HashAlgorithm::md5).status(), 200);
  EXPECT_THAT(events.next(), HasSubstr("up "));
  EXPECT_EQ(desk.go("", HashAlgorithm::md5).status(), 200);
  EXPECT_EQ(late.go("", HashAlgorithm::md5).status(), 200);
  EXPECT_TRUE(events.empty());
}

}  // namespace
}  // namespace rf::edge::test
