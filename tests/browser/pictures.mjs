// Makes pictures of pages, for whoever wants to see them: node pictures.mjs FOLDER
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DESKTOP, PHONE, browser, paths } from "./registry.mjs";

const folder = process.argv[2] ?? "pictures";
const languages = (process.argv[3] ?? "en,ar").split(",");
await mkdir(folder, { recursive: true });
const opened = await browser();
for (const [name, size] of [["desk", DESKTOP], ["phone", PHONE]]) {
  for (const language of languages) {
    const window = await opened.window({ size, language });
    for (const path of paths()) {
      await window.go(`/${language}${path}`);
      const file = `${name}-${language}-${path.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "") || "home"}.png`;
      await window.page.screenshot({ path: join(folder, file), fullPage: true });
    }
    await window.close();
  }
}
await opened.close();
