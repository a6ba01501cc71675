// SPDX-License-Identifier: ISC
// Works on a disk without a pause, looks whether it finds what it wrote, and tells every connection how far
// it is, ten times a second: what a guest does while it is saved and restored.
#pragma once

#include <mirage/core/format.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/text_writer.hpp>
#include <mirage/v1.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

inline constexpr mirage::log_source worker_log{"worker"};

struct work_done {
  std::uint64_t rounds = 0;
  std::uint64_t wrong = 0;
};

/// Again and again, with another content each time; every worker has sectors of its own.
template <mirage::v1::block Disk>
mirage::task<> use(Disk& disk, std::uint64_t first, work_done& done) {
  constexpr std::size_t size = 20 * 4096;  // more than one plain request takes
  for (unsigned char value = 1;; value = static_cast<unsigned char>(value + 7)) {
    auto data = mirage::buffer::allocate(size);
    std::ranges::fill(data.writable(), std::byte{value});
    auto written = co_await disk.write(first, std::move(data));
    auto read = co_await disk.read(first, static_cast<std::uint32_t>(size / disk.info().sector_size));
    const bool same = written && read && std::ranges::all_of(read->view(), [value](std::byte each) {
                        return each == std::byte{value};
                      });
    ++done.rounds;
    if (same) continue;
    ++done.wrong;
    co_await mirage::sleep_for(std::chrono::milliseconds(100));
  }
}

template <mirage::v1::tcp_flow Flow>
mirage::task<> tell(Flow flow, const work_done& done) {
  using std::chrono::duration_cast;
  while (true) {
    const auto running = mirage::os::monotonic() - mirage::instant{};
    const auto since_1970 = mirage::os::wall().time_since_epoch();
    char room[128];
    mirage::text_writer text(room);
    format_to(text, "rounds {} wrong {} running {} at {}\n", done.rounds, done.wrong,
              duration_cast<std::chrono::milliseconds>(running).count(),
              duration_cast<std::chrono::seconds>(since_1970).count());
    auto told = co_await flow.write(mirage::buffer::copy_of(mirage::as_bytes(text.text())));
    if (!told) co_return;
    co_await mirage::sleep_for(std::chrono::milliseconds(100));
  }
}

template <mirage::v1::stack Stack>
mirage::task<> listen(Stack& stack, const work_done& done) {
  auto listener = stack.tcp().listen({{}, 7});
  mirage::scope connections;
  while (listener) {
    auto flow = co_await listener->accept();
    if (!flow) co_return;
    auto started = connections.spawn("connection", tell(*std::move(flow), done));
    if (!started) co_return;
  }
}

template <mirage::v1::stack Stack, mirage::v1::block Disk>
mirage::task<> worker(Stack& stack, Disk& disk) {
  work_done done;
  mirage::scope tasks;
  for (std::uint64_t i = 0; i < 4; ++i) {
    auto started = tasks.spawn("use", use(disk, i * 256, done));
    if (!started) co_return;
  }
  auto started = tasks.spawn("listen", listen(stack, done));
  if (!started) co_return;
  worker_log.info("works");
  co_await mirage::os::shutdown();
  worker_log.info("rounds {} wrong {}", done.rounds, done.wrong);
}
