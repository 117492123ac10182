// Makes pictures of pages, for whoever wants to see them: node pictures.mjs FOLDER
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DESKTOP, PHONE, browser, deskPaths, paths, workPaths } from "./registry.mjs";
import { DEVELOPER, OFFICIALS, signIn } from "./work.mjs";

const folder = process.argv[2] ?? "pictures";
const languages = (process.argv[3] ?? "en,ar").split(",");
await mkdir(folder, { recursive: true });
const opened = await browser();
const sessions = {};
for (const [who, email] of [["developer", DEVELOPER], ["official", OFFICIALS[0]]]) {
  const window = await opened.window();
  await signIn(window, email);
  sessions[who] = await window.session();
  await window.close();
}
const named = (path) => path.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "") || "home";
for (const [name, size] of [["desk", DESKTOP], ["phone", PHONE]]) {
  for (const language of languages) {
    const window = await opened.window({ size, language });
    for (const path of paths()) {
      await window.go(`/${language}${path}`);
      await window.page.screenshot({ path: join(folder, `${name}-${language}-${named(path)}.png`), fullPage: true });
    }
    await window.close();
    for (const [who, session] of Object.entries(sessions)) {
      const workspace = await opened.window({ size, language, session });
      for (const path of [...workPaths(), ...(who === "official" ? deskPaths() : [])]) {
        await workspace.go(`/${language}${path}`);
        const file = `${name}-${language}-${who}-${named(path)}.png`;
        await workspace.page.screenshot({ path: join(folder, file), fullPage: true });
      }
      await workspace.close();
    }
  }
}
await opened.close();
