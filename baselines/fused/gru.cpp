// Recurrence of a GRU over sequences, forward and backward, each in one call.
//
// PyTorch computes what does not depend on the step before: the products of inputs and of all
// gradients with weights, each a large one for all steps.
//
// Matrices are contiguous. A row of `3 size` numbers holds those of PyTorch's gates one after the
// other: reset, update, candidate.

#include <algorithm>
#include <cstddef>
#include <new>

#include "lanes.h"

extern "C" {

// Arguments from Python, field by field as in gru.py.
struct Sequence {
    int64_t steps, n, size;      // units are whole vectors
    const float* first;          // states before the first step, (n, size)
    float *gates, *states;       // (steps, n, 3 size) and (steps, n, size)
    float* candidates_of_state;  // states' share of the candidates' sums, (steps, n, size)
};
}

namespace {

constexpr int GATES = 3;

Lanes sigmoid(Lanes x) {
    Lanes e = exp_negative(x > 0.0f ? -x : x), share = 1.0f / (1.0f + e);
    return x > 0.0f ? share : e * share;
}

// The rows of a sequence at one step.
struct Step {
    int n, size;
    const float* states_before;
    float *gates, *states, *candidates_of_state;

    Step(const Sequence& all, int64_t t) : n(int(all.n)), size(int(all.size)) {
        int64_t first = t * all.n * all.size;
        gates = all.gates + GATES * first;
        states = all.states + first;
        states_before = t == 0 ? all.first : states - all.n * all.size;
        candidates_of_state = all.candidates_of_state + first;
    }

    // From gates' sums over inputs and over states to their values, and to the states after.
    void forward(const float* of_states) {
        for (int row = 0; row < n; ++row)
            for (int j = 0; j < size; j += LANES) {
                int at = row * size + j;
                float* gate = gates + GATES * row * size + j;
                const float* sum = of_states + GATES * row * size + j;
                Lanes reset = sigmoid(load(gate) + load(sum));
                Lanes update = sigmoid(load(gate + size) + load(sum + size));
                Lanes share = load(sum + 2 * size);
                Lanes candidate = tanh(load(gate + 2 * size) + reset * share);
                store(gate, reset);
                store(gate + size, update);
                store(gate + 2 * size, candidate);
                store(candidates_of_state + at, share);
                Lanes before = load(states_before + at);
                store(states + at, candidate + update * (before - candidate));
            }
    }

    // From gradients of the states after, in two parts, to those of the gates' two sums. Leaves in
    // `later` what reaches the states before directly.
    void backward(const float* own, float* later, float* of_inputs, float* of_states) {
        for (int row = 0; row < n; ++row)
            for (int j = 0; j < size; j += LANES) {
                int at = row * size + j, first = GATES * row * size + j;
                Lanes reset = load(gates + first), update = load(gates + first + size);
                Lanes candidate = load(gates + first + 2 * size);
                Lanes of_state = load(own + at) + load(later + at);
                Lanes of_candidate = of_state * (1.0f - update) * (1.0f - candidate * candidate);
                Lanes share = load(candidates_of_state + at);
                Lanes of_reset = of_candidate * share * reset * (1.0f - reset);
                Lanes change = load(states_before + at) - candidate;
                Lanes of_update = of_state * change * update * (1.0f - update);
                for (float* out : {of_inputs + first, of_states + first}) {
                    store(out, of_reset);
                    store(out + size, of_update);
                }
                store(of_inputs + first + 2 * size, of_candidate);
                store(of_states + first + 2 * size, of_candidate * reset);
                store(later + at, of_state * update);
            }
    }
};
}  // namespace

extern "C" {

// Runs a sequence from its first states and its gates' sums over inputs, with the weights of the
// state (size, 3 size) and their biases. Writes the rest of the sequence, the gates' values too.
// Returns 0, or 1 if there is not enough memory.
int32_t forward(const Sequence* all, const float* weights, const float* biases) {
    int n = int(all->n), size = int(all->size), width = GATES * size;
    try {
        Matrix of_states(size_t(n) * width);
        for (int64_t t = 0; t < all->steps; ++t) {
            Step step(*all, t);
            for (int row = 0; row < n; ++row)
                std::copy_n(biases, width, &of_states[size_t(row) * width]);
            add_product(n, width, size, {step.states_before, size, 1}, weights, of_states.data());
            step.forward(of_states.data());
        }
    } catch (const std::bad_alloc&) {
        return 1;
    }
    return 0;
}

// Gradients from those of the states, with the weights of the state (3 size, size). Writes those of
// the gates' sums over inputs and over states, (steps, n, 3 size). `before` (n, size) begins with
// zeros, and ends as the gradient of the first states.
void backward(const Sequence* all, const float* weights, const float* own, float* of_inputs,
              float* of_states, float* before) {
    int n = int(all->n), size = int(all->size), width = GATES * size;
    for (int64_t t = all->steps - 1; t >= 0; --t) {
        int64_t first = t * n * size;
        float* sums = of_states + GATES * first;
        Step(*all, t).backward(own + first, before, of_inputs + GATES * first, sums);
        add_product(n, size, width, {sums, width, 1}, weights, before);
    }
}
}
