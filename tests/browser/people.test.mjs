// Passkeys in a browser with an authenticator of its own: added, used to sign in, used as the second step, removed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, REGISTRY, browser } from "./registry.mjs";
import { CERTIFIER, signIn } from "./work.mjs";

let opened;
before(async () => { opened = await browser(); });
after(async () => { await opened.close(); });

/** A device that unlocks by itself, for the pages of a window. */
async function authenticator(page) {
  const tools = await page.context().newCDPSession(page);
  await tools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await tools.send("WebAuthn.addVirtualAuthenticator", { options });
  return { locked: (is) => tools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: !is }) };
}

const signOut = async (page) => {
  await page.locator(".me button").click();
  await page.waitForURL(/\/(en|ar)$/);
};

test("a passkey is added on a phone, signs in alone and beside a password, and is removed", async () => {
  const window = await opened.window({ size: PHONE });
  const { page } = window;
  const device = await authenticator(page);
  await signIn(window, CERTIFIER, "/en/work/account");
  assert.equal(await page.locator("[data-passkey-needs]").isVisible(), false);
  await page.locator("#passkey-label").fill("Phone of the tests");
  await page.locator("form[data-passkey] button").click();
  await page.locator(".secrets li").first().waitFor();
  assert.equal(await page.locator(".secrets li").count(), 10);

  await signOut(page);
  await window.go("/ar/sign-in?next=%2Far%2Fwork%2Fcases");
  await page.locator("form[data-passkey] button").click();
  await page.waitForURL("**/ar/work/cases");
  await signOut(page);

  await window.go("/en/sign-in?next=%2Fen%2Fwork%2Faccount");
  await page.locator("#email").fill(CERTIFIER);
  await page.locator("#password").fill("a long and unusual sentence of mine");
  await page.locator("main form button").first().click();
  await page.locator("#code").waitFor();
  // A device that stays locked says so; the page stays, and the button works again.
  await device.locked(true);
  await page.locator("form[data-passkey] button").click();
  await page.locator("[data-said]", { hasText: "Nothing came of it" }).waitFor();
  await device.locked(false);
  await page.locator("form[data-passkey] button").click();
  await page.waitForURL("**/en/work/account");

  // The same device holds one passkey of an account.
  await page.locator("#passkey-label").fill("Again");
  await page.locator("form[data-passkey] button").click();
  await page.locator("[data-said]", { hasText: "already" }).waitFor();

  const row = page.locator("tr", { hasText: "Phone of the tests" });
  await row.locator("summary").click();
  await row.locator("input[name=label]").fill("Old phone");
  await row.locator("details button").click();
  await page.waitForURL("**/en/work/account?done=passkey-named");
  await page.locator("tr", { hasText: "Old phone" }).locator("form[action$='/remove'] button").click();
  await page.waitForURL("**/en/work/account?done=passkey-removed");
  assert.equal(await page.locator("form[action$='/remove']").count(), 0);
  await signOut(page);
  await window.go("/en/sign-in");
  await page.locator("form[data-passkey] button").click();
  await page.locator("[data-said], #faults").filter({ hasText: /Nothing came of it|not accepted/ }).first().waitFor();
  await window.close();
  assert.deepEqual(window.troubles, []);
});

test("without scripts, and at another address than the registry's own, the page says what passkeys need", async () => {
  const without = await opened.window({ javascript: false });
  await without.go("/en/sign-in");
  assert.equal(await without.page.locator("[data-passkey-needs]").isVisible(), true);
  assert.equal(await without.page.locator("form[data-passkey]").isVisible(), false);
  await without.close();
  const elsewhere = await opened.window();
  await elsewhere.page.goto(`${REGISTRY.replace("localhost", "127.0.0.1")}/en/sign-in`);
  assert.match(await elsewhere.page.locator("[data-passkey-needs]").textContent(), /at the address http:\/\/localhost/);
  assert.equal(await elsewhere.page.locator("form[data-passkey]").isVisible(), false);
  await elsewhere.close();
});
