/** What is compared with: an express route that reads the body and answers. Runs in a process of its own. */
import type { AddressInfo } from 'node:net';
import express from 'express';

const app = express();
app.post('/webhooks/telegram', express.raw({ type: () => true }), (_request, response) => {
  response.status(200).json({ ok: true });
});
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
