// Transforms of observation and reward.
#include "batch/transforms.h"

#include <limits>

#include "checks.h"

using namespace lander;

namespace {

constexpr ObservationTransform identity{{}, {}, {1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F}};

TEST(the_identity_keeps_every_bit) {
    const float subnormal = std::numeric_limits<float>::denorm_min();
    const float state[observation_size] = {-0.0F,   0.0F, subnormal, -1.5F,
                                           3.0e38F, 0.1F, 1.0F,      0.0F};
    float out[observation_size];
    observe(identity, state, out);
    for (int i = 0; i < observation_size; ++i) {
        CHECK(float_bits(out[i]) == float_bits(state[i]));
    }
}

TEST(an_entry_is_scaled_or_hidden) {
    ObservationTransform transform = identity;
    transform.offset[1] = 0.5F;
    transform.factor[1] = 4.0F;
    transform.hidden[2] = true;
    const float state[observation_size] = {0.25F, 0.75F, -3.0F};
    float out[observation_size];
    observe(transform, state, out);
    CHECK(out[0] == 0.25F && out[1] == 1.0F);
    CHECK(float_bits(out[2]) == 0);  // not -0
}

TEST(the_potential_counts_distance_speed_near_the_ground_and_legs) {
    const Shaping shaping{true, 10.0, 20.0, 5.0, true, 0.5};
    // 0.125 above the pad: half near. 10 * 0.5 + 20 * 0.5 * 0.25 = 7.5.
    const float falling[observation_size] = {-0.5F, 0.125F, 0.0F, -0.25F};
    CHECK(potential(shaping, falling) == -7.5);
    const float high[observation_size] = {0.5F, 0.25F, 0.0F, -0.25F};
    CHECK(potential(shaping, high) == -5.0);
    const float rising[observation_size] = {0.0F, -1.0F, 0.0F, 0.25F, 0.0F, 0.0F, 1.0F, 1.0F};
    CHECK(potential(shaping, rising) == 5.0);
    const float one_leg[observation_size] = {0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F};
    CHECK(potential(shaping, one_leg) == 0.0);
}

TEST(a_terminal_state_has_potential_0_if_differences_are_paid) {
    Shaping shaping{true, 0.0, 0.0, 0.0, true, 0.5};
    CHECK(shaping_reward(shaping, -7.0, -4.0, false) == 5.0);  // 0.5 * -4 + 7
    CHECK(shaping_reward(shaping, -7.0, -4.0, true) == 7.0);
    shaping.potential_based = false;
    CHECK(shaping_reward(shaping, -7.0, -4.0, true) == -4.0);
}

}  // namespace
