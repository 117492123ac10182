// The offline page in a real browser, from file:// with the network off: what people give it and what it answers, in several languages,
// with axe-core finding nothing wrong. node browser.mjs PAGE SAMPLES MODULES CHROMIUM [SCREENSHOTS]
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pageFile, samples, modules, executablePath, pictures] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const read = (name) => readFileSync(join(samples, name), "utf8");
if (pictures) mkdirSync(pictures, { recursive: true });

const profile = mkdtempSync(join(tmpdir(), "countersign-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  bypassCSP: false,
  locale: "en-GB",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
browser.setDefaultTimeout(60000);
const asked = [];
const complaints = [];
const page = await browser.newPage();
page.on("request", (it) => asked.push(it.url()));
page.on("console", (it) => { if (it.type() === "error" || it.type() === "warning") complaints.push(it.text()); });
page.on("pageerror", (it) => complaints.push(String(it)));
await browser.setOffline(true);

let passed = 0;
async function test(name, steps) {
  await page.goto(pathToFileURL(resolve(pageFile)).href);
  await page.selectOption("#language", "en");
  try {
    await steps();
  } catch (error) {
    if (pictures) await page.screenshot({ path: join(pictures, "failed.png"), fullPage: true });
    throw new Error(`${name}: ${error.message}`);
  }
  passed += 1;
  console.log(`ok ${name}`);
}
async function trust(name) {
  const details = page.locator("#whom");
  if (!(await details.evaluate((it) => it.open))) await details.locator("summary").click();
  await page.fill("#trust", read(name));
}
async function later(text) {
  await page.locator("details").first().locator("summary").click();
  await page.fill("#later", text);
}
async function check(bundle) {
  if (bundle !== undefined) await page.fill("#bundle", bundle);
  await page.click("button[type=submit]");
}
async function says(...wanted) {
  await page.locator("#result .card").waitFor();
  const text = await page.locator("#result").innerText();
  for (const it of wanted) assert.ok(text.includes(it), `"${it}" is not in:\n${text}`);
}
const colour = async () => (await page.locator("#result .card").getAttribute("class")).split(" ")[1];
async function accessible(name) {
  // The page allows no script but its own; axe is run by the browser's own means and asks for nothing.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const violations = found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" | ")}`);
  assert.deepEqual(violations, [], name);
}
async function picture(name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

await test("a retirement is valid, and says what it is", async () => {
  await trust("trust.txt");
  await check(read("retired.tlog-proof"));
  await says("Valid", "Units retired for ever", "250 t CO₂e", "GH-1-250", "Switzerland (CH)", "towards an NDC", "registry.example.gov.gh/ledger", "w1.example", "w2.example");
  assert.equal(await colour(), "good");
  // What a record says is text, never markup.
  await says("Used by <b>Switzerland</b> & others");
  assert.equal(await page.locator("#result b").count(), 0);
  await accessible("valid");
  await picture("valid-en");
});
await test("the same in the other languages, Arabic from the right", async () => {
  await trust("trust.txt");
  await check(read("retired.tlog-proof"));
  const words = { fr: "Unités retirées pour toujours", es: "Unidades retiradas para siempre", pt: "Unidades retiradas para sempre", ar: "سحب وحدات نهائيا" };
  for (const [language, text] of Object.entries(words)) {
    await page.selectOption("#language", language);
    await says(text);
    assert.equal(await page.evaluate(() => document.documentElement.dir), language === "ar" ? "rtl" : "ltr");
    await accessible(language);
    await picture(`valid-${language}`);
  }
});
await test("every text stands in every language", async () => {
  const missing = await page.evaluate(() => {
    const texts = JSON.parse(document.getElementById("countersign-texts").textContent);
    return Object.entries(texts).flatMap(([key, it]) => ["en", "fr", "es", "pt", "ar"].filter((l) => !it[l]).map((l) => `${key}.${l}`));
  });
  assert.deepEqual(missing, []);
});
await test("an issuance is genuine, and nobody knows offline whether it is still so", async () => {
  await trust("trust.txt");
  await check(read("issued.tlog-proof"));
  await says("Genuine; freshness unknown", "1,000 t CO₂e");
  assert.equal(await colour(), "warn");
  await page.selectOption("#language", "fr");
  await says("Authentique ; actualité inconnue");
});
await test("a later proof shows that the units have moved on", async () => {
  await trust("trust.txt");
  await later(read("retired.tlog-proof") + read("moved.tlog-proof"));
  await check(read("issued.tlog-proof"));
  await says("Valid, but later moved as of entry 1");
  await page.selectOption("#language", "es");
  await says("Válida, pero movidas después según la entrada 1");
  await accessible("moved");
  await picture("moved-es");
});
await test("the registry's answer counts as an answer", async () => {
  await trust("trust.txt");
  await later(read("answer.json"));
  await check(read("issued.tlog-proof"));
  await says("Valid", "that answer is not signed");
});
await test("an altered proof is told in words and colour", async () => {
  await trust("trust.txt");
  await check(read("altered.tlog-proof"));
  await says("Altered, or no proof", "the leaf is not in the log");
  assert.equal(await colour(), "bad");
  await page.selectOption("#language", "ar");
  await says("محرف، أو ليس إثباتا");
  await accessible("altered");
  await picture("altered-ar");
});
await test("an unknown issuer is told", async () => {
  await trust("trust.txt");
  await check(read("unknown.tlog-proof"));
  await says("Unknown issuer");
  await page.selectOption("#language", "pt");
  await says("Emissor desconhecido");
});
await test("too few witnesses are told", async () => {
  await trust("strict.txt");
  await check(read("retired.tlog-proof"));
  await says("Signed, but not witnessed enough", "only 2 of the 3");
});
await test("nobody is trusted until it is said whom", async () => {
  await check(read("retired.tlog-proof"));
  await says("First say whom you trust");
  await accessible("no trust");
});
await test("a trust file with a mistake is told, with its line", async () => {
  await page.locator("#whom summary").click();
  await page.fill("#trust", "log nobody\nquorum none");
  await check(read("retired.tlog-proof"));
  await says("The trust file cannot be used", "policy line 1");
});
await test("what a code on a letter holds is no proof, and is not fetched", async () => {
  await check("https://registry.example.gov.gh/api/v1/ledger/proof?index=2");
  await says("This is only the address of a proof.", "?index=2");
  assert.equal(await page.locator("#result a").count(), 0);
});
await test("line ends of another system and blank lines around do no harm", async () => {
  await trust("trust.txt");
  await check("\n\n" + read("retired.tlog-proof").replaceAll("\n", "\r\n") + "\r\n");
  await says("Valid");
});
await test("a letter in PDF verifies by the proof that it carries", async () => {
  await trust("trust.txt");
  await page.setInputFiles("#file", join(samples, "letter.pdf"));
  await says("Genuine; freshness unknown", "not one byte differs", "authorisation (en)");
  await page.selectOption("#language", "fr");
  await says("pas un octet ne diffère");
  await accessible("letter");
  await picture("letter-fr");
});
await test("a certificate verifies by the proof that it carries and the signature of its pages", async () => {
  await trust("trust.txt");
  await page.setInputFiles("#file", join(samples, "certificate.pdf"));
  await says("Valid", "signed these pages");
});
await test("a letter that was changed, one with another's proof and one without any are refused", async () => {
  for (const name of ["changed-letter.pdf", "other-letter.pdf", "bare-letter.pdf", "changed-certificate.pdf"]) {
    await page.reload();
    await trust("trust.txt");
    await page.setInputFiles("#file", join(samples, name));
    await says("Altered, or no proof");
  }
});
await test("a file is dropped on the page", async () => {
  await trust("trust.txt");
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "retired.tlog-proof"));
    return transfer;
  }, read("retired.tlog-proof"));
  await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
  await says("Valid");
});
await test("the keyboard is enough, and the answer is announced", async () => {
  await trust("trust.txt");
  await page.focus("#bundle");
  await page.keyboard.insertText(read("retired.tlog-proof"));
  for (let steps = 0; steps < 20 && !(await page.evaluate(() => document.activeElement.type === "submit")); steps += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await says("Valid");
  assert.equal(await page.getAttribute("#result", "role"), "status");
});
await test("a policy that the country put in is used at once", async () => {
  const own = join(samples, "own.html");
  const mark = '<script type="text/plain" id="countersign-trust">';
  writeFileSync(own, readFileSync(pageFile, "utf8").replace(mark, mark + read("trust.txt")));
  await page.goto(pathToFileURL(resolve(own)).href);
  await page.selectOption("#language", "en");
  await check(read("retired.tlog-proof"));
  await says("Valid");
});
await test("a phone shows all of it without scrolling sideways", async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  await trust("trust.txt");
  await check(read("retired.tlog-proof"));
  await says("Valid");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${wide} pixels too wide`);
  await picture("phone-en");
});

await browser.close();
rmSync(profile, { recursive: true, force: true });
const foreign = asked.filter((it) => !it.startsWith("file://") && !it.startsWith("data:") && !it.startsWith("blob:"));
assert.deepEqual(foreign, [], "the page asked a network");
assert.deepEqual(complaints, [], "the browser complained");
console.log(`${passed} passed, 0 failed`);
