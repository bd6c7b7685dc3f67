// Runs wasm.cpp's flights: node flights.mjs FILE.wasm STEPS
import {readFileSync} from "node:fs";

const [file, steps] = process.argv.slice(2);
const {exports} = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));

function text(address) {
    const bytes = new Uint8Array(exports.memory.buffer, address);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

for (let i = 0; i < exports.flight_count(); ++i) {
    const hash = BigInt.asUintN(64, exports.fly(i, Number(steps)));
    console.log(`${text(exports.flight_name(i))}: ${hash.toString(16).padStart(16, "0")}`);
}
