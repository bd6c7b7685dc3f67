// Particles that fly.
#include "env/particles.h"

#include "checks.h"

using namespace lander;

namespace {

/// A particle that falls fast bounces with 0.3 of its speed; one slower than 1 unit/s does not.
TEST(particles_bounce) {
    const Terrain flat{};
    for (const float speed : {5.0F, 0.5F}) {
        Particle p = particle_physics::make_particle({true, 1.0, {3.0F, 0.3F}, {0.0F, 0.0F}});
        p.velocity = {0.0F, -speed};
        for (int t = 0; t < 40 && p.velocity.y < 0.0F; ++t) {
            particle_physics::move(p, flat, 0.0F);
        }
        CHECK(near(p.velocity.y, speed > 1.0F ? 0.3 * speed : 0.0, 1e-4));
        CHECK(p.center.y > 2.0F / 30.0F);
    }
}

}  // namespace
