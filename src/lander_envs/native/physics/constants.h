// Constants of the physics: the scene, Box2D's settings, materials.
//
// Lengths are Box2D units (30 pixels), times seconds, angles radians. Sources: Gymnasium 1.4.0,
// gymnasium/envs/box2d/lunar_lander.py ("the env"), and the settings of Box2D 2.3 ("Box2D").
// Numbers that Python computes are double, numbers that Box2D computes are float.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

// --- The scene

inline constexpr int body_count = 3;   // the hull and two legs
inline constexpr int joint_count = 2;  // one for each leg
inline constexpr int terrain_points = 11;
inline constexpr int edge_count = terrain_points;  // the base edge and ten pieces of terrain
// Every body can be near every edge: the array of contacts never overflows.
inline constexpr int contact_capacity = body_count * edge_count;

// Body indices, in the order in which the env creates the bodies. Leg 0 (the env's i = -1) is on
// the right, leg 1 (i = +1) on the left.
inline constexpr int hull = 0;
inline constexpr int first_leg = 1;

inline constexpr double pixels_per_unit = 30.0;  // the env's SCALE
inline constexpr int screen_width = 600;         // pixels (the env's VIEWPORT_W)
inline constexpr int screen_height = 400;        // pixels (the env's VIEWPORT_H)
inline constexpr double width = screen_width / pixels_per_unit;
inline constexpr double height = screen_height / pixels_per_unit;

inline constexpr double leg_half_width = 2.0;   // pixels (the env's LEG_W)
inline constexpr double leg_half_height = 8.0;  // pixels (the env's LEG_H)

// --- Leg joints

inline constexpr double leg_away = 20.0;   // pixels from the hull's origin, sideways (LEG_AWAY)
inline constexpr double leg_down = 18.0;   // pixels from the hull's origin, down (LEG_DOWN)
inline constexpr double leg_angle = 0.05;  // as created, outwards
inline constexpr double leg_limit = 0.9;   // outer limit of the joint's angle
inline constexpr double leg_range = 0.5;   // between the two limits
inline constexpr double leg_motor_speed = 0.3;
inline constexpr float leg_spring_torque = 40.0F;  // maximum torque of the motor

// --- Materials

inline constexpr float hull_density = 5.0F;
inline constexpr float leg_density = 1.0F;
inline constexpr float hull_friction = 0.1F;
inline constexpr float leg_friction = 0.2F;  // Box2D's default: the env sets none
inline constexpr float base_edge_friction = 0.2F;
inline constexpr float terrain_friction = 0.1F;

// --- Time stepping, as the env calls Box2D

inline constexpr float time_step = 0.02F;
inline constexpr int velocity_iterations = 180;
inline constexpr int position_iterations = 60;

// --- Box2D's settings

inline constexpr float linear_slop = 0.005F;  // tolerated penetration and joint error
inline constexpr float angular_slop = 2.0F / 180.0F * pi;
// Skin of polygons and edges (b2_polygonRadius): leaves a gap for continuous collision.
inline constexpr float shape_radius = 2.0F * linear_slop;

// Broad phase: margin of a fat box (b2_aabbExtension), and its prediction of the next motion
// (b2_aabbMultiplier).
inline constexpr float box_margin = 0.1F;
inline constexpr float box_prediction = 2.0F;

// Maximum motion of a body in a step (units, radians).
inline constexpr float max_translation = 2.0F;
inline constexpr float max_rotation = 0.5F * pi;

// Position correction: Baumgarte factor, and maximum correction an iteration.
inline constexpr float correction_rate = 0.2F;
inline constexpr float impact_correction_rate = 0.75F;
inline constexpr float max_linear_correction = 0.2F;
inline constexpr float max_angular_correction = 8.0F / 180.0F * pi;
// Separations above these end the position iterations.
inline constexpr float contact_tolerance = -3.0F * linear_slop;
inline constexpr float impact_contact_tolerance = -1.5F * linear_slop;

// Maximum condition number of the block solver's matrix (two contact points).
inline constexpr float max_condition = 1000.0F;

// Collision: the polygon's face becomes the reference face if it is better by these tolerances.
inline constexpr float face_relative_tolerance = 0.98F;
inline constexpr float face_absolute_tolerance = 0.001F;

// Restitution: impacts slower than this do not bounce (b2_velocityThreshold).
inline constexpr float restitution_threshold = 1.0F;

// Sleep: slower than both tolerances for this time.
inline constexpr float time_to_sleep = 0.5F;
inline constexpr float linear_sleep_tolerance = 0.01F;
inline constexpr float angular_sleep_tolerance = 2.0F / 180.0F * pi;

// Time of impact: limits of iterations.
inline constexpr int max_impacts_per_contact = 8;
inline constexpr int impact_position_iterations = 20;
inline constexpr int impact_iterations = 20;       // separating axes
inline constexpr int impact_root_iterations = 50;  // root finder, on one axis
inline constexpr int impact_push_backs = 16;       // Box2D's vertex limit in this build
inline constexpr int distance_iterations = 20;

}  // namespace LANDER_NAMESPACE
