// Custom-call targets for JAX: reset and step of a batch as pure functions over XLA's buffers.
//
// JAX's `jax.ffi` calls them with the operands and results that lander_envs/jax/calls.py lists. XLA
// lets a result share the memory of an operand (donation); otherwise the state is copied first.
#include "python/jax_targets.h"

#include <cstring>
#include <string>
#include <vector>

#include "host/dispatch.h"
#include "host/floating_point.h"
#include "python/jax_call.h"

namespace lander_python {
namespace {

using lander::observation_size;
using lander::ObservationRow;

/// Group of landers from `first` on, whose particles the entries point to for its lifetime.
class Group {
  public:
    Group(const JaxState& state, const Settings& settings, int first, int count)
        : state_(state), settings_(settings), first_(first), count_(count) {
        for (int i = 0; i < count && state.particles != nullptr; ++i) {
            entries()[i].particles = state.particles + first + i;
        }
    }
    ~Group() {
        for (int i = 0; i < count_ && state_.particles != nullptr; ++i) {
            entries()[i].particles = nullptr;
        }
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    lander::Entry* entries() const { return state_.entries + first_; }

    lander::Pictures pictures(lander::u8* stacks, lander::u8* final_stacks) const {
        const lander::PictureHistory all = state_.history(settings_);
        const auto place = static_cast<std::size_t>(first_ * all.stack_bytes());
        return {all.from(first_), state_.decisions + first_, stacks + place,
                final_stacks == nullptr ? nullptr : final_stacks + place};
    }

  private:
    const JaxState& state_;
    const Settings& settings_;
    int first_, count_;
};

void reset_batch(ffi::RemainingArgs arguments, ffi::RemainingRets rets,
                 const ffi::Dictionary& attributes) {
    const Settings settings(attributes);
    Operands operands(arguments);
    Results results(rets);
    const ffi::AnyBuffer keys = operands.next();
    const auto words = static_cast<std::size_t>(keys.dimensions().back());
    const JaxParams params(operands, attributes);
    const JaxState state =
        cleared_state(results, settings.pictures(),
                      [](void* array, std::size_t bytes) { std::memset(array, 0, bytes); });
    auto* const stacks = settings.pictures() ? results.next_as<lander::u8>() : nullptr;
    auto* const obs = results.next_as<ObservationRow>();

    const lander_host::DefaultFloatingPoint floating_point;
    const auto step_entries = lander_host::chosen_instruction_set().step_entries;
    for (int i = 0; i < state.count; ++i) {
        const auto k = static_cast<std::size_t>(i);
        params.write(k, state.entries[i].params);
        const auto* key = static_cast<const lander::u32*>(keys.untyped_data()) + words * k;
        state.entries[i].state.random = lander::seeded_pcg64(key, static_cast<int>(words));
    }
    bool all[lander::group_size];
    std::memset(all, true, sizeof all);
    lander::for_each_group(0, state.count, [&](int first, int last) {
        const Group group(state, settings, first, last - first);
        const lander::ObservationTransform& transform = settings.transforms.observation;
        if (settings.pictures()) {
            lander::pure_reset_pictures(step_entries, group.entries(), last - first, all, transform,
                                        obs + first, group.pictures(stacks, nullptr),
                                        lander_host::scratch());
        } else {
            lander::pure_reset_group(step_entries, group.entries(), last - first, all, transform,
                                     obs + first);
        }
    });
}

/// Throws std::invalid_argument if a step of lander i would read or write outside of its arrays.
void require_sound(const JaxState& state, const Settings& settings, int i) {
    lander::StateFault fault = lander::entry_fault(state.entries[i]);
    if (settings.pictures() && fault.field == nullptr) {
        fault = lander::picture_fault(state.particles[i], state.history(settings), i);
    }
    if (fault.field != nullptr) {
        refuse_operand(("state: " + std::string(fault.field)).c_str(), fault.allowed, fault.value);
    }
}

/// Steps the landers first <= i < last, at most a group.
void step_range(const JaxState& state, const Settings& settings, const JaxActions& actions,
                bool restarts, const StepResults& results, int first, int last) {
    double rewards[lander::group_size], raw_rewards[lander::group_size];
    bool ended[lander::group_size];
    const lander::PureOutputs out{results.obs + first,
                                  results.final_obs + first,
                                  rewards,
                                  raw_rewards,
                                  results.terminated + first,
                                  results.truncated + first,
                                  ended,
                                  results.outcomes + first,
                                  results.on_pad + first,
                                  restarts};
    for (int i = first; i < last; ++i) {
        require_sound(state, settings, i);
    }
    const Group group(state, settings, first, last - first);
    const auto step_entries = lander_host::chosen_instruction_set().step_entries;
    const auto action_of = [&](int i) { return actions[static_cast<std::size_t>(first + i)]; };
    if (settings.pictures()) {
        lander::pure_decide_group(step_entries, group.entries(), last - first, action_of,
                                  settings.timing, settings.transforms, out,
                                  group.pictures(results.stacks, results.final_stacks),
                                  lander_host::scratch());
    } else {
        lander::pure_step_group(step_entries, group.entries(), last - first, action_of,
                                settings.timing.base_steps, settings.transforms, out);
    }
    for (int i = 0; i < last - first; ++i) {
        results.rewards.set(static_cast<std::size_t>(first + i), rewards[i]);
        results.raw_rewards.set(static_cast<std::size_t>(first + i), raw_rewards[i]);
    }
}

void step_batch(ffi::RemainingArgs arguments, ffi::RemainingRets rets,
                const ffi::Dictionary& attributes) {
    const Settings settings(attributes);
    Operands operands(arguments);
    Results results(rets);
    const JaxState state = state_to_step(
        operands, results, settings.pictures(),
        [](void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); });
    const ffi::AnyBuffer action = operands.next();
    const JaxParams params(operands, attributes);
    const JaxActions actions(action, params.continuous());
    const StepResults step_results(results, settings.pictures());
    const bool restarts = value_of(attributes.get<bool>("autoreset"));

    const lander_host::DefaultFloatingPoint floating_point;
    lander::for_each_group(0, state.count, [&](int first, int last) {
        for (int i = first; i < last; ++i) {
            params.write(static_cast<std::size_t>(i), state.entries[i].params);
        }
        step_range(state, settings, actions, restarts, step_results, first, last);
    });
}

ffi::Error reset_target(ffi::RemainingArgs arguments, ffi::RemainingRets results,
                        ffi::Dictionary attributes) {
    return answered([&] { reset_batch(arguments, results, attributes); });
}

ffi::Error step_target(ffi::RemainingArgs arguments, ffi::RemainingRets results,
                       ffi::Dictionary attributes) {
    return answered([&] { step_batch(arguments, results, attributes); });
}

XLA_FFI_DEFINE_HANDLER(reset_handler, reset_target,
                       ffi::Ffi::Bind().RemainingArgs().RemainingRets().Attrs());
XLA_FFI_DEFINE_HANDLER(step_handler, step_target,
                       ffi::Ffi::Bind().RemainingArgs().RemainingRets().Attrs());

}  // namespace

std::vector<std::pair<const char*, void*>> jax_targets() {
    return {{"lander_envs_reset", reinterpret_cast<void*>(reset_handler)},
            {"lander_envs_step", reinterpret_cast<void*>(step_handler)}};
}

}  // namespace lander_python
