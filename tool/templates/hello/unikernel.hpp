// What @name@ does.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>
#include <string_view>

inline constexpr mirage::log_source @function@_log{"@name@"};

inline mirage::task<> @function@(std::string_view greeting) {
  @function@_log.info("{}", greeting);
  co_return;
}
