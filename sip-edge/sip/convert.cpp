#include "sip-edge/sip/convert.hpp"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_extra.h>

#include <algorithm>
#include <charconv>

namespace rf::edge::sip {

namespace {

constexpr std::size_t instance_bytes_max = 256;

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : std::string(text); }

std::uint32_t clamp_u32(unsigned long value) {
  return static_cast<std::uint32_t>(std::min<unsigned long>(value, UINT32_MAX));
}

/// A delta-seconds value; anything that is none counts as absent, one too large as the largest (RFC 3261 20.19).
std::optional<std::uint32_t> to_seconds(const char* text) {
  if (text == nullptr) return std::nullopt;
  const std::string_view view(text);
  if (view.empty() || view.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (error == std::errc::result_out_of_range) return UINT32_MAX;
  return value;
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

NameAddr to_name_addr(const sip_addr_t* address) {
  NameAddr out;
  if (address == nullptr) return out;
  out.display = unquote(text_or_empty(address->a_display));
  out.uri = to_uri(address->a_url);
  out.tag = text_or_empty(address->a_tag);
  return out;
}

std::vector<std::string> to_tokens(const msg_list_t* list) {
  std::vector<std::string> out;
  for (; list != nullptr; list = list->k_next) {
    if (list->k_items == nullptr) continue;
    for (auto item = list->k_items; *item != nullptr; ++item) out.emplace_back(*item);
  }
  return out;
}

std::vector<std::string> to_credentials(const msg_auth_t* auth) {
  std::vector<std::string> out;
  for (; auth != nullptr; auth = auth->au_next) {
    std::string value = text_or_empty(auth->au_scheme);
    const char* separator = " ";
    for (auto param = auth->au_params; param != nullptr && *param != nullptr; ++param) {
      value += separator;
      value += *param;
      separator = ", ";
    }
    out.push_back(std::move(value));
  }
  return out;
}

Contact to_contact(const sip_contact_t* contact) {
  Contact out;
  out.uri = to_uri(contact->m_url);
  out.expires_s = to_seconds(contact->m_expires);
  std::string instance = unquote(text_or_empty(msg_params_find(contact->m_params, "+sip.instance=")));
  if (instance.size() > 2 && instance.front() == '<' && instance.back() == '>') {
    instance = instance.substr(1, instance.size() - 2);
  }
  out.instance_id = instance.substr(0, instance_bytes_max);
  out.reg_id = to_seconds(msg_params_find(contact->m_params, "reg-id=")).value_or(0);
  return out;
}

std::optional<SessionExpires> to_session_expires(const sip_session_expires_t* header) {
  if (header == nullptr) return std::nullopt;
  SessionExpires out{clamp_u32(header->x_delta), RefresherRole::unsaid};
  if (header->x_refresher != nullptr) {
    if (equal_no_case(header->x_refresher, "uac")) out.refresher = RefresherRole::uac;
    if (equal_no_case(header->x_refresher, "uas")) out.refresher = RefresherRole::uas;
  }
  return out;
}

void read_common(const sip_t* sip, msg_t* msg, Message& out) {
  if (sip->sip_cseq != nullptr) {
    out.method = to_method(sip->sip_cseq->cs_method);
    out.method_name = text_or_empty(sip->sip_cseq->cs_method_name);
    out.cseq = sip->sip_cseq->cs_seq;
  }
  if (sip->sip_call_id != nullptr) out.call_id = text_or_empty(sip->sip_call_id->i_id);
  out.from = to_name_addr(sip->sip_from);
  out.to = to_name_addr(sip->sip_to);
  if (msg != nullptr) out.source = to_flow(sip, msg);
  for (const sip_contact_t* one = sip->sip_contact; one != nullptr; one = one->m_next) {
    if (one->m_url->url_type != url_any) out.contacts.push_back(to_contact(one));
  }
  out.require = to_tokens(sip->sip_require);
  out.supported = to_tokens(sip->sip_supported);
  out.allow = to_tokens(reinterpret_cast<const msg_list_t*>(sip->sip_allow));
  out.session_expires = to_session_expires(sip->sip_session_expires);
  if (sip->sip_min_se != nullptr) out.min_se_s = clamp_u32(sip->sip_min_se->min_delta);
  if (sip->sip_user_agent != nullptr) out.user_agent = text_or_empty(sip->sip_user_agent->g_string);
  if (sip->sip_reason != nullptr) {
    out.reason = text_or_empty(sip->sip_reason->re_protocol);
    for (auto param = sip->sip_reason->re_params; param != nullptr && *param != nullptr; ++param) {
      out.reason.append(";").append(*param);
    }
  }
  for (const sip_unknown_t* one = sip->sip_unknown; one != nullptr; one = one->un_next) {
    out.others.push_back({text_or_empty(one->un_name), text_or_empty(one->un_value)});
  }
  out.body = to_body(sip);
}

}  // namespace

Method to_method(sip_method_t method) {
  if (method <= sip_method_unknown || method > sip_method_publish) return Method::unknown;
  return static_cast<Method>(method);
}
static_assert(static_cast<int>(Method::publish) == sip_method_publish &&
              static_cast<int>(Method::invite) == sip_method_invite &&
              static_cast<int>(Method::update) == sip_method_update);

sip_method_t from_method(Method method) { return static_cast<sip_method_t>(method); }

Uri to_uri(const url_t* url) {
  Uri out;
  out.scheme = lower_case(text_or_empty(url->url_scheme));
  out.user = text_or_empty(url->url_user);
  if (url->url_password != nullptr) out.user.append(":").append(url->url_password);
  out.host = lower_case(text_or_empty(url->url_host));
  // The number of a tel URI stands where others have their host.
  if (url->url_type == url_tel && out.user.empty()) out.user.swap(out.host);
  out.params = text_or_empty(url->url_params);
  const std::string port = text_or_empty(url->url_port);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  const bool readable = error == std::errc() && end == port.data() + port.size() && out.port != 0;
  // What cannot be read must not pass for the default port: without a host the URI is of no use.
  if (!port.empty() && !readable) out.host.clear();
  return out;
}

Body to_body(const sip_t* sip) {
  Body out;
  if (sip->sip_payload == nullptr || sip->sip_payload->pl_len == 0) return out;
  out.content.assign(sip->sip_payload->pl_data, sip->sip_payload->pl_len);
  if (sip->sip_content_type == nullptr) return out;
  out.content_type = lower_case(text_or_empty(sip->sip_content_type->c_type));
  for (auto param = sip->sip_content_type->c_params; param != nullptr && *param != nullptr; ++param) {
    out.content_type.append(";").append(*param);
  }
  return out;
}

Flow to_flow(const sip_t* sip, msg_t* msg) {
  Flow out;
  const su_sockaddr_t* address = msg_addr(msg);
  if (address == nullptr || (address->su_family != AF_INET && address->su_family != AF_INET6)) return out;
  char text[SU_ADDRSIZE] = {};
  if (su_inet_ntop(address->su_family, SU_ADDR(address), text, sizeof text) == nullptr) return out;
  out.ip = text;
  out.port = ntohs(address->su_port);
  if (sip->sip_via != nullptr && sip->sip_via->v_protocol != nullptr) {
    const std::string protocol = lower_case(sip->sip_via->v_protocol);
    if (protocol.size() >= 4 && protocol.compare(protocol.size() - 4, 4, "/tcp") == 0) out.transport = Transport::tcp;
  }
  return out;
}

Request to_request(const sip_t* sip, msg_t* msg) {
  Request out;
  read_common(sip, msg, out);
  out.method = to_method(sip->sip_request->rq_method);
  out.method_name = text_or_empty(sip->sip_request->rq_method_name);
  out.uri = to_uri(sip->sip_request->rq_url);
  if (sip->sip_max_forwards != nullptr) out.max_forwards = clamp_u32(sip->sip_max_forwards->mf_count);
  for (const sip_contact_t* one = sip->sip_contact; one != nullptr; one = one->m_next) {
    out.contact_wildcard |= one->m_url->url_type == url_any;
  }
  if (sip->sip_expires != nullptr && sip->sip_expires->ex_date == 0) {
    out.expires_s = clamp_u32(sip->sip_expires->ex_delta);
  }
  if (sip->sip_privacy != nullptr && sip->sip_privacy->priv_values != nullptr) {
    for (auto value = sip->sip_privacy->priv_values; *value != nullptr; ++value) {
      out.identity_is_private |= equal_no_case(*value, "id");
    }
  }
  out.authorizations = to_credentials(sip->sip_authorization);
  out.proxy_authorizations = to_credentials(sip->sip_proxy_authorization);
  return out;
}

Response to_response(const sip_t* sip, msg_t* msg) {
  Response out;
  read_common(sip, msg, out);
  out.status = sip->sip_status->st_status;
  out.phrase = text_or_empty(sip->sip_status->st_phrase);
  if (sip->sip_retry_after != nullptr) out.retry_after_s = clamp_u32(sip->sip_retry_after->af_delta);
  out.internal = nta_sip_is_internal(sip) != 0;
  return out;
}

std::optional<NameAddr> first_identity(const std::string& value) {
  Home home;
  const sip_p_asserted_identity_t* header = sip_p_asserted_identity_make(home.get(), value.c_str());
  if (header == nullptr) return std::nullopt;
  NameAddr out;
  out.display = unquote(text_or_empty(header->paid_display));
  out.uri = to_uri(header->paid_url);
  if (out.uri.user.empty()) return std::nullopt;
  return out;
}

std::string header_lines(const std::vector<Header>& headers) {
  std::string out;
  for (const Header& header : headers) {
    std::string line = header.name + ": " + header.value;
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    out += line + "\r\n";
  }
  return out;
}

std::string route_of(const Flow& flow) {
  std::string out = "sip:" + flow.host_port() + ";transport=" + std::string(name_of(flow.transport));
  if (flow.is_ipv6()) out += ";maddr=" + flow.ip;
  return out;
}

std::optional<Flow> direct_hop(const url_t* url) {
  if (url == nullptr || url->url_type != url_sip || url->url_host == nullptr) return std::nullopt;
  return edge::direct_hop(to_uri(url));
}

std::string join(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) out += (out.empty() ? "" : ", ") + token;
  return out;
}

}  // namespace rf::edge::sip
