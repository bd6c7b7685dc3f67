// Stand-in for libcuda and NVRTC: launches run the kernels on the CPU, thread by thread, and are
// recorded. Device memory is host memory.
//
// The kernels are run_NAME(arguments), from kernels_on_host.cpp or from translated PTX.
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "grid.h"

thread_local GridPlace blockIdx, blockDim, threadIdx;

using Thread = void (*)(const void* arguments);

#define KERNELS(X)              \
    X(lander_step)              \
    X(lander_order)             \
    X(lander_seed)              \
    X(lander_set_params)        \
    X(lander_write)             \
    X(lander_restore)           \
    X(lander_draw_bases)        \
    X(lander_shift_stacks)      \
    X(lander_draw_pictures)     \
    X(lander_pure)              \
    X(lander_draw_new_bases)    \
    X(lander_place_pictures)    \
    X(lander_lay_bases)         \
    X(lander_draw_new_pictures) \
    X(lander_spread_pictures)   \
    X(lander_write_stacks)
// Weak: a library need not have the kernels that its test never launches.
#define DECLARE(name) extern "C" [[gnu::weak]] void run_##name(const void* arguments);
KERNELS(DECLARE)

namespace {

struct Kernel {
    std::string name;
    Thread thread;
};

#define ROW(name) {#name, {#name, run_##name}},
std::map<std::string, Kernel> kernels{KERNELS(ROW)};

struct Launch {
    std::string kernel;
    unsigned grid, block;
    uint64_t stream;
};

std::vector<Launch> launches;
std::vector<std::string> compilations;  // the options, joined by spaces
std::map<std::string, int> failures;    // error code by the name of a function
std::vector<int> contexts;              // stack of current ones, by device
std::string image = "image of the test";
const std::string ptx = image + ": PTX";  // with a NUL at its end, as NVRTC's
std::string program_log = "landers.h(1): error: a fault of the test";
int capability[2] = {9, 0};
int devices = 2;

int status(const char* function) {
    const auto found = failures.find(function);
    return found == failures.end() ? 0 : found->second;
}

/// Copies memory on a stream.
int copied(const char* name, void* to, const void* from, size_t bytes, void* stream) {
    if (contexts.empty()) return 201;  // CUDA_ERROR_INVALID_CONTEXT
    launches.push_back({name, 0, 0, reinterpret_cast<uint64_t>(stream)});
    std::memcpy(to, from, bytes);
    return 0;
}

}  // namespace

#define REFUSE_IF_TOLD \
    if (const int code = status(__func__); code != 0) return code;

extern "C" {

// --- libcuda

int cuInit(unsigned) {
    REFUSE_IF_TOLD
    return 0;
}
int cuDeviceGet(int* device, int ordinal) {
    REFUSE_IF_TOLD
    if (ordinal >= devices) return 101;  // CUDA_ERROR_INVALID_DEVICE
    *device = ordinal;
    return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
    REFUSE_IF_TOLD
    *value = capability[attribute == 75 ? 0 : 1];
    return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int device) {
    REFUSE_IF_TOLD
    *context = reinterpret_cast<void*>(static_cast<intptr_t>(device + 1));
    return 0;
}
int cuCtxPushCurrent_v2(void* context) {
    REFUSE_IF_TOLD
    contexts.push_back(static_cast<int>(reinterpret_cast<intptr_t>(context)) - 1);
    return 0;
}
int cuCtxPopCurrent_v2(void**) {
    contexts.pop_back();
    return 0;
}
int cuModuleLoadData(void** module, const void* data) {
    REFUSE_IF_TOLD
    if (std::memcmp(data, image.data(), image.size()) != 0) return 200;  // INVALID_IMAGE
    *module = &kernels;
    return 0;
}
int cuModuleGetFunction(void** function, void*, const char* name) {
    REFUSE_IF_TOLD
    const auto found = kernels.find(name);
    if (found == kernels.end()) return 500;  // CUDA_ERROR_NOT_FOUND
    *function = &found->second;
    return 0;
}
int cuLaunchKernel(void* function, unsigned grid, unsigned, unsigned, unsigned block, unsigned,
                   unsigned, unsigned, void* stream, void** parameters, void**) {
    REFUSE_IF_TOLD
    if (contexts.empty()) return 201;  // CUDA_ERROR_INVALID_CONTEXT
    if (grid == 0 || block == 0) return 1;
    const Kernel& kernel = *static_cast<Kernel*>(function);
    launches.push_back({kernel.name, grid, block, reinterpret_cast<uint64_t>(stream)});
    blockDim = {block, 1, 1};
    for (unsigned b = 0; b < grid; ++b) {
        for (unsigned t = 0; t < block; ++t) {
            blockIdx = {b, 0, 0};
            threadIdx = {t, 0, 0};
            kernel.thread(parameters[0]);
        }
    }
    return 0;
}
int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, void* stream) {
    REFUSE_IF_TOLD
    return copied("copy", to, from, bytes, stream);
}
int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void* stream) {
    REFUSE_IF_TOLD
    return copied("upload", to, from, bytes, stream);
}
int cuMemsetD8Async(void* to, unsigned char value, size_t bytes, void* stream) {
    REFUSE_IF_TOLD
    const std::vector<unsigned char> filled(bytes, value);
    return copied("fill", to, filled.data(), bytes, stream);
}
int cuMemAlloc_v2(void** memory, size_t bytes) {
    REFUSE_IF_TOLD
    if (contexts.empty()) return 201;
    *memory = ::operator new(bytes);  // never freed, as the engine's
    return 0;
}
int cuStreamSynchronize(void*) {
    REFUSE_IF_TOLD
    return contexts.empty() ? 201 : 0;
}
int cuGetErrorName(int code, const char** name) {
    *name = code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_OF_THE_TEST";
    return 0;
}

// --- NVRTC

int nvrtcVersion(int* major, int* minor) {
    *major = 13;
    *minor = 5;
    return 0;
}
int nvrtcCreateProgram(void** program, const char*, const char*, int, const char**, const char**) {
    *program = &image;
    return 0;
}
int nvrtcCompileProgram(void*, int count, const char** options) {
    std::string joined;
    for (int i = 0; i < count; ++i) {
        joined += std::string(i == 0 ? "" : " ") + options[i];
    }
    compilations.push_back(joined);
    REFUSE_IF_TOLD
    return 0;
}
int nvrtcGetCUBINSize(void*, size_t* size) {
    *size = image.size();
    return 0;
}
int nvrtcGetCUBIN(void*, char* out) {
    std::memcpy(out, image.data(), image.size());
    return 0;
}
int nvrtcGetPTXSize(void*, size_t* size) {
    *size = ptx.size() + 1;
    return 0;
}
int nvrtcGetPTX(void*, char* out) {
    std::memcpy(out, ptx.data(), ptx.size() + 1);
    return 0;
}
int nvrtcGetProgramLogSize(void*, size_t* size) {
    *size = program_log.size() + 1;
    return 0;
}
int nvrtcGetProgramLog(void*, char* out) {
    std::memcpy(out, program_log.c_str(), program_log.size() + 1);
    return 0;
}
int nvrtcDestroyProgram(void**) { return 0; }

// --- What tests set and read

void test_fail(const char* function, int code) { failures[function] = code; }
void test_set_device(int major, int minor, int count) {
    capability[0] = major;
    capability[1] = minor;
    devices = count;
}
void test_forget() {
    failures.clear();
    launches.clear();
    compilations.clear();
    test_set_device(9, 0, 2);
}
int test_launches() { return static_cast<int>(launches.size()); }
const char* test_launch(int i, unsigned* grid, unsigned* block, uint64_t* stream) {
    const Launch& launch = launches[static_cast<size_t>(i)];
    *grid = launch.grid;
    *block = launch.block;
    *stream = launch.stream;
    return launch.kernel.c_str();
}
int test_compilations() { return static_cast<int>(compilations.size()); }
const char* test_compilation(int i) { return compilations[static_cast<size_t>(i)].c_str(); }
int test_contexts() { return static_cast<int>(contexts.size()); }

}  // extern "C"
