// Reset: the random numbers of a new episode, its terrain and its bodies.
#pragma once

#include "env/state.h"

namespace LANDER_NAMESPACE {

/// Random numbers of a reset, in the order in which the env draws them.
struct ResetDraws {
    double heights[terrain_draws];
    double force[2];
    i64 wind_index, torque_index;
};

/// Draws the numbers of a reset from a Source (math/random.h).
template <class Source>
LANDER_FN ResetDraws draw_reset(Source& source, const Params& params) {
    ResetDraws draws{};
    for (double& h : draws.heights) {
        h = draw_uniform(source, 0.0, height / 2.0);
    }
    if (params.flat_terrain) {  // the stream goes on as over a random terrain
        for (double& h : draws.heights) {
            h = helipad_height;
        }
    }
    for (double& f : draws.force) {
        f = draw_uniform(source, -params.initial_force, params.initial_force);
    }
    if (params.enable_wind) {
        draws.wind_index = draw_integer(source, -wind_index_bound, wind_index_bound);
        draws.torque_index = draw_integer(source, -wind_index_bound, wind_index_bound);
    }
    return draws;
}

/// Terrain's height at a point whose three drawn heights are those.
LANDER_FN double smoothed(double left, double middle, double right) {
    return terrain_smoothing * (left + middle + right);
}

/// Terrain's height on the helipad.
LANDER_FN double pad_terrain_height() {
    return smoothed(helipad_height, helipad_height, helipad_height);
}

/// Terrain of drawn heights. The first point takes the last height drawn (Python's index -1).
LANDER_FN Terrain make_terrain(const double drawn[terrain_draws]) {
    double h[terrain_draws];
    for (int i = 0; i < terrain_draws; ++i) {
        const bool pad = i >= helipad_first_point - 1 && i <= helipad_last_point + 1;
        h[i] = pad ? helipad_height : drawn[i];
    }
    Terrain terrain;
    for (int i = 0; i < terrain_points; ++i) {
        const double left = h[i == 0 ? terrain_draws - 1 : i - 1];
        terrain.heights[i] = smoothed(left, h[i], h[i + 1]);
    }
    return terrain;
}

/// Body at rest with its origin at (x, y).
LANDER_FN Body make_body(int index, double x, double y, double angle) {
    Body body{};
    body.pose.p = {static_cast<float>(x), static_cast<float>(y)};
    body.pose.q = rotation(static_cast<float>(angle));
    body.center = to_world(body.pose, mass(index).local_center);
    body.angle = static_cast<float>(angle);
    body.fat_box = grown(box_of(polygon(index), body.pose), box_margin);
    body.awake = true;
    return body;
}

/// World at the start of an episode: the lander is centred at the top of the frame. Nothing is near
/// the ground there, so the search for new pairs of Box2D's first step is left out.
LANDER_FN World make_world(const ResetDraws& draws) {
    World world{};
    world.terrain = make_terrain(draws.heights);
    world.bodies[hull] = make_body(hull, width / 2.0, height, 0.0);
    for (int k = 0; k < joint_count; ++k) {
        const double side = k == 0 ? -1.0 : 1.0;
        world.bodies[first_leg + k] =
            make_body(first_leg + k, width / 2.0 - side * leg_away / pixels_per_unit, height,
                      side * leg_angle);
    }
    return world;
}

}  // namespace LANDER_NAMESPACE
