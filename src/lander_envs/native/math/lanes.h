// Lane interface: arithmetic over a type F that holds one number a lane.
//
// F is float (one lander) or Wide (host/simd.h: 8, 16 or 32 landers), which has the same operators
// and functions and a Mask. Where lanes can differ, the solver calls `select`; where it can skip a
// branch, it asks `any` or `all`, which is a plain `if` for one lane.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

template <class F>
struct Lanes;

template <>
struct Lanes<float> {
    using Mask = bool;
    static constexpr int width = 1;
};

template <class F>
using Mask = typename Lanes<F>::Mask;

LANDER_FN bool any(bool mask) { return mask; }
LANDER_FN bool all(bool mask) { return mask; }
LANDER_FN bool both(bool a, bool b) { return a && b; }
LANDER_FN bool either(bool a, bool b) { return a || b; }
LANDER_FN bool negate(bool mask) { return !mask; }
LANDER_FN float select(bool mask, float yes, float no) { return mask ? yes : no; }

LANDER_FN void put(float& lanes, int, float x) { lanes = x; }
LANDER_FN float get(float lanes, int) { return lanes; }
LANDER_FN void put(bool& mask, int, bool x) { mask = x; }
LANDER_FN bool get(bool mask, int) { return mask; }

// Ties (+0 against -0) are part of the bits: these are Box2D's comparisons, in its order.
template <class F>
LANDER_FN F minimum(F a, F b) {
    return select(a < b, a, b);
}

template <class F>
LANDER_FN F maximum(F a, F b) {
    return select(a > b, a, b);
}

LANDER_FN float minimum(float a, float b) { return choose_less(a, b); }
LANDER_FN float maximum(float a, float b) { return choose_greater(a, b); }

template <class F>
LANDER_FN F clamp(F x, F low, F high) {
    return maximum(low, minimum(x, high));
}

template <class F>
LANDER_FN F magnitude(F x) {
    return select(x > F(0.0F), x, -x);
}

}  // namespace LANDER_NAMESPACE
