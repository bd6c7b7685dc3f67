// Constants of the env: engines, wind, terrain, observation, reward, particles.
//
// Source: Gymnasium 1.4.0, gymnasium/envs/box2d/lunar_lander.py. Numbers are double, because Python
// computes with them.
#pragma once

#include "physics/constants.h"

namespace LANDER_NAMESPACE {

// --- Observation

inline constexpr int observation_size = 8;
inline constexpr double frames_per_second = 50.0;
inline constexpr double angular_velocity_scale = 20.0;
/// Half width of the helipad in observation 0: the flags stand 2 units from the centre.
inline constexpr float pad_half_width = 0.2F;

// --- Actions

inline constexpr int action_count = 4;  // discrete actions
inline constexpr int main_engine_action = 2;
inline constexpr int left_engine_action = 1;
inline constexpr int right_engine_action = 3;
inline constexpr double side_throttle_threshold = 0.5;  // continuous actions

// --- Engines

inline constexpr double main_engine_lever = 4.0 / pixels_per_unit;
inline constexpr double side_engine_away = 12.0;    // pixels from the hull's axis
inline constexpr double side_engine_height = 14.0;  // pixels above the hull's origin
inline constexpr double side_engine_oddity = 17.0;  // pixels; 14 was meant (env/engines.h)

// --- Terrain

inline constexpr int terrain_draws = terrain_points + 1;  // heights drawn
inline constexpr double terrain_smoothing = 0.33;  // 1/3 was meant: the ground is 1 % too low
inline constexpr double helipad_height = height / 4.0;
// The helipad spans points 4 to 6; the drawn heights 3 to 7 are flat.
inline constexpr int helipad_first_point = 4;
inline constexpr int helipad_last_point = 6;

// --- Wind

// Wind: tanh(sin(2 k i) + sin(pi k i)) at index i, with k = 0.01.
inline constexpr double wind_slow = 0.02;
inline constexpr double wind_fast = 3.141592653589793 * 0.01;
inline constexpr i64 wind_index_bound = 9999;  // an index starts in [-9999, 9999)
// Maximum size of wind_power and turbulence_power, 50,000 times what the env recommends. The
// joints' impulses grow with them: to some 1e4 here, to more than a state may hold
// (env/serialize.h) at 1e12, and at 1e38 velocities overflow to NaN.
inline constexpr double max_wind = 1.0e6;

// --- Reward

inline constexpr double distance_weight = 100.0;
inline constexpr double speed_weight = 100.0;
inline constexpr double tilt_weight = 100.0;
inline constexpr double leg_contact_weight = 10.0;
inline constexpr double main_engine_cost = 0.30;  // a step at full power, times fuel_cost
inline constexpr double side_engine_cost = 0.03;
inline constexpr double crash_reward = -100.0;
inline constexpr double landing_reward = 100.0;

// --- Particles (decoration: they never touch the lander)

inline constexpr float particle_radius = static_cast<float>(2.0 / pixels_per_unit);
inline constexpr float main_particle_density = 3.5F;  // the env calls it the particle's mass
inline constexpr float side_particle_density = 0.7F;
inline constexpr float particle_friction = 0.1F;
inline constexpr float particle_restitution = 0.3F;
// The engine's power is the time to live of a new particle, which goes below zero.
inline constexpr double particle_ageing = 0.15;  // a base step
// The power is 1 at most, so a particle lives for 7 steps at most: 1 - 7 x 0.15 < 0. It can outlive
// that only behind an older one in the list, but then that one is past its seventh step too. Two
// engines make two particles a step.
inline constexpr int particle_lifetime = 7;
inline constexpr int particle_capacity = 2 * particle_lifetime;

}  // namespace LANDER_NAMESPACE
