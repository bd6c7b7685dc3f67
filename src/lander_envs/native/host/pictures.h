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

/// Working memory of the calling thread: three megabytes, of which the system maps what is used.
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

/// Owns the pictures of a batch.
class Pictures {
  public:
    Pictures(int num_envs, std::shared_ptr<const lander::Camera> camera, int depth,
             lander::u8* final_stacks)
        : camera_(std::move(camera)),
          bases_(static_cast<std::size_t>(num_envs) * picture_bytes()),
          rings_(bases_.size() * static_cast<std::size_t>(depth)),
          rows_(static_cast<std::size_t>(num_envs) * static_cast<std::size_t>(depth)),
          newest_(static_cast<std::size_t>(num_envs)),
          decisions_(static_cast<std::size_t>(num_envs)),
          pictures_{
              {camera_.get(), depth, bases_.data(), rings_.data(), rows_.data(), newest_.data()},
              decisions_.data(),
              nullptr,
              final_stacks} {}

    /// Pictures that write their stacks into an array, or nowhere if it is null.
    lander::Pictures onto(lander::u8* stacks) const {
        lander::Pictures pictures = pictures_;
        pictures.stacks = stacks;
        return pictures;
    }

    std::size_t stack_bytes() const {
        return static_cast<std::size_t>(pictures_.history.stack_bytes());
    }
    int decisions(int i) const { return pictures_.decisions[i]; }

    /// Starts lander i's history with the first picture of an episode.
    void start(const lander::Entry& entry, int i) { pictures_.start(entry, i, scratch()); }

    void write_stack(int i, lander::u8* stack) const {
        lander::write_stack(pictures_.history, i, stack);
    }

    /// Restores the stack and the decisions of lander i, whose state was restored.
    void restore(const lander::Entry& entry, int i, int decisions, const lander::u8* stack) {
        lander::restore_history(pictures_.history, i, entry.state.world.terrain, stack, scratch());
        pictures_.decisions[i] = decisions;
    }

  private:
    std::size_t picture_bytes() const {
        return static_cast<std::size_t>(lander::picture_bytes(camera_->reduction));
    }

    std::shared_ptr<const lander::Camera> camera_;
    std::vector<lander::u8> bases_, rings_;
    std::vector<lander::Rows> rows_;
    std::vector<lander::i32> newest_, decisions_;
    lander::Pictures pictures_;
};

}  // namespace lander_host
