// Engines: throttle, impulses on the hull, emitted particles.
//
// As in the env, the side engines act at a height of 17 pixels where 14 was meant.
#pragma once

#include "env/state.h"
#include "math/sine.h"

namespace LANDER_NAMESPACE {

/// Random numbers of a step: the dispersion of the engines, uniform in [-1, 1).
struct StepDraws {
    double dispersion[2];
};

/// Draws the numbers of a step from a Source (math/random.h).
template <class Source>
LANDER_FN StepDraws draw_step(Source& source) {
    StepDraws draws;
    for (double& d : draws.dispersion) {
        d = draw_uniform(source, -1.0, 1.0);
    }
    return draws;
}

/// Applies an impulse (px, py) at the world point (x, y) to the hull (b2Body::ApplyLinearImpulse).
LANDER_FN void push(Body& body, double px, double py, double x, double y) {
    const Vec2f impulse{static_cast<float>(px), static_cast<float>(py)};
    const Vec2f point{static_cast<float>(x), static_cast<float>(y)};
    const MassData& m = mass(hull);
    body.velocity = body.velocity + m.inv_mass * impulse;
    body.spin += m.inv_inertia * cross(point - body.center, impulse);
}

/// Power of the engines in [0, 1], and direction of the side engine: -1, 0 or 1.
struct Throttle {
    double main, side, direction;
};

LANDER_FN double clip(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

/// Throttle of an action.
LANDER_FN Throttle throttle_of(const Action& action, const Params& params) {
    Throttle t{0.0, 0.0, 0.0};
    if (!params.continuous) {
        t.main = action.discrete == main_engine_action ? 1.0 : 0.0;
        const bool side =
            action.discrete == left_engine_action || action.discrete == right_engine_action;
        t.side = side ? 1.0 : 0.0;
        t.direction = action.discrete - main_engine_action;
        return t;
    }
    const double main = clip(action.main, -1.0, 1.0);
    const double lateral = clip(action.lateral, -1.0, 1.0);
    if (main > 0.0) {
        t.main = (main + 1.0) * 0.5;  // half power at least
    }
    const double size = lateral < 0.0 ? -lateral : lateral;
    if (size > side_throttle_threshold) {
        t.side = size;
        t.direction = lateral < 0.0 ? -1.0 : 1.0;
    }
    return t;
}

/// Particle that an engine emits. The hull gets the opposite impulse.
struct NewParticle {
    bool main;     // of the main engine, else of a side engine
    double power;  // in [0, 1]
    Vec2f position, impulse;
};

/// Particles of one step, one an engine.
struct NewParticles {
    NewParticle items[2];
    int count;
};

/// Fires an engine: the impulse (px, py) goes to a particle at (x, y), the opposite one to the
/// hull.
LANDER_FN void fire(Body& body, bool main, double power, double px, double py, double x, double y,
                    NewParticles& particles) {
    push(body, -px, -py, x, y);
    particles.items[particles.count++] = {main,
                                          power,
                                          {static_cast<float>(x), static_cast<float>(y)},
                                          {static_cast<float>(px), static_cast<float>(py)}};
}

/// Fires the engines that the throttle asks for.
LANDER_FN void fire_engines(Body& body, const Params& params, const Throttle& throttle,
                            const StepDraws& draws, NewParticles& particles) {
    if (throttle.main == 0.0 && throttle.side == 0.0) {
        return;
    }
    // The hull's axis, and the dispersion.
    const double tip_x = sine(static_cast<double>(body.angle));
    const double tip_y = cosine(static_cast<double>(body.angle));
    const double side_x = -tip_y, side_y = tip_x;
    const double dispersion0 = draws.dispersion[0] * params.dispersion / pixels_per_unit;
    const double dispersion1 = draws.dispersion[1] * params.dispersion / pixels_per_unit;
    const double x = body.pose.p.x, y = body.pose.p.y;

    if (throttle.main > 0.0) {
        const double lever = main_engine_lever + 2.0 * dispersion0;
        const double ox = tip_x * lever + side_x * dispersion1;
        const double oy = -tip_y * lever - side_y * dispersion1;
        fire(body, true, throttle.main, ox * params.main_engine_power * throttle.main,
             oy * params.main_engine_power * throttle.main, x + ox, y + oy, particles);
    }
    if (throttle.side > 0.0) {
        const double lever =
            3.0 * dispersion1 + throttle.direction * side_engine_away / pixels_per_unit;
        const double ox = tip_x * dispersion0 + side_x * lever;
        const double oy = -tip_y * dispersion0 - side_y * lever;
        fire(body, false, throttle.side, ox * params.side_engine_power * throttle.side,
             oy * params.side_engine_power * throttle.side,
             x + ox - tip_x * side_engine_oddity / pixels_per_unit,
             y + oy + tip_y * side_engine_height / pixels_per_unit, particles);
    }
}

}  // namespace LANDER_NAMESPACE
