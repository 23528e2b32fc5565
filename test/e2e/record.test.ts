import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPdf } from '../documents/papers.js';
import { waitFor } from '../support/wait.js';
import type { WebPerson } from './web-person.js';
import { World } from './world.js';

let world: World;
let officer: WebPerson;
beforeAll(async () => {
  world = await World.create({ backend: 'postgres' });
  officer = await world.web('officer');
}, 120_000);
afterAll(() => world.close());

const query = async <T extends object>(sql: string) => (await world.db.store.pool.query<T>(sql)).rows;

function verify(...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [path.resolve('dist/src/dev/verify-record.js'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: world.db.url },
    encoding: 'utf8',
  });
}

/** Asks for the record of the latest sending and downloads the file. */
async function fetchRecord(format: string): Promise<{ bytes: Buffer; head: string; text: string }> {
  const before = officer.events.length;
  await officer.type('biên bản', '1', format);
  const told = await waitFor(
    async () => {
      await officer.listen(1);
      return officer.events.slice(before).find(({ text }) => text.includes('Mã kiểm tra'));
    },
    { timeoutMs: 60_000 },
  );
  const bytes = await officer.download(told.file?.url ?? '');
  const chains = await query<{ head: string }>('select head from record_chain');
  const head = chains.map((chain) => chain.head).find((one) => told.text.includes(`Mã kiểm tra: ${one.slice(0, 12)}…`));
  return { bytes, head: head ?? 'none', text: told.text };
}

describe('the record, through the whole product', () => {
  it('is asked for in the chat, comes as a file, and proves itself', { timeout: 120_000 }, async () => {
    await officer.type('gửi thông báo', 'Mời dự họp giao ban lúc 8 giờ.', 'sở', 'xong', 'gửi');
    const [broadcast] = await waitFor(
      async () => {
        await world.round();
        const rows = await query<{ id: string; recipients: number }>(
          `select id, recipients from broadcast where state = 'finished'`,
        );
        return rows.length > 0 ? rows : null;
      },
      { timeoutMs: 60_000 },
    );
    const { bytes, head } = await fetchRecord('pdf');
    const text = (await readPdf(bytes)).pages.join('\n');
    expect(text).toContain('BIÊN BẢN THÔNG BÁO');
    expect(text).toContain('DỮ LIỆU MẪU');
    expect(text).toContain('Mời dự họp giao ban lúc 8 giờ.');
    expect(text).toContain(head);
    expect(text).toMatch(/Sở Y tế/);
    expect((await fetchRecord('excel')).bytes.subarray(0, 2).toString()).toBe('PK');

    const source = `broadcast:${broadcast?.id ?? ''}`;
    expect(verify('--source', source, '--head', head)).toMatchObject({ status: 0 });
    await query(
      `update attempt set state = 'seen', seen_at = clock_timestamp() where id = (select max(id) from attempt where sealed)`,
    );
    const broken = verify('--source', source);
    expect(broken.status).toBe(1);
    expect(broken.stdout).toContain('trạng thái trong sổ gửi khác lúc niêm phong');
  });
});
