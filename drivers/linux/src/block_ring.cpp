// SPDX-License-Identifier: ISC
#include "block_ring.hpp"

#include <algorithm>
#include <array>

#include "block_job.hpp"
#include "mirage/core/os.hpp"

namespace mirage::detail {

namespace {

constexpr unsigned most_entries = 256;
constexpr std::array needed{IORING_OP_READV, IORING_OP_WRITEV, IORING_OP_FSYNC, IORING_OP_FALLOCATE};

bool supports_all(io_uring& ring) noexcept {
  const std::unique_ptr<io_uring_probe, void (*)(io_uring_probe*)> probe(::io_uring_get_probe_ring(&ring),
                                                                         &::io_uring_free_probe);
  return probe != nullptr && std::ranges::all_of(needed, [&](int operation) {
           return ::io_uring_opcode_supported(probe.get(), operation) != 0;
         });
}

}  // namespace

block_ring::~block_ring() {
  require(in_flight_ == 0, "a disk is destroyed while operations are in flight");
  if (!open_) return;
  machine::unwatch(*this, ring_.ring_fd);
  ::io_uring_queue_exit(&ring_);
}

bool block_ring::open() noexcept {
  // The queue of answers holds all that can be in flight, so it never overflows.
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  parameters.cq_entries = std::max(capacity_, 2 * most_entries);
  if (::io_uring_queue_init_params(most_entries, &ring_, &parameters) != 0) return false;
  open_ = supports_all(ring_) && machine::watch(*this, ring_.ring_fd);
  if (!open_) ::io_uring_queue_exit(&ring_);
  return open_;
}

bool block_ring::start(std::unique_ptr<background_job>& job) noexcept {
  if (in_flight_ >= capacity_) return false;
  ++in_flight_;
  idle_.reset();
  submit(*job.release());
  return true;
}

void block_ring::submit(background_job& job) noexcept {
  io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
  if (entry == nullptr) {
    ring();
    entry = ::io_uring_get_sqe(&ring_);
    require(entry != nullptr, "the kernel takes nothing from the ring");
  }
  static_cast<block_job&>(job).prepare(*entry);
  os::here->tasks.ring_later(*this);
}

void block_ring::ring() noexcept {
  // The kernel may be out of memory for a moment.
  if (::io_uring_submit(&ring_) < 0) os::here->tasks.ring_later(*this);
}

bool block_ring::poll() noexcept {
  ready = 0;
  io_uring_cqe* answer = nullptr;
  while (::io_uring_peek_cqe(&ring_, &answer) == 0) {
    auto& job = *static_cast<block_job*>(::io_uring_cqe_get_data(answer));
    const int outcome = answer->res;
    ::io_uring_cqe_seen(&ring_, answer);
    if (!job.advance(outcome)) {
      submit(job);
      continue;
    }
    --in_flight_;
    background_job::finish(std::unique_ptr<background_job>(&job));
  }
  if (in_flight_ == 0) idle_.set();
  return false;
}

task<> block_ring::stop() {
  while (in_flight_ > 0) co_await idle_;
}

}  // namespace mirage::detail
