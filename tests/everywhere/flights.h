// Flights of many landers, and a hash of all their bytes: the same on every machine.
//
// No standard header is used, so that the text compiles for WebAssembly without a C library too.
#pragma once

#include "batch/state_batch.h"
#include "env/serialize.h"
#include "render/camera.h"

namespace LANDER_NAMESPACE {

inline constexpr int lander_count = 250;
inline constexpr i32 time_limit = 400;  // steps of an episode: 1,000 steps meet several episodes
inline constexpr int state_interval = 50;
inline constexpr int picture_interval = 10;
inline constexpr int screen_interval = 100;

/// Policy and arguments of the landers of a flight.
struct Flight {
    const char* name;
    bool lands;  // Gymnasium's heuristic, else random actions
    Params params;
};

inline constexpr Flight flights[] = {
    {"random", false, {false, -10.0, false, 15.0, 1.5}},
    {"heuristic", true, {false, -10.0, false, 15.0, 1.5}},
    {"random, continuous, windy", false, {true, -11.0, true, 20.0, 2.0}},
    {"heuristic, windy", true, {false, -10.0, true, 15.0, 1.5}},
};
inline constexpr int flight_count = sizeof(flights) / sizeof(flights[0]);

/// FNV-1a over words of 64 bits.
struct Hash {
    u64 value = 0xcbf29ce484222325ULL;

    void add(u64 word) { value = (value ^ word) * 0x100000001b3ULL; }
    void add_bytes(const u8* bytes, int count) {
        u64 word = 0;
        for (int i = 0; i < count; ++i) {
            word = word << 8 | bytes[i];
            if (i % 8 == 7 || i + 1 == count) {
                add(word);
                word = 0;
            }
        }
    }
};

/// Gymnasium's landing heuristic.
inline int landing_action(const float* obs) {
    const double reach = obs[0] < 0.0F ? -obs[0] : obs[0];
    const double tilt = 0.5 * obs[0] + obs[2];
    const double target = clip(tilt, -0.4, 0.4);
    double turn = (target - obs[4]) * 0.5 - obs[5];
    double climb = (0.55 * reach - obs[1]) * 0.5 - obs[3] * 0.5;
    if (obs[6] != 0.0F || obs[7] != 0.0F) {
        turn = 0.0;
        climb = -obs[3] * 0.5;
    }
    if (climb > (turn < 0.0 ? -turn : turn) && climb > 0.05) {
        return main_engine_action;
    }
    return turn < -0.05 ? right_engine_action : turn > 0.05 ? left_engine_action : 0;
}

/// Landers, their outputs and the canvases of a flight.
struct Fleet {
    Entry entries[lander_count];
    Particles particles[lander_count];
    float obs[lander_count][observation_size];
    double rewards[lander_count];
    bool terminated[lander_count], truncated[lander_count], ended[lander_count];
    bool on_pad[lander_count], all[lander_count];
    Outcome outcomes[lander_count];
    u32 dice[lander_count];
    Camera small, large;
    Scratch scratch;
    u8 base[screen_width * screen_height * 3], picture[screen_width * screen_height * 3];
};

inline Outputs outputs_of(Fleet& fleet) {
    return {fleet.obs,   fleet.rewards,  fleet.terminated, fleet.truncated,
            fleet.ended, fleet.outcomes, fleet.on_pad,     nullptr};
}

inline void start(Fleet& fleet, const Flight& flight, StepEntries step_entries) {
    make_camera(fleet.small, 84, 84, true, fleet.scratch, fleet.picture);
    make_camera(fleet.large, screen_height, screen_width, false, fleet.scratch, fleet.picture);
    for (int i = 0; i < lander_count; ++i) {
        const u32 seed = static_cast<u32>(i);
        fleet.entries[i] = Entry{};
        fleet.particles[i] = Particles{};
        fleet.entries[i].state.random = seeded_pcg64(&seed, 1);
        fleet.entries[i].params = flight.params;
        fleet.entries[i].particles = &fleet.particles[i];
        fleet.dice[i] = seed;
        fleet.ended[i] = false;
        fleet.all[i] = true;
    }
    const Outputs outputs = outputs_of(fleet);
    const auto write = [&](const StepResult& result, int i) { write_reset(result, outputs, i); };
    reset_group(step_entries, fleet.entries, 0, lander_count, fleet.all, write);
}

inline Action action_of(Fleet& fleet, const Flight& flight, int i) {
    u32& dice = fleet.dice[i];
    dice = dice * 1664525U + 1013904223U;
    if (flight.lands) {
        return {landing_action(fleet.obs[i]), 0.0, 0.0};
    }
    // Real numbers in [-1.5, 1.5), so that some are clipped.
    const double main = static_cast<double>(dice >> 16) * (3.0 / 65536.0) - 1.5;
    const double lateral = static_cast<double>(dice & 0xffff) * (3.0 / 65536.0) - 1.5;
    return {static_cast<int>(dice >> 30), main, lateral};
}

inline void add_outputs(Hash& hash, const Fleet& fleet) {
    for (int i = 0; i < lander_count; ++i) {
        for (int k = 0; k < observation_size; k += 2) {
            hash.add(static_cast<u64>(float_bits(fleet.obs[i][k])) << 32 |
                     float_bits(fleet.obs[i][k + 1]));
        }
        hash.add(double_bits(fleet.rewards[i]));
        hash.add(static_cast<u64>(fleet.outcomes[i]) << 3 | (fleet.terminated[i] ? 4U : 0U) |
                 (fleet.truncated[i] ? 2U : 0U) | (fleet.on_pad[i] ? 1U : 0U));
    }
}

inline void add_states(Hash& hash, const Fleet& fleet) {
    u8 bytes[state_capacity];
    for (const Entry& entry : fleet.entries) {
        hash.add_bytes(bytes, write_state(entry.state, bytes));
    }
}

inline void add_picture(Hash& hash, Fleet& fleet, const Camera& camera, int i) {
    const World& world = fleet.entries[i].state.world;
    draw_base(camera, world.terrain, fleet.scratch, fleet.base);
    take_picture(camera, world, fleet.particles[i], fleet.base, fleet.scratch, fleet.picture);
    hash.add_bytes(fleet.picture, picture_bytes(camera.reduction));
}

/// Hash of the observations, rewards and ends of every step, of states and of pictures.
inline u64 fly(Fleet& fleet, const Flight& flight, StepEntries step_entries, int steps) {
    Hash hash;
    start(fleet, flight, step_entries);
    for (int t = 0; t < steps; ++t) {
        step_group(
            step_entries, fleet.entries, 0, lander_count,
            [&](int i) { return action_of(fleet, flight, i); }, time_limit, Autoreset::next_step,
            outputs_of(fleet));
        add_outputs(hash, fleet);
        if (t % state_interval == 0) {
            add_states(hash, fleet);
        }
        if (t % picture_interval == 0) {
            add_picture(hash, fleet, fleet.small, t / picture_interval % lander_count);
        }
        if (t % screen_interval == 0) {
            add_picture(hash, fleet, fleet.large, t / screen_interval % lander_count);
        }
    }
    return hash.value;
}

}  // namespace LANDER_NAMESPACE
