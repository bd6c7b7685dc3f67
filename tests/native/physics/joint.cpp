// Leg joints.
#include "physics/joint.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(definitions_are_those_of_the_env) {
    // Leg i = -1: limits 0.9 - 0.5 and 0.9; leg i = +1: -0.9 and -0.9 + 0.5.
    CHECK(joint_spec(0).lower_angle == static_cast<float>(0.9 - 0.5) &&
          joint_spec(0).upper_angle == 0.9F);
    CHECK(joint_spec(1).lower_angle == -0.9F &&
          joint_spec(1).upper_angle == static_cast<float>(-0.9 + 0.5));
    CHECK(joint_spec(0).motor_speed == -0.3F && joint_spec(1).motor_speed == 0.3F);
    CHECK(joint_spec(0).reference_angle == -0.05F && joint_spec(1).reference_angle == 0.05F);
    CHECK(near(joint_spec(0).leg_anchor.x, -20.0 / 30.0) && near(joint_spec(1).leg_anchor.y, 0.6));
}

TEST(limits_drop_the_angular_impulse) {
    const JointSpec& spec = joint_spec(0);  // 0.4 to 0.9, counted from -0.05
    Joint joint{{0.0F, 0.0F}, 0.25F, 0.0F, Limit::upper};
    CHECK(!update_limit(joint, spec, 0.0F, 0.9F));
    CHECK(joint.limit == Limit::upper && joint.angular_impulse == 0.25F);
    CHECK(update_limit(joint, spec, 0.0F, 0.3F));
    CHECK(joint.limit == Limit::lower && joint.angular_impulse == 0.0F);
    CHECK(update_limit(joint, spec, 0.0F, 0.5F) && joint.limit == Limit::inactive);
}

TEST(hinges_hold) {
    const JointConstraint<float> j =
        prepare_joint<float>(joint_spec(1), rotation(0.0F), rotation(-0.5F), false, false);
    JointImpulse<float> impulse{};
    Velocity<float> body{{0.0F, 0.0F}, 0.0F}, leg{{1.0F, -2.0F}, 0.5F};
    for (int i = 0; i < 50; ++i) {
        solve_joint(j, impulse, body, leg);
    }
    CHECK(near(length(anchor_velocity(j, body, leg)), 0.0, 1e-4));
    CHECK(std::fabs(impulse.motor) <= 0.02F * 40.0F);  // time step x torque
    CHECK(impulse.angular == 0.0F);
}

TEST(limits_push_one_way) {
    const JointConstraint<float> j =
        prepare_joint<float>(joint_spec(0), rotation(0.0F), rotation(0.3F), true, false);
    const JointImpulse<float> none{};
    const Vec2f drift{0.0F, 0.0F};
    CHECK(solve_limit(j, none, drift, 50.0F).angular == 0.0F);  // turning away from the limit
    CHECK(solve_limit(j, none, drift, -50.0F).angular > 0.0F);
    // The impulse is taken back as far as it pushed, no further.
    const JointImpulse<float> some{{0.0F, 0.0F}, 0.001F, 0.0F};
    CHECK(solve_limit(j, some, drift, 50.0F).angular == -0.001F);
}

}  // namespace
