/** `npm run bench -- NAME --json`: one benchmark, one JSON object on standard output and nothing else. */
import { parseArgs } from 'node:util';
import { run as ask } from './ask.js';
import { run as broadcast } from './broadcast.js';
import { run as dashboard } from './dashboard.js';
import { run as inbound } from './inbound.js';
import { run as reminders } from './reminders.js';
import { run as replies } from './replies.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    recipients: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '0' },
    concurrency: { type: 'string', default: '50' },
    every: { type: 'string', default: 'year' },
  },
});

/** The benchmarks of this version, by name. */
const BENCHMARKS: Readonly<Record<string, () => Promise<object>>> = {
  broadcast: () =>
    broadcast({
      recipients: Number(values.recipients),
      latency: Number(values.latency),
      concurrency: Number(values.concurrency),
    }),
  ask,
  inbound,
  dashboard,
  reminders: () => reminders({ every: values.every }),
  'replies-under-broadcast': () => replies({ recipients: Number(values.recipients), latency: Number(values.latency) }),
};

const benchmark = BENCHMARKS[positionals[0] ?? ''];
if (benchmark) {
  const result = await benchmark();
  process.stdout.write(`${JSON.stringify(result, null, values.json ? undefined : 2)}\n`);
} else {
  process.stderr.write(`${positionals[0] ?? ''}: chưa có ở bản này (${Object.keys(BENCHMARKS).join(', ')})\n`);
  process.exitCode = 2;
}
