// The functions of functions.cu on the host.
// clang-format off: the second needs the words of the first
#include "cuda.h"
#include "functions.cu"
// clang-format on

thread_local GridPlace blockIdx, blockDim{1, 1, 1}, threadIdx;

extern "C" void functions_on_host(const FunctionArguments* call) {
    for (long long i = 0; i < call->count; ++i) {
        blockIdx.x = static_cast<unsigned>(i);
        functions(*call);
    }
}
