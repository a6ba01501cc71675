// SPDX-License-Identifier: ISC
// Has a disk and a network, and needs both: the first who connects gets the first sector, and that is all.
#pragma once

#include <utility>

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source deployed_log{"deployed"};

template <mirage::v1::block Disk, mirage::v1::stack Stack>
mirage::task<> answer_once(Disk& disk, Stack& stack) {
  auto listener = stack.tcp().listen({{}, 7});
  if (!listener) co_return;
  deployed_log.info("listening");
  auto flow = co_await listener->accept();
  if (!flow) co_return;
  auto sector = co_await disk.read(0, 1);
  if (!sector) co_return;
  (void)co_await flow->write(*std::move(sector));
  co_await flow->close();
}
