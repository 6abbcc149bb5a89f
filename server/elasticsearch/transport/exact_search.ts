import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createUnzip } from 'node:zlib';
import type { estypes } from '@elastic/elasticsearch';
import { parseExactJson } from '../../../common/log_parsing/exact_json';
import type { ElasticsearchClient } from './client';

export interface SearchTransport {
  readonly signal?: AbortSignal;
  /** Bytes of the answer; a larger one fails with a RequestAbortedError that speaks of its content length. */
  readonly maxResponseSize?: number;
}

/** An error by the names of the client's own, which is no part of the plugin: Kibana has it, in the version of its own. */
class SearchError extends Error {
  constructor(
    override readonly name:
      'ConnectionError' | 'DeserializationError' | 'RequestAbortedError' | 'ResponseError',
    message: string,
    readonly meta?: { readonly statusCode: number; readonly body: unknown },
  ) {
    super(message);
  }
}

/** Answers that the client itself deals with: it renews a session of Kibana, and tries another node. */
const LEFT_TO_CLIENT: ReadonlySet<number> = new Set([401, 502, 503, 504]);

/** Of an answer that is no JSON, in an error. */
const SHOWN_CHARACTERS = 500;

/** @throws SearchError a ConnectionError, which is worth a retry, where the answer breaks off */
async function textOf(
  body: Readable | string,
  headers: IncomingHttpHeaders,
  { signal, maxResponseSize = Infinity }: SearchTransport,
): Promise<string> {
  // Not every kind of connection gives streams.
  if (typeof body === 'string') return body;
  const refuse = (bytes: number): never => {
    body.destroy();
    throw new SearchError(
      'RequestAbortedError',
      `The content length (${bytes}) is bigger than the maximum allowed (${maxResponseSize})`,
    );
  };
  const told = Number(headers['content-length'] ?? 0);
  if (told > maxResponseSize) return refuse(told);
  const isPacked = /gzip|deflate/.test(headers['content-encoding'] ?? '');
  // A pipeline, unlike a pipe, ends with an error where the answer breaks off.
  const stream = isPacked ? pipeline(body, createUnzip(), () => {}) : body;
  const stop = (): void => void body.destroy(new Error('Request aborted'));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of stream) {
      parts.push(part as Buffer);
      bytes += (part as Buffer).length;
      if (bytes > maxResponseSize) refuse(bytes);
    }
  } catch (error) {
    if (error instanceof SearchError) throw error;
    const name = signal?.aborted ? 'RequestAbortedError' : 'ConnectionError';
    throw new SearchError(name, (error as Error).message);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  return Buffer.concat(parts, bytes).toString('utf8');
}

/** @throws SearchError a DeserializationError, which is worth a retry, as where a gateway answers in the place of Elasticsearch */
function parseAnswer(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new SearchError('DeserializationError', (error as Error).message);
  }
}

/**
 * Searches as the client does, and keeps all digits of integers beyond 2^53 - 1, which come as texts: the client's own parser rounds
 * them, so that two ids become one, and paging by such a value goes astray.
 *
 * @throws what the client throws, and errors by the same names
 */
export async function searchExactly<Document>(
  client: ElasticsearchClient,
  request: estypes.SearchRequest,
  transport: SearchTransport,
): Promise<estypes.SearchResponse<Document>> {
  const options = { signal: transport.signal, querystring: { allow_partial_search_results: false } };
  for (let isRenewed = false; ; isRenewed = true) {
    const answer = await client.search<Document>(request, { ...options, asStream: true, meta: true });
    const body = answer.body as unknown as Readable | string;
    const { headers } = answer;
    const status = answer.statusCode ?? 0;
    if (LEFT_TO_CLIENT.has(status)) {
      if (typeof body !== 'string') body.resume();
      const found = await client.search<Document>(request, { ...options, ...transport });
      if (isRenewed) return found;
      continue;
    }
    const text = await textOf(body, headers, transport);
    if (status < 400) return parseAnswer(text) as estypes.SearchResponse<Document>;
    const isJson = /json/.test(headers['content-type'] ?? '');
    throw new SearchError('ResponseError', text.slice(0, SHOWN_CHARACTERS), {
      statusCode: status,
      body: isJson ? parseAnswer(text) : text,
    });
  }
}
