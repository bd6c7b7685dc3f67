// The engine as WebAssembly: two players' landers, with the bytes of the Python package.

export const NUM_OBSERVATIONS = 8;
export const FRAME = {width: 600, height: 400};
export const PICTURE_SIZE = 84;
export const OUTCOMES = ["running", "landed", "crashed", "out of bounds", "timeout"];

const LARGEST_SEED = 2 ** 32 - 1;

export class Engine {
    /** @param {BufferSource} bytes of lander.wasm */
    static async load(bytes) {
        const {instance} = await WebAssembly.instantiate(bytes);
        instance.exports.initialise();
        return new Engine(instance.exports);
    }

    constructor(exports) {
        this.exports = exports;
    }

    /** Starts a player's episode as reset(seed=seed) does; returns the observation. */
    start(player, seed, {gravity = -10, wind = false, windPower = 15, turbulence = 1.5} = {}) {
        if (!Number.isInteger(seed) || seed < 0 || seed > LARGEST_SEED) {
            throw new RangeError(`seed must be a whole number from 0 to ${LARGEST_SEED}, got ${seed}`);
        }
        this.exports.start(player, seed, gravity, wind, windPower, turbulence);
        return this.observation(player);
    }

    /** Takes a discrete action for one step. */
    step(player, action) {
        this.exports.step(player, action);
        const outcome = this.exports.outcome(player);
        return {
            obs: this.observation(player),
            reward: this.exports.reward(player),
            outcome,
            ended: outcome !== 0,
        };
    }

    /** Eight floats: x, y, their velocities, angle, spin, contacts of the legs. */
    observation(player) {
        return new Float32Array(this.#view(Float32Array, this.exports.observation(player), NUM_OBSERVATIONS));
    }

    /** The frame that render() returns, with an opacity: 400 x 600 x 4 bytes. */
    frame(player) {
        const bytes = 4 * FRAME.width * FRAME.height;
        return this.#view(Uint8ClampedArray, this.exports.draw_frame(player), bytes);
    }

    /** A frame of PixelLander: 84 x 84 grey levels. */
    picture(player) {
        const bytes = PICTURE_SIZE * PICTURE_SIZE;
        return new Uint8Array(this.#view(Uint8Array, this.exports.draw_picture(player), bytes));
    }

    #view(Kind, address, count) {
        return new Kind(this.exports.memory.buffer, address, count);
    }
}
