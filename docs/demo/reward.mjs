// The terms of LunarLander-v3's reward, summed over an episode.

const WEIGHTS = {distance: 100, speed: 100, tilt: 100, legs: 10}; // of the shaping potential
const FUEL = {2: 0.3, 1: 0.03, 3: 0.03}; // cost of a step of the main engine, and of a side engine

/** The four parts of the shaping potential of an observation. */
export function potential([x, y, vx, vy, angle, , left, right]) {
    return {
        distance: -WEIGHTS.distance * Math.hypot(x, y),
        speed: -WEIGHTS.speed * Math.hypot(vx, vy),
        tilt: -WEIGHTS.tilt * Math.abs(angle),
        legs: WEIGHTS.legs * (left + right),
    };
}

export class RewardTerms {
    constructor(obs) {
        this.start = this.now = potential(obs);
        this.fuel = 0;
        this.end = 0;
        this.total = 0;
    }

    /** Adds a step. The last one's reward, of the landing or the crash, stands for all its terms. */
    add(action, {obs, reward, outcome}) {
        this.total += reward;
        if (outcome === 1 || outcome === 2 || outcome === 3) {
            this.end = reward;
            return;
        }
        this.now = potential(obs);
        this.fuel -= FUEL[action] ?? 0;
    }

    /** Sums by name; together they are the return. */
    get sums() {
        const gained = Object.keys(WEIGHTS).map((name) => [name, this.now[name] - this.start[name]]);
        return {...Object.fromEntries(gained), fuel: this.fuel, end: this.end};
    }
}
