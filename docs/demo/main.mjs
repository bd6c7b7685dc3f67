// The page: settings, clock, keys, and who won.

import {bars} from "./bars.mjs";
import {Engine} from "./engine.mjs";
import {Player} from "./player.mjs";
import {Policy} from "./policy.mjs";

const STEP_MS = 1000 / 50; // LunarLander has 50 steps a second
const LATE_MS = 250; // a page that was hidden does not catch up
const KEYS = {
    ArrowLeft: 1, a: 1, A: 1, ArrowUp: 2, w: 2, W: 2, ArrowRight: 3, d: 3, D: 3,
};
const ACTIONS = ["nothing", "left engine", "main engine", "right engine"];

const element = (id) => document.getElementById(id);
const pressed = new Set();

async function load(name) {
    const response = await fetch(name);
    if (!response.ok) {
        throw new Error(`${name} cannot be loaded: ${response.status} ${response.statusText}`);
    }
    return response;
}

/** The main engine goes before the side engines, of which only one fires. */
function humanAction() {
    return [2, 1, 3].find((action) => pressed.has(action)) ?? 0;
}

/** Bars of probabilities, or of Q-values by how much better or worse than their mean they are. */
function shares(scores, kind) {
    if (kind === "probabilities") {
        return scores;
    }
    const mean = scores.reduce((a, b) => a + b) / scores.length;
    const largest = Math.max(...scores.map((score) => Math.abs(score - mean)));
    return scores.map((score) => (score - mean) / largest);
}

class Game {
    constructor(engine, agents) {
        this.agents = agents;
        const sections = document.querySelectorAll(".player");
        [this.human, this.agent] = Array.from(sections, (section, i) => new Player(engine, i, section));
        this.actionTable = sections[1].querySelector(".actions");
        this.running = false;
        this.offerAgents();
    }

    /** The agents of the chosen environment; from pixels, also those that fly it by its state. */
    offerAgents() {
        const variant = element("variant").value;
        const wanted = variant === "pixels" ? ["pixels", "state"] : [variant];
        const note = (agent) => (agent.variant === variant ? "" : " (sees the state)");
        const options = wanted.flatMap((seen) => this.agents.filter((agent) => agent.variant === seen));
        element("agent").replaceChildren(
            ...options.map((agent) => new Option(agent.label + note(agent), agent.name)));
    }

    start() {
        const seed = element("seed").valueAsNumber;
        const variant = element("variant").value;
        const chosen = this.agents.find((agent) => agent.name === element("agent").value);
        this.policy = new Policy(chosen);
        this.actionTable.replaceChildren();
        const signed = chosen.kind === "q_values";
        const title = signed ? "Q-value of each action; bars: against their mean" : "Probability of each action";
        this.actionBars = bars(this.actionTable, title, ACTIONS, {signed});
        for (const player of [this.human, this.agent]) {
            player.start(seed, element("wind").checked, variant);
        }
        this.running = true;
        this.before = performance.now();
        this.owed = 0;
        element("pause").disabled = false;
        element("pause").textContent = "Pause";
        this.say("Both fly. Land between the flags.");
        requestAnimationFrame((now) => this.tick(now));
    }

    pause() {
        this.running = !this.running;
        element("pause").textContent = this.running ? "Pause" : "Go on";
        this.before = performance.now();
        requestAnimationFrame((now) => this.tick(now));
    }

    tick(now) {
        if (!this.running) {
            return;
        }
        this.owed += Math.min(now - this.before, LATE_MS);
        this.before = now;
        for (; this.owed >= STEP_MS && this.running; this.owed -= STEP_MS) {
            this.step();
        }
        this.human.show();
        this.agent.show();
        if (this.running) {
            requestAnimationFrame((later) => this.tick(later));
        }
    }

    step() {
        if (!this.human.ended) {
            this.human.step(humanAction());
        }
        if (!this.agent.ended) {
            if (this.agent.steps % this.policy.frameSkip === 0) {
                this.decide();
            }
            this.agent.step(this.action);
        }
        if (this.human.ended && this.agent.ended) {
            this.running = false;
            element("pause").disabled = true;
            this.judge();
        } else if (this.human.ended || this.agent.ended) {
            this.say(this.human.ended
                ? "Your flight is over. The agent still flies."
                : "The agent's flight is over. You still fly. Land between the flags.");
        }
    }

    /** Changes the line under the settings; screen readers read it at each change. */
    say(text) {
        if (element("verdict").textContent !== text) {
            element("verdict").textContent = text;
        }
    }

    decide() {
        const {action, scores} = this.policy.act(this.agent.observations);
        this.actionBars.show(scores, shares(scores, this.policy.description.kind));
        this.actionBars.mark("chosen", (i) => i === action);
        this.action = action;
    }

    judge() {
        const [yours, its] = [this.human, this.agent].map((player) => player.terms.total);
        const winner = yours > its ? "You won" : "The agent won";
        this.say(`${winner}: ${yours.toFixed(1)} against ${its.toFixed(1)}.`);
    }
}

/** On a phone the numbers would push the agent off the screen. */
function openNumbers() {
    for (const details of document.querySelectorAll("details")) {
        details.open = window.matchMedia("(min-width: 40rem)").matches;
    }
}

function listen(game) {
    element("variant").addEventListener("change", () => game.offerAgents());
    element("settings").addEventListener("submit", (event) => {
        event.preventDefault();
        element("start").blur();
        game.start();
    });
    element("pause").addEventListener("click", () => game.pause());
    for (const button of document.querySelectorAll("[data-action]")) {
        const action = Number(button.dataset.action);
        const press = (down) => (event) => {
            event.preventDefault();
            button.classList.toggle("pressed", down);
            down ? pressed.add(action) : pressed.delete(action);
        };
        button.addEventListener("pointerdown", press(true));
        for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
            button.addEventListener(name, press(false));
        }
    }
    document.addEventListener("keydown", (event) => {
        if (event.target.matches("input, select")) {
            return;
        }
        if (event.key === " " && !event.repeat) {
            event.preventDefault();
            element("settings").requestSubmit();
        } else if (event.key in KEYS) {
            event.preventDefault();
            pressed.add(KEYS[event.key]);
        }
    });
    document.addEventListener("keyup", (event) => pressed.delete(KEYS[event.key]));
    window.addEventListener("blur", () => pressed.clear());
}

try {
    const [wasm, agents] = await Promise.all([load("lander.wasm"), load("agents.json")]);
    const game = new Game(await Engine.load(await wasm.arrayBuffer()), await agents.json());
    listen(game);
    openNumbers();
    element("verdict").textContent = "Press Start, or the space bar.";
} catch (error) {
    element("verdict").textContent = `The demo cannot start. ${error.message}`;
}
