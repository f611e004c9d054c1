#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip-edge/flow.hpp"
#include "sip-edge/session_timer.hpp"
#include "sip-edge/uri.hpp"

/// SIP messages as plain values: all that leaves sip-edge/sip.
namespace rf::edge::sip {

enum class Method : std::uint8_t {
  unknown,
  invite,
  ack,
  cancel,
  bye,
  options,
  register_,
  info,
  prack,
  update,
  message,
  subscribe,
  notify,
  refer,
  publish,
};

/// "INVITE"; empty for `unknown`.
std::string_view name_of(Method method);

/// A header by name. Line breaks and NULs in a value are written as blanks.
struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

/// `content_type` is empty when there is no body.
struct Body {
  std::string content_type;
  std::string content;
  bool empty() const { return content.empty(); }
  friend bool operator==(const Body&, const Body&) = default;
};

/// A body of type application/sdp.
Body sdp_body(std::string sdp);

struct NameAddr {
  /// Unquoted.
  std::string display;
  Uri uri;
  /// Its tag parameter; ignored in what we send.
  std::string tag;
};

struct Contact {
  Uri uri;
  std::optional<std::uint32_t> expires_s;
  /// +sip.instance without quotes and <>, at most 256 bytes.
  std::string instance_id;
  std::uint32_t reg_id = 0;
};

/// What requests and responses have in common.
struct Message {
  Method method = Method::unknown;
  /// As written: tells unknown methods apart.
  std::string method_name;
  std::uint32_t cseq = 0;
  std::string call_id;
  NameAddr from;
  NameAddr to;
  /// Who sent it, as the network saw it. Empty ip in a response that our own stack made.
  Flow source;
  std::vector<Contact> contacts;
  std::vector<std::string> require;
  std::vector<std::string> supported;
  std::vector<std::string> allow;
  std::optional<SessionExpires> session_expires;
  std::optional<std::uint32_t> min_se_s;
  std::string user_agent;
  /// "SIP;cause=200;text=..." (RFC 3326).
  std::string reason;
  /// Headers that the library does not know, such as P-Asserted-Identity or Diversion.
  std::vector<Header> others;
  Body body;

  /// The value of the first such header among `others`; names compare without case.
  const std::string* other(std::string_view name) const;
  /// What RFC 4028 negotiation needs.
  SessionTerms session_terms() const;
};

struct Request : Message {
  Uri uri;
  /// Our address that it came to.
  Flow local;
  /// Which entry of AgentConfig::listen that is.
  std::size_t listen = 0;
  std::uint32_t max_forwards = 70;
  /// "Contact: *".
  bool contact_wildcard = false;
  /// "Privacy: id" (RFC 3325 9.3).
  bool identity_is_private = false;
  std::optional<std::uint32_t> expires_s;
  /// Values of the Authorization headers, then of the Proxy-Authorization headers.
  std::vector<std::string> authorizations;
  std::vector<std::string> proxy_authorizations;
};

struct Response : Message {
  int status = 0;
  std::string phrase;
  /// Seconds of a Retry-After.
  std::optional<std::uint32_t> retry_after_s;
  /// Made by our own stack: 408 for no answer in time, 503 for a transport that failed.
  bool internal = false;
};

/// An answer of ours. The phrase is the standard one; Contact, Allow, Supported and Server are added where RFC 3261
/// wants them.
struct Reply {
  int status = 0;
  std::vector<Header> headers{};
  Body body{};
};

/// `status` alone.
Reply reply(int status);
/// With a Retry-After, for 503 and 500.
Reply reply_later(int status, std::uint32_t retry_after_s);

/// The first identity in the value of a P-Asserted-Identity (RFC 3325 9.1); nothing if it names nobody.
std::optional<NameAddr> first_identity(const std::string& value);

/// "Display" <sip:user@host>, quoted and escaped.
std::string text_of(const NameAddr& value);

}  // namespace rf::edge::sip
