// Lanes: the solver's arithmetic is written over a type F that holds one number per lane.
//
// F is float for one lander at a time, and Wide (wide.h) for 8, 16 or 32 of them: it has the same
// operators and functions, and a Mask that `select`, `any` and `all` understand. Where lanes may
// differ the solver says `select`; where a whole branch can be skipped it asks `any` or `all`
// first, which for one lane is a plain `if`.
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

// Which operand wins a tie (+0 against -0) is part of the bits, so the comparisons below are the
// ones that Box2D makes, in its order.
template <class F>
LANDER_FN F minimum(F a, F b) {
    return select(a < b, a, b);
}

template <class F>
LANDER_FN F maximum(F a, F b) {
    return select(a > b, a, b);
}

template <class F>
LANDER_FN F clamp(F x, F low, F high) {
    return maximum(low, minimum(x, high));
}

template <class F>
LANDER_FN F magnitude(F x) {
    return select(x > F(0.0F), x, -x);
}

}  // namespace LANDER_NAMESPACE
