#pragma once
#include <string>

#include "core/event/fact.hpp"
#include "tests/sim/wire.hpp"

/// Short texts for traces: ids by their last characters.
namespace rf::sim {

template <class Tag>
std::string brief(const Id<Tag>& id) {
  return id.set() ? std::string(Tag::prefix) + "_" + text_of(id.value).substr(20) : std::string(Tag::prefix) + "_-";
}

std::string text_of(const link::EventBody& body);
std::string text_of(const link::OrderBody& body);
std::string text_of(const core::Fact& fact);
std::string text_of(const ToNode& message);
std::string text_of(const ToEdge& message);

}  // namespace rf::sim
