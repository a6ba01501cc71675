# SPDX-License-Identifier: ISC
# Toolchain: an image that Xen's domain builder loads and enters as PVH has it (freestanding/x86_64/pvh_entry.S),
# at the address where Linux begins.
include("${CMAKE_CURRENT_LIST_DIR}/../freestanding/toolchain.cmake")
add_link_options(-Wl,--image-base=0x100000 -Wl,--entry=pvh_entry)
