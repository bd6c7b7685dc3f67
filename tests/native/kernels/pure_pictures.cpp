// Pictures of pure landers in device memory, against the history of the host, byte for byte.
#include "kernels/pure_pictures.h"

#include <limits>
#include <vector>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// HistoryArrays of a state, and the stack that a call writes.
struct HistoryArrays {
    HistoryArrays(const Camera& camera, int depth)
        : base(static_cast<std::size_t>(picture_bytes(camera.reduction))),
          ring(base.size() * static_cast<std::size_t>(depth)),
          stack(ring.size()),
          rows(static_cast<std::size_t>(depth)),
          history{&camera, depth, base.data(), ring.data(), rows.data(), &newest} {}
    bool equal(const HistoryArrays& other) const {
        for (std::size_t k = 0; k < rows.size(); ++k) {
            if (rows[k].top != other.rows[k].top || rows[k].bottom != other.rows[k].bottom) {
                return false;
            }
        }
        return base == other.base && ring == other.ring && stack == other.stack &&
               newest == other.newest;
    }

    std::vector<u8> base, ring, stack;
    std::vector<Rows> rows;
    i32 newest = 0;
    PictureHistory history;
};

/// One lander, drawn by the kernels' functions and by the host's.
struct DrawnTwice {
    DrawnTwice(int rows, int columns, bool grey, int depth)
        : camera(made(rows, columns, grey)), device(camera, depth), host(camera, depth) {
        call = {&entry, &particles, &decisions, device.history, &obs, device.stack.data(), 1, true};
        entry.particles = &particles;
        begin(7);
    }
    void begin(u32 seed) {
        entry.state.random = seeded_pcg64(&seed, 1);
        step_entry({&entry, {}, true, {}}, entry.state.random, trace);
        decisions = 0;
        start_history(host.history, 0, entry.state.world, particles, scratch);
        draw(true);
    }
    void fly(int steps) {
        for (int t = 0; t < steps; ++t) {
            const int action = t % 5 < 3 ? 2 : 1;
            step_entry({&entry, {action, 0.0, 0.0}, false, {}}, entry.state.random, trace);
        }
        ++decisions;
        push_picture(host.history, 0, entry.state.world, particles, scratch);
        draw(false);
    }
    void draw(bool starts) {
        call.starts = starts;
        const Reduction& r = camera.reduction;
        const int bytes = picture_bytes(r);
        for (int cell = 0; starts && cell < r.x.cells * r.y.cells; ++cell) {
            draw_new_base(call, 0, cell);
        }
        place_picture(call, 0);
        for (int at = 0; at < bytes; ++at) {
            lay_byte(call, 0, at);
        }
        for (int lane = picture_threads - 1; lane >= 0; --lane) {  // the order does not matter
            draw_new_cells(call, 0, lane);
        }
        for (int at = 0; starts && at < bytes; ++at) {
            spread_byte(call, 0, at);
        }
        for (int at = 0; at < bytes; ++at) {
            write_stack_byte(call, 0, at);
        }
        write_stack(host.history, 0, host.stack.data());
    }
    bool equal() const { return device.equal(host); }

    static const Camera& made(int rows, int columns, bool grey) {
        static Camera camera;
        make_camera(camera, rows, columns, grey, scratch, scratch.picture);
        return camera;
    }
    static inline Scratch scratch;
    const Camera& camera;
    NoTrace trace;
    Entry entry{};
    Particles particles{};
    i32 decisions = 0;
    float obs[observation_size] = {};
    HistoryArrays device, host;
    PurePictureArguments call{};
};

TEST(a_state_and_its_stack_have_the_bytes_of_the_host) {
    const int sizes[][2] = {{84, 84}, {28, 28}, {61, 173}, {200, 300}};
    for (const auto& size : sizes) {
        for (const bool grey : {true, false}) {
            DrawnTwice lander(size[0], size[1], grey, 3);
            CHECK(lander.equal());
            for (int t = 0; t < 12; ++t) {
                lander.fly(9);
                CHECK(lander.equal());
            }
            lander.begin(8);
            CHECK(lander.equal());
            lander.fly(4);
            CHECK(lander.equal());
        }
    }
}

TEST(an_invalid_call_draws_nothing_and_shows_the_old_stack) {
    DrawnTwice lander(84, 84, true, 2);
    lander.fly(9);
    const HistoryArrays& arrays = lander.device;
    const std::vector<u8> ring = arrays.ring, stack = arrays.stack;
    lander.device.stack.assign(stack.size(), 77);
    lander.obs[0] = std::numeric_limits<float>::quiet_NaN();
    lander.draw(false);
    lander.draw(true);
    CHECK(arrays.ring == ring && arrays.stack == stack && arrays.newest == lander.host.newest);
}

TEST(a_pass_of_new_episodes_leaves_the_others) {
    DrawnTwice lander(84, 84, true, 2);
    lander.fly(9);
    const std::vector<u8> ring = lander.device.ring;
    lander.draw(true);
    CHECK(lander.device.ring == ring && lander.equal());
}

}  // namespace
