# SPDX-License-Identifier: ISC
# For functions that put into an image what a program of the host makes of a folder.
#
#   mirage_folder_of_project(VARIABLE)             makes the folder in it absolute: a relative one is one of the project
#                                                  (MIRAGE_PROJECT) or of the current source folder
#   mirage_host_program(NAME PROGRAM DEPENDS)      what to call, and what to depend on, in these two variables: in
#                                                  Mirage's own build a target, for a project what lies beside the tool
include_guard(GLOBAL)

function(mirage_folder_of_project variable)
  set(folder "${${variable}}")
  if(NOT IS_ABSOLUTE "${folder}")
    if(MIRAGE_PROJECT)
      set(folder "${MIRAGE_PROJECT}/${folder}")
    else()
      set(folder "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
    endif()
  endif()
  if(NOT IS_DIRECTORY "${folder}")
    message(FATAL_ERROR "there is no folder ${folder} to put into the image; make it, or name another one")
  endif()
  set("${variable}" "${folder}" PARENT_SCOPE)
endfunction()

function(mirage_host_program name program depends)
  if(TARGET "${name}")
    set("${program}" "$<TARGET_FILE:${name}>" PARENT_SCOPE)
    set("${depends}" "${name}" PARENT_SCOPE)
    return()
  endif()
  find_program("MIRAGE_PROGRAM_${name}" "${name}" HINTS "${MIRAGE_PROGRAMS}" DOC "A program that comes with mirage")
  if(NOT MIRAGE_PROGRAM_${name})
    message(FATAL_ERROR "${name} is not on the PATH; it is installed with mirage")
  endif()
  set("${program}" "${MIRAGE_PROGRAM_${name}}" PARENT_SCOPE)
  set("${depends}" "${MIRAGE_PROGRAM_${name}}" PARENT_SCOPE)
endfunction()
