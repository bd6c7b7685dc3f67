// Pictures on the host: a thread's working memory, whole frames, and a camera for single landers.
#pragma once

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "batch/pixel_batch.h"
#include "host/floating_point.h"
#include "render/camera.h"

namespace lander_host {

/// Working memory of the calling thread: two megabytes, of which the system maps what is used.
inline lander::Scratch& scratch() {
    thread_local const std::unique_ptr<lander::Scratch> memory(new lander::Scratch);
    return *memory;
}

/// Draws a whole frame into `out`, 400 x 600 x 3 bytes.
inline void draw_frame(const lander::World& world, const lander::Particles& particles,
                       lander::u8* out) {
    const DefaultFloatingPoint floating_point;
    const lander::Canvas canvas{scratch().pixels, lander::whole_screen()};
    lander::draw_scene(canvas, lander::scene_of(world, particles));
    lander::write_rgb(canvas, out);
}

/// Takes small pictures of single landers. Keeps the base of one episode; a camera that serves
/// several landers draws the base again at each change.
class PictureCamera {
  public:
    /// `rows` and `columns` as can_reduce_to allows.
    PictureCamera(int rows, int columns, bool grey)
        : base_(static_cast<std::size_t>((grey ? 1 : 3) * rows * columns)) {
        const DefaultFloatingPoint floating_point;
        lander::make_camera(*camera_, rows, columns, grey, scratch(), base_.data());
    }

    int rows() const { return camera_->reduction.y.cells; }
    int columns() const { return camera_->reduction.x.cells; }
    int channels() const { return camera_->reduction.channels; }

    /// Settings, which landers of a batch share.
    std::shared_ptr<const lander::Camera> settings() const { return camera_; }

    /// Draws a small picture (channels, rows, columns) into `out`.
    void take(const lander::World& world, const lander::Particles& particles, lander::u8* out) {
        const DefaultFloatingPoint floating_point;
        if (!has_base_ || std::memcmp(&terrain_, &world.terrain, sizeof terrain_) != 0) {
            lander::draw_base(*camera_, world.terrain, scratch(), base_.data());
            terrain_ = world.terrain;
            has_base_ = true;
        }
        lander::take_picture(*camera_, world, particles, base_.data(), scratch(), out);
    }

  private:
    std::shared_ptr<lander::Camera> camera_ = std::make_shared<lander::Camera>();
    std::vector<lander::u8> base_;
    lander::Terrain terrain_{};  // of the base
    bool has_base_ = false;
};

/// Pictures of a batch: bases and decisions of its landers, over the caller's stacks.
class Pictures {
  public:
    Pictures(int num_envs, std::shared_ptr<const lander::Camera> camera, int depth,
             lander::u8* stacks, lander::u8* final_stacks)
        : camera_(std::move(camera)),
          bases_(static_cast<std::size_t>(num_envs) * picture_bytes()),
          decisions_(static_cast<std::size_t>(num_envs)),
          stacks_{camera_.get(), depth, stacks, bases_.data(), decisions_.data(), final_stacks} {}

    const lander::PictureStacks& stacks() const { return stacks_; }
    std::size_t stack_bytes() const { return static_cast<std::size_t>(stacks_.stack_bytes()); }

    /// Starts lander i's stack with the first picture of an episode.
    void start(const lander::Entry& entry, int i) {
        lander::start_stack(stacks_, entry, i, scratch());
    }

    /// Restores the stack and the decisions of lander i, whose state was restored.
    void restore(const lander::Entry& entry, int i, int decisions, const lander::u8* stack) {
        lander::draw_base(*camera_, entry.state.world.terrain, scratch(), stacks_.base(i));
        std::memcpy(stacks_.stack(i), stack, stack_bytes());
        stacks_.decisions[i] = decisions;
    }

  private:
    std::size_t picture_bytes() const {
        return static_cast<std::size_t>(lander::picture_bytes(camera_->reduction));
    }

    std::shared_ptr<const lander::Camera> camera_;
    std::vector<lander::u8> bases_;
    std::vector<lander::i32> decisions_;
    lander::PictureStacks stacks_;
};

}  // namespace lander_host
