// SPDX-License-Identifier: ISC
// The one include of a config.cpp: the language, and every device of every package.
#pragma once

#include "mirage/config/argument.hpp"
#include "mirage/config/choice.hpp"
#include "mirage/config/configure.hpp"
#include "mirage/config/descriptor.hpp"
#include "mirage/config/device.hpp"
#include "mirage/config/generic.hpp"
#include "mirage/config/key.hpp"
#include "mirage/config/module_types.hpp"
#include "mirage/config/package.hpp"
#include "mirage/config/unikernel.hpp"
#if __has_include(<mirage/config/all.hpp>)
#include "mirage/config/all.hpp"
#endif
