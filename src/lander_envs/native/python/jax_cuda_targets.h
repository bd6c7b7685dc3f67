// XLA custom-call targets for GPUs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "python/jax_cuda.h"

namespace lander_python {

#if defined(LANDER_HAS_XLA)
/// Name and address of each target (python/jax_cuda_targets.cpp); none if the build had no headers
/// of XLA.
std::vector<std::pair<const char*, void*>> jax_cuda_targets();

/// Sets libcuda's functions and the image of a file in native/kernels: machine code or PTX.
void start_cuda(const CudaFunctions& functions, const std::string& file, std::string image);
#else
inline std::vector<std::pair<const char*, void*>> jax_cuda_targets() { return {}; }
inline void start_cuda(const CudaFunctions&, const std::string&, std::string) {}
#endif

}  // namespace lander_python
