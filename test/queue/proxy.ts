/** A TCP door before a server, so that a test can cut its connections and shut it without touching the server. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  /** The server's address with the door's port in place of its own. */
  readonly url: string;
  /** Cuts all connections; new ones are let in. */
  cut(): void;
  /** Cuts all connections and refuses new ones until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(Number(targetPort), hostname);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    inner.pipe(outer).pipe(inner);
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.toString(),
    cut,
    shut: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        cut();
      }),
    open: () => listen(port),
  };
}
