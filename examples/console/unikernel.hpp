// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include <mirage/channel.hpp>
#include <mirage/v1.hpp>

template <mirage::v1::console Console>
mirage::task<> backwards(Console& console) {
  mirage::channel lines(console);
  while (true) {
    auto line = co_await lines.read_line();
    if (!line || line->text() == "quit") co_return;
    const std::string reversed(line->text().rbegin(), line->text().rend());
    auto written = co_await lines.write_line(reversed);
    if (!written) co_return;
    auto flushed = co_await lines.flush();
    if (!flushed) co_return;
  }
}
