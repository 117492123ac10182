// The tour in pictures shows today's pages: each picture has, in pictures.json, what its page was made of when it was taken.
// With REMAKE in the environment the pictures are taken anew (tests/pages --tour).
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser } from "./registry.mjs";
import { skeleton, stops } from "./tour.mjs";
import { signIn } from "./work.mjs";

const FOLDER = process.env.TOUR ?? "docs/tour";
const REMAKE = Boolean(process.env.REMAKE);
const PNG = Buffer.from("89504e470d0a1a0a", "hex");

let opened;
let known = {};
let guide = "";
const sessions = {};
before(async () => {
  opened = await browser();
  guide = await readFile(join(FOLDER, "README.md"), "utf8");
  if (!REMAKE) known = JSON.parse(await readFile(join(FOLDER, "pictures.json"), "utf8"));
  for (const who of new Set(stops().map((it) => it.who).filter(Boolean))) {
    const window = await opened.window();
    await signIn(window, who);
    sessions[who] = await window.session();
    await window.close();
  }
});
after(async () => {
  await opened.close();
  if (REMAKE) await writeFile(join(FOLDER, "pictures.json"), `${JSON.stringify(known, null, 1)}\n`);
});

for (const stop of stops()) {
  test(`the tour shows today's page: ${stop.name}`, async () => {
    const { name, path, who, size, language, height } = stop;
    const window = await opened.window({ size, language, session: who && sessions[who] });
    await window.go(path);
    const parts = await skeleton(window.page);
    const file = join(FOLDER, `${name}.png`);
    if (REMAKE) {
      const whole = await window.page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width: size.width, height: Math.min(whole, height) };
      await writeFile(file, await window.page.screenshot({ fullPage: true, clip }));
      known[name] = parts;
    }
    await window.close();
    assert.deepEqual(window.troubles, []);
    assert.ok((await readFile(file)).subarray(0, 8).equals(PNG), `${file} is no picture`);
    assert.ok(guide.includes(`](${name}.png)`), `the tour does not show ${name}.png`);
    assert.deepEqual(parts, known[name], "the page has changed since its picture was taken: run tests/pages --tour and look at it");
  });
}

test("the tour shows nothing that is no stop", () => {
  const shown = [...guide.matchAll(/\]\(([a-z-]+)\.png\)/g)].map((it) => it[1]);
  assert.deepEqual(shown.toSorted(), stops().map((it) => it.name).toSorted());
});
