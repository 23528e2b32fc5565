/**
 * npm run verify-record [-- --source kind:id] [--head HASH] [--json]: recomputes the record of notices and says, in
 * plain words, what does not hold. Exit code 0: everything holds; 1: something does not; 2: not understood, or nothing
 * to check under that name.
 */
import { existsSync } from 'node:fs';
import { readConfig } from '../config.js';
import { verifyRecords, type RecordProblem, type VerifyOptions, type VerifyResult } from '../delivery/index.js';
import { ConfigError } from '../kernel/errors.js';
import { formatNumber } from '../kernel/format.js';
import { createStore, openEmbedded } from '../store/index.js';

interface Options extends VerifyOptions {
  readonly json: boolean;
}

const SHOWN = 50;
const USAGE = 'npm run verify-record [-- --source <loại>:<mã>] [--head <mã băm>] [--json]';

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

function readOptions(args: readonly string[]): Options | string {
  const found: { source?: { kind: string; id: string }; head?: string; json: boolean } = { json: false };
  for (let at = 0; at < args.length; at += 1) {
    const [name, inline] = (args[at] ?? '').split('=', 2);
    const value = (): string => inline ?? args[(at += 1)] ?? '';
    if (name === '--json') found.json = true;
    else if (name === '--source') {
      const match = /^([a-z-]+):(.+)$/.exec(value());
      if (!match?.[1] || !match[2]) return `--source cần dạng <loại>:<mã>, ví dụ broadcast:0190…\n${USAGE}`;
      found.source = { kind: match[1], id: match[2] };
    } else if (name === '--head') {
      found.head = value().toLowerCase();
      if (!/^[0-9a-f]{64}$/.test(found.head)) return `--head cần 64 ký tự in cuối biên bản\n${USAGE}`;
    } else return `không hiểu tham số ${args[at] ?? ''}\n${USAGE}`;
  }
  if (found.head !== undefined && !found.source) return `--head cần đi cùng --source\n${USAGE}`;
  return found;
}

async function verify(options: Options): Promise<VerifyResult> {
  const { database } = readConfig();
  // Without a data folder nothing was ever sent, and a check is no reason to make a database.
  if (database.kind === 'embedded' && !existsSync(database.dataDir))
    return { ok: true, chains: 0, entries: 0, unsealed: 0, erased: 0, problems: [] };
  const embedded =
    database.kind === 'embedded'
      ? await openEmbedded({ dataDir: database.dataDir, server: false, say: complain })
      : null;
  try {
    const url = embedded?.url ?? (database.kind === 'server' ? database.url : '');
    const store = await createStore({ url, poolSize: 1, rawPoolSize: 2 });
    try {
      return await verifyRecords(store.pool, options);
    } finally {
      await store.close();
    }
  } finally {
    await embedded?.stop();
  }
}

const WHAT: Readonly<Record<RecordProblem['what'], string>> = {
  hash: 'nội dung của mục không khớp mã băm',
  gap: 'thiếu mục, hoặc mục sai thứ tự',
  count: 'số mục trong chuỗi khác số đã ghi ở đầu sổ',
  head: 'mã băm cuối khác mã đã ghi ở đầu sổ',
  'printed-head': 'mã băm trên biên bản đã in không có trong chuỗi',
  person: 'họ tên hoặc người nhận khác lúc niêm phong',
  content: 'nội dung đã gửi khác lúc niêm phong',
  facts: 'đầu mối, tài khoản, lần thử, hình thức hoặc giờ gọi khác lúc niêm phong',
  order: 'lệnh gửi hoặc lệnh đính chính (tên, người ra lệnh, giờ, lý do, nội dung) khác lúc niêm phong',
  gone: 'dòng trong sổ gửi không còn hoặc đã chuyển sang thông báo khác',
  edit: 'kết quả đính chính trong sổ khác lúc niêm phong',
  step: 'trạng thái đổi theo cách không thể có',
  state: 'trạng thái trong sổ gửi khác lúc niêm phong',
  time: 'thời điểm trong sổ gửi khác lúc niêm phong',
  reason: 'lý do trong sổ gửi khác lúc niêm phong',
  'message-id': 'mã tin của nền tảng trong sổ gửi khác lúc niêm phong',
  channel: 'kênh trong sổ gửi khác lúc niêm phong',
  via: 'cách gửi trong sổ gửi khác lúc niêm phong',
  'stands-for': 'người được gửi thay trong sổ gửi khác lúc niêm phong',
  missing: 'sổ gửi ghi là đã niêm phong nhưng không có trong chuỗi',
};

function describe({ source, n, what, attemptId, expected, found }: RecordProblem): string {
  const place = n === null ? source : `${source}, mục ${String(n)}`;
  const line = attemptId === null ? '' : ` (dòng sổ gửi ${attemptId})`;
  const values = expected === '' && found === '' ? '' : `: phải là "${expected}", thấy "${found}"`;
  return `✗ ${place}${line}: ${WHAT[what]}${values}`;
}

function tell(result: VerifyResult): void {
  const count = (value: number): string => formatNumber(value, 0);
  write(`Đã kiểm tra ${count(result.chains)} biên bản, ${count(result.entries)} mục.`);
  if (result.unsealed > 0) write(`Chưa niêm phong: ${count(result.unsealed)} dòng (sẽ được niêm phong ở lượt sau).`);
  if (result.erased > 0)
    write(`Đã xóa tên: ${count(result.erased)} mục (không kiểm tra được họ tên, chuỗi vẫn nguyên).`);
  for (const problem of result.problems.slice(0, SHOWN)) write(describe(problem));
  if (result.problems.length > SHOWN) write(`… và ${count(result.problems.length - SHOWN)} chỗ khác.`);
  write(result.ok ? '✓ Biên bản nguyên vẹn.' : `✗ Có ${count(result.problems.length)} chỗ không khớp.`);
}

const isEmpty = ({ chains, entries, unsealed, problems }: VerifyResult): boolean =>
  chains + entries + unsealed + problems.length === 0;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    complain(options);
    return 2;
  }
  const result = await verify(options);
  if (options.source && isEmpty(result)) {
    complain(`✗ Không có biên bản ${options.source.kind}:${options.source.id}.`);
    return 2;
  }
  if (options.json) write(JSON.stringify(result));
  else tell(result);
  return result.ok ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  complain(
    error instanceof ConfigError ? error.problems.join('\n') : error instanceof Error ? error.message : String(error),
  );
  return 2;
});
