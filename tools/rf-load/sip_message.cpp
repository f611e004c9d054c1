#include "tools/rf-load/sip_message.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace rf::load {

namespace {

constexpr std::string_view allow = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes the text up to `end` off the front.
std::string_view take(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  return out;
}

template <class Number>
bool number_in(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

/// Values of one header field that are separated by commas, which quotes and brackets may hold too.
void add_values(std::string_view text, std::vector<std::string_view>& out) {
  bool quoted = false;
  bool bracketed = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[i] == '<' || text[i] == '>')) {
      bracketed = text[i] == '<';
    } else if (!quoted && !bracketed && text[i] == ',') {
      out.push_back(trimmed(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  out.push_back(trimmed(text.substr(start)));
}

bool read_cseq(std::string_view value, Message& out) {
  const std::string_view number = take(value, " ");
  out.method = trimmed(value);
  return number_in(number, out.cseq) && !out.method.empty();
}

bool read_field(std::string_view name, std::string_view value, Message& out) {
  using View = std::string_view Message::*;
  static constexpr std::array<std::pair<std::string_view, View>, 12> views = {
      {{"From", &Message::from},
       {"f", &Message::from},
       {"To", &Message::to},
       {"t", &Message::to},
       {"Call-ID", &Message::call_id},
       {"i", &Message::call_id},
       {"Contact", &Message::contact},
       {"m", &Message::contact},
       {"WWW-Authenticate", &Message::challenge},
       {"Proxy-Authenticate", &Message::challenge},
       {"Retry-After", &Message::retry_after},
       {"P-Asserted-Identity", &Message::asserted_identity}}};
  if (same_word(name, "Via") || same_word(name, "v")) {
    add_values(value, out.vias);
  } else if (same_word(name, "Record-Route")) {
    add_values(value, out.record_routes);
  } else if (same_word(name, "CSeq")) {
    return read_cseq(value, out);
  } else {
    for (const auto& [known, view] : views)
      if (same_word(name, known) && (out.*view).empty()) out.*view = value;
  }
  return true;
}

bool read_first_line(std::string_view line, Message& out) {
  constexpr std::string_view version = "SIP/2.0";
  if (line.substr(0, version.size()) == version) {
    line.remove_prefix(std::min(line.size(), version.size() + 1));
    return number_in(take(line, " "), out.status) && out.status >= 100 && out.status < 700;
  }
  out.method = take(line, " ");
  out.uri = take(line, " ");
  return !out.method.empty() && !out.uri.empty() && line == version;
}

/// A parameter of a header value, outside the brackets.
std::string_view parameter_of(std::string_view value, std::string_view name) {
  const std::size_t close = value.rfind('>');
  if (close != std::string_view::npos) value.remove_prefix(close);
  take(value, ";");
  while (!value.empty()) {
    std::string_view parameter = take(value, ";");
    if (same_word(trimmed(take(parameter, "=")), name)) return trimmed(parameter);
  }
  return {};
}

std::string_view reason_of(int status) {
  switch (status) {
    case 180: return "Ringing";
    case 200: return "OK";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 481: return "Call/Transaction Does Not Exist";
    case 487: return "Request Terminated";
    default: return "Answer";
  }
}

void add_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void add_body(std::string& out, std::string_view contact, std::string_view body) {
  if (!contact.empty()) out.append("Contact: <").append(contact).append(">\r\n");
  if (!body.empty()) out += "Content-Type: application/sdp\r\n";
  out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

}  // namespace

bool parse(std::string_view text, Message& out) {
  std::vector<std::string_view> vias = std::move(out.vias);
  std::vector<std::string_view> routes = std::move(out.record_routes);
  out = Message();
  vias.clear();
  routes.clear();
  out.vias = std::move(vias);
  out.record_routes = std::move(routes);

  if (!read_first_line(take(text, "\r\n"), out)) return false;
  const std::string_view first_method = out.method;
  out.method = {};
  while (!text.empty()) {
    std::string_view line = take(text, "\r\n");
    if (line.empty()) break;
    const std::string_view name = trimmed(take(line, ":"));
    if (!read_field(name, trimmed(line), out)) return false;
  }
  out.body = text;
  if (out.vias.empty() || out.from.empty() || out.to.empty() || out.call_id.empty() || out.method.empty()) return false;
  return out.status != 0 || out.method == first_method;
}

std::string_view uri_in(std::string_view name_addr) {
  const std::size_t open = name_addr.find('<');
  if (open == std::string_view::npos) return trimmed(name_addr.substr(0, name_addr.find(';')));
  name_addr.remove_prefix(open + 1);
  return name_addr.substr(0, name_addr.find('>'));
}

std::string_view user_of(std::string_view uri) {
  take(uri, ":");
  const std::size_t at = uri.find('@');
  if (at == std::string_view::npos) return {};
  return uri.substr(0, std::min(at, uri.find_first_of(":;")));
}

std::string_view tag_of(std::string_view name_addr) { return parameter_of(name_addr, "tag"); }

std::string_view branch_of(std::string_view via) { return parameter_of(via, "branch"); }

std::string sdp_of(std::string_view host) {
  const std::string at = "IN IP4 " + std::string(host) + "\r\n";
  return "v=0\r\no=- 1 1 " + at + "s=-\r\nc=" + at +
         "t=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";
}

std::string response_to(const Message& request, const Answer& answer) {
  std::string out;
  out.reserve(640 + answer.body.size());
  out.append("SIP/2.0 ").append(std::to_string(answer.status)).append(" ").append(reason_of(answer.status));
  out += "\r\n";
  for (const std::string_view via : request.vias) add_line(out, "Via", via);
  if (request.method == "INVITE" && answer.status < 300)
    for (const std::string_view route : request.record_routes) add_line(out, "Record-Route", route);
  add_line(out, "From", request.from);
  out.append("To: ").append(request.to);
  if (!answer.to_tag.empty() && tag_of(request.to).empty()) out.append(";tag=").append(answer.to_tag);
  out += "\r\n";
  add_line(out, "Call-ID", request.call_id);
  out.append("CSeq: ").append(std::to_string(request.cseq)).append(" ").append(request.method).append("\r\n");
  if (answer.status == 200 || answer.status == 405) out += allow;
  add_body(out, answer.contact, answer.body);
  return out;
}

std::string text_of(const Request& request) {
  std::string out;
  out.reserve(640 + request.body.size());
  out.append(request.method).append(" ").append(request.uri).append(" SIP/2.0\r\nVia: SIP/2.0/UDP ");
  out.append(request.address).append(";branch=").append(request.branch).append(";rport\r\nMax-Forwards: 70\r\n");
  if (request.routes != nullptr)
    for (const std::string& route : *request.routes) add_line(out, "Route", route);
  add_line(out, "From", request.from);
  add_line(out, "To", request.to);
  add_line(out, "Call-ID", request.call_id);
  out.append("CSeq: ").append(std::to_string(request.cseq)).append(" ").append(request.method).append("\r\n");
  if (request.method == "INVITE") out += allow;
  out += request.headers;
  add_body(out, request.contact, request.body);
  return out;
}

}  // namespace rf::load
