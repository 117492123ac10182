// People's whole work in the browser: a developer registers a project, a certifier and officials decide, a holder retires
// units; on a phone and on a desk, with and without scripts, in two languages, by keyboard, and read by axe-core.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { DESKTOP, LANGUAGES, PHONE, REGISTRY, browser, deskPaths, workPaths } from "./registry.mjs";
import { CERTIFIER, DEVELOPER, OFFICIALS, confirm, field, press, signIn } from "./work.mjs";

const REPORT = { name: "report.txt", mimeType: "text/plain", buffer: Buffer.from("what was found\n") };

let opened;
const sessions = {};
before(async () => {
  opened = await browser();
  for (const email of [DEVELOPER, CERTIFIER, ...OFFICIALS]) {
    const window = await opened.window();
    await signIn(window, email);
    sessions[email] = await window.session();
    await window.close();
  }
});
after(async () => { await opened.close(); });

/** A window of somebody who is signed in. */
const windowOf = (email, options = {}) => opened.window({ ...options, session: sessions[email] });
/** A developer's case, handed in; gives its number. */
async function handedIn(page, language, title) {
  await page.goto(`${REGISTRY}/${language}/work/apply/project`);
  await page.locator("#title").fill(title);
  await page.locator("#scope").selectOption("3");
  await page.locator("main form button").click();
  await page.waitForURL("**/steps/submit");
  const step = page.url();
  const typed = {
    "/title": title, "/description": "Efficient stoves for 4,000 households on four islands.", "/sectoral_scope": "3",
    "/start": "2024-01-01", "/estimate_per_year": "500", "/locations/0/place": `Port ${title}`,
    "/locations/0/geometry#lat": "-17.74", "/locations/0/geometry#lon": "168.32",
  };
  const parts = await page.locator("ul.tasks a").evaluateAll((all) => all.map((it) => it.href));
  for (const part of parts) {
    await page.goto(part);
    for (const [name, value] of Object.entries(typed)) {
      if (await field(page, name).count()) await field(page, name).fill(value);
    }
    if (await field(page, "/certifier").count()) await field(page, "/certifier").selectOption({ index: 1 });
    await press(page, "back");
    await page.waitForURL(step);
  }
  await page.locator("input[type=file]").setInputFiles(REPORT);
  await page.locator("main form:has(input[type=file]) button").click();
  await page.waitForURL(step);
  await confirm(page);
  return page.url().match(/cases\/(\d+)/)[1];
}

for (const [how, options, language] of [
  ["on a desk, with scripts, in English", { size: DESKTOP }, "en"],
  ["on a phone, without scripts, in French", { size: PHONE, javascript: false, language: "fr" }, "fr"],
]) {
  test(`a project is registered, validated, recommended and authorised, ${how}`, async () => {
    const title = language === "fr" ? "Fours des îles" : "Ovens of the coast";
    const developer = await windowOf(DEVELOPER, options);
    const number = await handedIn(developer.page, language, title);
    assert.equal(await developer.page.locator("html").getAttribute("lang"), language);
    const road = await developer.page.locator("ol.road").textContent();
    assert.match(road, /\S/);

    const certifier = await windowOf(CERTIFIER, options);
    await certifier.go(`/${language}/work`);
    await certifier.page.locator(`a[href$="/work/cases/${number}/steps/validate"]`).click();
    await certifier.page.locator("input[type=file]").setInputFiles(REPORT);
    await certifier.page.locator("main form:has(input[type=file]) button").click();
    await certifier.page.waitForURL("**/steps/validate");
    await field(certifier.page, "/opinion").fill("The design follows the methodology in all its parts.");
    await field(certifier.page, "/methodologies/0/code").fill("AMS-II.G");
    await field(certifier.page, "/methodologies/0/version").fill("12.0");
    await field(certifier.page, "/crediting_period/start").fill("2024-01-01");
    await field(certifier.page, "/crediting_period/end").fill("2033-12-31");
    await certifier.page.locator("#answer-yes").check();
    await confirm(certifier.page);

    const officials = await Promise.all(OFFICIALS.map((email) => windowOf(email, options)));
    await officials[0].go(`/${language}/work/cases/${number}/steps/recommend`);
    await officials[0].page.locator("#comment").fill("Complete and sound.");
    await confirm(officials[0].page);
    for (const official of officials.slice(1)) {
      await official.go(`/${language}/work/cases/${number}/steps/authorise`);
      await official.page.locator("#answer-yes").check();
      await confirm(official.page);
    }
    await developer.go(`/${language}/work/cases/${number}`);
    assert.match(await developer.page.locator("main").textContent(), language === "fr" ? /Autorisé/ : /Authorised/);
    for (const window of [developer, certifier, ...officials]) {
      await window.close();
      assert.deepEqual(window.troubles, []);
    }
  });
}

test("what is typed is kept by itself, and an error takes nothing away, on a phone", async () => {
  const window = await windowOf(DEVELOPER, { size: PHONE });
  const { page } = window;
  await window.go("/en/work/apply/project");
  await page.locator("#title").fill("Kept by itself");
  await page.locator("#scope").selectOption("3");
  await page.locator("main form button").click();
  await page.waitForURL("**/steps/submit");
  const part = `${page.url()}/1`;
  await page.goto(part);
  await field(page, "/title").pressSequentially("Half a ti");
  await page.locator("#saved p").waitFor();
  assert.match(await page.locator("#saved").textContent(), /Saved/);
  await page.goto(part);
  assert.equal(await field(page, "/title").inputValue(), "Half a ti");
  await field(page, "/sectoral_scope").fill("many");
  await press(page, "next");
  await page.locator("#faults").waitFor();
  assert.equal(await field(page, "/sectoral_scope").inputValue(), "many");
  await page.locator("#faults a").first().click();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "/sectoral_scope");
  await window.close();
  assert.deepEqual(window.troubles, []);
});

test("a holder retires units from its list, an official approves, and the certificate verifies, on a phone", async () => {
  const holder = await windowOf(DEVELOPER, { size: PHONE });
  const { page } = holder;
  await holder.go("/en/work/organisation");
  await page.locator("a[href*='/work/apply/retirement?']").first().click();
  await page.locator("#title").fill("A meeting in 2026");
  await page.locator("main form button").click();
  await page.waitForURL("**/steps/request?**");
  const number = page.url().match(/cases\/(\d+)/)[1];
  await field(page, "/purpose").selectOption("voluntary");
  await field(page, "/beneficiary").fill("Meeting 2026");
  await page.locator("#r-tonnes").fill("7");
  await page.locator("#r-purpose").selectOption("voluntary");
  await page.locator("#r-public").check();
  await confirm(page);
  const official = await windowOf(OFFICIALS[0], { size: PHONE });
  await official.go("/en/work");
  await official.page.locator(`a[href$="/work/cases/${number}/steps/approve"]`).click();
  await official.page.locator("#answer-yes").check();
  await confirm(official.page);
  await official.close();
  await holder.go("/en/work/organisation");
  await page.locator("a[href$='/certificate']").first().click();
  assert.match(await page.locator("article").textContent(), /Meeting 2026/);
  const leaf = page.url().match(/retirements\/(\d+)/)[1];
  let bundle;
  for (let tries = 0; tries < 60 && !bundle; tries++) {
    const answer = await fetch(`${REGISTRY}/en/entries/${leaf}/proof`);
    if (answer.status === 200) bundle = await answer.text();
    else await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await holder.go("/en/verify");
  await page.locator("#bundle").fill(bundle);
  await page.locator("main form button").first().click();
  assert.match(await page.locator("#verdict").textContent(), /Valid/);
  await holder.close();
  assert.deepEqual(holder.troubles, []);
});

test("somebody signs in, is led back, and signs out, by keyboard alone", async () => {
  const window = await opened.window();
  const { page } = window;
  await window.go("/en/work/cases");
  await page.waitForURL("**/sign-in?next=**");
  await page.locator("#email").focus();
  await page.keyboard.type(CERTIFIER);
  await page.keyboard.press("Tab");
  await page.keyboard.type("a long and unusual sentence of mine");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/en/work/cases");
  await page.locator(".me button").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/en");
  assert.deepEqual((await page.context().cookies()).map((it) => it.name), []);
  await window.go("/en/work");
  await page.waitForURL("**/sign-in?next=**");
  await window.close();
  assert.deepEqual(window.troubles, []);
});

for (const [name, size, languages] of [["a desk", DESKTOP, LANGUAGES], ["a phone", PHONE, ["en", "ar"]]]) {
  test(`axe-core finds nothing in workspaces on ${name}, and nothing is too wide`, async () => {
    const wrong = [];
    for (const language of languages) {
      for (const email of [DEVELOPER, OFFICIALS[0]]) {
        const window = await windowOf(email, { size, language });
        const steps = email === DEVELOPER ? [] : deskPaths();
        for (const path of [...workPaths(), ...steps]) {
          await window.go(`/${language}${path}`);
          for (const it of await violations(window.page)) wrong.push(`/${language}${path}: ${it}`);
          const wide = await window.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (wide > 1) wrong.push(`/${language}${path} is ${wide} points too wide`);
        }
        const links = await window.page.evaluate(() => [...document.querySelectorAll("button, input:not([type=hidden]), select")]
          .filter((it) => it.offsetParent !== null && !it.hasAttribute("aria-hidden"))
          .map((it) => it.getBoundingClientRect()).filter((box) => box.width > 0 && (box.width < 24 || box.height < 24)).length);
        assert.equal(links, 0, "what a finger touches is large enough");
        await window.close();
        assert.deepEqual(window.troubles, []);
      }
    }
    assert.deepEqual(wrong, []);
  });
}

test("axe-core finds nothing on forms with all their fields, with and without errors", async () => {
  const window = await windowOf(DEVELOPER, { size: PHONE });
  const { page } = window;
  await window.go("/en/work/apply/project");
  await page.locator("#title").fill("Read by a machine");
  await page.locator("#scope").selectOption("3");
  await page.locator("main form button").click();
  await page.waitForURL("**/steps/submit");
  const wrong = [];
  const check = async (where) => { for (const it of await violations(page)) wrong.push(`${where}: ${it}`); };
  await check("step");
  await press(page, "preview");
  await page.locator("#faults").waitFor();
  await check("step with faults");
  const parts = await page.locator("ul.tasks a").evaluateAll((all) => all.map((it) => it.href));
  for (const part of parts) {
    await page.goto(part);
    await check(part);
    const numbers = page.locator("input[inputmode=numeric]");
    if (!(await numbers.count())) continue;
    await numbers.first().fill("many");
    await press(page, "next");
    await page.locator("#faults").waitFor();
    await check(`${part} with faults`);
  }
  await window.close();
  assert.deepEqual(wrong, []);
});
