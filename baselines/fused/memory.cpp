// Recurrence of an LSTM or a GRU over sequences, forward and backward, each in one call.
//
// What does not depend on the step before is left to PyTorch: the products of inputs and of their
// gradients with weights, which are large and one for all steps.
//
// Matrices are contiguous; (gates) stands for the gates' units, gate after gate in PyTorch's order.

#include <algorithm>
#include <new>

#include "lanes.h"

namespace {

Lanes sigmoid(Lanes x) {
    Lanes e = exp_negative(x > 0.0f ? -x : x), share = 1.0f / (1.0f + e);
    return x > 0.0f ? share : e * share;
}

// A row's numbers at one step and `LANES` of its units. Gates lie `size` apart.
struct Unit {
    int64_t size;
    float* gates;         // in: of inputs and biases; out: after their activations
    const float* hidden;  // of the state before
    const float* state_before;
    const float* kept_before;
    float *state, *kept;
};

// Gradients there. Gates' gradients are before their activations.
struct UnitGradient {
    float *of_inputs, *of_hidden;
    float* of_state_before;  // all of it, but for what comes through the gates
    float* of_kept;          // in: of this step; out: of the step before
};

// PyTorch's gates: input, forget, candidate, output. What is kept is the cell's state.
struct LSTM {
    static constexpr int GATES = 4;

    static void forward(const Unit& u) {
        auto sum = [&](int g) { return load(u.gates + g * u.size) + load(u.hidden + g * u.size); };
        Lanes admit = sigmoid(sum(0)), keep = sigmoid(sum(1));
        Lanes candidate = tanh(sum(2)), show = sigmoid(sum(3));
        Lanes cell = keep * load(u.kept_before) + admit * candidate;
        int64_t g = 0;
        for (Lanes gate : {admit, keep, candidate, show}) store(u.gates + g++ * u.size, gate);
        store(u.kept, cell);
        store(u.state, show * tanh(cell));
    }

    static void backward(const Unit& u, Lanes of_state, const UnitGradient& out) {
        auto gate = [&](int g) { return load(u.gates + g * u.size); };
        Lanes admit = gate(0), keep = gate(1), candidate = gate(2), show = gate(3);
        Lanes shown = tanh(load(u.kept));
        Lanes of_cell = load(out.of_kept) + of_state * show * (1.0f - shown * shown);
        Lanes gradients[] = {
            of_cell * candidate * admit * (1.0f - admit),
            of_cell * load(u.kept_before) * keep * (1.0f - keep),
            of_cell * admit * (1.0f - candidate * candidate),
            of_state * shown * show * (1.0f - show),
        };
        for (int g = 0; g < GATES; ++g) store(out.of_inputs + g * u.size, gradients[g]);
        store(out.of_kept, of_cell * keep);
        store(out.of_state_before, Lanes{});
    }
};

// PyTorch's gates: reset, update, candidate. What is kept is the state's share of the candidate.
struct GRU {
    static constexpr int GATES = 3;

    static void forward(const Unit& u) {
        auto of_inputs = [&](int g) { return load(u.gates + g * u.size); };
        auto of_hidden = [&](int g) { return load(u.hidden + g * u.size); };
        Lanes reset = sigmoid(of_inputs(0) + of_hidden(0));
        Lanes update = sigmoid(of_inputs(1) + of_hidden(1));
        Lanes candidate = tanh(of_inputs(2) + reset * of_hidden(2));
        store(u.kept, of_hidden(2));
        int64_t g = 0;
        for (Lanes gate : {reset, update, candidate}) store(u.gates + g++ * u.size, gate);
        store(u.state, candidate + update * (load(u.state_before) - candidate));
    }

    static void backward(const Unit& u, Lanes of_state, const UnitGradient& out) {
        auto gate = [&](int g) { return load(u.gates + g * u.size); };
        Lanes reset = gate(0), update = gate(1), candidate = gate(2);
        Lanes of_candidate = of_state * (1.0f - update) * (1.0f - candidate * candidate);
        Lanes of_reset = of_candidate * load(u.kept) * reset * (1.0f - reset);
        Lanes change = load(u.state_before) - candidate;
        Lanes of_update = of_state * change * update * (1.0f - update);
        for (float* to : {out.of_inputs, out.of_hidden}) {
            store(to, of_reset);
            store(to + u.size, of_update);
        }
        store(out.of_inputs + 2 * u.size, of_candidate);
        store(out.of_hidden + 2 * u.size, of_candidate * reset);
        store(out.of_state_before, of_state * update);
    }
};
}  // namespace

extern "C" {

// Arguments from Python, field by field as in memory.py. `size` is whole vectors.
struct Sequence {
    int64_t steps, n, size;
    float* gates;                           // (steps, n, gates)
    float *states, *kept;                   // (steps, n, size)
    const float *first_state, *first_kept;  // (n, size), before the first step
};
}

namespace {

// The rows of a sequence at one step.
struct Step {
    const Sequence& all;
    int n_gates;
    int64_t t;

    int64_t rows() const { return all.n * all.size; }
    float* gates() const { return all.gates + t * rows() * n_gates; }
    const float* state_before() const {
        return t == 0 ? all.first_state : all.states + (t - 1) * rows();
    }

    Unit unit(const float* hidden, int64_t row, int64_t j) const {
        int64_t at = row * all.size + j, of_gates = row * all.size * n_gates + j;
        const float* kept_before = t == 0 ? all.first_kept : all.kept + (t - 1) * rows();
        return {all.size,
                gates() + of_gates,
                hidden + of_gates,
                state_before() + at,
                kept_before + at,
                all.states + t * rows() + at,
                all.kept + t * rows() + at};
    }
};

template <class Cell>
void run_forward(const Sequence& all, const float* weights, const float* biases) {
    int n = int(all.n), size = int(all.size), width = Cell::GATES * size;
    Matrix hidden(size_t(n) * width);
    for (int64_t t = 0; t < all.steps; ++t) {
        Step step{all, Cell::GATES, t};
        for (int row = 0; row < n; ++row) std::copy_n(biases, width, &hidden[size_t(row) * width]);
        add_product(n, width, size, {step.state_before(), size, 1}, weights, hidden.data());
        for (int row = 0; row < n; ++row)
            for (int j = 0; j < size; j += LANES) Cell::forward(step.unit(hidden.data(), row, j));
    }
}

template <class Cell>
void run_backward(const Sequence& all, const float* weights, const float* of_states,
                  float* of_inputs, float* of_hidden, float* of_state, float* of_kept) {
    int n = int(all.n), size = int(all.size), width = Cell::GATES * size;
    for (int64_t t = all.steps - 1; t >= 0; --t) {
        Step step{all, Cell::GATES, t};
        int64_t first = t * step.rows();
        for (int row = 0; row < n; ++row)
            for (int j = 0; j < size; j += LANES) {
                int64_t at = row * size + j, gates = (first + row * size) * Cell::GATES + j;
                Lanes total = load(of_states + first + at) + load(of_state + at);
                UnitGradient out{of_inputs + gates, of_hidden + gates, of_state + at, of_kept + at};
                Cell::backward(step.unit(all.gates, row, j), total, out);
            }
        View gradients{of_hidden + first * Cell::GATES, width, 1};
        add_product(n, size, width, gradients, weights, of_state);
    }
}
}  // namespace

extern "C" {

// Runs a sequence. In: `gates` from inputs and biases, the weights of the state (size, gates) and
// their biases. Out: the rest of the sequence, with `gates` after their activations. Returns 0, or
// 1 if there is not enough memory.
int32_t forward(int32_t is_gru, const Sequence* all, const float* weights, const float* biases) {
    try {
        (is_gru ? run_forward<GRU> : run_forward<LSTM>)(*all, weights, biases);
    } catch (const std::bad_alloc&) {
        return 1;
    }
    return 0;
}

// Gradients from those of the states (steps, n, size), with the weights of the state (gates, size).
// Writes those of the gates' two sums, from inputs and from states (steps, n, gates); an LSTM's are
// the same, and the second may be the first. `of_state` and `of_kept` (n, size) begin with zeros,
// and end as the gradients before the first step.
void backward(int32_t is_gru, const Sequence* all, const float* weights, const float* of_states,
              float* of_inputs, float* of_hidden, float* of_state, float* of_kept) {
    (is_gru ? run_backward<GRU> : run_backward<LSTM>)(*all, weights, of_states, of_inputs,
                                                      of_hidden, of_state, of_kept);
}
}
