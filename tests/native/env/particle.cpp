// Particles and edges.
#include "env/particle.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(particles_touch_vertices_and_sides) {
    using particle_physics::touched_feature;
    const Edge edge{{2.0F, 1.0F}, {4.0F, 1.0F}};
    const float reach = 2.0F / 30.0F + 0.01F;
    CHECK(touched_feature(edge, {3.0F, 1.0F + 0.99F * reach}) == Feature::left);
    CHECK(touched_feature(edge, {3.0F, 1.0F - 0.99F * reach}) == Feature::right);
    CHECK(touched_feature(edge, {3.0F, 1.0F + 1.01F * reach}) == Feature::none);
    CHECK(touched_feature(edge, {2.0F - 0.9F * reach, 1.0F}) == Feature::from);
    CHECK(touched_feature(edge, {4.0F + 0.9F * reach, 1.0F}) == Feature::to);
}

}  // namespace
