# SPDX-License-Identifier: ISC
# The host's compiler, for shared objects that show one symbol: several of them lie in one process, and none
# must take a function of another one for its own.
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_MODULE_LINKER_FLAGS_INIT
    "-Wl,-z,defs -Wl,-Bsymbolic -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/exports.map")
