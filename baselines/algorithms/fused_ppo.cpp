// PPO on two multilayer perceptrons, an actor over discrete actions and a critic: actions of a
// step, and a gradient step (forward, loss, backward, clipping, Adam), each in one call.
//
// A minibatch passes through in tiles of rows, so that activations stay in the first cache. Rows of
// matrices are padded with zeros to whole vectors, but for parameters and their gradients.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <new>
#include <vector>

#include "lanes.h"

// Arguments from Python, field by field as in fused_ppo.py.
extern "C" {

// Transitions of a rollout, that minibatches are rows of.
struct Transitions {
    const float* obs;
    const int64_t* actions;
    const float *log_probs, *advantages, *returns, *values;
};

struct LossSettings {
    float clip;
    float value_clip;  // infinity: none
    float value_weight, entropy_weight;
    int32_t normalize;  // advantages over the minibatch
};

// A group of the optimiser.
struct Group {
    float *parameters, *gradient, *mean, *mean_square, *step_count;
    int64_t size;
    float rate, max_norm;
};

struct Adam {
    double beta_1, beta_2, epsilon, norm_epsilon;
    int32_t joint_norm;  // the first group's limit is for the gradients of all groups together
};

enum Activation : int32_t { TANH, RELU, ELU };

// Sizes of a network's layers, inputs first, and for each layer pointers to weights (outputs,
// inputs), biases, and the gradients of both.
struct NetworkSpec {
    int32_t activation, n_sizes;
    const int32_t* sizes;
    float* const* pointers;
};
}

namespace {

constexpr int TILE = 64;  // rows: 16 KB of activations for 64 units

int whole_rows(int count) { return (count + ROWS - 1) / ROWS * ROWS; }

int padded(int size) { return (size + LANES - 1) / LANES * LANES; }

Lanes activate(Activation kind, Lanes x) {
    if (kind == RELU) return x < 0.0f ? all(0.0f) : x;  // keeps a NaN
    if (kind == TANH) return tanh(x);
    return x > 0.0f ? x : exp_negative(x > 0.0f ? -x : x) - 1.0f;
}

// Derivative of the activation, from its value.
Lanes slope(Activation kind, Lanes value) {
    if (kind == TANH) return 1.0f - value * value;
    return value > 0.0f ? all(1.0f) : kind == RELU ? all(0.0f) : value + 1.0f;
}

// y = x W^T + b, for a tile.
struct Layer {
    int inputs, outputs, in_width, out_width;
    float *weights, *biases, *weight_gradient, *bias_gradient;
    Matrix forward_weights = Matrix(size_t(in_width) * out_width);   // W^T
    Matrix backward_weights = Matrix(size_t(out_width) * in_width);  // W
    Matrix forward_biases = Matrix(out_width);
    Matrix weight_sum = Matrix(size_t(out_width) * in_width);  // gradients of the tiles so far
    Matrix bias_sum = Matrix(out_width);
    Matrix out = Matrix(size_t(TILE) * out_width);           // after the activation
    Matrix out_gradient = Matrix(size_t(TILE) * out_width);  // of the loss, before the activation

    void read_parameters() {
        std::copy_n(biases, outputs, forward_biases.begin());
        for (int j = 0; j < outputs; ++j)
            for (int i = 0; i < inputs; ++i)
                forward_weights[i * out_width + j] = backward_weights[j * in_width + i] =
                    weights[j * inputs + i];
    }

    void clear_gradients() {
        std::fill(weight_sum.begin(), weight_sum.end(), 0.0f);
        std::fill(bias_sum.begin(), bias_sum.end(), 0.0f);
    }

    void write_gradients() {
        std::copy_n(bias_sum.begin(), outputs, bias_gradient);
        for (int j = 0; j < outputs; ++j)
            std::copy_n(&weight_sum[j * in_width], inputs, weight_gradient + j * inputs);
    }

    void forward(int rows, const float* in) {
        for (int row = 0; row < rows; ++row)
            std::copy(forward_biases.begin(), forward_biases.end(), &out[row * out_width]);
        add_product(rows, out_width, inputs, {in, in_width, 1}, forward_weights.data(), out.data());
    }

    void add_gradients(int rows, const float* in) {
        View transposed{out_gradient.data(), 1, out_width};
        add_product(whole_rows(outputs), in_width, rows, transposed, in, weight_sum.data());
        for (int row = 0; row < rows; ++row)
            for (int j = 0; j < out_width; ++j) bias_sum[j] += out_gradient[row * out_width + j];
    }

    // Writes the gradient of the inputs.
    void backward(int rows, float* in_gradient) {
        std::fill_n(in_gradient, rows * in_width, 0.0f);
        add_product(rows, in_width, outputs, {out_gradient.data(), out_width, 1},
                    backward_weights.data(), in_gradient);
    }
};

struct Network {
    Activation activation;
    std::vector<Layer> layers;

    explicit Network(const NetworkSpec& spec) : activation(Activation(spec.activation)) {
        for (int k = 0; k + 1 < spec.n_sizes; ++k) {
            int inputs = spec.sizes[k], outputs = spec.sizes[k + 1];
            float* const* own = spec.pointers + 4 * k;
            layers.push_back(
                {inputs, outputs, padded(inputs), padded(outputs), own[0], own[1], own[2], own[3]});
        }
    }

    void read_parameters() {
        for (Layer& layer : layers) layer.read_parameters();
    }

    void clear_gradients() {
        for (Layer& layer : layers) layer.clear_gradients();
    }

    void write_gradients() {
        for (Layer& layer : layers) layer.write_gradients();
    }

    // Leaves the outputs in the last layer's `out`.
    void forward(int rows, const float* in) {
        for (Layer& layer : layers) {
            layer.forward(rows, in);
            in = layer.out.data();
            if (&layer == &layers.back()) break;
            for (int i = 0; i < rows * layer.out_width; i += LANES)
                store(&layer.out[i], activate(activation, load(&layer.out[i])));
        }
    }

    // Adds to the gradients, from the last layer's `out_gradient`.
    void backward(int rows, const float* in) {
        for (size_t k = layers.size() - 1; k > 0; --k) {
            Layer& before = layers[k - 1];
            layers[k].add_gradients(rows, before.out.data());
            layers[k].backward(rows, before.out_gradient.data());
            for (int i = 0; i < rows * before.out_width; i += LANES)
                store(&before.out_gradient[i],
                      load(&before.out_gradient[i]) * slope(activation, load(&before.out[i])));
        }
        layers[0].add_gradients(rows, in);
    }
};

// Log-softmax of n logits; false if it is not finite.
bool log_softmax(const float* logits, int n, float* log_probs) {
    float top = *std::max_element(logits, logits + n), total = 0;
    for (int j = 0; j < n; ++j) total += std::exp(logits[j] - top);
    float log_total = std::log(total);
    for (int j = 0; j < n; ++j) log_probs[j] = logits[j] - top - log_total;
    return std::isfinite(log_total);
}

// Sums over a minibatch.
struct Sums {
    double policy_loss = 0, value_loss = 0, entropy = 0, kl = 0, clipped = 0;
};

// One transition of a minibatch.
struct Transition {
    int64_t action;
    float log_prob, advantage, target, value;
};

// Clipped objective and entropy bonus; writes the gradient of the logits, times `share`.
void policy_loss(const float* log_probs, int n_actions, const Transition& old,
                 const LossSettings& settings, float share, float* gradient, Sums& sums) {
    float log_ratio = log_probs[old.action] - old.log_prob, ratio = std::exp(log_ratio);
    float clipped = std::clamp(ratio, 1 - settings.clip, 1 + settings.clip);
    float plain = ratio * old.advantage, limited = clipped * old.advantage;
    bool passes = clipped == ratio || plain < limited;
    float of_log_prob = passes ? -plain * share : 0, entropy = 0;
    for (int j = 0; j < n_actions; ++j) entropy -= std::exp(log_probs[j]) * log_probs[j];
    for (int j = 0; j < n_actions; ++j) {
        float prob = std::exp(log_probs[j]);
        gradient[j] = of_log_prob * ((j == old.action) - prob) +
                      settings.entropy_weight * share * prob * (log_probs[j] + entropy);
    }
    sums.policy_loss -= std::min(plain, limited);
    sums.entropy += entropy;
    sums.kl += ratio - 1 - log_ratio;
    sums.clipped += std::abs(ratio - 1) > settings.clip;
}

// Squared error, of the worse of clipped and unclipped value; returns its gradient, times `share`.
float value_loss(float value, const Transition& old, const LossSettings& settings, float share,
                 Sums& sums) {
    float change = value - old.value;
    float limited = std::clamp(change, -settings.value_clip, settings.value_clip);
    float near = std::isinf(settings.value_clip) ? value : old.value + limited;
    float error = value - old.target, near_error = near - old.target;
    bool passes = limited == change || error * error > near_error * near_error;
    sums.value_loss += std::max(error * error, near_error * near_error);
    return passes ? settings.value_weight * 2 * error * share : 0;
}

// Mean and scale that give the advantages of a minibatch mean 0 and standard deviation 1.
struct Normalisation {
    double mean = 0, scale = 1;

    Normalisation(const float* advantages, const int64_t* rows, int64_t n) {
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < n; ++i) sum += advantages[rows[i]];
        mean = sum / n;
        for (int64_t i = 0; i < n; ++i) squares += std::pow(advantages[rows[i]] - mean, 2);
        scale = 1 / (std::sqrt(squares / (n - 1)) + 1e-8);
    }
    Normalisation() = default;

    float operator()(float advantage) const { return float((advantage - mean) * scale); }
};

// Writes the groups' norms and the factors of their gradients.
void clip_gradients(const Group* groups, int n_groups, const Adam& adam, float* norms,
                    float* factors) {
    double squares = 0;
    for (int g = 0; g < n_groups; ++g) {
        double own = 0;
        for (int64_t i = 0; i < groups[g].size; ++i)
            own += double(groups[g].gradient[i]) * groups[g].gradient[i];
        norms[g] = float(std::sqrt(own));
        squares += own;
    }
    for (int g = 0; g < n_groups; ++g) {
        double norm = adam.joint_norm ? std::sqrt(squares) : norms[g];
        double limit = groups[adam.joint_norm ? 0 : g].max_norm;
        factors[g] = norm > limit ? float(limit / (norm + adam.norm_epsilon)) : 1.0f;
    }
}

// Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
void take_step(const Group& group, const Adam& adam, float factor) {
    double count = *group.step_count += 1;
    float rate = float(group.rate / (1 - std::pow(adam.beta_1, count)));
    float correction = float(1 / std::sqrt(1 - std::pow(adam.beta_2, count)));
    float beta_2 = float(adam.beta_2), epsilon = float(adam.epsilon);
    float share_1 = float(1 - adam.beta_1), share_2 = float(1 - adam.beta_2);
    for (int64_t i = 0; i < group.size; ++i) {
        float gradient = group.gradient[i] * factor;
        group.mean[i] += share_1 * (gradient - group.mean[i]);
        group.mean_square[i] = beta_2 * group.mean_square[i] + share_2 * gradient * gradient;
        float root = std::sqrt(group.mean_square[i]) * correction + epsilon;
        group.parameters[i] -= rate * group.mean[i] / root;
    }
}

}  // namespace

struct Learner {
    Network actor, critic;
    Matrix in = Matrix(size_t(TILE) * actor.layers[0].in_width);
    Matrix log_probs = Matrix(actor.layers.back().outputs);

    // Copies an observation into the tile.
    void read(const float* obs, int row) {
        const Layer& first = actor.layers[0];
        std::copy_n(obs, first.inputs, &in[row * first.in_width]);
    }

    // Log-probabilities of all actions in a row of the tile; null if they are not numbers.
    const float* log_probs_of(int row) {
        const Layer& last = actor.layers.back();
        const float* logits = &last.out[row * last.out_width];
        return log_softmax(logits, last.outputs, log_probs.data()) ? log_probs.data() : nullptr;
    }

    // Forward and backward of up to TILE rows of a minibatch of 1 / `share` rows.
    void learn_from_tile(const Transitions& old, const int64_t* rows, int n,
                         const Normalisation& normalise, const LossSettings& settings, float share,
                         Sums& sums) {
        Layer &policy = actor.layers.back(), &value = critic.layers.back();
        int whole = whole_rows(n);
        for (int i = 0; i < n; ++i) read(old.obs + rows[i] * actor.layers[0].inputs, i);
        actor.forward(whole, in.data());
        critic.forward(whole, in.data());
        std::fill(policy.out_gradient.begin(), policy.out_gradient.end(), 0.0f);
        std::fill(value.out_gradient.begin(), value.out_gradient.end(), 0.0f);
        for (int i = 0; i < n; ++i) {
            int64_t row = rows[i];
            Transition one{old.actions[row], old.log_probs[row], normalise(old.advantages[row]),
                           old.returns[row], old.values[row]};
            log_probs_of(i);  // a NaN reaches the loss, and stops the step
            policy_loss(log_probs.data(), policy.outputs, one, settings, share,
                        &policy.out_gradient[i * policy.out_width], sums);
            int first = i * value.out_width;
            value.out_gradient[first] = value_loss(value.out[first], one, settings, share, sums);
        }
        actor.backward(whole, in.data());
        critic.backward(whole, in.data());
    }
};

extern "C" {

// Returns null if there is not enough memory.
Learner* make_learner(const NetworkSpec* actor, const NetworkSpec* critic) {
    try {
        return new Learner{Network(*actor), Network(*critic)};
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void free_learner(Learner* learner) { delete learner; }

// Takes in the actor's parameters, for `act`.
void read_parameters(Learner* learner) { learner->actor.read_parameters(); }

// Draws n actions, each the largest of probability over `exponentials` (n, n_actions), which are
// exponentially distributed. Returns 0, or 1 if a probability is not a number.
int32_t act(Learner* learner, const float* obs, int64_t n, const float* exponentials,
            int64_t* actions, float* log_probs) {
    Network& actor = learner->actor;
    int inputs = actor.layers[0].inputs, n_actions = actor.layers.back().outputs;
    for (int64_t start = 0; start < n; start += TILE) {
        int rows = int(std::min<int64_t>(TILE, n - start));
        for (int i = 0; i < rows; ++i) learner->read(obs + (start + i) * inputs, i);
        actor.forward(whole_rows(rows), learner->in.data());
        for (int i = 0; i < rows; ++i) {
            const float *all = learner->log_probs_of(i), *waits = exponentials;
            if (all == nullptr) return 1;
            auto drawn = [&](int j) { return std::exp(all[j]) / waits[j]; };
            int best = 0;
            for (int j = 1; j < n_actions; ++j)
                if (drawn(j) > drawn(best)) best = j;
            actions[start + i] = best;
            log_probs[start + i] = all[best];
            exponentials += n_actions;
        }
    }
    return 0;
}

// Takes a gradient step on n rows of the transitions, unless loss or gradient is not finite.
// Writes the metrics (5), the loss and the groups' norms (1 + n_groups), and the factors of their
// gradients (n_groups).
void take_gradient_step(Learner* learner, const Transitions* old, const int64_t* rows, int64_t n,
                        const LossSettings* settings, const Group* groups, int32_t n_groups,
                        const Adam* adam, float* out) {
    Network* networks[] = {&learner->actor, &learner->critic};
    for (Network* network : networks) network->read_parameters(), network->clear_gradients();
    Normalisation normalise;
    if (settings->normalize) normalise = Normalisation(old->advantages, rows, n);
    Sums sums;
    for (int64_t i = 0; i < n; i += TILE)
        learner->learn_from_tile(*old, rows + i, int(std::min<int64_t>(TILE, n - i)), normalise,
                                 *settings, 1.0f / n, sums);
    for (Network* network : networks) network->write_gradients();
    double loss = sums.policy_loss + settings->value_weight * sums.value_loss -
                  settings->entropy_weight * sums.entropy;
    double all[] = {sums.policy_loss, sums.value_loss, sums.entropy, sums.kl, sums.clipped, loss};
    float* norms =
        std::transform(std::begin(all), std::end(all), out, [n](double sum) { return sum / n; });
    float* factors = norms + n_groups;
    clip_gradients(groups, n_groups, *adam, norms, factors);
    if (!std::all_of(norms - 1, norms + n_groups, [](float x) { return std::isfinite(x); })) return;
    for (int g = 0; g < n_groups; ++g) take_step(groups[g], *adam, factors[g]);
}
}
