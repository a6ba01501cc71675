# SPDX-License-Identifier: ISC
# Toolchain: an image as Solo5's tenders load it: at fixed addresses from 0x100000 on, entered at solo5_entry.
include("${CMAKE_CURRENT_LIST_DIR}/../freestanding/toolchain.cmake")
add_link_options(-Wl,--image-base=0x100000 -Wl,--entry=solo5_entry)
