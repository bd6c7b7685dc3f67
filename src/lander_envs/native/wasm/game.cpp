// Game for a browser: two players, each with a lander of its own, their frames and small pictures.
//
// Compiled without a C library (freestanding/, memory.h). A page calls the exports and reads the
// arrays out of the module's memory.
#include "batch/entry.h"
#include "batch/outputs.h"
#include "render/camera.h"
#include "wasm/memory.h"

/// Constructors of static objects. The linker would call them at each export, if no code did.
extern "C" void __wasm_call_ctors();

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

using namespace lander;

namespace {

constexpr int player_count = 2;
constexpr i32 time_limit = 1000;  // base steps of an episode
constexpr int picture_size = 84;  // rows and columns of PixelLander's frames
constexpr u32 opaque = 0xff000000;

struct Player {
    Entry entry;
    Particles particles;
    StepResult result;
    bool truncated;
    u8 base[picture_size * picture_size], picture[picture_size * picture_size];
};

Player players[player_count];
Camera small_camera;
Scratch scratch;
u32 frame[screen_width * screen_height];  // red, green, blue, opacity, a byte each

void advance(Player& player, const Action& action, bool starts) {
    NoTrace trace;
    const EntryStep step{&player.entry, action, starts, StepResult{}};
    player.result = step_entry(step, player.entry.state.random, trace);
    player.truncated = player.entry.elapsed >= time_limit;
}

u32 page_color(Color color) {
    return opaque | static_cast<u32>(blue_of(color)) << 16 |
           static_cast<u32>(green_of(color)) << 8 | red_of(color);
}

}  // namespace

/// Prepares the players and the camera of the small pictures; call it once, first.
EXPORT("initialise") void initialise() {
    __wasm_call_ctors();
    make_camera(small_camera, picture_size, picture_size, true, scratch, players[0].picture);
}

/// Starts an episode as `reset(seed=seed)` does.
EXPORT("start")
void start(int index, u32 seed, double gravity, bool wind, double wind_power, double turbulence) {
    Player& player = players[index];
    player.entry = Entry{};
    player.particles = Particles{};
    player.entry.state.random = seeded_pcg64(&seed, 1);
    player.entry.params = {false, gravity, wind, wind_power, turbulence};
    player.entry.particles = &player.particles;
    advance(player, Action{}, true);
    draw_base(small_camera, player.entry.state.world.terrain, scratch, player.base);
}

/// Takes a discrete action for one base step.
EXPORT("step") void step(int index, int action) {
    advance(players[index], Action{action, 0.0, 0.0}, false);
}

/// Eight floats.
EXPORT("observation") const float* observation(int index) {
    return players[index].result.observation;
}

EXPORT("reward") double reward(int index) { return players[index].result.reward; }

/// Number of a lander_envs.Outcome.
EXPORT("outcome") int outcome(int index) {
    return static_cast<int>(outcome_of(players[index].result, players[index].truncated));
}

/// Frame of 600 x 400 pixels, four bytes each.
EXPORT("draw_frame") const u32* draw_frame(int index) {
    const Player& player = players[index];
    const Canvas canvas{scratch.pixels, whole_screen()};
    draw_scene(canvas, scene_of(player.entry.state.world, player.particles));
    for (int i = 0; i < screen_width * screen_height; ++i) {
        frame[i] = page_color(canvas.pixels[i]);
    }
    return frame;
}

/// Frame of PixelLander: 84 x 84 grey levels.
EXPORT("draw_picture") const u8* draw_picture(int index) {
    Player& player = players[index];
    take_picture(small_camera, player.entry.state.world, player.particles, player.base, scratch,
                 player.picture);
    return player.picture;
}
