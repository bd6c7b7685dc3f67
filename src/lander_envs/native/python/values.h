// Values that cross the border: numbers, streams, states and arguments, checked on the way in.
#pragma once

#include <nanobind/nanobind.h>

#include <cmath>
#include <string>
#include <vector>

#include "env/lander.h"
#include "env/serialize_particles.h"

namespace lander_python {

namespace nb = nanobind;

[[noreturn]] inline void refuse(const char* name, const std::string& value, const char* allowed) {
    throw nb::value_error(
        (std::string(name) + " is " + value + ", but must be " + allowed).c_str());
}

inline std::string text(double value) { return nb::str(nb::float_(value)).c_str(); }

inline void require_finite(const char* name, double value) {
    if (!std::isfinite(value)) {
        refuse(name, text(value), "a finite number");
    }
}

/// A Python integer as 32-bit digits, lowest first.
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

inline void require_valid(const lander::Params& params) {
    if (!(-12.0 < params.gravity && params.gravity < 0.0)) {
        refuse("gravity", text(params.gravity), "between -12 and 0, both excluded");
    }
    require_finite("wind_power", params.wind_power);
    require_finite("turbulence_power", params.turbulence_power);
}

/// A stream as `numpy.random.PCG64().state` writes it.
inline nb::dict stream_of(const lander::Pcg64& random) {
    nb::dict words;
    words["state"] = integer_of(random.state);
    words["inc"] = integer_of(random.increment);
    nb::dict out;
    out["bit_generator"] = "PCG64";
    out["state"] = words;
    out["has_uint32"] = random.has_half;
    out["uinteger"] = random.half;
    return out;
}

inline lander::Pcg64 stream_from(const nb::dict& stream) {
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

/// A state, with its flames where they are drawn.
inline nb::bytes clone(const lander::State& state, const lander::Flames* flames) {
    lander::u8 bytes[lander::state_capacity + lander::flames_capacity];
    int size = lander::write_state(state, bytes);
    if (flames != nullptr) {
        size += lander::write_flames(*flames, bytes + size);
    }
    return nb::bytes(bytes, static_cast<std::size_t>(size));
}

/// Takes up cloned bytes, or raises ValueError and leaves state and flames as they were. Flames are
/// dropped where none are drawn.
inline void restore(lander::State& state, lander::Flames* flames, const nb::bytes& bytes) {
    lander::Flames dropped{};
    const lander::StateFault fault = lander::read_state_and_flames(
        state, flames != nullptr ? *flames : dropped,
        reinterpret_cast<const lander::u8*>(bytes.c_str()), bytes.size());
    if (fault.field == nullptr) {
        return;
    }
    const std::string field = fault.field;
    if (field == "state") {
        refuse("state", std::to_string(bytes.size()) + " bytes", fault.allowed);
    }
    refuse(("state: " + field).c_str(), text(fault.value), fault.allowed);
}

}  // namespace lander_python
