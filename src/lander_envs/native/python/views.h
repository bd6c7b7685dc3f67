// What Python gets to see of a lander: arrays for renderers, dictionaries for tests and tracing.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <vector>

#include "env/lander.h"

namespace lander_python {

namespace nb = nanobind;

/// A new NumPy array with a copy of `data`.
template <class T>
nb::object array(const T* data, std::initializer_list<std::size_t> shape) {
    std::size_t size = 1;
    for (const std::size_t n : shape) {
        size *= n;
    }
    T* copy = new T[size];
    nb::capsule owner(copy, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    std::memcpy(copy, data, size * sizeof(T));
    return nb::cast(nb::ndarray<nb::numpy, T>(copy, shape, owner));
}

/// A picture that Python owns.
using Frame = nb::ndarray<lander::u8, nb::shape<lander::screen_height, lander::screen_width, 3>,
                          nb::c_contig, nb::device::cpu>;

/// Origin x, y and sine, cosine of the angle of hull and both legs.
inline nb::object poses_of(const lander::World& world) {
    double out[lander::body_count][4];
    for (int i = 0; i < lander::body_count; ++i) {
        const lander::Posef& pose = world.bodies[i].pose;
        out[i][0] = pose.p.x;
        out[i][1] = pose.p.y;
        out[i][2] = pose.q.s;
        out[i][3] = pose.q.c;
    }
    return array(&out[0][0], {lander::body_count, 4});
}

/// The points of the ground from left to right.
inline nb::object terrain_of(const lander::World& world) {
    double out[lander::terrain_points][2];
    for (int i = 0; i < lander::terrain_points; ++i) {
        out[i][0] = lander::terrain_x(i);
        out[i][1] = world.terrain.heights[i];
    }
    return array(&out[0][0], {lander::terrain_points, 2});
}

inline const char* const event_names[] = {"begin_contact",
                                          "end_contact",
                                          "end_of_one_of_several",
                                          "manifold_on_edge",
                                          "manifold_on_polygon",
                                          "one_point_fallback",
                                          "limit_change",
                                          "fell_asleep",
                                          "wake_by_new_pair",
                                          "wake_by_force",
                                          "impact",
                                          "impact_again",
                                          "impact_rejected",
                                          "impact_limit",
                                          "impact_with_others",
                                          "speed_clamped",
                                          "positions_unsolved"};
static_assert(sizeof(event_names) / sizeof(event_names[0]) == lander::event_count);

inline nb::tuple pair(lander::Vec2f v) { return nb::make_tuple(v.x, v.y); }

inline nb::dict describe(const lander::Contact& contact) {
    const lander::Manifold& manifold = contact.manifold;
    nb::dict out;
    out["edge"] = int{contact.edge};
    out["body"] = int{contact.body};
    out["enabled"] = contact.enabled;
    out["touching"] = contact.touching;
    nb::list points;
    for (int i = 0; i < manifold.count; ++i) {
        const lander::ManifoldPoint& point = manifold.points[i];
        nb::dict p;
        p["id"] = point.id;
        p["local_point"] = pair(point.local_point);
        p["normal_impulse"] = point.normal_impulse;
        p["tangent_impulse"] = point.tangent_impulse;
        points.append(p);
    }
    out["points"] = points;
    if (manifold.count > 0) {
        out["reference"] = manifold.reference == lander::Reference::edge ? "edge" : "polygon";
        out["local_normal"] = pair(manifold.local_normal);
        out["local_point"] = pair(manifold.local_point);
    }
    return out;
}

inline nb::dict describe(const lander::Body& body) {
    nb::dict out;
    out["position"] = pair(body.pose.p);
    out["center"] = pair(body.center);
    out["angle"] = body.angle;
    out["velocity"] = pair(body.velocity);
    out["spin"] = body.spin;
    out["awake"] = body.awake;
    return out;
}

inline nb::dict describe(const lander::Joint& joint) {
    static const char* const limits[] = {"inactive", "lower", "upper"};
    nb::dict out;
    out["impulse"] = pair(joint.impulse);
    out["angular_impulse"] = joint.angular_impulse;
    out["motor_impulse"] = joint.motor_impulse;
    out["limit"] = limits[static_cast<int>(joint.limit)];
    return out;
}

/// Writes down what Box2D would tell a contact listener, in its order.
class RecordingTrace : public lander::NoTrace {
  public:
    void event(lander::Event e) { ++counts[static_cast<int>(e)]; }
    void begin_contact(const lander::Contact& contact) { add("begin_contact", contact); }
    void end_contact(const lander::Contact& contact) { add("end_contact", contact); }
    void pre_solve(const lander::Contact& contact) { add("pre_solve", contact); }
    void post_solve(const lander::Contact& contact,
                    const lander::ContactConstraint<float>& constraint, int) {
        nb::dict record = add("post_solve", contact);
        nb::list impulses;
        for (int i = 0; i < (constraint.has_two ? 2 : 1); ++i) {
            impulses.append(nb::make_tuple(constraint.points[i].normal_impulse,
                                           constraint.points[i].tangent_impulse));
        }
        record["impulses"] = impulses;
    }

    nb::list records;
    lander::u64 counts[lander::event_count] = {};

  private:
    nb::dict add(const char* stage, const lander::Contact& contact) {
        nb::dict record = describe(contact);
        record["stage"] = stage;
        records.append(record);
        return record;
    }
};

}  // namespace lander_python
