// LunarLander-v3: the env around the physics, in float64 as Python computes it.
//
// Source: Gymnasium 1.4.0, gymnasium/envs/box2d/lunar_lander.py. Its oddities are part of the
// specification and are kept: the side engines push at a height of 17 where 14 was meant, terrain
// is smoothed by 0.33, its first point with the last height drawn (Python's index -1), nothing
// bounds y, and wind stops, index and all, while a leg's contact flag is set.
#pragma once

#include "math/random.h"
#include "physics/world.h"

namespace LANDER_NAMESPACE {

/// The keyword arguments of the env.
struct Params {
    bool continuous;
    double gravity;  // Box2D rounds it to float
    bool enable_wind;
    double wind_power;
    double turbulence_power;
};

/// Everything that one lander is. A copy of it goes on exactly as the original does.
struct State {
    World world;
    Pcg64 random;
    double previous_shaping;
    bool has_shaping;  // false until the first step of an episode
    i64 wind_index;
    i64 torque_index;
};

/// Discrete: 0 nothing, 1 left engine, 2 main engine, 3 right engine. Continuous: throttles.
struct Action {
    int discrete;
    double main, lateral;
};

struct Step {
    float observation[8];
    double reward;
    bool terminated;
    bool landed;         // asleep, which overrules the rest
    bool crashed;        // the hull has touched the moon, now or before
    bool out_of_bounds;  // |x| >= 1
};

// --- Randomness
// The numbers that an episode needs, in the order in which the env draws them. They are drawn
// before the physics runs, from the state's own generator or from any other source.

struct ResetDraws {
    double heights[terrain_draws];
    double force[2];
    i64 wind_index, torque_index;
};

struct StepDraws {
    double dispersion[2];  // uniform in [-1, 1)
};

template <class Source>
LANDER_FN ResetDraws draw_reset(Source& source, const Params& params) {
    ResetDraws draws{};
    for (double& h : draws.heights) {
        h = draw_uniform(source, 0.0, height / 2.0);
    }
    for (double& f : draws.force) {
        f = draw_uniform(source, -initial_force, initial_force);
    }
    if (params.enable_wind) {
        draws.wind_index = draw_integer(source, -wind_index_bound, wind_index_bound);
        draws.torque_index = draw_integer(source, -wind_index_bound, wind_index_bound);
    }
    return draws;
}

template <class Source>
LANDER_FN StepDraws draw_step(Source& source) {
    StepDraws draws;
    for (double& d : draws.dispersion) {
        d = draw_uniform(source, -1.0, 1.0);
    }
    return draws;
}

// --- Reset

LANDER_FN Terrain make_terrain(const double drawn[terrain_draws]) {
    double h[terrain_draws];
    for (int i = 0; i < terrain_draws; ++i) {
        const bool pad = i >= helipad_first_point - 1 && i <= helipad_last_point + 1;
        h[i] = pad ? helipad_height : drawn[i];
    }
    Terrain terrain;
    for (int i = 0; i < terrain_points; ++i) {
        const double left = h[i == 0 ? terrain_draws - 1 : i - 1];
        terrain.heights[i] = terrain_smoothing * (left + h[i] + h[i + 1]);
    }
    return terrain;
}

/// A body at rest whose origin is at (x, y).
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

/// The lander starts centred on the top edge of the picture. Nothing can be near the ground there,
/// so the search for pairs that Box2D makes in its first step is left out.
LANDER_FN World make_world(const ResetDraws& draws) {
    World world{};
    world.terrain = make_terrain(draws.heights);
    world.bodies[hull] = make_body(hull, width / 2.0, height, 0.0);
    for (int k = 0; k < joint_count; ++k) {
        const double side = k == 0 ? -1.0 : 1.0;
        world.bodies[first_leg + k] = make_body(
            first_leg + k, width / 2.0 - side * leg_away / pixels_per_unit, height, side * 0.05);
    }
    return world;
}

// --- Forces

/// What blows at an index: never periodic, within [-1, 1].
LANDER_FN double gust(i64 index) {
    const double i = static_cast<double>(index);
    return hyperbolic_tangent(sine(wind_slow * i) + sine(wind_fast * i));
}

/// No wind while a leg's flag is set.
LANDER_FN bool is_windy(const World& world, const Params& params) {
    return params.enable_wind && !world.ground_contact[0] && !world.ground_contact[1];
}

LANDER_FN Load blow(State& state, const Params& params) {
    const double wind = gust(state.wind_index++) * params.wind_power;
    const double turbulence = gust(state.torque_index++) * params.turbulence_power;
    return {{static_cast<float>(wind), 0.0F}, static_cast<float>(turbulence)};
}

/// An impulse at a point of the world changes the hull's velocity at once.
LANDER_FN void push(Body& body, double px, double py, double x, double y) {
    const Vec2f impulse{static_cast<float>(px), static_cast<float>(py)};
    const Vec2f point{static_cast<float>(x), static_cast<float>(y)};
    const MassData& m = mass(hull);
    body.velocity = body.velocity + m.inverse_mass * impulse;
    body.spin += m.inverse_inertia * cross(point - body.center, impulse);
}

/// Engine settings after the action has been read: powers in [0, 1], direction -1, 0 or 1.
struct Throttle {
    double main, side, direction;
};

LANDER_FN double clip(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

LANDER_FN Throttle throttle_of(const Action& action, const Params& params) {
    Throttle t{0.0, 0.0, 0.0};
    if (!params.continuous) {
        t.main = action.discrete == 2 ? 1.0 : 0.0;
        t.side = action.discrete == 1 || action.discrete == 3 ? 1.0 : 0.0;
        t.direction = action.discrete - 2;
        return t;
    }
    const double main = clip(action.main, -1.0, 1.0);
    const double lateral = clip(action.lateral, -1.0, 1.0);
    if (main > 0.0) {
        t.main = (main + 1.0) * 0.5;  // half power at least
    }
    const double size = lateral < 0.0 ? -lateral : lateral;
    if (size > 0.5) {
        t.side = size;
        t.direction = lateral < 0.0 ? -1.0 : 1.0;
    }
    return t;
}

/// What an engine throws out; the flame that is drawn. The hull gets the opposite impulse.
struct Jet {
    bool main;     // or a side engine
    double power;  // in [0, 1]
    Vec2f at, impulse;
};

template <class Trace>
LANDER_FN void fire(Body& body, bool main, double power, double px, double py, double x, double y,
                    Trace& trace) {
    push(body, -px, -py, x, y);
    trace.jet(Jet{main,
                  power,
                  {static_cast<float>(x), static_cast<float>(y)},
                  {static_cast<float>(px), static_cast<float>(py)}});
}

template <class Trace>
LANDER_FN void fire_engines(Body& body, const Throttle& throttle, const StepDraws& draws,
                            Trace& trace) {
    if (throttle.main == 0.0 && throttle.side == 0.0) {
        return;
    }
    // The hull's axis, and how much the exhaust strays.
    const double tip_x = sine(static_cast<double>(body.angle));
    const double tip_y = cosine(static_cast<double>(body.angle));
    const double side_x = -tip_y, side_y = tip_x;
    const double stray0 = draws.dispersion[0] / pixels_per_unit;
    const double stray1 = draws.dispersion[1] / pixels_per_unit;
    const double x = body.pose.p.x, y = body.pose.p.y;

    if (throttle.main > 0.0) {
        const double lever = main_engine_lever + 2.0 * stray0;
        const double ox = tip_x * lever + side_x * stray1;
        const double oy = -tip_y * lever - side_y * stray1;
        fire(body, true, throttle.main, ox * main_engine_power * throttle.main,
             oy * main_engine_power * throttle.main, x + ox, y + oy, trace);
    }
    if (throttle.side > 0.0) {
        const double lever = 3.0 * stray1 + throttle.direction * side_engine_away / pixels_per_unit;
        const double ox = tip_x * stray0 + side_x * lever;
        const double oy = -tip_y * stray0 - side_y * lever;
        fire(body, false, throttle.side, ox * side_engine_power * throttle.side,
             oy * side_engine_power * throttle.side,
             x + ox - tip_x * side_engine_oddity / pixels_per_unit,
             y + oy + tip_y * side_engine_height / pixels_per_unit, trace);
    }
}

// --- Observation and reward

LANDER_FN void observe(const World& world, double out[8]) {
    const Body& body = world.bodies[hull];
    out[0] = (body.pose.p.x - width / 2.0) / (width / 2.0);
    out[1] = (body.pose.p.y - (helipad_height + leg_down / pixels_per_unit)) / (height / 2.0);
    out[2] = body.velocity.x * (width / 2.0) / frames_per_second;
    out[3] = body.velocity.y * (height / 2.0) / frames_per_second;
    out[4] = body.angle;
    out[5] = 20.0 * body.spin / frames_per_second;
    out[6] = world.ground_contact[0] ? 1.0 : 0.0;
    out[7] = world.ground_contact[1] ? 1.0 : 0.0;
}

/// The closer, the slower and the more upright, the better; ten points for each leg on the ground.
LANDER_FN double shaping_of(const double s[8]) {
    const double tilt = s[4] < 0.0 ? -s[4] : s[4];
    return -100.0 * square_root(s[0] * s[0] + s[1] * s[1]) -
           100.0 * square_root(s[2] * s[2] + s[3] * s[3]) - 100.0 * tilt + 10.0 * s[6] +
           10.0 * s[7];
}

/// What a world looks like, before any reward is given.
LANDER_FN Step look(const World& world) {
    double s[8];
    observe(world, s);
    Step step{};
    for (int i = 0; i < 8; ++i) {
        step.observation[i] = static_cast<float>(s[i]);
    }
    step.crashed = world.game_over;
    step.out_of_bounds = s[0] >= 1.0 || s[0] <= -1.0;
    step.landed = !world.bodies[hull].awake;
    step.terminated = step.crashed || step.out_of_bounds || step.landed;
    return step;
}

/// The gain in shaping, less the fuel; a crash or a landing replaces it.
LANDER_FN Step judge(State& state, const Throttle& throttle) {
    Step step = look(state.world);
    double s[8];
    observe(state.world, s);
    const double shaping = shaping_of(s);
    step.reward = state.has_shaping ? shaping - state.previous_shaping : 0.0;
    state.previous_shaping = shaping;
    state.has_shaping = true;
    step.reward -= throttle.main * main_engine_cost;
    step.reward -= throttle.side * side_engine_cost;
    if (step.crashed || step.out_of_bounds) {
        step.reward = crash_reward;
    }
    if (step.landed) {
        step.reward = landing_reward;
    }
    return step;
}

// --- The two verbs

/// A step under way. What comes before and after the solver is done lander by lander; the solver
/// can take many at once.
struct Flight {
    Throttle throttle;
    Load load;
    bool moves;  // false while all bodies sleep
    Paths paths;
};

/// Engines and wind, and which contacts there are.
template <class Trace>
LANDER_FN void begin_flight(State& state, const Params& params, const Action& action,
                            const StepDraws& draws, Load load, Flight& flight, Trace& trace) {
    Body& body = state.world.bodies[hull];
    const Throttle throttle = throttle_of(action, params);
    const bool windy = is_windy(state.world, params);
    if ((windy || throttle.main > 0.0 || throttle.side > 0.0) && wake(body)) {
        trace.event(Event::wake_by_force);
    }
    if (windy) {
        const Load wind = blow(state, params);
        load = {load.force + wind.force, load.torque + wind.torque};
    }
    fire_engines(body, throttle, draws, trace);
    flight.throttle = throttle;
    flight.load = load;
    flight.moves = begin_world_step(state.world, trace);
}

template <class Trace>
LANDER_FN Job<Trace> job_of(State& state, const Params& params, Flight& flight, Trace& trace) {
    return {&state.world, static_cast<float>(params.gravity), flight.load, flight.paths.courses,
            &trace};
}

/// New pairs, impacts, judgement.
template <class Trace>
LANDER_FN Step finish_flight(State& state, Flight& flight, Trace& trace) {
    if (flight.moves) {
        finish_world_step(state.world, flight.paths, trace);
    }
    return judge(state, flight.throttle);
}

/// A flight by itself.
template <class Trace>
LANDER_FN Step simulate(State& state, const Params& params, const Action& action,
                        const StepDraws& draws, const Load& load, Trace& trace) {
    Flight flight;
    begin_flight(state, params, action, draws, load, flight, trace);
    if (flight.moves) {
        const Job<Trace> job = job_of(state, params, flight, trace);
        solve_islands<float>(&job, 1);
    }
    return finish_flight(state, flight, trace);
}

/// One step of an episode.
template <class Trace>
LANDER_FN Step step(State& state, const Params& params, const Action& action,
                    const StepDraws& draws, Trace& trace) {
    return simulate(state, params, action, draws, Load{}, trace);
}

/// Puts a new lander in the place of the old one. Returns the random push that acts during its
/// first step.
LANDER_FN Load start_over(State& state, const ResetDraws& draws) {
    state.world = make_world(draws);
    state.has_shaping = false;
    state.previous_shaping = 0.0;
    state.wind_index = draws.wind_index;
    state.torque_index = draws.torque_index;
    Load load{};
    load.force =
        load.force + Vec2f{static_cast<float>(draws.force[0]), static_cast<float>(draws.force[1])};
    return load;
}

/// Starts an episode. The random push acts during a first step without engines, whose observation
/// is the episode's first; wind adds to it.
template <class Trace>
LANDER_FN Step reset(State& state, const Params& params, const ResetDraws& draws,
                     const StepDraws& first, Trace& trace) {
    const Load push = start_over(state, draws);
    return simulate(state, params, Action{}, first, push, trace);
}

}  // namespace LANDER_NAMESPACE
