// Custom-call targets for JAX on GPUs: kernels on XLA's stream.
//
// The operands, results and attributes are those of jax_targets.cpp. Kernels change the new state
// in place; nothing is allocated, and the call does not wait for the GPU.
#include "python/jax_cuda_targets.h"

#include <cmath>

#include "kernels/pure.h"
#include "kernels/pure_pictures.h"
#include "python/jax_call.h"

namespace lander_python {
namespace {

constexpr Kernel step_landers{"pure_kernels", "lander_pure"};
constexpr Kernel draw_bases{"pure_picture_kernels", "lander_draw_new_bases"};
constexpr Kernel place_pictures{"pure_picture_kernels", "lander_place_pictures"};
constexpr Kernel lay_bases{"pure_picture_kernels", "lander_lay_bases"};
constexpr Kernel draw_pictures{"pure_picture_kernels", "lander_draw_new_pictures"};
constexpr Kernel spread_pictures{"pure_picture_kernels", "lander_spread_pictures"};
constexpr Kernel write_stacks{"pure_picture_kernels", "lander_write_stacks"};

Cuda cuda;

lander::DeviceReals device_reals(const Reals& reals) { return {reals.data(), reals.wide()}; }

lander::PureParams pure_params(Operands& operands, const ffi::Dictionary& attributes) {
    lander::PureParams out{};
    out.rows = device_reals(Reals(operands.next()));
    for (int k = 0; k < lander::param_count; ++k) {
        const ParamRange& range = param_ranges[k];
        out.allowed.low[k] = range.closed ? range.low : std::nextafter(range.low, range.high);
        out.allowed.high[k] = range.closed ? range.high : std::nextafter(range.high, range.low);
    }
    out.continuous = value_of(attributes.get<bool>("continuous"));
    return out;
}

/// Landers of a call on the GPU, and their pictures.
class Landers {
  public:
    Landers(CudaStream& gpu, const Settings& settings, const JaxState& state)
        : gpu_(gpu), settings_(settings), state_(state) {
        call.entries = state.entries;
        call.particles = state.particles;
        call.decisions = state.decisions;
        call.timing = settings.timing;
        call.transforms = settings.transforms;
        call.count = state.count;
        if (settings.pictures()) {
            check_gpu_picture(settings.camera->reduction.y.cells,
                              settings.camera->reduction.x.cells);
        }
    }

    lander::PureArguments call{};

    void pass(lander::Pass pass) {
        call.pass = pass;
        gpu_.launch(step_landers, state_.count, call);
    }

    /// Draws the landers that a pass stepped, or started if `starts`, and writes all stacks.
    void draw(bool starts, lander::u8* stacks) {
        lander::PurePictureArguments pictures = picture_arguments(starts, stacks);
        const lander::Reduction& r = settings_.camera->reduction;
        const lander::i64 landers = state_.count;
        const lander::i64 bytes = landers * lander::picture_bytes(r);
        if (starts) {
            gpu_.launch(draw_bases, landers * r.y.cells * r.x.cells, pictures);
        }
        gpu_.launch(place_pictures, landers, pictures);
        gpu_.launch(lay_bases, bytes, pictures);
        gpu_.launch(draw_pictures, landers * lander::picture_threads, pictures);
        if (starts) {
            gpu_.launch(spread_pictures, bytes, pictures);
        }
        gpu_.launch(write_stacks, bytes, pictures);
    }

    void copy_stacks(lander::u8* to, const lander::u8* from) {
        const lander::i64 bytes = state_.history(settings_).stack_bytes() * state_.count;
        gpu_.copy(to, from, static_cast<std::size_t>(bytes));
    }

  private:
    lander::PurePictureArguments picture_arguments(bool starts, lander::u8* stacks) {
        lander::PurePictureArguments out{};
        out.entries = state_.entries;
        out.particles = state_.particles;
        out.decisions = state_.decisions;
        out.history = state_.history(settings_);
        out.history.camera = gpu_.camera(*settings_.camera);
        out.obs = call.obs;
        out.stacks = stacks;
        out.count = state_.count;
        out.starts = starts;
        return out;
    }

    CudaStream& gpu_;
    const Settings& settings_;
    JaxState state_;
};

void launch_reset(CudaStream& gpu, ffi::RemainingArgs arguments, ffi::RemainingRets rets,
                  const ffi::Dictionary& attributes) {
    const Settings settings(attributes);
    Operands operands(arguments);
    Results results(rets);
    const ffi::AnyBuffer keys = operands.next();
    const JaxState state =
        cleared_state(results, settings.pictures(),
                      [&](void* array, std::size_t bytes) { gpu.clear(array, bytes); });
    Landers landers(gpu, settings, state);
    landers.call.keys = static_cast<const lander::u32*>(keys.untyped_data());
    landers.call.words = static_cast<lander::i32>(keys.dimensions().back());
    landers.call.params = pure_params(operands, attributes);
    auto* const stacks = settings.pictures() ? results.next_as<lander::u8>() : nullptr;
    landers.call.obs = results.next_as<lander::ObservationRow>();
    landers.pass(lander::Pass::reset);
    if (settings.pictures()) {
        landers.draw(true, stacks);
    }
}

void set_results(lander::PureArguments& call, const StepResults& results) {
    call.obs = results.obs;
    call.final_obs = results.final_obs;
    call.rewards = device_reals(results.rewards);
    call.raw_rewards = device_reals(results.raw_rewards);
    call.terminated = results.terminated;
    call.truncated = results.truncated;
    call.outcomes = results.outcomes;
    call.on_pad = results.on_pad;
}

void launch_step(CudaStream& gpu, ffi::RemainingArgs arguments, ffi::RemainingRets rets,
                 const ffi::Dictionary& attributes) {
    const Settings settings(attributes);
    Operands operands(arguments);
    Results results(rets);
    const JaxState state = state_to_step(
        operands, results, settings.pictures(),
        [&](void* to, const void* from, std::size_t bytes) { gpu.copy(to, from, bytes); });
    Landers landers(gpu, settings, state);
    const ffi::AnyBuffer action = operands.next();
    landers.call.actions = static_cast<const lander::i32*>(action.untyped_data());
    landers.call.throttles = device_reals(Reals(action));
    landers.call.params = pure_params(operands, attributes);
    const StepResults out(results, settings.pictures());
    set_results(landers.call, out);
    const bool restarts = value_of(attributes.get<bool>("autoreset"));
    landers.call.restarts = restarts && !settings.pictures();
    landers.pass(lander::Pass::step);
    if (!settings.pictures()) {
        return;
    }
    landers.draw(false, out.final_stacks);
    if (restarts) {
        landers.pass(lander::Pass::restart);
        landers.draw(true, out.stacks);
    } else {
        landers.copy_stacks(out.stacks, out.final_stacks);
    }
}

ffi::Error cuda_reset(void* stream, std::int32_t ordinal, ffi::RemainingArgs arguments,
                      ffi::RemainingRets results, ffi::Dictionary attributes) {
    return answered([&] {
        CudaStream gpu(cuda, ordinal, stream);
        launch_reset(gpu, arguments, results, attributes);
    });
}

ffi::Error cuda_step(void* stream, std::int32_t ordinal, ffi::RemainingArgs arguments,
                     ffi::RemainingRets results, ffi::Dictionary attributes) {
    return answered([&] {
        CudaStream gpu(cuda, ordinal, stream);
        launch_step(gpu, arguments, results, attributes);
    });
}

auto on_stream() {
    return ffi::Ffi::Bind()
        .Ctx<ffi::PlatformStream<void*>>()
        .Ctx<ffi::DeviceOrdinal>()
        .RemainingArgs()
        .RemainingRets()
        .Attrs();
}

XLA_FFI_DEFINE_HANDLER(cuda_reset_handler, cuda_reset, on_stream());
XLA_FFI_DEFINE_HANDLER(cuda_step_handler, cuda_step, on_stream());

}  // namespace

std::vector<std::pair<const char*, void*>> jax_cuda_targets() {
    return {{"lander_envs_reset", reinterpret_cast<void*>(cuda_reset_handler)},
            {"lander_envs_step", reinterpret_cast<void*>(cuda_step_handler)}};
}

void start_cuda(const CudaFunctions& functions, const std::string& file, std::string image) {
    cuda.start(functions, file, std::move(image));
}

}  // namespace lander_python
