// Signs what stands on the standard input with an Ed25519 key that is nobody's: {"key", "signature"} in base64.
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex"); // RFC 8410 section 7; 32 bytes of the key follow
const secret = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, 9)]), format: "der", type: "pkcs8" });
const key = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
const signature = sign(null, readFileSync(0), secret).toString("base64");
console.log(JSON.stringify({ key, signature }));
