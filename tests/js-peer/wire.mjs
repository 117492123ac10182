// Frames and messages between peers, written from docs/formats-peer.md: canonical protobuf, fields in ascending order.

const varint = (value) => {
  const bytes = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return Buffer.from(bytes);
};

const number = (field, value) =>
  value ? Buffer.concat([varint(field << 3), varint(value)]) : Buffer.alloc(0);

const bytes = (field, value) => {
  const body = Buffer.from(value);
  return body.length
    ? Buffer.concat([varint((field << 3) | 2), varint(body.length), body])
    : Buffer.alloc(0);
};

// A message inside another stands there even when it is empty.
const inside = (field, body) => Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);

const request = (field, body) => Buffer.concat([number(1, 1), inside(field, body)]);

export const getCheckpoint = (origin) => request(4, bytes(1, origin));
export const getEntries = (origin, from, to) =>
  request(6, Buffer.concat([bytes(1, origin), number(2, from), number(3, to)]));
export const getConsistency = (origin, from, to) =>
  request(3, Buffer.concat([bytes(1, origin), number(2, from), number(3, to)]));
export const deliver = (bundle) => request(2, bytes(1, bundle));

export const frame = (message) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
};

// Fields of a message: [number, value] with bigints for numbers and buffers for everything else.
export function* fields(message) {
  let at = 0;
  const read = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('the message ends too early');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(read());
    if ((tag & 7) === 0) {
      yield [tag >> 3, read()];
    } else if ((tag & 7) === 2) {
      const length = Number(read());
      yield [tag >> 3, message.subarray(at, (at += length))];
    } else {
      throw new Error(`wire type ${tag & 7}`);
    }
  }
}

const KINDS = { 2: 'delivered', 3: 'consistency', 4: 'checkpoint', 5: 'witnessed', 6: 'refused', 7: 'entries' };

// An answer: its kind and the fields inside.
export function response(framed) {
  const length = framed.readUInt32BE(0);
  if (framed.length !== length + 4) throw new Error(`a frame of ${framed.length} bytes says ${length}`);
  const [[version, one], [kind, body]] = [...fields(framed.subarray(4))];
  if (version !== 1 || one !== 1n || !KINDS[kind]) throw new Error('no response');
  return { kind: KINDS[kind], fields: [...fields(body)] };
}

export const texts = (answer, field) =>
  answer.fields.filter(([number]) => number === field).map(([, value]) => value);
