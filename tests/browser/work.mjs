// People who sign in, in a browser: as themselves, with their second factor where they have one.
import { createHmac } from "node:crypto";
import { SEEDED } from "./registry.mjs";

/** The code of an authenticator (RFC 6238, six digits, SHA-1) for a moment. */
export function totp(key, ms = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const letter of key) bits += alphabet.indexOf(letter).toString(2).padStart(5, "0");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((it) => Number.parseInt(it, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)));
  const digest = createHmac("sha1", bytes).update(counter).digest();
  const place = digest[digest.length - 1] & 15;
  return String((digest.readUInt32BE(place) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const { people } = SEEDED;
export const DEVELOPER = people?.developer;
export const CERTIFIER = people?.certifier;
export const OFFICIALS = Object.keys(people?.keys ?? {});

/** Signs somebody in; ends on the page that `path` names. `of` knows the password and the keys of second factors. */
export async function signIn(window, email, path = "/en/work", of = people) {
  const { page } = window;
  await window.go(path);
  await page.locator("#email").fill(email);
  await page.locator("#password").fill(of.password);
  await page.locator("main form button").first().click();
  const key = of.keys[email];
  // A code is good once, and the seed may have used that of this half minute: the next one is taken too.
  for (const later of key ? [0, 30_000] : []) {
    await page.locator("#code").waitFor();
    await page.locator("#code").fill(totp(key, Date.now() + later));
    await page.locator("main form button").first().click();
    await page.waitForLoadState("load");
    if (new URL(page.url()).pathname === path) break;
  }
  await page.waitForURL(`**${path}`);
}

/** A field by the place in the form that it is about. */
export const field = (page, pointer) => page.locator(`[name="${pointer}"]`);
/** Presses one of the buttons of a step. */
export const press = (page, button) => page.locator(`main button[name=do][value="${button}"]:not([aria-hidden])`).first().click();

/** Looks at what a step would do, and confirms it. */
export async function confirm(page, before = "preview") {
  await press(page, before);
  await page.locator("#preview").waitFor();
  await press(page, "take");
  await page.waitForURL("**/work/cases/*?done=*");
}
