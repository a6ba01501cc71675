# SPDX-License-Identifier: ISC
# mirage_crunch(TARGET NAME FOLDER [MODIFIED] [PLAIN] [DEPENDS ...]): puts the files below FOLDER into TARGET as the store
# `generated::NAME` of the header NAME.hpp (storage/crunch). A relative FOLDER is one of the project (MIRAGE_PROJECT) or of
# the current source folder. The store is made again when a file in it changes, comes or goes. With PLAIN there are no
# compressed variants; DEPENDS are files in it that the build makes.
#
# MODIFIED is the time of last modification of all values, in seconds of Unix time; without it that is
# MIRAGE_SOURCE_DATE_EPOCH, or SOURCE_DATE_EPOCH as it was when CMake configured, or not known. The times of the files are not looked at, so that
# two checkouts of one source give the same bytes.

include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/mirage_host_program.cmake")

function(mirage_crunch target name folder)
  cmake_parse_arguments(PARSE_ARGV 3 arg "PLAIN" "" "DEPENDS")
  mirage_folder_of_project(folder)
  mirage_host_program(mirage-crunch program depends)

  set(modified ${arg_UNPARSED_ARGUMENTS})
  if(NOT modified)
    set(modified "${MIRAGE_SOURCE_DATE_EPOCH}")
  endif()
  if(NOT modified)
    set(modified "$ENV{SOURCE_DATE_EPOCH}")
  endif()
  if(modified)
    set(program "${CMAKE_COMMAND}" -E env "SOURCE_DATE_EPOCH=${modified}" "${program}")
  else()
    set(program "${CMAKE_COMMAND}" -E env --unset=SOURCE_DATE_EPOCH "${program}")
  endif()

  set(plain "")
  if(arg_PLAIN)
    set(plain --plain)
  endif()
  set(output "${CMAKE_CURRENT_BINARY_DIR}/crunch")
  file(MAKE_DIRECTORY "${output}")
  add_custom_command(OUTPUT "${output}/${name}.cpp" "${output}/${name}.hpp" "${output}/${name}.bin"
                     COMMAND ${program} --depfile ${plain} "${name}" "${folder}" "${output}"
                     DEPENDS "${depends}" ${arg_DEPENDS} DEPFILE "${output}/${name}.d" VERBATIM
                     COMMENT "Packing ${name}")
  # The assembler takes the bytes in when this is compiled: a linker that compiles would not find them.
  set_source_files_properties("${output}/${name}.cpp" PROPERTIES OBJECT_DEPENDS "${output}/${name}.bin"
                              COMPILE_OPTIONS -fno-lto)
  target_sources("${target}" PRIVATE "${output}/${name}.cpp" "${output}/${name}.hpp")
  target_include_directories("${target}" PRIVATE "${output}")
  target_link_libraries("${target}" PRIVATE mirage::crunch)
endfunction()
