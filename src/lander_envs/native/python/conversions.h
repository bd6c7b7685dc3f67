// Conversions between Python and the core, which validate their input: numbers, arrays, generators,
// states.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "batch/entry.h"
#include "batch/outputs.h"
#include "env/serialize_particles.h"
#include "python/params.h"
#include "render/canvas.h"

namespace lander_python {

namespace nb = nanobind;

// --- Arrays

template <int N>
struct Columns {
    static constexpr int value = N;
};

/// C-contiguous array in the caller's memory, shape (n, Shape...).
template <class T, class... Shape>
using Array = nb::ndarray<T, nb::shape<-1, Shape::value...>, nb::c_contig, nb::device::cpu>;
using States = Array<float, Columns<lander::observation_size>>;

/// Whole frame, shape (400, 600, 3).
using Frame = nb::ndarray<lander::u8, nb::shape<lander::screen_height, lander::screen_width, 3>,
                          nb::c_contig, nb::device::cpu>;

/// New NumPy array that takes over `data` (from new[]).
template <class Result, class T>
Result own(T* data, std::initializer_list<std::size_t> shape) {
    nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    return Result(data, shape, owner);
}

/// Row of arguments of the env, shape (param_count,), or one row a lander (env/params.h).
using Row =
    nb::ndarray<const double, nb::shape<lander::param_count>, nb::c_contig, nb::device::cpu>;
using Rows = Array<const double, Columns<lander::param_count>>;
using RowsOut = Array<double, Columns<lander::param_count>>;

/// Ranges of arguments that episodes draw: the row of the lows, and the row of the highs.
using Ranges =
    nb::ndarray<const double, nb::shape<2, lander::param_count>, nb::c_contig, nb::device::cpu>;

// --- Checks

/// Raises ValueError: "NAME is VALUE, but must be ALLOWED".
[[noreturn]] inline void refuse(const char* name, const std::string& value, const char* allowed) {
    throw nb::value_error(
        (std::string(name) + " is " + value + ", but must be " + allowed).c_str());
}

inline std::string text(double value) { return nb::str(nb::float_(value)).c_str(); }

/// Raises ValueError if the argument at place k of a row is outside its range.
inline void require_param(int k, double value) {
    if (!allows(param_ranges[k], value)) {
        refuse(param_ranges[k].name, text(value), allowed(param_ranges[k]).c_str());
    }
}

inline void require_row(const double* row) {
    for (int k = 0; k < lander::param_count; ++k) {
        require_param(k, row[k]);
    }
}

/// New row of arguments.
using ParamRow = nb::ndarray<nb::numpy, double, nb::shape<lander::param_count>>;
inline ParamRow row_of(const lander::Params& params) {
    auto* row = new double[lander::param_count];
    lander::write_row(params, row);
    return own<ParamRow>(row, {lander::param_count});
}

/// Default and range of each argument, in the order of a row: {name: (default, low, high)}.
inline nb::dict described_params() {
    double row[lander::param_count];
    lander::write_row(default_params, row);
    nb::dict described;
    for (int k = 0; k < lander::param_count; ++k) {
        const ParamRange& range = param_ranges[k];
        described[range.name] = nb::make_tuple(row[k], range.low, range.high);
    }
    return described;
}

/// Ranges of arguments; raises ValueError if an end is outside that of its argument.
inline lander::ParamRanges ranges_from(const Ranges& ends) {
    lander::ParamRanges ranges;
    for (int k = 0; k < lander::param_count; ++k) {
        ranges.low[k] = ends(0, k);
        ranges.high[k] = ends(1, k);
        if (ranges.low[k] <= ranges.high[k]) {
            require_param(k, ranges.low[k]);
            require_param(k, ranges.high[k]);
        }
    }
    return ranges;
}

// --- Integers and generators

/// 32-bit digits of a non-negative Python integer, lowest first.
inline std::vector<lander::u32> digits_of(nb::int_ number, const char* name) {
    if (PyObject_RichCompareBool(number.ptr(), nb::int_(0).ptr(), Py_LT) != 0) {
        refuse(name, nb::str(number).c_str(), "a non-negative integer");
    }
    const auto bits = nb::cast<std::size_t>(number.attr("bit_length")());
    const std::size_t count = bits == 0 ? 1 : (bits + 31) / 32;
    const nb::bytes bytes(number.attr("to_bytes")(4 * count, "little"));
    const auto* byte = reinterpret_cast<const unsigned char*>(bytes.c_str());
    std::vector<lander::u32> digits(count);
    for (std::size_t i = 0; i < 4 * count; ++i) {
        digits[i / 4] |= lander::u32{byte[i]} << (8 * (i % 4));
    }
    return digits;
}

inline lander::U128 u128_of(nb::int_ number, const char* name) {
    std::vector<lander::u32> d = digits_of(number, name);
    if (d.size() > 4) {
        refuse(name, nb::str(number).c_str(), "below 2^128");
    }
    d.resize(4);
    return {lander::u64{d[3]} << 32 | d[2], lander::u64{d[1]} << 32 | d[0]};
}

inline nb::object integer_of(lander::U128 value) {
    return (nb::int_(value.high) << nb::int_(64)) | nb::int_(value.low);
}

using GeneratorState = nb::typed<nb::dict, nb::str, nb::any>;

/// `numpy.random.PCG64().state` of a generator.
inline GeneratorState generator_state(const lander::Pcg64& random) {
    nb::dict words;
    words["state"] = integer_of(random.state);
    words["inc"] = integer_of(random.increment);
    nb::dict out;
    out["bit_generator"] = "PCG64";
    out["state"] = words;
    out["has_uint32"] = random.has_half;
    out["uinteger"] = random.half;
    return GeneratorState(out);
}

/// Generator from a `numpy.random.PCG64().state`.
inline lander::Pcg64 generator_from(const GeneratorState& stream) {
    const std::string kind = nb::str(stream["bit_generator"]).c_str();
    if (kind != "PCG64") {
        refuse("random_state", "that of a " + kind, "that of a PCG64");
    }
    lander::Pcg64 random{};
    random.state = u128_of(nb::int_(stream["state"]["state"]), "random_state['state']['state']");
    random.increment = u128_of(nb::int_(stream["state"]["inc"]), "random_state['state']['inc']");
    random.has_half = nb::cast<lander::u32>(stream["has_uint32"]);
    random.half = nb::cast<lander::u32>(stream["uinteger"]);
    if ((random.increment.low & 1) == 0 || random.has_half > 1) {
        refuse("random_state", nb::str(stream).c_str(),
               "a state with an odd increment and has_uint32 0 or 1");
    }
    return random;
}

// --- States

/// Memory of plain data, as a compiler for a GPU lays it out, too.
template <class Plain>
nb::bytes memory_of(const Plain& data) {
    return nb::bytes(&data, sizeof data);
}

/// Bytes of an entry's state, with its particles if it simulates them.
struct StateBytes {
    explicit StateBytes(const lander::Entry& entry) : size(lander::write_state(entry.state, data)) {
        if (entry.particles != nullptr) {
            size += lander::write_particles(*entry.particles, data + size);
        }
    }
    nb::bytes object() const { return nb::bytes(data, static_cast<std::size_t>(size)); }

    lander::u8 data[lander::state_capacity + lander::particles_capacity];
    int size;
};

/// Restores an entry from such bytes; particles are dropped if it simulates none. A fault changes
/// nothing.
inline lander::StateFault restore(lander::Entry& entry, const nb::bytes& state) {
    lander::Particles dropped{};
    return lander::read_state_and_particles(
        entry.state, entry.particles != nullptr ? *entry.particles : dropped,
        reinterpret_cast<const lander::u8*>(state.c_str()), state.size());
}

/// Raises ValueError if there is a fault.
inline void require_no_fault(const lander::StateFault& fault, const nb::bytes& state) {
    if (fault.field == nullptr) {
        return;
    }
    const std::string field = fault.field;
    if (field == "state") {
        refuse("state", std::to_string(state.size()) + " bytes", fault.allowed);
    }
    refuse(("state: " + field).c_str(), text(fault.value), fault.allowed);
}

}  // namespace lander_python
