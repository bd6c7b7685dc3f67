// Attention CNN of an agent that sees pixels: baselines/networks/attention_cnn.py.
//
// Maps are {side, channels, values}, the channels of a place side by side.

import {decode, layer, softmax} from "./weights.mjs";

const EPSILON = 1e-5; // of PyTorch's LayerNorm

/** A convolution, whose weights (filters, channels, rows, columns) are put in the order of its loops. */
function convolution(description) {
    const {weight, bias} = layer(description);
    const [filters, channels, size] = weight.shape;
    const taps = new Float32Array(weight.values.length);
    weight.values.forEach((value, i) => {
        const place = i % (size * size);
        const channel = Math.floor(i / (size * size)) % channels;
        const filter = Math.floor(i / (size * size * channels));
        taps[(place * channels + channel) * filters + filter] = value;
    });
    return {taps, bias: bias.values, filters, size, stride: description.stride};
}

/** Pictures as maps with a channel each. */
function stacked(pictures) {
    const channels = pictures.length;
    const values = new Float32Array(channels * pictures[0].length);
    pictures.forEach((picture, channel) =>
        picture.forEach((level, place) => (values[place * channels + channel] = level)));
    return {side: Math.sqrt(pictures[0].length), channels, values};
}

/** Adds the products of a row of a kernel, whose values lie side by side. */
function addRow(sums, values, first, taps, tap, count) {
    const filters = sums.length;
    for (let i = 0; i < count; ++i) {
        const value = values[first + i];
        if (value !== 0) { // half of the pixels are sky, half of the activations are 0
            const at = (tap + i) * filters;
            for (let filter = 0; filter < filters; ++filter) {
                sums[filter] += value * taps[at + filter];
            }
        }
    }
}

/** Convolution with a rectifier. */
function convolve({side, channels, values}, {taps, bias, filters, size, stride}) {
    const out = (side - size) / stride + 1;
    const result = new Float32Array(out * out * filters);
    const sums = new Float64Array(filters);
    for (let place = 0; place < out * out; ++place) {
        const [row, column] = [Math.floor(place / out) * stride, (place % out) * stride];
        sums.set(bias);
        for (let y = 0; y < size; ++y) {
            const first = ((row + y) * side + column) * channels;
            addRow(sums, values, first, taps, y * size * channels, size * channels);
        }
        result.set(sums.map((sum) => Math.max(sum, 0)), place * filters);
    }
    return {side: out, channels: filters, values: result};
}

/** Weighted means of rows (places, width), a mean for each head. */
function means(weights, rows, width) {
    return weights.flatMap((shares) => {
        const sums = new Float64Array(width);
        shares.forEach((share, place) => addRow(sums, [share], 0, rows, place, 1));
        return Array.from(sums);
    });
}

/** Each head's weights of all places, and with them the means of the maps and of the coordinates. */
function attend({channels, values}, queries, coordinates) {
    const places = values.length / channels;
    const [heads] = queries.shape;
    const weights = Array.from({length: heads}, (_, head) => {
        const scores = new Float32Array(places);
        for (let place = 0; place < places; ++place) {
            for (let c = 0; c < channels; ++c) {
                scores[place] += values[place * channels + c] * queries.values[head * channels + c];
            }
        }
        return softmax(scores);
    });
    return [...means(weights, values, channels), ...means(weights, coordinates.values, 2)];
}

function normalise(features, {weight, bias}) {
    const mean = features.reduce((a, b) => a + b) / features.length;
    const variance = features.reduce((sum, x) => sum + (x - mean) ** 2, 0) / features.length;
    const factor = 1 / Math.sqrt(variance + EPSILON);
    return Float32Array.from(features, (x, i) => (x - mean) * factor * weight.values[i] + bias.values[i]);
}

export class Encoder {
    /** @param description the encoder of an agent of agents.json */
    constructor({first, second, queries, coordinates, norm}) {
        this.convolutions = [first, second].map(convolution);
        [this.queries, this.coordinates] = [queries, coordinates].map(decode);
        this.norm = layer(norm);
    }

    /** Features of pictures, the newest last. */
    encode(pictures) {
        const maps = this.convolutions.reduce(convolve, stacked(pictures));
        return normalise(attend(maps, this.queries, this.coordinates), this.norm);
    }
}
