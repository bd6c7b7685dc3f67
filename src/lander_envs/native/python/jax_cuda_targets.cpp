// Custom-call targets for JAX on GPUs: the kernels of kernels/pure_kernels.cu on XLA's stream.
//
// The operands, results and attributes are those of jax_targets.cpp. libcuda is not linked: Python
// hands over the addresses of its functions, and the kernels' machine code, before the first call.
#include "python/jax_cuda_targets.h"

#include <cmath>
#include <mutex>

#include "kernels/pure.h"
#include "python/jax_call.h"

namespace lander_python {
namespace {

constexpr int block_size = 128;

/// Throws std::runtime_error if a function of libcuda failed.
void require(int code, const char* function) {
    if (code != 0) {
        throw std::runtime_error(std::string(function) + " failed with CUDA error " +
                                 std::to_string(code));
    }
}

/// libcuda, and the kernels on each GPU.
class Cuda {
  public:
    void start(const CudaFunctions& functions, std::string cubin) {
        const std::lock_guard<std::mutex> held(mutex_);
        functions_ = functions;
        cubin_ = std::move(cubin);
        gpus_.clear();
    }

    /// Launches the kernel with a thread a lander.
    void launch(int ordinal, void* stream, lander::PureArguments& call) {
        const std::lock_guard<std::mutex> held(mutex_);
        if (cubin_.empty()) {
            throw std::runtime_error(
                "the kernels are not loaded: call lander_envs.jax.make() in this process while a "
                "GPU is JAX's default device");
        }
        const Gpu& gpu = opened(ordinal);
        require(functions_.push_context(gpu.context), "cuCtxPushCurrent");
        void* parameters[] = {&call};  // copied by the launch
        const auto blocks = static_cast<unsigned>((call.count + block_size - 1) / block_size);
        const int code = functions_.launch(gpu.kernel, blocks, 1, 1, block_size, 1, 1, 0, stream,
                                           parameters, nullptr);
        void* popped = nullptr;
        functions_.pop_context(&popped);
        require(code, "cuLaunchKernel");
    }

  private:
    struct Gpu {
        void* context;
        void* kernel;
    };

    const Gpu& opened(int ordinal) {
        const auto found = gpus_.find(ordinal);
        if (found != gpus_.end()) {
            return found->second;
        }
        Gpu gpu{};
        int device = 0;
        void* module = nullptr;
        void* popped = nullptr;
        require(functions_.get_device(&device, ordinal), "cuDeviceGet");
        require(functions_.retain_context(&gpu.context, device), "cuDevicePrimaryCtxRetain");
        require(functions_.push_context(gpu.context), "cuCtxPushCurrent");
        int code = functions_.load_module(&module, cubin_.data());
        if (code == 0) {
            code = functions_.get_function(&gpu.kernel, module, "lander_pure");
        }
        functions_.pop_context(&popped);
        require(code, "cuModuleLoadData");
        return gpus_.emplace(ordinal, gpu).first->second;
    }

    std::mutex mutex_;
    CudaFunctions functions_{};
    std::string cubin_;
    std::map<int, Gpu> gpus_;
};

Cuda cuda;

lander::DeviceReals device_reals(const ffi::AnyBuffer& buffer) {
    return {buffer.untyped_data(), buffer.element_type() == ffi::DataType::F64};
}

lander::PureParams pure_params(Operands& operands, const ffi::Dictionary& attributes) {
    lander::PureParams out{};
    out.rows = device_reals(operands.next());
    for (int k = 0; k < lander::param_count; ++k) {
        const ParamRange& range = param_ranges[k];
        out.allowed.low[k] = range.closed ? range.low : std::nextafter(range.low, range.high);
        out.allowed.high[k] = range.closed ? range.high : std::nextafter(range.high, range.low);
    }
    out.continuous = value_of(attributes.get<bool>("continuous"));
    return out;
}

void refuse_pictures(const ffi::Dictionary& attributes) {
    if (value_of(attributes.get<lander::i32>("frame_stack")) > 0) {
        throw std::invalid_argument(
            "PixelLander-v0 has no custom calls for GPUs: run it on CPU devices, or with "
            "gym.make_vec(..., device=\"cuda\")");
    }
}

int count_of(const ffi::AnyBuffer& entries) {
    return static_cast<int>(entries.size_bytes() / sizeof(lander::Entry));
}

void launch_reset(void* stream, int ordinal, ffi::RemainingArgs arguments, ffi::RemainingRets rets,
                  const ffi::Dictionary& attributes) {
    refuse_pictures(attributes);
    Operands operands(arguments);
    Results results(rets);
    lander::PureArguments call{};
    const ffi::AnyBuffer keys = operands.next();
    call.keys = static_cast<const lander::u32*>(keys.untyped_data());
    call.words = static_cast<lander::i32>(keys.dimensions().back());
    call.params = pure_params(operands, attributes);
    const ffi::AnyBuffer entries = results.next();
    call.entries = static_cast<lander::Entry*>(entries.untyped_data());
    call.count = count_of(entries);
    call.obs = results.next_as<lander::ObservationRow>();
    call.transforms.observation = transforms_of(attributes).observation;
    cuda.launch(ordinal, stream, call);
}

void launch_step(void* stream, int ordinal, ffi::RemainingArgs arguments, ffi::RemainingRets rets,
                 const ffi::Dictionary& attributes) {
    refuse_pictures(attributes);
    Operands operands(arguments);
    Results results(rets);
    lander::PureArguments call{};
    const ffi::AnyBuffer before = operands.next();
    call.before = static_cast<const lander::Entry*>(before.untyped_data());
    call.count = count_of(before);
    const ffi::AnyBuffer action = operands.next();
    call.actions = static_cast<const lander::i32*>(action.untyped_data());
    call.throttles = device_reals(action);
    call.params = pure_params(operands, attributes);
    call.entries = results.next_as<lander::Entry>();
    call.obs = results.next_as<lander::ObservationRow>();
    call.final_obs = results.next_as<lander::ObservationRow>();
    call.rewards = device_reals(results.next());
    call.raw_rewards = device_reals(results.next());
    call.terminated = results.next_as<bool>();
    call.truncated = results.next_as<bool>();
    call.outcomes = results.next_as<lander::Outcome>();
    call.on_pad = results.next_as<bool>();
    call.transforms = transforms_of(attributes);
    call.limit = value_of(attributes.get<lander::i32>("max_episode_steps"));
    call.restarts = value_of(attributes.get<bool>("autoreset"));
    cuda.launch(ordinal, stream, call);
}

ffi::Error cuda_reset(void* stream, std::int32_t ordinal, ffi::RemainingArgs arguments,
                      ffi::RemainingRets results, ffi::Dictionary attributes) {
    return answered([&] { launch_reset(stream, ordinal, arguments, results, attributes); });
}

ffi::Error cuda_step(void* stream, std::int32_t ordinal, ffi::RemainingArgs arguments,
                     ffi::RemainingRets results, ffi::Dictionary attributes) {
    return answered([&] { launch_step(stream, ordinal, arguments, results, attributes); });
}

XLA_FFI_DEFINE_HANDLER(cuda_reset_handler, cuda_reset,
                       ffi::Ffi::Bind()
                           .Ctx<ffi::PlatformStream<void*>>()
                           .Ctx<ffi::DeviceOrdinal>()
                           .RemainingArgs()
                           .RemainingRets()
                           .Attrs());
XLA_FFI_DEFINE_HANDLER(cuda_step_handler, cuda_step,
                       ffi::Ffi::Bind()
                           .Ctx<ffi::PlatformStream<void*>>()
                           .Ctx<ffi::DeviceOrdinal>()
                           .RemainingArgs()
                           .RemainingRets()
                           .Attrs());

}  // namespace

std::vector<std::pair<const char*, void*>> jax_cuda_targets() {
    return {{"lander_envs_reset", reinterpret_cast<void*>(cuda_reset_handler)},
            {"lander_envs_step", reinterpret_cast<void*>(cuda_step_handler)}};
}

void start_cuda(const CudaFunctions& functions, std::string cubin) {
    cuda.start(functions, std::move(cubin));
}

}  // namespace lander_python
