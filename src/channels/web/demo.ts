/** Routes that only the demo has: people, invitations, the clock, the ledger. */
import { readJson } from './decode.js';
import { addDuration } from './duration.js';
import type { DemoPort } from './ports.js';
import { problem } from './problem.js';
import type { WebRoute } from './route.js';

export interface DemoDeps {
  readonly demo: DemoPort;
  readonly clock: { now(): Promise<Date> };
}

const LONGEST_WALK_MS = 3 * 366 * 86_400_000;

/** The demo's routes. Outside the demo they are not mounted, so they answer 404. */
export function demoRoutes({ demo, clock }: DemoDeps): WebRoute[] {
  return [
    { method: 'GET', path: '/api/demo/people', handler: async () => Response.json(await demo.people()) },
    { method: 'POST', path: '/api/demo/invitations', handler: (request) => postInvitation(request, demo) },
    {
      method: 'GET',
      path: '/api/demo/clock',
      handler: async () => Response.json({ now: (await clock.now()).toISOString() }),
    },
    { method: 'POST', path: '/api/demo/clock', handler: (request) => postClock(request, { demo, clock }) },
    { method: 'GET', path: '/api/demo/ledger', handler: (request) => getLedger(request, demo) },
  ];
}

async function postInvitation(request: Request, demo: DemoPort): Promise<Response> {
  const json = await readJson(request);
  if (!json.ok) return problem(json.code);
  const code = field(json.value, 'as');
  if (typeof code !== 'string') return problem('bad_request');
  const invitation = await demo.invite(code);
  return invitation ? Response.json(invitation, { status: 201 }) : problem('unknown_person');
}

async function postClock(request: Request, { demo, clock }: DemoDeps): Promise<Response> {
  const json = await readJson(request);
  if (!json.ok) return problem(json.code);
  const now = await clock.now();
  const to = readTarget(json.value, now);
  if (!to || to < now || to.getTime() - now.getTime() > LONGEST_WALK_MS) return problem('bad_clock');
  const { now: reached, steps } = await demo.walkTo(to);
  return Response.json({ now: reached.toISOString(), steps });
}

/** Where the clock shall go: an instant, or a duration from now. */
function readTarget(json: unknown, now: Date): Date | null {
  const to = field(json, 'to');
  const advance = field(json, 'advance');
  if (typeof advance === 'string' && to === undefined) return addDuration(now, advance);
  if (typeof to !== 'string' || advance !== undefined || !/^\d{4}-\d{2}-\d{2}/.test(to)) return null;
  const at = new Date(to);
  return Number.isNaN(at.getTime()) ? null : at;
}

async function getLedger(request: Request, demo: DemoPort): Promise<Response> {
  const source = new URL(request.url).searchParams.get('source');
  if (source === null) return Response.json(await demo.ledger(null));
  const parts = /^([a-z][\w-]*):(.+)$/s.exec(source);
  if (!parts) return problem('bad_source');
  const ledger = await demo.ledger({ kind: parts[1] ?? '', id: parts[2] ?? '' });
  return ledger ? Response.json(ledger) : problem('not_found');
}

function field(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
}
