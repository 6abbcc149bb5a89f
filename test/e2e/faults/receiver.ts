import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const ID = /id=(log-\d+);/g;

/** A webhook that counts how often each log was told of. */
export class Receiver {
  /** By id of the log: the idempotency keys of its messages, in the order of their arrival. */
  readonly told = new Map<string, string[]>();
  /** Refuses every message. */
  isClosed = false;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        if (!this.isClosed) {
          const ids = new Set([...body.matchAll(ID)].map(([, id]) => id));
          for (const id of ids) {
            this.told.set(id, [...(this.told.get(id) ?? []), String(request.headers['idempotency-key'])]);
          }
        }
        response.writeHead(this.isClosed ? 503 : 200).end('ok');
      });
    });
  }

  /** @returns its address */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
