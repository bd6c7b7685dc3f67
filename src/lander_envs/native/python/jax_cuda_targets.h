// XLA custom-call targets for GPUs, and what they need of libcuda.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lander_python {

/// Functions of libcuda, as cuda.h declares them but for the types of handles.
struct CudaFunctions {
    int (*get_device)(int* device, int ordinal);
    int (*retain_context)(void** context, int device);
    int (*push_context)(void* context);
    int (*pop_context)(void** context);
    int (*load_module)(void** module, const void* image);
    int (*get_function)(void** function, void* module, const char* name);
    int (*launch)(void* function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                  unsigned, void* stream, void** parameters, void** extra);
};

#if defined(LANDER_HAS_XLA)
/// Name and address of each target (python/jax_cuda_targets.cpp); none if the build had no headers
/// of XLA.
std::vector<std::pair<const char*, void*>> jax_cuda_targets();

/// Sets libcuda's functions and the machine code of kernels/pure_kernels.cu.
void start_cuda(const CudaFunctions& functions, std::string cubin);
#else
inline std::vector<std::pair<const char*, void*>> jax_cuda_targets() { return {}; }
inline void start_cuda(const CudaFunctions&, std::string) {}
#endif

}  // namespace lander_python
