// Weights of agents.json: arrays in Base64.

/** An array of float32; whole numbers of 8 bits are multiplied by the scales of their equal blocks. */
export function decode({shape, data, scale}) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    if (!scale) {
        return {shape, values: new Float32Array(bytes.buffer)};
    }
    const scales = decode(scale).values;
    const block = bytes.length / scales.length;
    const scaled = (whole, i) => whole * scales[Math.floor(i / block)];
    return {shape, values: Float32Array.from(new Int8Array(bytes.buffer), scaled)};
}

/** A layer with its arrays. */
export function layer({weight, bias}) {
    return {weight: decode(weight), bias: decode(bias)};
}

export function softmax(logits) {
    const largest = Math.max(...logits);
    const powers = Array.from(logits, (x) => Math.exp(x - largest));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((x) => x / total);
}
