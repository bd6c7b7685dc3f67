// Flights of the demo's engine and agents: node fly.mjs FOLDER SEEDS...
//
// Prints a line of JSON a flight: the agent, the seed, the actions, the return, the sums of its terms,
// processor time of a decision, and a hash of all observations, rewards, frames and small pictures.
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const [folder, ...seeds] = process.argv.slice(2);
const module = (name) => import(pathToFileURL(`${folder}/${name}.mjs`));
const [{Engine}, {PictureStack}, {Policy}, {RewardTerms}] = await Promise.all(
    ["engine", "pictures", "policy", "reward"].map(module));

const engine = await Engine.load(readFileSync(`${folder}/lander.wasm`));
const agents = JSON.parse(readFileSync(`${folder}/agents.json`));

function fly(agent, seed, wind) {
    const policy = new Policy(agent);
    const hash = createHash("sha256");
    const actions = [];
    let [action, decisions, microseconds] = [0, 0, 0];
    let obs = engine.start(0, seed, {wind});
    hash.update(obs);
    const terms = new RewardTerms(obs);
    const seen = new PictureStack(engine, 0);
    for (let ended = false; !ended; ) {
        if (actions.length % policy.frameSkip === 0) {
            const before = process.cpuUsage();
            ({action} = policy.act({obs, pictures: seen.pictures}));
            const {user, system} = process.cpuUsage(before);
            decisions += 1;
            microseconds += user + system;
        }
        const result = engine.step(0, action);
        terms.add(action, result);
        actions.push(action);
        seen.add(actions.length, result.ended);
        hash.update(result.obs).update(new Float64Array([result.reward])).update(engine.picture(0));
        if (actions.length % 50 === 1) {
            hash.update(engine.frame(0).filter((_, i) => i % 4 !== 3));
        }
        ({obs, ended} = result);
    }
    const sums = Object.values(terms.sums).reduce((a, b) => a + b);
    const decision_ms = microseconds / decisions / 1000;
    return {name: agent.name, seed, wind, actions, decision_ms, total: terms.total, sums, hash: hash.digest("hex")};
}

for (const agent of agents) {
    for (const seed of seeds.map(Number)) {
        for (const wind of [false, true]) {
            console.log(JSON.stringify(fly(agent, seed, wind)));
        }
    }
}
