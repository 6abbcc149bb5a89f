import { z } from 'zod';
import { codedSentenceSchema } from '../coded_sentence';

/** All paths of the HTTP API lie below it, after Kibana's base path and `/s/<space>`. */
export const API_ROOT = '/api/log_anomalies';

/** Kibana feature privilege that an endpoint asks for. */
export type ApiPrivilege = 'read' | 'write';

/**
 * Kind of expensive request, bounded in number: `preview` trains on a thread of its own, `search` keeps Kibana or
 * the cluster busy for seconds.
 */
export type RequestCost = 'preview' | 'search';

/**
 * One endpoint, as client, server and OpenAPI document see it. `{name}` in a path is filled from `params`; the values
 * of `query` arrive as text and are converted by their schema.
 */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly privilege: ApiPrivilege;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /**
   * The server gets the bytes of the body as they came, more than the 1 MiB of others, and checks them itself; `body` tells
   * callers what they are.
   */
  readonly rawBody?: true;
  /** Bytes that a body may have; absent: the 1 MiB of Kibana. */
  readonly maxBodyBytes?: number;
  /** Given: it waits for its turn, and is answered with 429 and `Retry-After` where too many wait. */
  readonly cost?: RequestCost;
  /** Media type of an answer that is a file and no JSON; `response` describes its text. */
  readonly produces?: 'application/yaml';
}

/** Keeps the exact types of the schemas. */
export const endpoint = <Given extends Endpoint>(given: Given): Given => given;

type Parsed<Of, Part extends string> =
  Of extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;
type Written<Of, Part extends string> =
  Of extends Record<Part, infer Schema extends z.ZodType> ? z.input<Schema> : undefined;

/** Request of a handler: defaults filled in, texts converted. */
export interface ApiRequest<Of extends Endpoint> {
  readonly params: Parsed<Of, 'params'>;
  readonly query: Parsed<Of, 'query'>;
  readonly body: Of extends { rawBody: true } ? Uint8Array : Parsed<Of, 'body'>;
}
/** Request as a caller writes it. */
export interface ApiCall<Of extends Endpoint> {
  readonly params: Written<Of, 'params'>;
  readonly query: Written<Of, 'query'>;
  readonly body: Written<Of, 'body'>;
}
export type ApiResponse<Of extends Endpoint> = z.output<Of['response']>;

/** Body of every answer that is not 2xx: `code` is one of DETECTION_ERROR_CODES. */
export const apiErrorSchema = z.object({
  statusCode: z.number().int(),
  error: z.string(),
  message: z.string(),
  attributes: z
    .object({
      code: z.string(),
      said: codedSentenceSchema.optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});

export const acknowledgedSchema = z.object({ acknowledged: z.literal(true) });
