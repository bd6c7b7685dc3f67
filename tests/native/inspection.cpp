// Python module of the tests: a lander whose physics can be inspected, and functions of the core.
//
// The package does not ship it; tests/native/build.py builds it.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <utility>

#include "counting_trace.h"
#include "python/lander.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

const char* const event_names[] = {"begin_contact",
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

nb::tuple pair(lander::Vec2f v) { return nb::make_tuple(v.x, v.y); }

nb::dict describe(const lander::Contact& contact) {
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

nb::dict describe(const lander::Body& body) {
    nb::dict out;
    out["position"] = pair(body.pose.p);
    out["center"] = pair(body.center);
    out["angle"] = body.angle;
    out["velocity"] = pair(body.velocity);
    out["spin"] = body.spin;
    out["awake"] = body.awake;
    return out;
}

nb::dict describe(const lander::Joint& joint) {
    static const char* const limits[] = {"inactive", "lower", "upper"};
    nb::dict out;
    out["impulse"] = pair(joint.impulse);
    out["angular_impulse"] = joint.angular_impulse;
    out["motor_impulse"] = joint.motor_impulse;
    out["limit"] = limits[static_cast<int>(joint.limit)];
    return out;
}

/// Counts events; records the calls of a contact listener, in Box2D's order, while it is asked to.
class RecordingTrace : public CountingTrace {
  public:
    void begin_contact(const lander::Contact& contact) { add("begin_contact", contact); }
    void end_contact(const lander::Contact& contact) { add("end_contact", contact); }
    void pre_solve(const lander::Contact& contact) { add("pre_solve", contact); }
    void post_solve(const lander::Contact& contact,
                    const lander::ContactConstraint<float>& constraint, int) {
        if (!recording) {
            return;
        }
        nb::dict record = add("post_solve", contact);
        nb::list impulses;
        for (int i = 0; i < (constraint.has_two ? 2 : 1); ++i) {
            impulses.append(nb::make_tuple(constraint.points[i].normal_impulse,
                                           constraint.points[i].tangent_impulse));
        }
        record["impulses"] = impulses;
    }

    bool recording = false;
    nb::list records;

  private:
    nb::dict add(const char* stage, const lander::Contact& contact) {
        nb::dict record;
        if (recording) {
            record = describe(contact);
            record["stage"] = stage;
            records.append(record);
        }
        return record;
    }
};

/// New array (count, Columns) whose row i is written by `write(i, row)`.
template <std::size_t Columns, class Write>
nb::object rows(int count, const Write& write) {
    const auto size = static_cast<std::size_t>(count);
    auto* out = new double[size * Columns];
    for (int i = 0; i < count; ++i) {
        write(i, out + static_cast<std::size_t>(i) * Columns);
    }
    using Array = nb::ndarray<nb::numpy, double, nb::ndim<2>>;
    return nb::cast(lander_python::own<Array>(out, {size, Columns}));
}

class InspectedLander : public lander_python::TracedLander<RecordingTrace> {
  public:
    using TracedLander::TracedLander;

    nb::object observation() const { return nb::cast(TracedLander::observation()); }
    bool landed() const { return result_.landed; }
    bool crashed() const { return result_.crashed; }
    bool out_of_bounds() const { return result_.out_of_bounds; }

    /// Origin x, y and sine, cosine of the angle of hull and both legs.
    nb::object poses() const {
        return rows<4>(lander::body_count, [this](int i, double* row) {
            const lander::Posef& pose = world().bodies[i].pose;
            row[0] = pose.p.x;
            row[1] = pose.p.y;
            row[2] = pose.q.s;
            row[3] = pose.q.c;
        });
    }

    /// Points of the terrain from left to right.
    nb::object terrain() const {
        return rows<2>(lander::terrain_points, [this](int i, double* row) {
            row[0] = lander::terrain_x(i);
            row[1] = world().terrain.heights[i];
        });
    }

    /// x, y and time to live of each particle, oldest first.
    nb::object particles() const {
        return rows<3>(particles_.count, [this](int i, double* row) {
            row[0] = particles_.items[i].center.x;
            row[1] = particles_.items[i].center.y;
            row[2] = particles_.items[i].ttl;
        });
    }

    template <class Item, int Count>
    static nb::list describe_all(const Item (&items)[Count]) {
        nb::list out;
        for (const Item& item : items) {
            out.append(describe(item));
        }
        return out;
    }

    nb::list bodies() const { return describe_all(world().bodies); }
    nb::list joints() const { return describe_all(world().joints); }

    /// Newest first, as in Box2D.
    nb::list contacts() const {
        nb::list out;
        for (int i = world().contact_count - 1; i >= 0; --i) {
            out.append(describe(world().contacts[i]));
        }
        return out;
    }

    nb::dict events() const {
        nb::dict counts;
        for (int i = 0; i < lander::event_count; ++i) {
            counts[event_names[i]] = trace_.counts[i];
        }
        return counts;
    }

    void record() {
        trace_.records = nb::list();
        trace_.recording = true;
    }

    nb::list recorded() {
        trace_.recording = false;
        return trace_.records;
    }

  private:
    const lander::World& world() const { return entry_.state.world; }
};

nb::object vertices(int body) {
    const lander::Polygon& shape = lander::polygon(body);
    return rows<2>(shape.count, [&shape](int i, double* row) {
        row[0] = shape.vertices[i].x;
        row[1] = shape.vertices[i].y;
    });
}

}  // namespace

NB_MODULE(inspection, module) {
    nb::set_leak_warnings(false);
    module.attr("HULL_VERTICES") = vertices(lander::hull);
    module.attr("LEG_VERTICES") = vertices(lander::first_leg);
    module.attr("HELIPAD") =
        nb::make_tuple(lander::terrain_x(lander::helipad_first_point),
                       lander::terrain_x(lander::helipad_last_point), lander::helipad_height);
    module.attr("ENTRY_BYTES") = sizeof(lander::Entry);
    module.attr("PARTICLES_BYTES") = sizeof(lander::Particles);
    module.def(
        "sine_cosine",
        [](float angle) {
            const lander::SineCosine result = lander::sine_cosine(angle);
            return std::pair(result.sine, result.cosine);
        },
        "angle"_a);
    nb::class_<InspectedLander>(module, "InspectedLander")
        .def(nb::init<bool, bool>(), "continuous"_a = false, "draws"_a = false)
        .def("set_params", &InspectedLander::set_params)
        .def("reset", &InspectedLander::reset)
        .def("step", &InspectedLander::step_discrete)
        .def("step_continuous", &InspectedLander::step_continuous)
        .def("restore_state", &InspectedLander::restore_state)
        .def("record", &InspectedLander::record)
        .def("recorded", &InspectedLander::recorded)
        .def("events", &InspectedLander::events)
        .def("bodies", &InspectedLander::bodies)
        .def("joints", &InspectedLander::joints)
        .def("contacts", &InspectedLander::contacts)
        .def_prop_ro("observation", &InspectedLander::observation)
        .def_prop_ro("landed", &InspectedLander::landed)
        .def_prop_ro("crashed", &InspectedLander::crashed)
        .def_prop_ro("out_of_bounds", &InspectedLander::out_of_bounds)
        .def_prop_ro("poses", &InspectedLander::poses)
        .def_prop_ro("terrain", &InspectedLander::terrain)
        .def_prop_ro("particles", &InspectedLander::particles);
}
