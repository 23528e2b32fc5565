/** What operators and their machines ask: alive, ready part by part, numbers. */
import type { Route } from './handler.js';

/** How each part of the product stands. `off` is no fault: a channel without its token; `safe-mode` waits for a decision. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<
    Record<string, { readonly state: 'ok' | 'off' | 'down' | 'safe-mode'; readonly detail?: string }>
  >;
}

/** prom-client's registry fits. */
interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface HealthOptions {
  readonly ready: () => Promise<Readiness>;
  readonly metrics?: MetricsSource | undefined;
}

const READY_LIMIT_MS = 5_000;

/** `/healthz`, `/readyz`, `/metrics`. */
export function healthRoutes({ ready, metrics }: HealthOptions): Route[] {
  return [
    { method: 'GET', path: '/healthz', handler: () => Promise.resolve(Response.json({ ok: true })) },
    {
      method: 'GET',
      path: '/readyz',
      handler: async (_request, { closing }) => {
        const readiness = closing.aborted ? STOPPING : await within(READY_LIMIT_MS, ready());
        return Response.json(readiness, { status: readiness.ready ? 200 : 503 });
      },
    },
    ...(metrics ? [metricsRoute(metrics)] : []),
  ];
}

function metricsRoute(metrics: MetricsSource): Route {
  return {
    method: 'GET',
    path: '/metrics',
    handler: async () => new Response(await metrics.metrics(), { headers: { 'Content-Type': metrics.contentType } }),
  };
}

const STOPPING: Readiness = { ready: false, parts: { http: { state: 'down', detail: 'stopping' } } };
const SILENT: Readiness = { ready: false, parts: { checks: { state: 'down', detail: 'no answer in time' } } };

/** A check that hangs is an answer too. */
async function within(limitMs: number, check: Promise<Readiness>): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<Readiness>((resolve) => {
    timer = setTimeout(resolve, limitMs, SILENT);
  });
  try {
    return await Promise.race([check, silent]);
  } finally {
    clearTimeout(timer);
  }
}
