// The log, written from RFC 6962 and the formats of C2SP: signed notes, checkpoints, cosignatures, inclusion.

import { createHash, createPublicKey, verify } from 'node:crypto';

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  parts.forEach((part) => hash.update(part));
  return hash.digest();
};

export const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

// The largest power of two below a number.
const split = (size) => {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
};

export function root(hashes) {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0];
  const half = split(hashes.length);
  return nodeHash(root(hashes.slice(0, half)), root(hashes.slice(half)));
}

export function inclusion(index, hashes) {
  if (hashes.length === 1) return [];
  const half = split(hashes.length);
  return index < half
    ? [...inclusion(index, hashes.slice(0, half)), root(hashes.slice(half))]
    : [...inclusion(index - half, hashes.slice(half)), root(hashes.slice(0, half))];
}

// RFC 9162 section 2.1.3.2.
export function rootFrom(index, size, leaf, path) {
  let [place, last, hash] = [index, size - 1, leaf];
  for (const other of path) {
    if (last === 0) throw new Error('the path is too long');
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(other, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [place >> 1, last >> 1];
    } else {
      hash = nodeHash(hash, other);
    }
    [place, last] = [place >> 1, last >> 1];
  }
  if (last !== 0) throw new Error('the path is too short');
  return hash;
}

// NAME+HASH+KEY, the text form of a verifier key (C2SP signed-note).
export function key(text) {
  const [name, id, body] = [text.slice(0, text.indexOf('+')), ...text.slice(text.indexOf('+') + 1).split(/\+(.*)/s)];
  const bytes = Buffer.from(body, 'base64');
  const raw = bytes.subarray(1);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  return { name, id, type: bytes[0], public: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

// A checkpoint under the log's signature and a quorum of cosignatures/v1; throws where it is not.
export function checkpoint(note, log, witnesses, quorum) {
  const end = note.indexOf('\n\n');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split('\n').filter(Boolean);
  const signatures = lines.map((line) => {
    const [, name, blob] = line.split(' ');
    const bytes = Buffer.from(blob, 'base64');
    return { name, id: bytes.subarray(0, 4).toString('hex'), rest: bytes.subarray(4) };
  });
  const by = (it) => signatures.filter((line) => line.name === it.name && line.id === it.id);
  const signed = by(log).some((line) => verify(null, Buffer.from(text), log.public, line.rest));
  if (!signed) throw new Error('the log has not signed it');
  const cosigned = witnesses.filter((witness) =>
    by(witness).some((line) => {
      const time = line.rest.readBigUInt64BE(0);
      const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
      return verify(null, message, witness.public, line.rest.subarray(8));
    }),
  );
  if (cosigned.length < quorum) throw new Error(`${cosigned.length} of ${quorum} witnesses have cosigned it`);
  const [origin, size, hash] = text.split('\n');
  return { origin, size: Number(size), root: Buffer.from(hash, 'base64') };
}
