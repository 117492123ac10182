// Every public page, read by axe-core in English and Arabic, on a phone and on a desk; and how it behaves on narrow
// screens and on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { DESKTOP, LANGUAGES, PHONE, browser, paths } from "./registry.mjs";

let opened;
before(async () => { opened = await browser(); });
after(async () => { await opened.close(); });

for (const [name, size] of [["a phone", PHONE], ["a desk", DESKTOP]]) {
  for (const language of LANGUAGES) {
    // Layout is that of the direction of writing: two languages on a phone are enough.
    if (size === PHONE && !["en", "ar"].includes(language)) continue;
    test(`axe-core finds nothing on ${name} in ${language}`, async () => {
      const window = await opened.window({ size, language });
      const wrong = [];
      for (const path of paths()) {
        await window.go(`/${language}${path}`);
        for (const it of await violations(window.page)) wrong.push(`${path}: ${it}`);
      }
      await window.close();
      assert.deepEqual(wrong, []);
      assert.deepEqual(window.troubles, []);
    });
  }
}

test("no page is wider than a phone, or than a desk at 400 %", async () => {
  for (const size of [PHONE, { width: 320, height: 256 }]) {
    for (const language of ["en", "ar"]) {
      const window = await opened.window({ size, language });
      for (const path of paths()) {
        await window.go(`/${language}${path}`);
        const wide = await window.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 1, `/${language}${path} is ${wide} points too wide at ${size.width}`);
      }
      await window.close();
    }
  }
});

test("what a finger touches is large enough", async () => {
  const window = await opened.window({ size: PHONE });
  for (const path of ["", "/projects", "/verify"]) {
    await window.go(`/en${path}`);
    const small = await window.page.evaluate(() => [...document.querySelectorAll("button, input, select, .button, .tongues a, .bar a, .foot li a")]
      .filter((it) => it.offsetParent !== null)
      .map((it) => ({ text: it.textContent.trim() || it.name, box: it.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ text, box }) => `${text}: ${box.width} x ${box.height}`));
    assert.deepEqual(small, [], path);
  }
  await window.close();
});

test("on paper there is the content, and no navigation", async () => {
  const window = await opened.window({ media: "print" });
  await window.go("/en/projects");
  assert.equal(await window.page.locator(".bar").isVisible(), false);
  assert.equal(await window.page.locator("h1").isVisible(), true);
  await window.close();
});

test("the whole way from the first page to a proof goes by keyboard alone", async () => {
  const window = await opened.window();
  const { page } = window;
  await window.go("/en");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=1");
  const link = page.locator("main a[href$='/entries/1']");
  await link.focus();
  const outline = await link.evaluate((it) => getComputedStyle(it).backgroundColor);
  assert.notEqual(outline, "rgba(0, 0, 0, 0)", "focus can be seen");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/entries/1");
  assert.match(await page.locator("h1").textContent(), /Entry 1/);
  await window.close();
});
