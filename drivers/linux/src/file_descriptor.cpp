// SPDX-License-Identifier: ISC
#include "mirage/linux/file_descriptor.hpp"

#include <unistd.h>

namespace mirage {

void file_descriptor::reset() noexcept {
  // After EINTR the descriptor is closed all the same: trying again could close somebody else's.
  if (number_ >= 0) ::close(release());
}

}  // namespace mirage
