#include "sip-edge/held_sdp.hpp"

#include <algorithm>

namespace rf::edge {

namespace {

bool starts_with_one_of(std::string_view line, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return line.starts_with(start); });
}

/// "m=audio 4000 RTP/AVP 0 8" with the discard port, unless the stream was refused by port 0 already.
std::string discarding(std::string_view media) {
  const auto kind_end = media.find(' ');
  if (kind_end == std::string_view::npos) return std::string(media);
  const auto port_end = std::min(media.find(' ', kind_end + 1), media.size());
  const std::string_view port = media.substr(kind_end + 1, port_end - kind_end - 1);
  const char* const to = port == "0" ? "0" : "9";
  return std::string(media.substr(0, kind_end + 1)) + to + std::string(media.substr(port_end));
}

}  // namespace

std::string held_answer(std::string_view offer) {
  std::string out = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n";
  bool in_media = false;
  while (!offer.empty()) {
    const auto end = std::min(offer.find_first_of("\r\n"), offer.size());
    const std::string_view line = offer.substr(0, end);
    offer.remove_prefix(std::min(end + 1, offer.size()));
    if (line.starts_with("m=")) {
      in_media = true;
      out += discarding(line) + "\r\na=inactive\r\n";
    } else if (in_media && starts_with_one_of(line, {"a=rtpmap:", "a=fmtp:"})) {
      out.append(line).append("\r\n");
    }
  }
  return out;
}

}  // namespace rf::edge
