/** Routes besides the web API: public pages and the administrator's return from Zalo. */
import type { ZaloLogin } from '../channels/zalo/index.js';
import { createHonoursReads, honoursPage } from '../honours/index.js';
import type { Route } from '../http/index.js';
import { translate } from '../i18n/index.js';
import type { Store } from '../store/index.js';

const SHOWN = 50;

/** The public page of exemplars. */
export function honoursRoute(store: Store, demo: boolean): Route {
  return {
    method: 'GET',
    path: '/honours',
    handler: async () => {
      const honours = await createHonoursReads(store.db).latest(SHOWN);
      return new Response(honoursPage(honours, demo), { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    },
  };
}

/** Ends a login at Zalo; its state proves that it was begun here. */
export function zaloCallbackRoute(login: ZaloLogin): Route {
  return {
    method: 'GET',
    path: '/oauth/zalo/callback',
    handler: async (request) => {
      const result = await login.complete(new URL(request.url).searchParams);
      const text = translate('vi', result.ok ? 'zalo.loginDone' : 'zalo.loginFailed');
      return new Response(text, {
        status: result.ok ? 200 : 400,
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      });
    },
  };
}
