// GPUs by libcuda's functions: kernels and cameras, and the stream of a custom call.
//
// libcuda is not linked: Python hands over the addresses of its functions, and the kernels' machine
// code, before the first call.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "kernels/launch.h"
#include "kernels/pictures.h"

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
    int (*copy)(void* to, const void* from, std::size_t bytes, void* stream);
    int (*fill)(void* to, unsigned char value, std::size_t bytes, void* stream);
    int (*allocate)(void** memory, std::size_t bytes);
    int (*upload)(void* to, const void* from, std::size_t bytes, void* stream);
    int (*synchronize)(void* stream);
};

/// Kernel by the name of its file in native/kernels, without ".cu", and its own.
struct Kernel {
    const char* file;
    const char* name;
};

/// Throws std::runtime_error if a function of libcuda failed.
inline void require(int code, const char* function) {
    if (code != 0) {
        throw std::runtime_error(std::string(function) + " failed with CUDA error " +
                                 std::to_string(code));
    }
}

/// Throws std::invalid_argument if a GPU's thread cannot draw a cell of pictures of a size.
inline void check_gpu_picture(int rows, int columns) {
    if (!lander::fits_a_thread(rows, columns)) {
        throw std::invalid_argument(
            "obs_size must be at least [24, 24] on a GPU, or another size whose cells have at "
            "most " +
            std::to_string(lander::cell_capacity) + " pixels of the screen, got [" +
            std::to_string(rows) + ", " + std::to_string(columns) + "]");
    }
}

/// libcuda, and what is loaded on each GPU.
class Cuda {
  public:
    void start(const CudaFunctions& functions, const std::string& file, std::string image) {
        const std::lock_guard<std::mutex> held(mutex_);
        functions_ = functions;
        images_[file] = std::move(image);
    }

  private:
    friend class CudaStream;

    struct Gpu {
        void* context = nullptr;
        std::map<std::string, void*> modules;    // by file
        std::map<std::string, void*> functions;  // by kernel
        std::map<const lander::Camera*, void*> cameras;
    };

    /// The GPU with a number, whose context is retained.
    Gpu& opened(int ordinal) {
        if (functions_.get_device == nullptr) {
            refuse_unloaded();
        }
        Gpu& gpu = gpus_[ordinal];
        if (gpu.context == nullptr) {
            int device = 0;
            require(functions_.get_device(&device, ordinal), "cuDeviceGet");
            require(functions_.retain_context(&gpu.context, device), "cuDevicePrimaryCtxRetain");
        }
        return gpu;
    }

    void* function(Gpu& gpu, const Kernel& kernel) {
        void*& function = gpu.functions[kernel.name];
        if (function == nullptr) {
            void* const module = loaded(gpu, kernel.file);
            require(functions_.get_function(&function, module, kernel.name), "cuModuleGetFunction");
        }
        return function;
    }

    void* loaded(Gpu& gpu, const char* file) {
        const auto image = images_.find(file);
        if (image == images_.end()) {
            refuse_unloaded();
        }
        void*& module = gpu.modules[file];
        if (module == nullptr) {
            require(functions_.load_module(&module, image->second.data()), "cuModuleLoadData");
        }
        return module;
    }

    [[noreturn]] static void refuse_unloaded() {
        throw std::runtime_error(
            "the kernels are not loaded: call lander_envs.jax.make() in this process while a GPU "
            "is JAX's default device");
    }

    std::mutex mutex_;
    CudaFunctions functions_{};
    std::map<std::string, std::string> images_;  // by file
    std::map<int, Gpu> gpus_;
};

/// Stream of a GPU, whose context is the calling thread's for the lifetime. Nothing waits for the
/// GPU, but for the first use of a camera.
class CudaStream {
  public:
    CudaStream(Cuda& cuda, int ordinal, void* stream)
        : held_(cuda.mutex_), cuda_(cuda), gpu_(cuda.opened(ordinal)), stream_(stream) {
        require(cuda.functions_.push_context(gpu_.context), "cuCtxPushCurrent");
    }
    ~CudaStream() {
        void* popped = nullptr;
        cuda_.functions_.pop_context(&popped);
    }
    CudaStream(const CudaStream&) = delete;
    CudaStream& operator=(const CudaStream&) = delete;

    /// Launches a kernel with one parameter, which is copied; the last block may have more threads.
    template <class Argument>
    void launch(const Kernel& kernel, lander::i64 threads, Argument& argument) {
        if (threads == 0) {
            return;  // of no lander: libcuda refuses a grid without blocks
        }
        constexpr int block = lander::block_threads;
        const auto blocks = static_cast<unsigned>((threads + block - 1) / block);
        void* parameters[] = {&argument};
        require(cuda_.functions_.launch(cuda_.function(gpu_, kernel), blocks, 1, 1, block, 1, 1, 0,
                                        stream_, parameters, nullptr),
                "cuLaunchKernel");
    }

    void copy(void* to, const void* from, std::size_t bytes) {
        require(cuda_.functions_.copy(to, from, bytes, stream_), "cuMemcpyDtoDAsync");
    }

    void clear(void* array, std::size_t bytes) {
        require(cuda_.functions_.fill(array, 0, bytes, stream_), "cuMemsetD8Async");
    }

    /// Camera in the GPU's memory, which stays there.
    const lander::Camera* camera(const lander::Camera& camera) {
        void*& memory = gpu_.cameras[&camera];
        if (memory == nullptr) {
            void* own = nullptr;
            require(cuda_.functions_.allocate(&own, sizeof camera), "cuMemAlloc");
            require(cuda_.functions_.upload(own, &camera, sizeof camera, stream_),
                    "cuMemcpyHtoDAsync");
            // Other streams read the camera, too.
            require(cuda_.functions_.synchronize(stream_), "cuStreamSynchronize");
            memory = own;
        }
        return static_cast<const lander::Camera*>(memory);
    }

  private:
    std::lock_guard<std::mutex> held_;
    Cuda& cuda_;
    Cuda::Gpu& gpu_;
    void* stream_;
};

}  // namespace lander_python
