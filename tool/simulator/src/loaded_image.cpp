// SPDX-License-Identifier: ISC
#include "loaded_image.hpp"

#include <dlfcn.h>

namespace mirage::simulator {

outcome<const simulation::image*> load_image(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    return refuse("there is no image {}; build it with `mirage configure -t sim` and `mirage build`",
                  file.string());
  void* const loaded = ::dlopen(std::filesystem::absolute(file, error).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) return refuse("{} is no image for the simulator: {}", file.string(), ::dlerror());
  void* const symbol = ::dlsym(loaded, simulation::image_symbol);
  if (symbol == nullptr)
    return refuse("{} is no image for the simulator; configure it with `mirage configure -t sim`",
                  file.string());
  const simulation::image* const image = reinterpret_cast<simulation::image_function>(symbol)();
  if (image->abi != simulation::image_abi)
    return refuse("{} was built by another version of mirage; build it again", file.string());
  return image;
}

}  // namespace mirage::simulator
