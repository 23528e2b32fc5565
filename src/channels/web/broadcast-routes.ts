/** `/api/broadcasts/:id`: how a broadcast stands, and the orders that officers give about it. */
import { z } from 'zod';
import { isId } from '../../kernel/ids.js';
import type { Role } from '../../kernel/people.js';
import { readJson } from './decode.js';
import type { BroadcastOrder, BroadcastPort } from './ports.js';
import { problem } from './problem.js';
import type { WebHandler, WebRoute } from './route.js';
import type { WebSessions } from './sessions.js';
import type { WebStore } from './store.js';

interface Deps {
  readonly broadcasts: BroadcastPort;
  readonly store: Pick<WebStore, 'hasRole'>;
  readonly sessions: WebSessions;
}

const VIEWERS: readonly Role[] = ['officer', 'admin', 'leader'];
const ORDERERS: readonly Role[] = ['officer', 'admin'];

const resendBody = z.object({ only: z.enum(['failed', 'uncertain']).default('failed') });

/** The routes of the contract. */
export function broadcastRoutes(deps: Deps): WebRoute[] {
  const path = '/api/broadcasts/:id';
  const plain = (['pause', 'resume', 'cancel'] as const).map((action): WebRoute => ({
    method: 'POST',
    path: `${path}/${action}`,
    handler: order(deps, () => Promise.resolve({ action })),
  }));
  return [
    { method: 'GET', path, handler: show(deps) },
    ...plain,
    { method: 'POST', path: `${path}/resend`, handler: order(deps, resendOrder) },
  ];
}

function show({ broadcasts, store, sessions }: Deps): WebHandler {
  return async (request, { params }) => {
    const contact = await sessions.whoIs(request);
    if (!contact) return problem('unauthorized');
    if (!(await store.hasRole(contact.memberId, VIEWERS))) return problem('forbidden');
    return answer(broadcasts, params['id'] ?? '');
  };
}

function order(
  { broadcasts, store, sessions }: Deps,
  read: (request: Request) => Promise<BroadcastOrder | Response>,
): WebHandler {
  return async (request, { params }) => {
    const contact = await sessions.whoIs(request);
    if (!contact) return problem('unauthorized');
    const { memberId } = contact;
    if (memberId === null || !(await store.hasRole(memberId, ORDERERS))) return problem('forbidden');
    const wanted = await read(request);
    if (wanted instanceof Response) return wanted;
    const id = params['id'] ?? '';
    if (!isId(id)) return problem('not_found');
    const done = await broadcasts.order(id, wanted, memberId);
    if (done.outcome === 'unknown') return problem('not_found');
    return done.outcome === 'refused' ? problem(`broadcast_${done.state}`) : answer(broadcasts, id);
  };
}

async function answer(broadcasts: BroadcastPort, id: string): Promise<Response> {
  const view = isId(id) ? await broadcasts.view(id) : null;
  return view ? Response.json(view) : problem('not_found');
}

/** The body may be left out: then it is for what failed. */
async function resendOrder(request: Request): Promise<BroadcastOrder | Response> {
  if (request.body === null || request.headers.get('content-length') === '0')
    return { action: 'resend', only: 'failed' };
  const json = await readJson(request);
  if (!json.ok) return problem(json.code);
  const body = resendBody.safeParse(json.value);
  return body.success ? { action: 'resend', only: body.data.only } : problem('bad_request');
}
