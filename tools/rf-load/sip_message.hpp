#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// SIP as text: what a datagram says, and what ours say. Pure.
namespace rf::load {

/// One datagram's message; every view looks into the text that was parsed.
struct Message {
  /// 0: a request.
  int status = 0;
  /// Of the request; of a response, the one that it answers.
  std::string_view method;
  /// Of a request only.
  std::string_view uri;
  std::vector<std::string_view> vias;
  std::vector<std::string_view> record_routes;
  std::string_view from;
  std::string_view to;
  std::string_view call_id;
  std::string_view contact;
  std::string_view challenge;
  std::string_view retry_after;
  std::string_view asserted_identity;
  std::string_view body;
  std::uint32_t cseq = 0;

  bool is_request() const { return status == 0; }
};

/// Reads a datagram; false unless it is SIP with Via, From, To, Call-ID and CSeq. Folded lines, which no current stack
/// writes, are not understood. `out` keeps its memory from one call to the next.
bool parse(std::string_view text, Message& out);

/// `sip:a1@host` of `"Name" <sip:a1@host>;tag=x`; the whole text when it has no brackets, without parameters.
std::string_view uri_in(std::string_view name_addr);
/// `a1` of `sip:a1@host:5060;ob`; empty when it has none.
std::string_view user_of(std::string_view uri);
/// The tag of a From or To value; empty when it has none.
std::string_view tag_of(std::string_view name_addr);
/// The branch of a Via value; empty when it has none.
std::string_view branch_of(std::string_view via);

/// PCMU from `host`, where nothing listens: no media is ever sent.
std::string sdp_of(std::string_view host);

/// An answer. `to_tag` is added where the request has none; `contact` (a URI) and `body` may be empty.
struct Answer {
  int status = 200;
  std::string_view to_tag = {};
  std::string_view contact = {};
  std::string_view body = {};
};
std::string response_to(const Message& request, const Answer& answer);

/// A request of ours. `routes`, `contact` (a URI), `headers` (whole lines with CRLF) and `body` may be empty.
struct Request {
  std::string_view method = {};
  std::string_view uri = {};
  /// `127.0.0.1:5060` of our socket.
  std::string_view address = {};
  std::string_view branch = {};
  std::string_view from = {};
  std::string_view to = {};
  std::string_view call_id = {};
  std::uint32_t cseq = 1;
  const std::vector<std::string>* routes = nullptr;
  std::string_view contact = {};
  std::string_view headers = {};
  std::string_view body = {};
};
std::string text_of(const Request& request);

}  // namespace rf::load
