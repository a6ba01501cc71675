// SPDX-License-Identifier: ISC
// What a name must look like for a host to have it.
#pragma once

#include <string_view>

namespace mirage {

/// RFC 1123 §2.1 and RFC 1035 §2.3.4: labels of letters, digits and hyphens, of at most 63 characters, and at
/// most 253 together; with the underscore, too, that names of services have. A dot at the end says that the
/// name is absolute.
[[nodiscard]] bool is_host_name(std::string_view name) noexcept;

}  // namespace mirage
