// What people do on the public pages: with and without a script, on a phone and on a desk, in two languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, REGISTRY, SEEDED, browser, paths } from "./registry.mjs";

let opened;
before(async () => { opened = await browser(); });
after(async () => { await opened.close(); });

/** The proof bundle of an entry. */
async function bundle(index) {
  const answer = await fetch(`${REGISTRY}/en/entries/${index}/proof`);
  assert.equal(answer.status, 200);
  return answer.text();
}

for (const javascript of [true, false]) {
  const how = javascript ? "with scripts" : "without scripts";
  for (const [where, size] of [["on a phone", PHONE], ["on a desk", DESKTOP]]) {
    test(`somebody searches for a project and reads it, ${how}, ${where}`, async () => {
      const window = await opened.window({ javascript, size });
      const { page } = window;
      await window.go("/en");
      await page.locator("main input[name=q]").fill("outer islands");
      await page.locator("main form button").click();
      await page.locator(`main a[href='/en/projects/${SEEDED.project}']`).first().click();
      await page.waitForURL(`**/en/projects/${SEEDED.project}`);
      assert.match(await page.locator("h1").textContent(), /Stoves on the outer islands/);
      assert.match(await page.locator("#road + .road").textContent(), /\S/);
      await page.locator("main a", { hasText: "proof: entry" }).first().click();
      assert.match(await page.locator("main").textContent(), /This entry is proven/);
      await window.close();
      assert.deepEqual(window.troubles, []);
    });
  }

  test(`a bundle is pasted and judged, and an altered one is found out, ${how}`, async () => {
    const window = await opened.window({ javascript });
    const { page } = window;
    const good = await bundle(SEEDED.retirement);
    await window.go("/en/verify");
    await page.locator("#bundle").fill(good);
    await page.locator("main form button").click();
    assert.match(await page.locator("#verdict").textContent(), /Valid/);
    const line = good.split("\n").find((it) => it.startsWith("extra "));
    const other = line[20] === "A" ? "B" : "A";
    await page.locator("#bundle").fill(good.replace(line, line.slice(0, 20) + other + line.slice(21)));
    await page.locator("main form button").click();
    assert.match(await page.locator("#verdict").textContent(), /Altered/);
    await window.close();
    assert.deepEqual(window.troubles, []);
  });

  test(`a list is filtered and the filter stays in its form, ${how}`, async () => {
    const window = await opened.window({ javascript, size: PHONE });
    const { page } = window;
    await window.go("/en/projects");
    await page.locator("#f-scope").selectOption("3");
    await page.locator(".filters button").click();
    await page.waitForURL("**scope=3**");
    assert.equal(await page.locator("#f-scope").inputValue(), "3");
    assert.equal(await page.locator("tbody tr").count() > 0, true);
    await page.locator("#f-scope").selectOption("16");
    await page.locator(".filters button").click();
    assert.match(await page.locator("main").textContent(), /nothing to show/);
    await window.close();
  });
}

test("the language is changed on a page and stays on the next ones, from right to left too", async () => {
  const window = await opened.window({ size: PHONE });
  const { page } = window;
  await window.go(`/en/projects/${SEEDED.project}`);
  await page.locator(".tongues a[hreflang=ar]").click();
  await page.waitForURL(`**/ar/projects/${SEEDED.project}`);
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  await page.locator(".crumbs a").first().click();
  await page.waitForURL("**/ar/projects");
  await page.locator(".tongues a[hreflang=fr]").click();
  assert.match(await page.locator("h1").textContent(), /Projets/);
  await window.close();
});

test("a browser gets its own language at an address without one", async () => {
  const window = await opened.window({ language: "es-MX" });
  await window.go("/transparency");
  assert.equal(await window.page.locator("html").getAttribute("lang"), "es");
  await window.close();
});

test("a serial is entered, explained, followed to its retirement and its certificate", async () => {
  const window = await opened.window();
  const { page } = window;
  await window.go("/en/units");
  await page.locator("#serial").fill(SEEDED.serial);
  await page.locator("main form button").click();
  await page.waitForURL("**/en/units/**");
  assert.equal(await page.locator("ol.serial").first().locator("li").count(), 8);
  await page.locator(".trail a", { hasText: "the retirement" }).first().click();
  await page.waitForURL(`**/retirements/${SEEDED.retirement}`);
  await page.locator("main a[href$='/certificate']").first().click();
  assert.match(await page.locator("article").textContent(), /Certificate of retirement/);
  assert.equal(await page.locator("svg.qr").count(), 1);
  await window.close();
});

test("hits come while somebody types, and the page about the log renews itself, without a fault of the policy", async () => {
  const window = await opened.window();
  const { page } = window;
  await window.go("/en/search");
  await page.locator("#wanted").pressSequentially("outer");
  await page.locator(`#hits a[href='/en/projects/${SEEDED.project}']`).first().waitFor();
  assert.match(page.url(), /\/en\/search$/, "nothing was sent by hand");
  await window.close();
  assert.deepEqual(window.troubles, []);
});

test("a page that is not there says so, in the reader's language, with a way on", async () => {
  const window = await opened.window();
  const answer = await window.go("/pt/nothing");
  assert.equal(answer.status(), 404);
  assert.equal(await window.page.locator("html").getAttribute("lang"), "pt");
  await window.page.locator("main a.button").first().click();
  await window.page.waitForURL("**/pt");
  await window.close();
});

test("a page of the registry loads little, from one host, and at most six things", async () => {
  const host = new URL(REGISTRY).host;
  for (const path of paths()) {
    const window = await opened.window();
    await window.go(`/en${path}`);
    const { requests } = window;
    assert.ok(requests.length <= 6, `${path}: ${requests}`);
    for (const url of requests) assert.equal(new URL(url).host, host, path);
    const cookies = await window.page.context().cookies();
    assert.deepEqual(cookies, [], path);
    await window.close();
  }
});

test("the first page can be used over 64 kbit/s with a second to and fro, in less than ten seconds", async () => {
  const window = await opened.window({ size: PHONE });
  const session = await window.page.context().newCDPSession(window.page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", { offline: false, latency: 1000, downloadThroughput: 8000, uploadThroughput: 8000 });
  const begun = Date.now();
  await window.page.goto(`${REGISTRY}/en`, { waitUntil: "domcontentloaded", timeout: 60_000 });
  await window.page.locator("main input[name=q]").fill("GH-1");
  const took = Date.now() - begun;
  assert.ok(took < 10_000, `${took} ms`);
  await window.close();
});

test("a page about the federation renews itself when the node says so, and nothing is lost of what its reader opened", async () => {
  const window = await opened.window();
  const { page } = window;
  await page.route("**/changes**", (route) => route.fulfill({
    contentType: "text/event-stream", body: "retry: 600000\n\nevent: changed\ndata: 1\n\n",
  }));
  const renewal = page.waitForResponse((answer) => answer.url().endsWith("/en/federation?renewal"));
  await window.go("/en/federation");
  assert.equal((await renewal).status(), 200);
  assert.equal(await page.locator("h1").count(), 1, "only the part that lives is put in");
  assert.equal(await page.locator("#live svg.chart").count(), 1);
  await window.close();
  assert.deepEqual(window.troubles, []);
});

test("where the node can not be heard the page asks from time to time, and without a script its reader does", async () => {
  const window = await opened.window();
  const { page } = window;
  await page.clock.install();
  await page.route("**/changes**", (route) => route.fulfill({ status: 503, body: "" }));
  await window.go("/en/federation");
  const renewal = page.waitForRequest((request) => request.url().endsWith("/en/federation?renewal"));
  await page.clock.runFor(21_000);
  await renewal;
  await window.close();
  const plain = await opened.window({ javascript: false });
  await plain.go("/en/federation");
  await plain.page.locator("#live a", { hasText: "Renew this page" }).click();
  assert.match(await plain.page.locator("h1").textContent(), /Federation/);
  assert.deepEqual(plain.requests.filter((it) => it.includes("/changes")), []);
  await plain.close();
});
