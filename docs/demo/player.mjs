// A player's part of the page: frame, score, observation, reward terms, stack of small frames.

import {bars} from "./bars.mjs";
import {FRAME, OUTCOMES, PICTURE_SIZE} from "./engine.mjs";
import {PictureStack} from "./pictures.mjs";
import {RewardTerms} from "./reward.mjs";

const OBSERVATIONS = ["x", "y", "velocity x", "velocity y", "angle", "spin", "right leg", "left leg"];
const SCALES = [1, 1.5, 1, 1, 1, 1, 1, 1]; // numbers whose bars are full
export const VELOCITIES = [2, 3, 5];
const TERMS = {distance: "distance", speed: "speed", tilt: "tilt", legs: "legs", fuel: "fuel", end: "landing, crash"};
const FULL_TERM = 150; // points whose bar is full

export class Player {
    constructor(engine, index, section) {
        this.engine = engine;
        this.index = index;
        this.screen = section.querySelector(".screen").getContext("2d");
        this.stack = section.querySelector(".stack").getContext("2d");
        this.score = section.querySelector(".score");
        this.observation = bars(section.querySelector(".observation"), "Observation", OBSERVATIONS);
        this.reward = bars(section.querySelector(".reward"), "Return by term", Object.values(TERMS), {digits: 0});
    }

    /** Starts an episode; `variant` is what the agent of this environment observes. */
    start(seed, wind, variant) {
        this.variant = variant;
        this.obs = this.engine.start(this.index, seed, {wind});
        this.terms = new RewardTerms(this.obs);
        this.steps = 0;
        this.outcome = 0;
        this.stack.canvas.hidden = variant !== "pixels";
        this.observation.name(variant === "pixels" ? "State, not observed" : "Observation");
        this.observation.mark("masked", (i) => variant === "masked" && VELOCITIES.includes(i));
        this.seen = new PictureStack(this.engine, this.index);
        this.show();
    }

    get ended() {
        return this.outcome !== 0;
    }

    step(action) {
        const result = this.engine.step(this.index, action);
        this.obs = result.obs;
        this.outcome = result.outcome;
        this.steps += 1;
        this.terms.add(action, result);
        if (this.variant === "pixels") {
            this.seen.add(this.steps, this.ended);
        }
    }

    /** Observations of the state, and of PixelLander. */
    get observations() {
        return {obs: this.obs, pictures: this.seen.pictures};
    }

    show() {
        const image = new ImageData(this.engine.frame(this.index), FRAME.width, FRAME.height);
        this.screen.putImageData(image, 0, 0);
        const masked = this.variant === "masked" ? VELOCITIES : [];
        const seen = Array.from(this.obs, (value, i) => (masked.includes(i) ? 0 : value));
        this.observation.show(seen, seen.map((value, i) => value / SCALES[i]));
        const {sums, total} = this.terms;
        const points = Object.keys(TERMS).map((name) => sums[name]);
        this.reward.show(points, points.map((value) => value / FULL_TERM));
        this.score.textContent =
            `Return ${total.toFixed(1)} · ${this.steps} steps` + (this.ended ? ` · ${OUTCOMES[this.outcome]}` : "");
        if (this.variant === "pixels") {
            this.seen.pictures.forEach((picture, i) => this.#paint(picture, i * (PICTURE_SIZE + 4)));
        }
    }

    #paint(picture, left) {
        const image = new ImageData(PICTURE_SIZE, PICTURE_SIZE);
        picture.forEach((level, i) => image.data.set([level, level, level, 255], 4 * i));
        this.stack.putImageData(image, left, 0);
    }
}
