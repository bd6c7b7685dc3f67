// Scenes of the tests: an edge, poses, a leg on the ground, the start of an episode, dice.
#pragma once

#include "env/lander.h"

inline lander::Edge floor_at(float y) { return {{0.0F, y}, {20.0F, y}}; }

inline lander::Posef upright(float x, float y) { return {{x, y}, {0.0F, 1.0F}}; }

/// Half height of a leg: 8 pixels.
inline constexpr float half_leg = 8.0F / 30.0F;

/// A leg that stands on flat ground, 0.01 deep in the two skins.
inline lander::Contact flat_contact() {
    lander::Contact contact{};
    contact.body = lander::first_leg;
    contact.edge = 3;
    contact.touching = contact.enabled = true;
    lander::collide(contact.manifold, floor_at(0.0F), lander::polygon(lander::first_leg),
                    upright(5.0F, half_leg + 0.01F));
    return contact;
}

struct Xorshift {
    lander::u32 word;
    lander::u32 next() {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        return word;
    }
};

template <class Trace>
void start(lander::State& state, const lander::Params& params, lander::u32 seed, Trace& trace) {
    state.random = lander::seeded_pcg64(&seed, 1);
    const lander::ResetDraws draws = lander::draw_reset(state.random, params);
    const lander::StepDraws first = lander::draw_step(state.random);
    lander::reset(state, params, draws, first, trace);
}
