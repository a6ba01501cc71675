// SPDX-License-Identifier: ISC
// The files beside an image with which others than `mirage run` start it: a script for QEMU or a tender of
// Solo5, a configuration of Firecracker or of Xen's xl, a domain of libvirt, a unit of systemd, an OCI image
// for urunc. All are made of one description of the machine, and of nothing else.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/deployment/devices.hpp"

namespace mirage::deployment {

/// An image and the machine that it wants.
struct machine {
  image_manifest image;
  std::string generated;  // words for the files that can hold a comment
  std::string project;    // absolute: the folder in which dist/ lies and the files of disks are looked for
  unsigned memory = 64;   // MiB
};

/// Paths, relative to the project, and texts of the files for each of `kinds`, the words of a target.toml:
/// qemu, firecracker, libvirt, libvirt_xen, xl, xl_template, solo5; and systemd, behind that whose script the
/// unit is to start. What cannot start the image gets no file. The error is a sentence.
std::expected<std::map<std::string, std::string>, std::string> launch_files(
    const machine& what, const std::vector<std::string>& kinds);

/// Whether urunc can attach all that the image wants: at most a network `service` and a disk `storage`.
bool fits_urunc(const image_manifest& image);

/// The image as a container for urunc: an OCI image layout, as paths in its folder and contents. `content` is
/// the image file, `sha256` gives the digest of bytes in hexadecimal.
std::map<std::string, std::string> image_layout(const image_manifest& image, std::string_view content,
                                                std::string (*sha256)(std::string_view));

}  // namespace mirage::deployment
