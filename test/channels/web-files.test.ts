import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileStore } from '../../src/store/index.js';
import { workbook } from '../documents/samples.js';
import { waitFor } from '../support/wait.js';
import { openClient, type WebClient } from './web-client.js';
import { startWebWorld, type WebWorld } from './web-world.js';

const MB = 1024 * 1024;
const pdfOf = (size: number): Buffer => {
  const bytes = Buffer.alloc(size, 'nội dung ');
  bytes.write('%PDF-1.7\n');
  bytes.write('\n%%EOF\n', size - 7);
  return bytes;
};
const PDF = pdfOf(600_000);

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world.stop());

const error = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { error: { code: string } }).error.code,
});
const storedFiles = () => world.store.db.file.count();
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('neu-guong-upload-'));

describe('sending a file', () => {
  it('stores it byte for byte and tells the conversation', async () => {
    const client = await openClient(world.url);
    const response = await client.upload('f1', 'Báo cáo sơ kết.pdf', PDF, 'gửi chị');
    expect(response.status).toBe(202);
    const { seq, file } = (await response.json()) as { seq: number; file: { url: string } };
    const [event] = await client.events(seq);
    expect(event?.text).toBe('file Báo cáo sơ kết.pdf gửi chị');

    const got = await client.get(file.url);
    expect(got.headers.get('content-type')).toBe('application/pdf');
    expect(got.headers.get('content-disposition')).toBe(
      `attachment; filename="B_o c_o s_ k_t.pdf"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20s%C6%A1%20k%E1%BA%BFt.pdf`,
    );
    expect(sha(Buffer.from(await got.arrayBuffer()))).toBe(sha(PDF));
  });

  it('takes the fields in any order', async () => {
    const client = await openClient(world.url);
    const form = new FormData();
    form.append('id', 'first');
    form.append('file', new Blob([new Uint8Array(PDF)]), 'a.pdf');
    const response = await fetch(`${world.url}/api/web/files`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${client.token}` },
      body: form,
    });
    expect(response.status).toBe(202);
  });

  it('does a repeat no second time, also when both come at once', async () => {
    const client = await openClient(world.url);
    const answers = await Promise.all([1, 2, 3].map(() => client.upload('twice', 'a.pdf', PDF)));
    answers.push(await client.upload('twice', 'a.pdf', PDF));
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202, 202]);
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<{ seq: number }>));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(await world.inbound(client.contactId)).toHaveLength(1);
  });

  it('knows a form of ours, and does a repeat of it no second time', async () => {
    const client = await openClient(world.url);
    const form = workbook({ cells: '' });
    const first = await client.upload('form-1', 'bieu-mau.xlsx', form);
    expect(first.status).toBe(202);
    expect(await (await client.upload('form-1', 'bieu-mau.xlsx', form)).json()).toEqual(await first.json());
    const { body } = await world.store.db.inbound.findFirstOrThrow({ where: { externalId: { endsWith: ':form-1' } } });
    expect(body).toMatchObject({ kind: 'file', file: { name: 'bieu-mau.xlsx', form: true } });
  });

  it('refuses an id that stands for something else', async () => {
    const client = await openClient(world.url);
    await client.say('taken', 'một câu');
    expect(await error(await client.upload('taken', 'a.pdf', PDF))).toEqual({ status: 409, code: 'id_reused' });
    expect((await client.upload('other', 'a.pdf', PDF)).status).toBe(202);
    expect(await error(await client.upload('other', 'a.pdf', randomBytes(10)))).toEqual({
      status: 409,
      code: 'id_reused',
    });
  });

  it.each([
    ['a type that is not taken', 'x', 'virus.exe', Buffer.alloc(4096, 'MZ\u0090'), 415, 'file_wrong_type'],
    ['a program named like a document', 'x', 'bao-cao.pdf', Buffer.alloc(4096, 'MZ\u0090'), 415, 'file_wrong_type'],
    ['a document that was cut off', 'x', 'bao-cao.pdf', PDF.subarray(0, 300_000), 415, 'file_broken'],
    ['an empty file', 'x', 'a.pdf', Buffer.alloc(0), 400, 'file_empty'],
    ['a missing id', '', 'a.pdf', PDF, 400, 'bad_id'],
    ['a byte over 20 MB', 'x', 'a.pdf', pdfOf(20 * MB + 1), 413, 'file_too_large'],
  ])('refuses %s', async (_what, id, name, bytes, status, code) => {
    const client = await openClient(world.url);
    const before = await storedFiles();
    expect(await error(await client.upload(id, name, bytes))).toEqual({ status, code });
    expect(await world.inbound(client.contactId)).toEqual([]);
    expect(await storedFiles()).toBe(before);
    expect(leftovers()).toEqual([]);
  });

  it('takes 20 MB', async () => {
    const client = await openClient(world.url);
    expect((await client.upload('big', 'a.pdf', pdfOf(20 * MB))).status).toBe(202);
  });

  it.each([
    ['no form', 'application/json', '{}', 415, 'unsupported'],
    ['a form without boundary', 'multipart/form-data', 'x', 400, 'bad_request'],
    ['a form that ends too early', 'multipart/form-data; boundary=b', '--b\r\nContent-Disp', 400, 'bad_request'],
    [
      'a form without a file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="id"\r\n\r\nx\r\n--b--\r\n',
      400,
      'no_file',
    ],
  ])('refuses %s', async (_what, type, body, status, code) => {
    const client = await openClient(world.url);
    const headers = { Authorization: `Bearer ${client.token}`, 'Content-Type': type };
    const response = await fetch(`${world.url}/api/web/files`, { method: 'POST', headers, body });
    expect(await error(response)).toEqual({ status, code });
  });

  it('refuses 60 MB and 120 MB without holding them in memory, whether their size is told or not', async () => {
    const client = await openClient(world.url);
    for (const told of [true, false]) {
      expect(await sendPadded(client, 60 * MB, told)).toBe(413);
      const peak = watchMemory();
      expect(await sendPadded(client, 120 * MB, told)).toBe(413);
      // Sender and server share this process, and what they let go of is swept up only now and then.
      expect(peak()).toBeLessThan(90 * MB);
    }
    expect(leftovers()).toEqual([]);
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const client = await openClient(world.url);
    const before = await storedFiles();
    const call = request(`${world.url}/api/web/files`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${client.token}`, 'Content-Type': 'multipart/form-data; boundary=b' },
    });
    call.on('error', () => undefined);
    call.write(`--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n`);
    call.write(Buffer.alloc(3 * MB));
    await waitFor(() => leftovers().length === 1, { what: 'the upload to arrive' });
    call.destroy();
    await waitFor(() => leftovers().length === 0, { what: 'the remains to be gone' });
    expect(await storedFiles()).toBe(before);
    expect(await world.inbound(client.contactId)).toEqual([]);
  });

  it.each([
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['C:\\Users\\anh\\Báo cáo.pdf', 'Báo cáo.pdf'],
    [`${'rất dài '.repeat(40)}.pdf`, undefined],
    ['a\u202efdp.pdf', 'afdp.pdf'],
  ])('gives the file named %s a harmless name', async (name, kept) => {
    const client = await openClient(world.url);
    const response = await client.upload(randomUUID(), name, PDF);
    const { file } = (await response.json()) as { file: { name: string } };
    if (kept !== undefined) expect(file.name).toBe(kept);
    expect(file.name.length).toBeLessThanOrEqual(120);
    expect(file.name).toMatch(/\.pdf$/);
  });
});

describe('getting a file', () => {
  it('shows pictures and files of messages to their reader and to nobody else', async () => {
    const [reader, stranger] = await Promise.all([openClient(world.url), openClient(world.url)]);
    const files = createFileStore(world.store);
    const png = await files.save(Buffer.from('\u0089PNG'), { name: 'thẻ.png', type: 'image/png' });
    const doc = await files.save(PDF, { name: 'kế hoạch.pdf', type: 'application/pdf' });
    await world.tell(reader.contactId, { text: 'gương', imageId: png.id, imageAlt: 'Thẻ tôn vinh', fileId: doc.id });

    const [event] = await reader.events(0);
    const image = { url: `/api/web/files/${png.id}`, name: 'thẻ.png', type: 'image/png', size: png.size };
    expect(event?.image).toEqual({ ...image, alt: 'Thẻ tôn vinh' });
    expect(event?.file).toEqual({
      url: `/api/web/files/${doc.id}`,
      name: 'kế hoạch.pdf',
      type: 'application/pdf',
      size: PDF.length,
    });
    const got = await reader.get(image.url);
    expect(got.status).toBe(200);
    expect(got.headers.get('content-disposition')).toMatch(/^inline/);
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
    expect((await fetch(world.url + image.url)).status).toBe(401);
    expect(await error(await stranger.get(image.url))).toEqual({ status: 404, code: 'not_found' });
    for (const id of [randomUUID(), 'no-uuid', '%00']) {
      expect((await reader.get(`/api/web/files/${id}`)).status).toBe(404);
    }
  });

  it('answers 304 to a browser that has it', async () => {
    const client = await openClient(world.url);
    const { file } = (await (await client.upload('f', 'a.pdf', PDF)).json()) as { file: { url: string } };
    const etag = (await client.get(file.url)).headers.get('etag') ?? '';
    expect((await client.get(file.url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
  });

  it('opens to a signed link, and to no forged one', async () => {
    const file = await createFileStore(world.store).save(PDF, { name: 'a.pdf', type: 'application/pdf' });
    const link = new URL(world.links.sign(file.id));
    expect(link.origin).toBe('http://public.example');
    expect((await fetch(world.url + link.pathname + link.search)).status).toBe(200);
    const later = new URL(link);
    later.searchParams.set('until', String(Number(link.searchParams.get('until')) + 60));
    const otherFile = link.pathname.replace(file.id, randomUUID());
    expect((await fetch(world.url + later.pathname + later.search)).status).toBe(401);
    expect((await fetch(world.url + otherFile + link.search)).status).toBe(401);
  });
});

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The most memory that was in use, above what was in use at the start. */
function watchMemory(): () => number {
  const used = () => process.memoryUsage.rss();
  const before = used();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, used());
  }, 10);
  return () => {
    clearInterval(timer);
    return most - before;
  };
}

/** Sends a file of so many zeros without holding them itself; the status of the answer. */
function sendPadded(client: WebClient, size: number, told: boolean): Promise<number> {
  const head = Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n`);
  const tail = Buffer.from('\r\n--b--\r\n');
  const piece = Buffer.alloc(MB / 4);
  return new Promise((resolve, reject) => {
    const call = request(`${world.url}/api/web/files`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${client.token}`,
        'Content-Type': 'multipart/form-data; boundary=b',
        ...(told ? { 'Content-Length': head.length + size + tail.length } : { 'Transfer-Encoding': 'chunked' }),
      },
    });
    call.on('response', (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    call.on('error', reject);
    call.write(head);
    let left = size;
    const more = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!call.write(piece)) {
          call.once('drain', more);
          return;
        }
      }
      call.end(tail);
    };
    more();
  });
}
