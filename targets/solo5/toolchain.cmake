# SPDX-License-Identifier: ISC
# Toolchain: an image as Solo5's tenders load it: at fixed addresses from 0x100000 on, entered at solo5_entry.
include("${CMAKE_CURRENT_LIST_DIR}/../freestanding/toolchain.cmake")
# The stack's size is read by src/start.cpp, and by mirage-spt, which puts a guard below it.
add_link_options(-Wl,--image-base=0x100000 -Wl,--entry=solo5_entry -Wl,-z,stack-size=262144)
