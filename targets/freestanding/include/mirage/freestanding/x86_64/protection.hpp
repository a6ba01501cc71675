// SPDX-License-Identifier: ISC
// What of the image may be read, written or run, and stacks that cannot grow into something else.
#pragma once

#include "mirage/core/bytes.hpp"
#include "mirage/freestanding/heap.hpp"
#include "mirage/freestanding/x86_64/page_tables.hpp"

namespace mirage::freestanding {

/// As its program headers say: nothing can be both written and run.
void map_image(page_tables& pages) noexcept;

/// `size` is a whole number of pages. `guard` becomes the page below, which is not mapped.
bytes make_stack(heap& memory, page_tables& pages, std::size_t size, cbytes& guard) noexcept;

}  // namespace mirage::freestanding
