// Every number of the simulation, once: its value, its unit, its reason.
//
// Lengths are Box2D units (about half a leg), times are seconds, angles radians. Source is either
// Gymnasium 1.4.0, gymnasium/envs/box2d/lunar_lander.py ("the env"), or Box2D 2.3's settings
// ("Box2D"). Quantities that Python computes are double, quantities that Box2D computes are float.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

// --- The scene

inline constexpr int body_count = 3;   // the hull and two legs
inline constexpr int joint_count = 2;  // one for each leg
inline constexpr int edge_count = 11;  // the base edge and ten pieces of terrain
// Every body can be near every edge; the array of contacts never overflows.
inline constexpr int contact_capacity = body_count * edge_count;

// Bodies in the order in which the env makes them. Legs are numbered as in the env's `legs`; leg 0
// (the env's i = -1) hangs on the right, leg 1 (i = +1) on the left.
inline constexpr int hull = 0;
inline constexpr int first_leg = 1;

// --- The env (doubles: Python computes with them)

inline constexpr double frames_per_second = 50.0;
inline constexpr double pixels_per_unit = 30.0;  // the env's SCALE
inline constexpr double width = 600.0 / pixels_per_unit;
inline constexpr double height = 400.0 / pixels_per_unit;

inline constexpr double main_engine_power = 13.0;  // impulse per unit of lever
inline constexpr double side_engine_power = 0.6;
inline constexpr double initial_force = 1000.0;  // largest random push at the start, per axis
inline constexpr double main_engine_lever = 4.0 / pixels_per_unit;
inline constexpr double side_engine_away = 12.0;    // pixels from the hull's axis
inline constexpr double side_engine_height = 14.0;  // pixels above the hull's origin
inline constexpr double side_engine_oddity = 17.0;  // pixels; 14 was meant, see lander.h

inline constexpr double leg_away = 20.0;  // pixels sideways from the hull's origin
inline constexpr double leg_down = 18.0;  // pixels down

inline constexpr int terrain_draws = 12;  // heights drawn; one more than there are points
inline constexpr int terrain_points = 11;
inline constexpr double terrain_smoothing = 0.33;  // one third was meant; the ground sinks by 1 %
inline constexpr double helipad_height = height / 4.0;
inline constexpr int helipad_first_point =
    4;  // the pad spans points 4 to 6, flat from 3 to 7 drawn
inline constexpr int helipad_last_point = 6;
/// Of observation 0: the flags stand 2 units left and right of the centre.
inline constexpr float pad_half_width = 0.2F;

inline constexpr double main_engine_cost = 0.30;  // reward points a step
inline constexpr double side_engine_cost = 0.03;
inline constexpr double crash_reward = -100.0;
inline constexpr double landing_reward = 100.0;

// Wind: tanh(sin(2 k i) + sin(pi k i)) at index i, k = 0.01.
inline constexpr double wind_slow = 0.02;
inline constexpr double wind_fast = 3.141592653589793 * 0.01;
inline constexpr i64 wind_index_bound = 9999;  // indices start in [-9999, 9999)

// --- Time stepping (Box2D, as the env calls it)

inline constexpr float time_step = 0.02F;
inline constexpr int velocity_iterations = 180;
inline constexpr int position_iterations = 60;

// --- Box2D's settings

inline constexpr float pi = 3.14159265359F;
inline constexpr float linear_slop = 0.005F;  // penetration and joint error that is left alone
inline constexpr float angular_slop = 2.0F / 180.0F * pi;
// Polygons and edges have a skin, so that a gap is left for continuous collision.
inline constexpr float shape_radius = 2.0F * linear_slop;

// Broad phase: boxes are fattened so that small motions need no update, and stretched along the
// motion to predict the next.
inline constexpr float box_margin = 0.1F;
inline constexpr float box_prediction = 2.0F;

// A single step moves a body no further than this (units, radians).
inline constexpr float max_translation = 2.0F;
inline constexpr float max_rotation = 0.5F * pi;

// Position correction: the share of an error removed an iteration, and its cap.
inline constexpr float correction_rate = 0.2F;
inline constexpr float impact_correction_rate = 0.75F;
inline constexpr float max_linear_correction = 0.2F;
inline constexpr float max_angular_correction = 8.0F / 180.0F * pi;
// Good enough: errors below these end the iterations early.
inline constexpr float contact_tolerance = -3.0F * linear_slop;
inline constexpr float impact_contact_tolerance = -1.5F * linear_slop;

// The block solver for two contact points is used while its matrix is better conditioned than this.
inline constexpr float max_condition = 1000.0F;

// Collision: the polygon's face becomes the reference face only if it is clearly better.
inline constexpr float face_relative_tolerance = 0.98F;
inline constexpr float face_absolute_tolerance = 0.001F;

// Sleep: slower than both tolerances for this long.
inline constexpr float time_to_sleep = 0.5F;
inline constexpr float linear_sleep_tolerance = 0.01F;
inline constexpr float angular_sleep_tolerance = 2.0F / 180.0F * pi;

// Time of impact.
inline constexpr int max_impacts_per_contact = 8;
inline constexpr int impact_position_iterations = 20;
inline constexpr int impact_iterations = 20;       // separating axes tried
inline constexpr int impact_root_iterations = 50;  // steps of the root finder on one axis
inline constexpr int impact_push_backs = 16;       // Box2D's vertex limit in this build
inline constexpr int distance_iterations = 20;

// --- Materials

inline constexpr float hull_density = 5.0F;
inline constexpr float leg_density = 1.0F;
inline constexpr float hull_friction = 0.1F;
inline constexpr float leg_friction = 0.2F;  // Box2D's default: the env sets none
inline constexpr float base_edge_friction = 0.2F;
inline constexpr float terrain_friction = 0.1F;

// --- Flames (decoration: particles that never touch the lander)

inline constexpr float particle_radius = static_cast<float>(2.0 / pixels_per_unit);
inline constexpr float main_particle_density = 3.5F;  // what the env calls the particle's mass
inline constexpr float side_particle_density = 0.7F;
inline constexpr float particle_friction = 0.1F;
inline constexpr float particle_restitution = 0.3F;
inline constexpr float restitution_threshold = 1.0F;  // slower impacts do not bounce (Box2D)
// A particle is born with the engine's power as its time to live, and vanishes below zero.
inline constexpr double particle_ageing = 0.15;  // a base step
// The power is 1 at most, so a particle lives for at most 7 steps: 1 - 7 x 0.15 < 0. It can outlive
// that only behind an older one in the list, but then that one is past its seventh step too. Two
// engines make two particles a step.
inline constexpr int particle_lifetime = 7;
inline constexpr int particle_capacity = 2 * particle_lifetime;

// --- The picture (pixels; y upwards)

inline constexpr int screen_width = 600;
inline constexpr int screen_height = 400;
// Colours, 0xrrggbb.
inline constexpr u32 ground_color = 0xffffff;
inline constexpr u32 sky_color = 0x000000;
inline constexpr u32 body_color = 0x8066e6;     // hull and legs
inline constexpr u32 outline_color = 0x4d4d80;  // their second outline
inline constexpr u32 pole_color = 0xffffff;
inline constexpr u32 pennant_color = 0xcccc00;
inline constexpr int pole_height = 50;
inline constexpr int pennant_height = 10;
inline constexpr int pennant_length = 25;
// What a red, green or blue level adds to the grey one (Gymnasium's GrayscaleObservation).
inline constexpr double red_weight = 0.2125;
inline constexpr double green_weight = 0.7154;
inline constexpr double blue_weight = 0.0721;

// --- Leg joints

inline constexpr float leg_spring_torque = 40.0F;

}  // namespace LANDER_NAMESPACE
