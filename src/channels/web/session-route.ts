/** `POST /api/web/sessions`: a visitor, or in the demo anybody. */
import { readJson } from './decode.js';
import { problem } from './problem.js';
import type { WebHandler } from './route.js';
import type { WebSessions } from './sessions.js';
import type { WebStore } from './store.js';

export interface SessionDeps {
  readonly store: WebStore;
  readonly sessions: WebSessions;
  /** True where `{"as": code}` is allowed. */
  readonly demo: boolean;
}

/** Opens a session: 201 with a new token, which is shown this once. */
export function postSession({ store, sessions, demo }: SessionDeps): WebHandler {
  return async (request) => {
    const json = await readJson(request);
    if (!json.ok) return problem(json.code);
    if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value))
      return problem('bad_request');
    const as = (json.value as { as?: unknown }).as;
    // Outside the demo nobody may say who they are: there they are a visitor with an invitation to show.
    const named = typeof as === 'string';
    if (as !== undefined && !(demo && named)) return problem('bad_request');
    const contactId = !named ? await store.newVisitor() : await store.contactOfPerson(as);
    if (contactId === null) return problem('unknown_person');
    return Response.json({ token: await sessions.open(contactId), contactId }, { status: 201 });
  };
}
