// What Python gets to see of the pictures: a camera that makes small ones.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "render/camera.h"

namespace lander_python {

namespace nb = nanobind;

/// Two megabytes to draw in, one for each thread that draws; what is not drawn on is never touched.
inline lander::Scratch& scratch() {
    thread_local const std::unique_ptr<lander::Scratch> lent(new lander::Scratch);
    return *lent;
}

/// Draws a whole picture into `out`, 400 x 600 x 3.
inline void draw_frame(const lander::World& world, const lander::Flames& flames, lander::u8* out) {
    const lander::Canvas canvas{scratch().pixels, lander::whole_screen()};
    lander::draw_picture(canvas, lander::scene_of(world, flames));
    lander::write_rgb(canvas, out);
}

/// Makes small pictures of landers, one after the other. It keeps what an episode's pictures have
/// in common; landers that take turns make it draw that anew each time.
class PictureCamera {
  public:
    PictureCamera(int rows, int columns, bool grey) : rows_(rows), columns_(columns), grey_(grey) {
        if (!lander::can_reduce_to(rows, columns)) {
            throw nb::value_error(("the size of a small picture is " + std::to_string(rows) +
                                   " x " + std::to_string(columns) +
                                   ", but must be between 1 x 1 and 400 x 600")
                                      .c_str());
        }
        base_.resize(static_cast<std::size_t>((grey ? 1 : 3) * rows * columns));
        lander::make_camera(*camera_, rows, columns, grey, scratch(), base_.data());
    }

    /// The part of it that many landers can share.
    std::shared_ptr<const lander::Camera> shared() const { return camera_; }

    nb::tuple arguments() const { return nb::make_tuple(rows_, columns_, grey_); }

    /// A new array (channels, rows, columns).
    nb::object take(const lander::World& world, const lander::Flames& flames) {
        if (!drawn_ || std::memcmp(&terrain_, &world.terrain, sizeof terrain_) != 0) {
            lander::draw_base(*camera_, world.terrain, scratch(), base_.data());
            terrain_ = world.terrain;
            drawn_ = true;
        }
        auto* out = new lander::u8[base_.size()];
        nb::capsule owner(out, [](void* p) noexcept { delete[] static_cast<lander::u8*>(p); });
        lander::take_picture(*camera_, world, flames, base_.data(), scratch(), out);
        const std::size_t shape[3] = {grey_ ? std::size_t{1} : std::size_t{3},
                                      static_cast<std::size_t>(rows_),
                                      static_cast<std::size_t>(columns_)};
        return nb::cast(nb::ndarray<nb::numpy, lander::u8>(out, 3, shape, owner));
    }

  private:
    int rows_, columns_;
    bool grey_;
    std::shared_ptr<lander::Camera> camera_ = std::make_shared<lander::Camera>();
    std::vector<lander::u8> base_;
    lander::Terrain terrain_{};
    bool drawn_ = false;
};

}  // namespace lander_python
