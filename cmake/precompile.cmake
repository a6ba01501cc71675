# SPDX-License-Identifier: ISC
# Headers compiled once for all sources that use them: parsing the standard library is half of what compiling a source of
# ours takes, and GoogleTest as much again.
#
#   mirage_precompile(SET HEADERS vector ... [OPTIONS ...] [LIBRARIES ...])
#   mirage_use_precompiled(TARGET SET)      its C++ sources have these headers before they include anything, save those that
#                                           are added or get options of their own later
#
# With MIRAGE_PRECOMPILE, which the presets set, and the tool where it builds packages for its users: that takes half of
# the time then. The preset `wasm` does so for tests only, so that a source of a package that forgets to include what it
# uses is found; headers are checked one by one (check_headers).
include_guard(GLOBAL)
set(MIRAGE_PRECOMPILE OFF CACHE STRING "Compile the headers of the standard library once: ON, OFF, or TESTS for tests only")

# The source that includes the headers is one of the system, too, and not in the build folder as with CMake's own
# precompiled headers: then ccache knows the result in every checkout.
function(mirage_precompile set)
  if(NOT MIRAGE_PRECOMPILE OR (MIRAGE_PRECOMPILE STREQUAL "TESTS" AND NOT set STREQUAL "tests"))
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;OPTIONS;LIBRARIES")
  find_file(MIRAGE_EMPTY_HEADER stdc-predef.h PATHS /usr/include NO_DEFAULT_PATH)
  if(NOT MIRAGE_EMPTY_HEADER)
    return()
  endif()
  set_source_files_properties("${MIRAGE_EMPTY_HEADER}" PROPERTIES LANGUAGE CXX)
  set(library "mirage_precompiled_${set}")
  add_library("${library}" OBJECT EXCLUDE_FROM_ALL "${MIRAGE_EMPTY_HEADER}")
  target_link_libraries("${library}" PRIVATE ${arg_LIBRARIES})
  list(TRANSFORM arg_HEADERS REPLACE "(.+)" "SHELL:-include \\1")
  target_compile_options("${library}" PRIVATE ${arg_OPTIONS} -xc++-header ${arg_HEADERS} -fpch-instantiate-templates
                         "SHELL:-Xclang -fno-pch-timestamp")
  set_property(GLOBAL PROPERTY "${library}" "CMakeFiles/${library}.dir${MIRAGE_EMPTY_HEADER}${CMAKE_CXX_OUTPUT_EXTENSION}")
endfunction()

function(mirage_use_precompiled target set)
  get_property(headers GLOBAL PROPERTY "mirage_precompiled_${set}")
  get_target_property(sources "${target}" SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  if(headers AND sources)
    # Named as it is seen from the build folder, where the compiler runs, for ccache.
    set_property(SOURCE ${sources} PROPERTY COMPILE_OPTIONS "-include-pch;${headers}")
    set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS "${PROJECT_BINARY_DIR}/${headers}")
  endif()
endfunction()

set(MIRAGE_STANDARD_HEADERS algorithm array bit charconv chrono concepts coroutine cstdint cstring deque expected functional
    limits map memory optional ranges set span string string_view tuple utility variant vector)
