# SPDX-License-Identifier: ISC
# mirage_finish_bare_image(TARGET): refuses an image that carries the hosted part of the standard library, and
# takes the symbols out of it; FILE.debug beside it keeps them, for debuggers and for reports of crashes.
function(mirage_finish_bare_image target)
  find_program(MIRAGE_NM llvm-nm-19 REQUIRED)
  find_program(MIRAGE_STRIP llvm-strip-19 REQUIRED)
  add_custom_command(TARGET "${target}" POST_BUILD VERBATIM
    COMMAND "${CMAKE_COMMAND}" "-DIMAGE=$<TARGET_FILE:${target}>" "-DNM=${MIRAGE_NM}" "-DSTRIP=${MIRAGE_STRIP}"
            -P "${CMAKE_CURRENT_FUNCTION_LIST_FILE}")
endfunction()

# The same file as a script, when an image has been linked.
if(NOT CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  return()
endif()

execute_process(COMMAND "${NM}" --demangle "${IMAGE}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(symbols MATCHES " (std::(__cxx11::)?(locale|ios_base|basic_ios|basic_[io]*stream|basic_regex)[^\n]*|[fs]*printf|fwrite)\n")
  file(REMOVE "${IMAGE}")
  message(FATAL_ERROR "error: the image carries ${CMAKE_MATCH_1}, which brings half a megabyte of locales and files along; "
                      "format with mirage/core/format.hpp instead of streams, and leave out <regex> and <iostream>")
endif()
file(COPY_FILE "${IMAGE}" "${IMAGE}.debug")
execute_process(COMMAND "${STRIP}" --strip-all --strip-sections "${IMAGE}" COMMAND_ERROR_IS_FATAL ANY)
