#pragma once
#include "core/base/zone.hpp"
#include "node/grpc/backend.hpp"
#include "node/report/summary.hpp"
#include "node/task_thread.hpp"
#include "process/clock.hpp"
#include "ringfence/v1/report.pb.h"

namespace rf::node {

/// ReportService. Reads the log on a thread of its own.
class ReportMethods {
 public:
  /// All must outlive the methods.
  ReportMethods(const Backend& backend, TaskThread& reader, const process::Clock& clock, const Zones& zones)
      : backend_(backend), reader_(reader), clock_(clock), zones_(zones) {}
  void add_to(MethodTable& table);

 private:
  Result<api::ListFactsReply> list(const api::ListFactsRequest& request) const;
  Result<api::SummarizeReply> summarize(const api::SummarizeRequest& request) const;
  Result<api::GetDashboardReply> dashboard(const api::GetDashboardRequest& request) const;
  /// The last instant by `ts` at which a day of the account began.
  Ms day_from_ts(const core::Settings& settings, Ms ts) const;
  /// The account's facts of the period, told.
  Result<Summary> told(AccountId account, Ms from_ts, Ms to_ts) const;

  const Backend& backend_;
  TaskThread& reader_;
  const process::Clock& clock_;
  const Zones& zones_;
};

}  // namespace rf::node
