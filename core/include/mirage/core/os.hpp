// SPDX-License-Identifier: ISC
// The seam for everybody: clock, entropy, console, waiting and the end, as functions that the target chosen
// at link time fills. They are not parameters of a unikernel, because no target lacks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/node.hpp"
#include "mirage/core/time.hpp"

namespace mirage::os {

/// Monotonic time as of the beginning of this round: free of charge, and the same for a whole batch.
[[nodiscard]] inline instant now() noexcept { return here->tasks.now(); }

/// Monotonic time, read from the clock now.
[[nodiscard]] instant monotonic() noexcept;

/// Wall-clock time, read now. May jump.
[[nodiscard]] wall_time wall() noexcept;

/// Fills `out` with bytes from a cryptographic generator. Never weak and never fails: a target that has no
/// entropy stops the unikernel at start.
void random(bytes out) noexcept;
[[nodiscard]] std::uint64_t random64() noexcept;

/// Writes whole to the unikernel's console; may block for as long as the console does. Not for bulk data:
/// that is what `v1::console` is for.
void console(std::string_view text) noexcept;

/// Bytes that `operator new` and `malloc` have given out and that did not come back; 0 where nobody counts
/// them. Not for every request: it may cost some microseconds.
[[nodiscard]] std::size_t memory_in_use() noexcept;

/// Asks the loop to stop after this round with `status`; the first status stays. Returns.
void exit(int status) noexcept;

/// Set when the unikernel was asked to end (SIGINT, SIGTERM, a power button, xl shutdown). A unikernel that
/// waits for it has five seconds to end in order; one that does not is cancelled at once.
[[nodiscard]] inline shutdown_event& shutdown() noexcept { return here->shutdown; }

/// What a target defines; called by core and by nobody else. `targets/README.md` says who fills what.
namespace platform {

instant read_monotonic() noexcept;
wall_time read_wall() noexcept;
void entropy(bytes out) noexcept;
void console(std::string_view text) noexcept;
std::size_t memory_in_use() noexcept;

/// Ends this program at once, after a failed check; `where` may be empty.
[[noreturn]] void crash(std::string_view why, std::string_view where) noexcept;

/// Sleeps until a device has something or `deadline` has come, and marks the event sources that are ready. A
/// deadline in the past only looks. When it would return at once anyway, it may first spend up to `coalesce`
/// gathering a batch.
void wait(instant deadline, duration coalesce) noexcept;

}  // namespace platform
}  // namespace mirage::os
