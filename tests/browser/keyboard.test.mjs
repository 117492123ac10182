// Whole pieces of work by keyboard alone: judging a bundle, asking for a retirement, approving it. (The way to a proof and
// signing in by keyboard stand with the other tests of those pages.)
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { REGISTRY, SEEDED, browser } from "./registry.mjs";
import { DEVELOPER, OFFICIALS, signIn } from "./work.mjs";

let opened;
before(async () => { opened = await browser(); });
after(async () => { await opened.close(); });

/** Goes on by the tabulator until something that matches has the focus. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 400; presses++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((it) => document.activeElement?.matches(it) ?? false, selector)) return;
  }
  throw new Error(`the tabulator does not lead to ${selector}`);
}

/** Goes to something and presses it. */
async function enter(page, selector) {
  await tabTo(page, selector);
  await page.keyboard.press("Enter");
}

/** Chooses in a list by its first letters. */
async function choose(page, selector, letters, value) {
  await tabTo(page, selector);
  await page.keyboard.type(letters);
  assert.equal(await page.locator(selector).inputValue(), value);
}

async function type(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.insertText(text);
}

test("a bundle is pasted and judged by keyboard alone", async () => {
  const window = await opened.window();
  const { page } = window;
  const bundle = await (await fetch(`${REGISTRY}/en/entries/${SEEDED.issuance}/proof`)).text();
  await window.go("/en/verify");
  await type(page, "#bundle", bundle);
  await enter(page, "main form button");
  await page.locator("#verdict").waitFor();
  assert.match(await page.locator("#verdict").textContent(), /Valid/);
  await window.close();
  assert.deepEqual(window.troubles, []);
});

test("a holder asks for a retirement and an official approves it by keyboard alone", async () => {
  const holder = await opened.window();
  await signIn(holder, DEVELOPER, "/en/work/organisation");
  const { page } = holder;
  await enter(page, "a[href*='/work/apply/retirement?']");
  await page.locator("#title").waitFor();
  await type(page, "#title", "By keyboard alone");
  await enter(page, "main form button");
  await page.waitForURL("**/steps/request?**");
  const number = page.url().match(/cases\/(\d+)/)[1];
  await choose(page, "[name='/purpose']", "v", "voluntary");
  await type(page, "[name='/beneficiary']", "Somebody");
  await type(page, "#r-tonnes", "3");
  await choose(page, "#r-purpose", "vol", "voluntary");
  await enter(page, "main button[name=do][value=preview]:not([aria-hidden])");
  await page.locator("#preview").waitFor();
  await enter(page, "main button[name=do][value=take]:not([aria-hidden])");
  await page.waitForURL("**/work/cases/*?done=*");

  const official = await opened.window();
  await signIn(official, OFFICIALS[0], "/en/work");
  await enter(official.page, `a[href$="/work/cases/${number}/steps/approve"]`);
  await official.page.waitForURL("**/steps/approve");
  // The two answers are one stop of the tabulator; the blank chooses.
  await tabTo(official.page, "[name=answer]");
  if (!(await official.page.locator("#answer-yes").isChecked())) await official.page.keyboard.press("Space");
  assert.ok(await official.page.locator("#answer-yes").isChecked());
  await enter(official.page, "main button[name=do][value=preview]:not([aria-hidden])");
  await official.page.locator("#preview").waitFor();
  await enter(official.page, "main button[name=do][value=take]:not([aria-hidden])");
  await official.page.waitForURL("**/work/cases/*?done=*");
  for (const window of [holder, official]) {
    await window.close();
    assert.deepEqual(window.troubles, []);
  }
});
