// SPDX-License-Identifier: ISC
// What lies in dist/ beside the image, for others than `mirage run` to start it with.
#pragma once

#include <string>

#include "error.hpp"
#include "generate.hpp"
#include "generated_files.hpp"
#include "project.hpp"

namespace mirage::tool {

/// The files that the target wants, which `mirage configure` writes. They name the image by its absolute
/// path.
outcome<generated_texts> launch_files(const plan& what, const project& where);

/// The folder of the container that `mirage build` makes of the image, relative to the project; empty: none,
/// because the target has none or the image has devices that urunc does not attach.
std::string container_path(const plan& what);

/// Makes that folder of the built image.
outcome<void> write_container(const plan& what, const project& where);

}  // namespace mirage::tool
