// Trained agents: forward passes of small networks, from the weights in agents.json.

import {Encoder} from "./cnn.mjs";
import {FRAME_SKIP} from "./pictures.mjs";
import {layer, softmax} from "./weights.mjs";

function linear({weight, bias}, input) {
    const [rows, columns] = weight.shape;
    return Float32Array.from({length: rows}, (_, row) => {
        let sum = bias.values[row];
        for (let column = 0; column < columns; ++column) {
            sum += weight.values[row * columns + column] * input[column];
        }
        return sum;
    });
}

const ACTIVATIONS = {tanh: Math.tanh, relu: (x) => Math.max(x, 0), elu: (x) => (x > 0 ? x : Math.expm1(x))};
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

function mlp(layers, activation, input) {
    const act = ACTIVATIONS[activation];
    return layers.reduce((x, layer, i) => {
        const out = linear(layer, x);
        return i + 1 < layers.length ? out.map(act) : out;
    }, input);
}

/** One step of an LSTM with PyTorch's gates: input, forget, candidate, output. */
function lstm({input, hidden}, x, state) {
    const size = state.h.length;
    const fromInput = linear(input, x);
    const fromHidden = linear(hidden, state.h);
    const gate = (number, unit) => fromInput[number * size + unit] + fromHidden[number * size + unit];
    const c = state.c.map((value, u) => sigmoid(gate(1, u)) * value + sigmoid(gate(0, u)) * Math.tanh(gate(2, u)));
    const h = c.map((value, u) => sigmoid(gate(3, u)) * Math.tanh(value));
    return {h, c};
}

export class Policy {
    /** @param description an agent of agents.json */
    constructor(description) {
        this.description = description;
        this.layers = description.layers.map(layer);
        const {memory, encoder} = description;
        this.encoder = encoder && new Encoder(encoder);
        this.frameSkip = encoder ? FRAME_SKIP : 1; // steps of a decision
        this.memory = memory && {input: layer(memory.input), hidden: layer(memory.hidden)};
        this.reset();
    }

    /** Forgets the past: an episode begins. */
    reset() {
        if (this.memory) {
            const size = this.memory.hidden.weight.shape[1];
            this.state = {h: new Float32Array(size), c: new Float32Array(size)};
        }
    }

    /** The greedy action for the state or the pictures, as the agent sees, and each action's probability or Q-value. */
    act({obs, pictures}) {
        let features = this.encoder ? this.encoder.encode(pictures) : this.see(obs);
        if (this.memory) {
            this.state = lstm(this.memory, features, this.state);
            features = this.state.h;
        }
        const out = mlp(this.layers, this.description.activation, features);
        const action = out.indexOf(Math.max(...out));
        const scores = this.description.kind === "probabilities" ? softmax(out) : Array.from(out);
        return {action, scores};
    }

    /** What the agent sees of the state: all of it, or not the numbers that are masked. */
    see(obs) {
        return obs.map((value, i) => (this.description.masked.includes(i) ? 0 : value));
    }
}
