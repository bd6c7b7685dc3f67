// Unit tests of pictures: canvas, flames, small pictures, and the stacks of a batch.
//
// Built and run as driver.cpp is. Numbers are worked by hand unless a line says otherwise.
#include <algorithm>
#include <vector>

#include "batch/pixel_batch.h"
#include "checks.h"
#include "env/serialize_particles.h"

using namespace lander;

namespace {

// --- canvas.h, shape_drawing.h, fine_lines.h

/// A canvas of its own over a part of the screen.
struct Sheet {
    explicit Sheet(Region region)
        : pixels(static_cast<std::size_t>((region.right - region.left) *
                                          (region.top - region.bottom))),
          canvas{pixels.data(), region} {}
    int red(int x, int y) const { return red_of(*canvas.at(x, y)); }
    std::vector<Color> pixels;
    Canvas canvas;
};

void colours_mix() {
    CHECK(mix(u8{0}, u8{255}, 254) == 253);   // 255 x 254 / 256 = 253.0
    CHECK(mix(u8{255}, u8{0}, 1) == 254);     // -255 / 256, rounded down, is -1
    CHECK(mix(u8{0}, u8{255}, 0.5F) == 127);  // towards zero
    CHECK(mix(u8{100}, u8{200}, 1.0F) == 200);
    CHECK(mix(u8{0}, u8{255}, 1.5F) == 126);  // 382 wraps around
}

void polygons_include_their_borders() {
    Sheet sheet({0, 0, 10, 10});
    const Pixel square[4] = {{2, 3}, {5, 3}, {5, 6}, {2, 6}};
    fill_polygon(sheet.canvas, square, 4, rgb(9, 9, 9));
    int count = 0;
    for (int y = 0; y < 10; ++y) {
        for (int x = 0; x < 10; ++x) {
            count += sheet.red(x, y) == 9 ? 1 : 0;
        }
    }
    CHECK(count == 16 && sheet.red(2, 3) == 9 && sheet.red(5, 6) == 9);
    const Pixel flat[3] = {{7, 8}, {1, 8}, {4, 8}};  // one row
    fill_polygon(sheet.canvas, flat, 3, rgb(8, 8, 8));
    CHECK(sheet.red(1, 8) == 8 && sheet.red(7, 8) == 8 && sheet.red(0, 8) == 0);
}

void smooth_lines_share_their_colour() {
    Sheet sheet({0, 0, 10, 10});
    // From (0, 0) to (4, 1): the fraction grows by a quarter, so weights are 64, 128 and 192.
    smooth::draw_line(sheet.canvas, {0, 0}, {4, 1}, rgb(255, 255, 255));
    CHECK(sheet.red(0, 0) == 255);
    CHECK(sheet.red(1, 0) == 255 * ((255 * 191) >> 8) / 256);
    CHECK(sheet.red(1, 1) == 255 * ((255 * 64) >> 8) / 256);
    CHECK(sheet.red(4, 1) == 0);  // the last pixel is the next line's
}

void fine_lines_share_theirs() {
    Sheet sheet({0, 0, 10, 10});
    // At a height of 2.25 three quarters go to row 2, a quarter to row 3; the ends are the joints'.
    fine::draw_line(sheet.canvas, {1.5F, 2.25F}, {5.5F, 2.25F}, true, false, rgb(200, 200, 200));
    CHECK(sheet.red(1, 2) == 0);
    for (int x = 2; x <= 5; ++x) {
        CHECK(sheet.red(x, 2) == 150 && sheet.red(x, 3) == 50);
    }
    CHECK(sheet.red(6, 2) == 0);
}

void lines_from_anywhere_stay_on_the_canvas() {
    Sheet sheet({100, 50, 131, 77});
    Xorshift dice{99};
    for (int trial = 0; trial < 200000; ++trial) {
        const auto somewhere = [&dice, trial] {
            const int range = trial % 3 == 0 ? 40000 : 900;
            return static_cast<int>(dice.next() % static_cast<u32>(range)) - range / 3;
        };
        Vec2f corners[4];
        Pixel pixels[4];
        for (int i = 0; i < 4; ++i) {
            corners[i] = {0.37F * static_cast<float>(somewhere()),
                          0.41F * static_cast<float>(somewhere())};
            pixels[i] = pixel_of(corners[i]);
        }
        smooth_outline(sheet.canvas, pixels, 4, rgb(1, 2, 3));
        fine_outline(sheet.canvas, corners, 4, rgb(3, 2, 1));
        if (trial % 50 == 0) {
            fill_polygon(sheet.canvas, pixels, 4, rgb(5, 5, 5));
        }
    }
}

// --- disc.h, particles.h

void discs_touch_corners_and_sides() {
    using discs::touch;
    const Edge edge{{2.0F, 1.0F}, {4.0F, 1.0F}};
    const float reach = 2.0F / 30.0F + 0.01F;
    CHECK(touch(edge, {3.0F, 1.0F + 0.99F * reach}) == Feature::left);
    CHECK(touch(edge, {3.0F, 1.0F - 0.99F * reach}) == Feature::right);
    CHECK(touch(edge, {3.0F, 1.0F + 1.01F * reach}) == Feature::none);
    CHECK(touch(edge, {2.0F - 0.9F * reach, 1.0F}) == Feature::from);
    CHECK(touch(edge, {4.0F + 0.9F * reach, 1.0F}) == Feature::to);
}

/// A particle that falls fast bounces with 0.3 of its speed; one slower than 1 unit/s does not.
void discs_bounce() {
    const Terrain flat{};
    for (const float speed : {5.0F, 0.5F}) {
        Particle p = flames::born({true, 1.0, {3.0F, 0.3F}, {0.0F, 0.0F}});
        p.velocity = {0.0F, -speed};
        for (int t = 0; t < 40 && p.velocity.y < 0.0F; ++t) {
            flames::move(p, flat, 0.0F);
        }
        CHECK(near(p.velocity.y, speed > 1.0F ? 0.3 * speed : 0.0, 1e-4));
        CHECK(p.center.y > 2.0F / 30.0F);
    }
}

// --- reduction.h, camera.h

void cells_are_weighted_by_their_pixels() {
    static Reduction r;
    make_reduction(r, 400, 400, true);  // one and a half pixels a cell
    CHECK(!r.whole && r.x.first[1] == 2);
    CHECK(near(r.x.weights[0], 2.0 / 3.0) && near(r.x.weights[1], 1.0 / 3.0));
    make_reduction(r, 200, 300, true);
    CHECK(r.whole);
    CHECK(reducing::rounded(0.5F) == 0 && reducing::rounded(1.5F) == 2);
    CHECK(grey_of(rgb(255, 255, 255)) == 255 && grey_of(rgb(128, 102, 230)) == 116);  // 116.75
}

void greys_read_in_blocks_are_grey_of_every_colour() {
    int different = 0;
    for (Color first = 0; first < 1U << 24; first += reducing::grey_block) {
        Color pixels[reducing::grey_block];
        float levels[reducing::grey_block];
        for (int i = 0; i < reducing::grey_block; ++i) {
            pixels[i] = first + static_cast<Color>(i);
        }
        reducing::read_grey(pixels, reducing::grey_block, levels);
        for (int i = 0; i < reducing::grey_block; ++i) {
            different += levels[i] == grey_of(pixels[i]) ? 0 : 1;
        }
    }
    CHECK(different == 0);
}

/// Lines in any direction show the same pixels on a small canvas as on the whole screen.
void parts_of_lines_are_parts_of_the_whole() {
    Sheet whole(whole_screen());
    const Region regions[] = {{100, 100, 130, 120}, {300, 0, 301, 400}, {0, 200, 600, 203}};
    Xorshift dice{5};
    for (const Region& region : regions) {
        for (int trial = 0; trial < 200; ++trial) {
            Pixel corners[3];
            for (Pixel& corner : corners) {
                corner = {static_cast<int>(dice.next() % 700) - 50,
                          static_cast<int>(dice.next() % 500) - 50};
            }
            Sheet part(region);
            fill(whole.canvas, sky_color);
            fill(part.canvas, sky_color);
            for (const Canvas& canvas : {whole.canvas, part.canvas}) {
                fill_polygon(canvas, corners, 3, body_color);
                smooth_outline(canvas, corners, 3, pennant_color);
            }
            bool same = true;
            for (int x = region.left; x < region.right; ++x) {
                for (int y = region.bottom; y < region.top; ++y) {
                    same = same && *whole.canvas.at(x, y) == *part.canvas.at(x, y);
                }
            }
            CHECK(same);
        }
    }
}

/// Whatever the size, what moved alone gives the bytes of the whole picture reduced.
void small_pictures(int episodes) {
    const int sizes[][2] = {{84, 84}, {1, 1}, {7, 13}, {400, 600}, {100, 150}, {399, 1}, {3, 599}};
    static Camera camera;
    static Scratch scratch;
    for (const auto& size : sizes) {
        for (const bool grey : {true, false}) {
            const auto bytes = static_cast<std::size_t>((grey ? 1 : 3) * size[0] * size[1]);
            std::vector<u8> base(bytes), small(bytes), expected(bytes);
            make_camera(camera, size[0], size[1], grey, scratch, base.data());
            for (int episode = 0; episode < episodes; ++episode) {
                JetTrace<NoTrace> trace;
                State state{};
                Flames flames{};
                const Params params{true, -10.0, false, 15.0, 1.5};
                start(state, params, static_cast<u32>(episode), trace);
                draw_base(camera, state.world.terrain, scratch, base.data());
                for (int t = 0; t < 150; ++t) {
                    const StepDraws draws = draw_step(state.random);
                    const Action action{0, t % 5 < 3 ? 0.4 : 0.0, t % 7 - 3.0};
                    trace.jet_count = 0;
                    step(state, params, action, draws, trace);
                    step_flames(flames, state.world.terrain, -10.0F, trace.jets, trace.jet_count);
                    CHECK(flames.count <= particle_capacity - 2);
                    if (t % 37 != 0) {
                        continue;
                    }
                    take_picture(camera, state.world, flames, base.data(), scratch, small.data());
                    const Canvas canvas{scratch.pixels, whole_screen()};
                    draw_picture(canvas, scene_of(state.world, flames));
                    reduce(camera.reduction, canvas, {0, 0, size[1], size[0]}, scratch.levels,
                           expected.data());
                    CHECK(small == expected);
                }
            }
        }
    }
}

/// Flames with some bytes changed are refused or can fly on without outgrowing their list.
void fuzz_flames(int trials) {
    JetTrace<NoTrace> trace;
    State state{};
    Flames flames{};
    const Params params{true, -10.0, false, 15.0, 1.5};
    start(state, params, 3, trace);
    Xorshift dice{777};
    std::vector<u8> bytes(state_capacity + flames_capacity);
    int accepted = 0;
    for (int trial = 0; trial < trials; ++trial) {
        const StepDraws draws = draw_step(state.random);
        trace.jet_count = 0;
        step(state, params, {0, 1.0, trial % 3 - 1.0}, draws, trace);
        step_flames(flames, state.world.terrain, -10.0F, trace.jets, trace.jet_count);
        const int plain = write_state(state, bytes.data());
        const int size = plain + write_flames(flames, bytes.data() + plain);
        for (u32 changes = 1 + dice.next() % 2; changes > 0; --changes) {
            bytes[static_cast<u32>(plain) + dice.next() % static_cast<u32>(size - plain)] =
                static_cast<u8>(dice.next());
        }
        State mutant{};
        Flames mutants{};
        if (read_state_and_flames(mutant, mutants, bytes.data(), static_cast<u64>(size)).field !=
            nullptr) {
            continue;
        }
        ++accepted;
        for (int t = 0; t < 5; ++t) {
            step_flames(mutants, mutant.world.terrain, -10.0F, trace.jets, trace.jet_count);
            CHECK(mutants.count <= particle_capacity - 2);
        }
        if (trial % 200 == 0) {
            start(state, params, static_cast<u32>(trial), trace);
        }
    }
    CHECK(accepted > trials / 50);
}

// --- pixel_batch.h

/// The whole picture of a lander, drawn and then reduced.
std::vector<u8> reduced_whole(const Camera& camera, const Entry& entry, Scratch& scratch) {
    const Reduction& r = camera.reduction;
    std::vector<u8> small(static_cast<std::size_t>(picture_bytes(r)));
    const Canvas canvas{scratch.pixels, whole_screen()};
    draw_picture(canvas, scene_of(entry.state.world, *entry.flames));
    reduce(r, canvas, {0, 0, r.x.cells, r.y.cells}, scratch.levels, small.data());
    return small;
}

/// A few landers with all that a batch keeps of them, seeds 0, 1, 2 ...
struct Fleet {
    static constexpr int size = 3;
    Fleet(const Camera& camera, int depth)
        : stack(static_cast<std::size_t>(depth * picture_bytes(camera.reduction))),
          stacks(size * stack),
          bases(size * stack),
          pixels{&camera, depth, stacks.data(), bases.data(), decisions} {
        for (int i = 0; i < size; ++i) {
            const u32 seed = static_cast<u32>(i);
            entries[i].state.random = seeded_pcg64(&seed, 1);
            entries[i].params = {false, -10.0, false, 15.0, 1.5};
            entries[i].flames = &flames[i];
        }
    }
    bool shows(int i, const std::vector<u8>& expected) const {
        const auto first = stacks.begin() + static_cast<std::ptrdiff_t>(stack) * i;
        return std::equal(expected.begin(), expected.end(), first) && expected.size() == stack;
    }

    std::size_t stack;
    std::vector<u8> stacks, bases;
    Entry entries[size] = {};
    Flames flames[size] = {};
    i32 decisions[size] = {};
    float obs[size][8];
    double rewards[size];
    bool terminated[size], truncated[size], ended[size] = {}, on_pad[size];
    Outcome outcomes[size];
    Rows rows{obs, rewards, terminated, truncated, ended, outcomes, on_pad, nullptr};
    PixelRows pixels;
};

/// Decisions of 3 base steps, 4 an episode: stacks against the last pictures, drawn whole.
void stacks_hold_the_last_pictures(int rows, int columns, bool grey, int depth) {
    static Camera camera;
    static Scratch scratch;
    std::vector<u8> picture(static_cast<std::size_t>(3 * rows * columns));
    make_camera(camera, rows, columns, grey, scratch, picture.data());
    Fleet fleet(camera, depth);
    std::vector<u8> expected[Fleet::size];
    const auto begin_stack = [&](int i) {
        expected[i].clear();
        const std::vector<u8> first = reduced_whole(camera, fleet.entries[i], scratch);
        for (int k = 0; k < depth; ++k) {
            expected[i].insert(expected[i].end(), first.begin(), first.end());
        }
    };
    const bool all[Fleet::size] = {true, true, true};
    start_group(carry_out<float>, fleet.entries, 0, Fleet::size, all, [&](const Step& step, int i) {
        write_first(step, fleet.rows, i);
        start_stack(fleet.pixels, fleet.entries[i], i, scratch);
        begin_stack(i);
    });
    for (int t = 0; t < 11; ++t) {
        bool starts[Fleet::size];
        std::copy(fleet.ended, fleet.ended + Fleet::size, starts);
        decide_group(
            carry_out<float>, fleet.entries, 0, Fleet::size,
            [&](int i) { return Action{(t + i) % 4, 0.0, 0.0}; }, {3, 1000, 4},
            Autoreset::next_step, fleet.rows, fleet.pixels, scratch);
        CHECK(fleet.truncated[0] == (t % 5 == 3));
        for (int i = 0; i < Fleet::size; ++i) {
            const std::vector<u8> newest = reduced_whole(camera, fleet.entries[i], scratch);
            if (starts[i]) {
                begin_stack(i);
            } else {
                const auto gone = static_cast<std::ptrdiff_t>(newest.size());
                expected[i].erase(expected[i].begin(), expected[i].begin() + gone);
                expected[i].insert(expected[i].end(), newest.begin(), newest.end());
            }
            CHECK(fleet.shows(i, expected[i]));
        }
    }
}

/// An episode of 7 base steps in decisions of 3: the third takes one, and gives its reward alone.
void decisions_stop_at_the_end() {
    static Camera camera;
    static Scratch scratch;
    u8 picture[1];
    make_camera(camera, 1, 1, true, scratch, picture);
    Fleet fleet(camera, 1);
    NoTrace trace;
    State alone{};
    const Params params = fleet.entries[0].params;
    start(alone, params, 0, trace);
    const bool first_only[Fleet::size] = {true, false, false};
    start_group(carry_out<float>, fleet.entries, 0, 1, first_only, [&](const Step& step, int i) {
        write_first(step, fleet.rows, i);
        start_stack(fleet.pixels, fleet.entries[i], i, scratch);
    });
    for (const int base_steps : {3, 3, 1}) {
        double total = 0.0;
        for (int t = 0; t < base_steps; ++t) {
            const StepDraws draws = draw_step(alone.random);
            total += step(alone, params, {2, 0.0, 0.0}, draws, trace).reward;
        }
        decide_group(
            carry_out<float>, fleet.entries, 0, 1, [](int) { return Action{2, 0.0, 0.0}; },
            {3, 7, 100}, Autoreset::next_step, fleet.rows, fleet.pixels, scratch);
        CHECK(fleet.rewards[0] == total);
        CHECK(fleet.truncated[0] == (base_steps == 1));
    }
    CHECK(fleet.outcomes[0] == Outcome::timeout && fleet.entries[0].elapsed == 7);
}

}  // namespace

int main(int argc, char** argv) {
    const int scale = scale_of(argc, argv);
    colours_mix();
    polygons_include_their_borders();
    smooth_lines_share_their_colour();
    fine_lines_share_theirs();
    lines_from_anywhere_stay_on_the_canvas();
    discs_touch_corners_and_sides();
    discs_bounce();
    cells_are_weighted_by_their_pixels();
    greys_read_in_blocks_are_grey_of_every_colour();
    parts_of_lines_are_parts_of_the_whole();
    small_pictures(scale);
    fuzz_flames(5000 * scale);
    const int sizes[][2] = {{84, 84}, {1, 1}, {7, 13}, {400, 600}, {100, 150}, {399, 1}};
    for (const auto& size : sizes) {
        for (const int depth : {1, 8}) {
            for (const bool grey : {true, false}) {
                stacks_hold_the_last_pictures(size[0], size[1], grey, depth);
            }
        }
    }
    decisions_stop_at_the_end();
    return report();
}
