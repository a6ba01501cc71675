// SPDX-License-Identifier: ISC
#include "block_job.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace mirage::detail {

namespace {

constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

}  // namespace

void block_job::set_memory(buffer one) noexcept {
  buffer_list list;
  list.push_back(std::move(one));
  set_memory(std::move(list));
}

void block_job::set_memory(buffer_list all) noexcept {
  memory = std::move(all);
  length = total_size(memory);
  // A write only reads from it, and what is read into was made for that.
  for (const buffer& each : memory)
    if (!each.empty()) parts_[count_++] = {const_cast<std::byte*>(each.data()), each.size()};
}

void block_job::work() noexcept {
  bool finished = false;
  while (!finished) {
    ssize_t answer = 0;
    const auto at = static_cast<off_t>(offset);
    const int count = static_cast<int>(count_ - first_);
    switch (what) {
      case kind::read: answer = ::preadv(file, &parts_[first_], count, at); break;
      case kind::write: answer = ::pwritev(file, &parts_[first_], count, at); break;
      case kind::flush: answer = ::fdatasync(file); break;
      case kind::discard: answer = ::fallocate(file, punch, at, static_cast<off_t>(length)); break;
    }
    finished = advance(answer < 0 ? -errno : static_cast<int>(answer));
  }
}

void block_job::prepare(io_uring_sqe& entry) noexcept {
  const auto count = static_cast<unsigned>(count_ - first_);
  switch (what) {
    case kind::read: io_uring_prep_readv(&entry, file, &parts_[first_], count, offset); break;
    case kind::write: io_uring_prep_writev(&entry, file, &parts_[first_], count, offset); break;
    case kind::flush: io_uring_prep_fsync(&entry, file, IORING_FSYNC_DATASYNC); break;
    case kind::discard:
      io_uring_prep_fallocate(&entry, file, punch, static_cast<off_t>(offset), static_cast<off_t>(length));
      break;
  }
  io_uring_sqe_set_data(&entry, this);
}

bool block_job::advance(int answer) noexcept {
  if (answer == -EINTR || answer == -EAGAIN) return false;
  if (answer < 0) {
    error = -answer;
    return true;
  }
  if (what == kind::flush || what == kind::discard) return true;
  if (answer == 0) {
    error = EIO;  // the file has become shorter
    return true;
  }
  auto done = static_cast<std::size_t>(answer);
  offset += done;
  length -= done;
  while (done > 0) {
    iovec& part = parts_[first_];
    const std::size_t step = done < part.iov_len ? done : part.iov_len;
    part.iov_base = static_cast<std::byte*>(part.iov_base) + step;
    part.iov_len -= step;
    done -= step;
    if (part.iov_len == 0) ++first_;
  }
  return length == 0;
}

}  // namespace mirage::detail
