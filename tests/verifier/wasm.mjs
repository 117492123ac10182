// Whether the verifier in the offline page agrees with the verdicts in a corpus, case by case and word by word:
// node wasm.mjs ../../verifier/page.html corpus.jsonl
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";

const [page, corpus] = process.argv.slice(2);
const packed = /<script type="text\/plain" id="countersign-wasm">([^<]*)<\/script>/.exec(readFileSync(page, "utf8"))[1];
const module = await WebAssembly.compile(gunzipSync(Buffer.from(packed, "base64")));
if (WebAssembly.Module.imports(module).length > 0) throw new Error("the verifier asks for something from outside");
const { exports: wasm } = await WebAssembly.instantiate(module);

function ask(...parts) {
  const frames = parts.map((it) => Buffer.from(it));
  const length = (it) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(it.length);
    return bytes;
  };
  const request = Buffer.concat(frames.flatMap((it) => [length(it), it]));
  const at = wasm.request(request.length);
  new Uint8Array(wasm.memory.buffer, at, request.length).set(request);
  const size = wasm.run();
  return JSON.parse(Buffer.from(wasm.memory.buffer, wasm.answer_at(), size).toString());
}

let policies = null;
let cases = 0;
let differing = 0;
for await (const line of createInterface({ input: createReadStream(corpus), crlfDelay: Infinity })) {
  const it = JSON.parse(line);
  if (policies === null) {
    policies = it.policies;
    continue;
  }
  const bytes = (text) => Buffer.from(text, "base64");
  const policy = typeof it.policy === "number" ? policies[it.policy] : it.policy;
  const ours = ask("judge", policy, bytes(it.bundle), ...it.later.map(bytes));
  cases += 1;
  if (!isDeepStrictEqual(ours, it.verdict)) {
    differing += 1;
    if (differing <= 10) console.error(`case ${cases}\n  here:  ${JSON.stringify(ours)}\n  there: ${JSON.stringify(it.verdict)}`);
  }
}
console.log(`${cases} cases, ${differing} differ`);
process.exit(cases > 0 && differing === 0 ? 0 : 1);
