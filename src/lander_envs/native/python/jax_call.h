// Custom call of JAX, decoded: settings, state, arguments, actions and results of a batch.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <tuple>

#include "host/pictures.h"
#include "python/jax_buffers.h"
#include "python/params.h"

namespace lander_python {

/// Throws std::invalid_argument: "NAME must be ALLOWED, got VALUE".
template <class Value>
[[noreturn]] void refuse_operand(const char* name, const char* allowed, const Value& value) {
    std::ostringstream sentence;
    sentence << name << " must be " << allowed << ", got " << value;
    throw std::invalid_argument(sentence.str());
}

/// LunarLander-v3's arguments of each lander.
class JaxParams {
  public:
    JaxParams(Operands& operands, const ffi::Dictionary& attributes)
        : continuous_(value_of(attributes.get<bool>("continuous"))), rows_(operands.next()) {}

    bool continuous() const { return continuous_; }

    /// Writes the arguments of lander i; throws std::invalid_argument outside their ranges.
    void write(std::size_t i, lander::Params& params) const {
        double row[lander::param_count];
        lander::write_row(default_params, row);
        for (int k = 0; k < lander::param_count; ++k) {
            const double value = rows_[i * lander::param_count + static_cast<std::size_t>(k)];
            // Without 64-bit mode, the float32 next to a default stands for the default.
            const bool rounded = !rows_.wide() && value == static_cast<float>(row[k]);
            row[k] = rounded ? row[k] : value;
            if (!allows(param_ranges[k], row[k])) {
                refuse_operand(param_ranges[k].name, allowed(param_ranges[k]).c_str(), row[k]);
            }
        }
        params.continuous = continuous_;
        lander::assign_row(params, row);
    }

  private:
    bool continuous_;
    Reals rows_;
};

/// Actions: int32, or two throttles each.
class JaxActions {
  public:
    JaxActions(const ffi::AnyBuffer& buffer, bool continuous)
        : continuous_(continuous),
          discrete_(static_cast<const lander::i32*>(buffer.untyped_data())),
          throttles_(buffer) {}

    /// Action of lander i; throws std::invalid_argument if it is not in the action space.
    lander::Action operator[](std::size_t i) const {
        if (continuous_) {
            const lander::Action action{0, throttles_[2 * i], throttles_[2 * i + 1]};
            if (std::isnan(action.main) || std::isnan(action.lateral)) {
                refuse_operand("action", "two real numbers", "nan");
            }
            return action;
        }
        if (discrete_[i] < 0 || discrete_[i] >= lander::action_count) {
            refuse_operand("action", "an integer from 0 to 3", discrete_[i]);
        }
        return {discrete_[i], 0.0, 0.0};
    }

  private:
    bool continuous_;
    const lander::i32* discrete_;
    Reals throttles_;
};

/// Camera of some settings, made by the first call that needs it.
inline const lander::Camera& shared_camera(int rows, int columns, bool grayscale) {
    using Settings = std::tuple<int, int, bool>;
    static std::mutex mutex;
    static std::map<Settings, std::shared_ptr<const lander::Camera>> cameras;
    const std::lock_guard<std::mutex> held(mutex);
    auto& camera = cameras[{rows, columns, grayscale}];
    if (camera == nullptr) {
        camera = lander_host::PictureCamera(rows, columns, grayscale).settings();
    }
    return *camera;
}

/// Transforms of a variant, from the attributes "hidden" (one bit an entry of the observation),
/// "offset", "factor" and "shaping" (five numbers, or none).
inline lander::Transforms transforms_of(const ffi::Dictionary& attributes) {
    lander::Transforms out{};
    const auto hidden = value_of(attributes.get<lander::i32>("hidden"));
    const auto offset = value_of(attributes.get<ffi::Span<const float>>("offset"));
    const auto factor = value_of(attributes.get<ffi::Span<const float>>("factor"));
    for (int i = 0; i < lander::observation_size; ++i) {
        const auto k = static_cast<std::size_t>(i);
        out.observation.hidden[i] = (hidden >> i & 1) != 0;
        out.observation.offset[i] = offset[k];
        out.observation.factor[i] = factor[k];
    }
    const auto weights = value_of(attributes.get<ffi::Span<const double>>("shaping"));
    if (weights.size() == 5) {
        out.shaping = {true, weights[0], weights[1], weights[2], weights[3] != 0.0, weights[4]};
    }
    return out;
}

/// Settings of a call, from its attributes.
struct Settings {
    lander::Transforms transforms;
    int frame_stack;  // 0 without pictures
    lander::Timing timing;
    const lander::Camera* camera;  // null without pictures

    explicit Settings(const ffi::Dictionary& attributes)
        : transforms(transforms_of(attributes)),
          frame_stack(integer(attributes, "frame_stack")),
          timing{integer(attributes, "frame_skip"),
                 integer(attributes, pictures() ? "base_steps" : "max_episode_steps"),
                 integer(attributes, "max_episode_steps")},
          camera(pictures()
                     ? &shared_camera(integer(attributes, "rows"), integer(attributes, "columns"),
                                      value_of(attributes.get<bool>("grayscale")))
                     : nullptr) {}

    bool pictures() const { return frame_stack > 0; }

  private:
    static int integer(const ffi::Dictionary& attributes, const char* name) {
        return value_of(attributes.get<lander::i32>(name));
    }
};

/// State of a batch: the arrays of pure_batch.h. Those of pictures are null for a variant without.
struct JaxState {
    int count;  // landers
    lander::Entry* entries;
    lander::Particles* particles = nullptr;
    lander::Rows* rows = nullptr;
    lander::i32* newest = nullptr;
    lander::i32* decisions = nullptr;
    lander::u8* bases = nullptr;
    lander::u8* rings = nullptr;

    /// `next()` is called for each array and returns its buffer.
    template <class Next>
    JaxState(bool pictures, const Next& next) {
        const ffi::AnyBuffer landers = next();
        count = static_cast<int>(landers.size_bytes() / sizeof(lander::Entry));
        entries = static_cast<lander::Entry*>(landers.untyped_data());
        if (reinterpret_cast<std::uintptr_t>(entries) % alignof(lander::Entry) != 0) {
            throw std::invalid_argument("the state must be aligned to 8 bytes");
        }
        if (pictures) {
            particles = static_cast<lander::Particles*>(next().untyped_data());
            rows = static_cast<lander::Rows*>(next().untyped_data());
            newest = static_cast<lander::i32*>(next().untyped_data());
            decisions = static_cast<lander::i32*>(next().untyped_data());
            bases = static_cast<lander::u8*>(next().untyped_data());
            rings = static_cast<lander::u8*>(next().untyped_data());
        }
    }

    lander::PictureHistory history(const Settings& settings) const {
        return {settings.camera, settings.frame_stack, bases, rings, rows, newest};
    }
};

/// State that a reset fills; `clear(array, bytes)` sets an array to zero.
template <class Clear>
JaxState cleared_state(Results& results, bool pictures, const Clear& clear) {
    return JaxState(pictures, [&] {
        const ffi::AnyBuffer array = results.next();
        clear(array.untyped_data(), array.size_bytes());
        return array;
    });
}

/// State that a step changes: that of the operands, which `copy(to, from, bytes)` copies unless XLA
/// lets both share memory.
template <class Copy>
JaxState state_to_step(Operands& operands, Results& results, bool pictures, const Copy& copy) {
    return JaxState(pictures, [&] {
        const ffi::AnyBuffer from = operands.next();
        const ffi::AnyBuffer to = results.next();
        if (to.untyped_data() != from.untyped_data()) {
            copy(to.untyped_data(), from.untyped_data(), from.size_bytes());
        }
        return to;
    });
}

/// Results of a step beside the state.
struct StepResults {
    lander::u8* stacks;
    lander::u8* final_stacks;
    lander::ObservationRow* obs;
    lander::ObservationRow* final_obs;
    Reals rewards, raw_rewards;
    bool* terminated;
    bool* truncated;
    lander::Outcome* outcomes;
    bool* on_pad;

    StepResults(Results& results, bool pictures)
        : stacks(pictures ? results.next_as<lander::u8>() : nullptr),
          final_stacks(pictures ? results.next_as<lander::u8>() : nullptr),
          obs(results.next_as<lander::ObservationRow>()),
          final_obs(results.next_as<lander::ObservationRow>()),
          rewards(results.next()),
          raw_rewards(results.next()),
          terminated(results.next_as<bool>()),
          truncated(results.next_as<bool>()),
          outcomes(results.next_as<lander::Outcome>()),
          on_pad(results.next_as<bool>()) {}
};

}  // namespace lander_python
