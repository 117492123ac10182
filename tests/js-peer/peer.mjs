// A peer that shares no code with the node: it connects when it is listed, reads the log, verifies a bundle and hears the gossip.
//   node peer.mjs id SEED                 prints the peer id of an identity
//   node peer.mjs read SEED WORLD         reads the node that the file WORLD describes
//   node peer.mjs stranger SEED WORLD     is not listed, and gets nowhere

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

import { gossipsub } from '@chainsafe/libp2p-gossipsub';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { createFromPrivKey } from '@libp2p/peer-id-factory';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';

import { checkpoint, inclusion, key, leafHash, root, rootFrom } from './log.mjs';
import { deliver, fields, frame, getCheckpoint, getConsistency, getEntries, response, texts } from './wire.mjs';

// Node.js below 22 lacks it, and parts of libp2p call it.
Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

const PROTOCOL = '/countersign/peer/1';

const [, , what, seed, file] = process.argv;
const identity = await createFromPrivKey(
  await generateKeyPairFromSeed('Ed25519', createHash('sha256').update(seed).digest()),
);
if (what === 'id') {
  console.log(identity.toString());
  process.exit(0);
}

const world = JSON.parse(readFileSync(file, 'utf8'));
const peer = await createLibp2p({
  peerId: identity,
  transports: [tcp()],
  streamMuxers: [yamux()],
  connectionEncryption: [noise()],
  services: {
    identify: identify({ protocolPrefix: 'ipfs', agentVersion: 'js-peer', timeout: 5000 }),
    gossip: gossipsub({
      globalSignaturePolicy: 'StrictNoSign',
      allowPublishToZeroTopicPeers: true,
      msgIdFn: (message) =>
        createHash('sha256').update(message.topic).update(Buffer.of(0)).update(message.data).digest(),
    }),
  },
});

// Which network a peer is of; identify has no setting for it.
peer.services.identify.host.protocolVersion = `/countersign/${world.network}/1`;

async function ask(message) {
  const stream = await peer.dialProtocol(multiaddr(world.address), PROTOCOL, {
    signal: AbortSignal.timeout(10_000),
    negotiateFully: true,
  });
  const parts = [];
  await stream.sink([frame(message)]);
  for await (const part of stream.source) parts.push(Buffer.from(part.subarray()));
  return response(Buffer.concat(parts));
}

async function stranger() {
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await ask(getCheckpoint(world.origin)).catch((error) => error);
    assert(answer instanceof Error, `a stranger was answered with ${answer.kind}`);
  }
  console.log('a peer that is not listed gets nowhere');
}

async function read() {
  const keys = [key(world.key), world.witnesses.map(key), world.quorum];
  const given = await ask(getCheckpoint(world.origin));
  assert.equal(given.kind, 'checkpoint');
  const note = texts(given, 1)[0].toString();
  const head = checkpoint(note, ...keys);
  assert.equal(head.origin, world.origin);
  console.log(`a checkpoint of ${head.size} leaves, under the log's signature and ${world.quorum} witnesses`);

  const entries = await ask(getEntries(world.origin, 0, Math.min(head.size, 1024)));
  const leaves = texts(entries, 1);
  assert.equal(leaves.length, head.size, 'every leaf');
  const hashes = leaves.map(leafHash);
  assert(root(hashes).equals(head.root), 'the leaves make the tree');

  const index = leaves.length - 2;
  const path = inclusion(index, hashes);
  assert(rootFrom(index, head.size, hashes[index], path).equals(head.root), 'a leaf is proven');
  const bundle =
    `c2sp.org/tlog-proof@v1\nextra ${leaves[index].toString('base64')}\nindex ${index}\n` +
    path.map((hash) => `${hash.toString('base64')}\n`).join('') + `\n${note}`;
  const [leaf, proven] = verified(bundle, keys);
  assert(leaf.equals(leaves[index]) && proven.size === head.size);
  assert.throws(() => verified(bundle.replace(`index ${index}`, `index ${index - 1}`), keys));
  console.log('a bundle verifies, and a changed one does not');

  const verdict = await ask(deliver(Buffer.from('no bundle')));
  const [code] = [...fields(texts(verdict, 1)[0])][0].slice(1);
  assert(code >= 1000n && code < 5000n, `garbage was refused with ${code}`);
  const beyond = await ask(getConsistency(world.origin, 1, head.size + 1_000_000));
  assert.equal(beyond.kind, 'refused');
  const nobody = await ask(getCheckpoint('nobody.invalid/log'));
  assert.deepEqual([nobody.kind, nobody.fields[0][1]], ['refused', 4001n]);
  console.log('what is wrong is refused by number');
  await gossip(keys, head.size);
}

// A tlog-proof with its leaf: the leaf and the head that it is proven under.
function verified(bundle, keys) {
  const end = bundle.indexOf('\n\n');
  const [first, extra, at, ...path] = bundle.slice(0, end).split('\n');
  assert.equal(first, 'c2sp.org/tlog-proof@v1');
  const leaf = Buffer.from(extra.slice('extra '.length), 'base64');
  const head = checkpoint(bundle.slice(end + 2), ...keys);
  const index = Number(at.slice('index '.length));
  const found = rootFrom(index, head.size, leafHash(leaf), path.map((hash) => Buffer.from(hash, 'base64')));
  assert(found.equals(head.root), 'the leaf is not in the tree');
  return [leaf, head];
}

async function gossip(keys, size) {
  const topic = `/countersign/${world.network}/checkpoints/1`;
  const heard = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('no checkpoint was gossiped')), 30_000).unref();
    peer.services.gossip.addEventListener('message', ({ detail }) => {
      if (detail.topic === topic) resolve(Buffer.from(detail.data));
    });
  });
  peer.services.gossip.subscribe(topic);
  const [[version, one], [kind, body]] = [...fields(await heard)];
  assert.deepEqual([version, one, kind], [1, 1n, 3]);
  const note = [...fields(body)][0][1].toString();
  const head = checkpoint(note, ...keys);
  assert(head.size > size, 'it is a later one');
  console.log(`gossip told of ${head.size} leaves`);
}

try {
  await { read, stranger }[what]();
} finally {
  await peer.stop();
}
process.exit(0);
