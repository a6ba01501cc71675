// SPDX-License-Identifier: ISC
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/unikernel.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source info_log{"app-info"};

inline mirage::task<> app_info() {
  info_log.app("{} for target {}, with {} packages", mirage::image.name, mirage::image.target,
               mirage::image.packages.size());
  for (const mirage::linked_package& package : mirage::image.packages)
    info_log.app("{} {}", package.name, package.version);
  co_return;
}
