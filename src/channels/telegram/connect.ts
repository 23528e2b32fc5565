/** Connections that tell "never reached" apart from "reached, then silent". */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Error codes of connections that never opened start with this: nothing was written. */
export const NOT_CONNECTED = 'NOT_CONNECTED';

export interface AgentOptions {
  readonly secure: boolean;
  readonly connectTimeoutMs: number;
  /** A connection on which nothing moves for so long is closed, whether a call waits on it or none; 0: never. */
  readonly silenceMs: number;
}

/**
 * An agent that keeps connections open, gives up connecting after a while, and marks every error that came before the
 * connection stood. node-fetch passes on an error's code and nothing else, so the mark is in the code. Silence is
 * watched by the socket's own timer: a timer and an abort signal for every call cost a fifth of the call.
 */
export function createWatchingAgent({ secure, connectTimeoutMs, silenceMs }: AgentOptions): http.Agent {
  const options = { keepAlive: true, keepAliveMsecs: 10_000, timeout: silenceMs, scheduling: 'lifo' } as const;
  const agent = secure ? new https.Agent(options) : new http.Agent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (request, done) => {
    const socket = connect(request, done);
    if (socket) watch(socket, secure ? 'secureConnect' : 'connect', connectTimeoutMs);
    return socket;
  };
  const reuse = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    // While it rested a server's hint may have shortened it, and Node leaves it so.
    (socket as Socket).setTimeout(silenceMs);
  };
  return agent;
}

function watch(socket: Duplex, ready: 'connect' | 'secureConnect', timeoutMs: number): void {
  let open = false;
  const end = (code: string) => () => socket.destroy(Object.assign(new Error(code), { code }));
  const timer = setTimeout(end('CONNECT_TIMEOUT'), timeoutMs);
  socket.once(ready, () => {
    open = true;
    clearTimeout(timer);
  });
  socket.once('close', () => {
    clearTimeout(timer);
  });
  socket.on('timeout', end('SILENCE'));
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (!open) error.code = `${NOT_CONNECTED} ${error.code ?? error.name}`;
  });
}
