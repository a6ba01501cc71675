# SPDX-License-Identifier: ISC
# Headers compiled once for all sources that use them: parsing the standard library is half of what compiling a source of
# ours takes, and GoogleTest as much again.
#
#   mirage_precompile(SET HEADERS vector ... [OPTIONS ...] [LIBRARIES ...])
#   mirage_use_precompiled(TARGET SET)      its C++ sources have these headers before they include anything
#
# With MIRAGE_PRECOMPILE, which the presets set. The tool builds packages for its users without it, so a source that
# forgets to include what it uses is found there; headers are checked one by one (check_headers).
include_guard(GLOBAL)
option(MIRAGE_PRECOMPILE "Compile the headers of the standard library once" OFF)

# The source that includes the headers is one of the system, too, and not in the build folder as with CMake's own
# precompiled headers: then ccache knows the result in every checkout.
function(mirage_precompile set)
  if(NOT MIRAGE_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;OPTIONS;LIBRARIES")
  find_file(MIRAGE_EMPTY_HEADER stdc-predef.h REQUIRED)
  set_source_files_properties("${MIRAGE_EMPTY_HEADER}" PROPERTIES LANGUAGE CXX)
  set(library "mirage_precompiled_${set}")
  add_library("${library}" OBJECT "${MIRAGE_EMPTY_HEADER}")
  target_link_libraries("${library}" PRIVATE ${arg_LIBRARIES})
  list(TRANSFORM arg_HEADERS REPLACE "(.+)" "SHELL:-include \\1")
  target_compile_options("${library}" PRIVATE ${arg_OPTIONS} -xc++-header ${arg_HEADERS} -fpch-instantiate-templates
                         "SHELL:-Xclang -fno-pch-timestamp")
  set_property(GLOBAL PROPERTY "${library}" "${PROJECT_BINARY_DIR}/CMakeFiles/${library}.dir${MIRAGE_EMPTY_HEADER}.o")
endfunction()

function(mirage_use_precompiled target set)
  get_property(headers GLOBAL PROPERTY "mirage_precompiled_${set}")
  get_target_property(sources "${target}" SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  if(headers AND sources)
    target_compile_options("${target}" PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include-pch ${headers}>")
    set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS "${headers}")
  endif()
endfunction()

set(MIRAGE_STANDARD_HEADERS algorithm array bit charconv chrono concepts coroutine cstdint cstring deque expected functional
    limits map memory optional ranges set span string string_view tuple utility variant vector)
