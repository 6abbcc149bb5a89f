import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** `passes`: as if it were not there; `cut`: connections break off; `hangs`: no answer comes; a number: that status is answered. */
export type ProxyMode = 'passes' | 'cut' | 'hangs' | 429 | 503;

/** Stands between a Kibana and its Elasticsearch. */
export class FaultyProxy {
  mode: ProxyMode = 'passes';
  /** Requests that met a fault. */
  hit = 0;
  private readonly server: Server;

  /** @param target address of Elasticsearch, http */
  constructor(private readonly target: string) {
    this.server = createServer((incoming, answer) => this.take(incoming, answer));
    // Elasticsearch keeps connections open: one that is closed under a request would be a fault of our own.
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
  }

  /** @returns its own address */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(incoming: IncomingMessage, answer: ServerResponse): void {
    const { mode } = this;
    if (mode !== 'passes') this.hit++;
    if (mode === 'cut') incoming.socket.destroy();
    else if (mode === 'hangs') incoming.resume();
    else if (mode === 'passes') this.pass(incoming, answer);
    else {
      incoming.resume();
      const type = mode === 429 ? 'es_rejected_execution_exception' : 'unavailable_shards_exception';
      answer
        .writeHead(mode, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
        .end(
          JSON.stringify({ error: { type, reason: 'a fault of the test', root_cause: [] }, status: mode }),
        );
    }
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method, headers, url } = incoming;
    const outgoing = request(new URL(url ?? '/', this.target), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    outgoing.once('error', () => answer.destroy());
    answer.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}
