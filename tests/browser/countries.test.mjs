// Two countries of a federation, and people of both: units are sent from one to the other, and used there; the certificate is
// verified by the command, without a network. And a file of another registry, which tells of a use abroad.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { violations } from "./axe.mjs";
import { DESKTOP, PHONE, browser } from "./registry.mjs";
import { confirm, field, signIn } from "./work.mjs";

const COUNTRIES = JSON.parse(process.env.COUNTRIES ?? "null");
const TONNES = "25";

let opened;
let folder;
before(async () => {
  opened = await browser();
  folder = await mkdtemp(join(tmpdir(), "countries-"));
});
after(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});

/** A window of somebody of a country who has signed in. */
async function windowOf(country, email, language, options) {
  const window = await opened.window({ ...options, language, registry: country.url });
  await signIn(window, email, `/${language}/work`, country);
  return window;
}

/** Asks again until there is an answer. */
async function until(what, ask) {
  for (let tries = 0; tries < 120; tries++) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`it did not come about: ${what}`);
}

/** Opens a case of a flow at an address below the workspaces; gives its number, on the page of its first step. */
async function begin(page, title) {
  await page.locator("#title").fill(title);
  await page.locator("main form button").click();
  await page.waitForURL("**/steps/request*");
  return page.url().match(/cases\/(\d+)/)[1];
}

/** Officials agree to what a case asks for. */
async function approved(country, officials, number, language, options) {
  for (const email of officials) {
    const official = await windowOf(country, email, language, options);
    await official.go(`/${language}/work`);
    await official.page.locator(`a[href$="/work/cases/${number}/steps/approve"]`).click();
    await official.page.locator("#answer-yes").check();
    await confirm(official.page);
    await official.close();
    assert.deepEqual(official.troubles, []);
  }
}

async function verify(file) {
  const run = promisify(execFile)(process.env.PROGRAM, ["verify", file, "--trust", COUNTRIES.trust]);
  return run.then((it) => ({ code: 0, said: it.stdout + it.stderr }), (why) => ({ code: why.code, said: why.stdout + why.stderr }));
}

test("units cross from one country to another, are used there, and the certificate verifies offline", { timeout: 300_000 }, async () => {
  const { GH, CH } = COUNTRIES;
  // In Ghana, at a desk, in English: the holder asks for the transfer, two officials sign.
  const holder = await windowOf(GH, GH.developer, "en", { size: DESKTOP });
  await holder.go("/en/work/organisation");
  await holder.page.locator("a[href*='/work/apply/border-transfer?']").first().click();
  const sent = await begin(holder.page, "Stoves for a partner");
  await field(holder.page, "/country").fill("CH");
  await field(holder.page, "/agreement").fill("CH-GH");
  await field(holder.page, "/account").fill(String(CH.account));
  await holder.page.locator("#r-account").selectOption(String(GH.account));
  await holder.page.locator("#r-tonnes").fill(TONNES);
  await confirm(holder.page);
  await approved(GH, Object.keys(GH.keys).slice(0, 2), sent, "en", { size: DESKTOP });

  // Anybody sees it arrive, in both countries and without an account.
  for (const country of [GH, CH]) {
    const anybody = await opened.window({ registry: country.url });
    await until("the transfer is settled", async () => {
      await anybody.go("/en/transfers");
      const first = anybody.page.locator("table a").first();
      if (!(await first.count())) return false;
      await first.click();
      await anybody.page.waitForURL("**/en/transfers/*");
      return (await anybody.page.locator(".tag.good").first().count()) > 0;
    });
    assert.equal(await anybody.page.locator(".lane").count(), 2);
    assert.deepEqual(await violations(anybody.page), []);
    assert.match(await anybody.page.locator("main").textContent(), /25/);
    await anybody.close();
    assert.deepEqual(anybody.troubles, []);
  }
  await holder.close();

  // The ledger of the other country as this one keeps it: its entries, and one with its proof.
  const reader = await opened.window({ size: PHONE, language: "ar", registry: GH.url });
  await until("the other ledger is mirrored", async () => {
    await reader.go("/ar/federation");
    return reader.page.locator("a[href='/ar/federation/CH']").count();
  });
  await reader.page.locator("a[href='/ar/federation/CH']").click();
  await reader.page.waitForURL("**/ar/federation/CH");
  assert.deepEqual(await violations(reader.page), []);
  await reader.page.locator("table a[href*='/ar/federation/CH/']").last().click();
  await reader.page.waitForURL("**/ar/federation/CH/*");
  assert.equal(await reader.page.locator("#signatures").count(), 1);
  assert.deepEqual(await violations(reader.page), []);
  await reader.close();
  assert.deepEqual(reader.troubles, []);

  // In Switzerland, on a phone, in French, without scripts: the receiver uses them, an official agrees.
  const phone = { size: PHONE, javascript: false };
  const receiver = await windowOf(CH, CH.developer, "fr", phone);
  const { page } = receiver;
  await until("the units are in the list of the receiver", async () => {
    await receiver.go("/fr/work/organisation");
    return page.locator("a[href*='/work/apply/retirement?']").count();
  });
  await page.locator("a[href*='/work/apply/retirement?']").first().click();
  const used = await begin(page, "Le sommet de 2026");
  await field(page, "/purpose").selectOption("voluntary");
  await field(page, "/beneficiary").fill("Sommet 2026");
  await page.locator("#r-tonnes").fill(TONNES);
  await page.locator("#r-purpose").selectOption("voluntary");
  await page.locator("#r-public").check();
  await confirm(page);
  await approved(CH, Object.keys(CH.keys).slice(0, 1), used, "fr", phone);
  await receiver.go("/fr/work/organisation");
  await page.locator("a[href$='/certificate']").first().click();
  assert.match(await page.locator("article").textContent(), /Sommet 2026/);
  const leaf = page.url().match(/retirements\/(\d+)/)[1];
  const pdf = await until("witnesses have seen the retirement", async () => {
    const answer = await fetch(`${CH.url}/fr/retirements/${leaf}/certificate.pdf`);
    return answer.status === 200 && Buffer.from(await answer.arrayBuffer());
  });
  await receiver.close();
  assert.deepEqual(receiver.troubles, []);

  // Far away from both: the file alone.
  const file = join(folder, "certificate.pdf");
  await writeFile(file, pdf);
  const genuine = await verify(file);
  assert.equal(genuine.code, 0, genuine.said);
  assert.match(genuine.said, /GH-/);
  const changed = Buffer.from(pdf);
  changed[Math.floor(changed.length / 3)] ^= 1;
  await writeFile(file, changed);
  const forged = await verify(file);
  assert.equal(forged.code, 8, forged.said);
});

/** Sends units to Switzerland that are authorised for international mitigation: their use there is their first transfer (4/CMA.6
 * para 13). Gives them. */
async function abroadForAnAirline(tonnes) {
  const { GH, CH, secrets } = COUNTRIES;
  const [first, second] = secrets.officials;
  const ask = async (secret, path, body) => {
    const headers = { Authorization: `Bearer ${secret}`, "Idempotency-Key": randomUUID(), "Content-Type": "application/json" };
    const answer = await fetch(`${GH.url}/api/v1/${path}`, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
    const text = await answer.text();
    assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
  for (const [path, body] of [
    ["cooperative-approaches", { id: "CA0007", title: "Ghana and Switzerland", parties: ["GH", "CH"], definition: "use_or_cancellation" }],
    ["authorisations", {
      id: "GH-2026-001", approach: "CA0007", parties: ["CH"], date: "2024-01-01", uses: "imp", quantity: tonnes,
      framework: "The framework on international carbon markets", changes: "by agreement of both Parties",
      vintages: { first: 2021, last: 2030 }, document: "ab".repeat(32),
    }],
    ["unit-authorisations", { authorisation: "GH-2026-001", account: GH.account, units: { tonnes } }],
  ]) {
    const { proposal } = await ask(first, path, body);
    await ask(second, `proposals/${proposal}`, { approve: true });
  }
  const held = await ask(secrets.developer, "holdings?limit=100");
  const units = held.items.find((it) => it.authorisation).range;
  const to = { agreement: "CH-GH", account: CH.account };
  const { made } = await ask(secrets.developer, "cases", { flow: "border-transfer", title: "For an airline", scopes: [] });
  await ask(secrets.developer, `cases/${made.case}/acts`, {
    step: "request", form: { country: "CH", ...to, units: [units] },
    reserve: { account: GH.account, units: { ranges: [units] }, fate: { send: { to: "CH", ...to } } },
  });
  for (const official of [first, second]) await ask(official, `cases/${made.case}/acts`, { step: "approve" });
  await until("the units are abroad", async () => {
    const { items } = await ask(secrets.developer, "transfers");
    return items.some((it) => it.state === "FINAL" && it.units.some((one) => one.range === units));
  });
  return units;
}

test("a use abroad that another registry tells of is looked at, approved by a second official, and read by everybody", { timeout: 120_000 }, async () => {
  const { GH } = COUNTRIES;
  const [first, second] = Object.keys(GH.keys);
  const told = {
    registry: "VCS", reference: "N-1", event: "use", authorisation: "GH-2026-001", day: "2026-02-01", vintage: 2023,
    quantity: 30, units: await abroadForAnAirline(30), purpose: "international_mitigation", party: "CH",
  };
  const file = join(folder, "told.jsonl");
  await writeFile(file, `${JSON.stringify(told)}\nnothing\n`);
  const official = await windowOf(GH, first, "en", { size: DESKTOP });
  await official.go("/en/work/report");
  await official.page.locator("a[href='/en/work/report/notifications']").click();
  await official.page.locator("#file").setInputFiles(file);
  await official.page.locator("button[value=preview]").click();
  await official.page.locator("#outcome").waitFor();
  assert.match(await official.page.locator("#outcome").textContent(), /can be recorded: 1 · refused: 1/);
  assert.deepEqual(await violations(official.page), []);
  await official.page.locator("button[value=record]").click();
  const waiting = official.page.locator("a[href*='/en/work/proposals/']");
  await waiting.waitFor();
  assert.deepEqual(await violations(official.page), []);
  const proposal = await waiting.getAttribute("href");
  await official.close();
  assert.deepEqual(official.troubles, []);

  const other = await windowOf(GH, second, "en", { size: DESKTOP });
  await other.go(proposal);
  await other.page.locator(`form[action='${proposal}'] button[value=approve]`).click();
  await other.page.waitForURL("**/proposals?done=approved");
  await other.close();
  assert.deepEqual(other.troubles, []);

  const anybody = await opened.window({ size: PHONE, language: "fr", registry: GH.url });
  await until("the list has the notice", async () => {
    await anybody.go("/fr/notices");
    return anybody.page.locator("table a[href*='/fr/notices/']").count();
  });
  await anybody.page.locator("table a[href*='/fr/notices/']").first().click();
  await anybody.page.waitForURL("**/fr/notices/*");
  assert.match(await anybody.page.locator("main").textContent(), /N-1/);
  assert.deepEqual(await violations(anybody.page), []);
  await anybody.close();
  assert.deepEqual(anybody.troubles, []);
});
