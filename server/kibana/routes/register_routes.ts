import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { ENDPOINTS, type Endpoint, type Operation } from '../../../common/api';
import { describeZodIssues } from '../../../common/validation';
import { DEEPEST_JSON, isNestedTooDeeply } from '../../../common/json_values';
import { DetectionError, httpStatusOf } from '../../../common/detection_error';
import { pageSentence } from '../../../common/sentences/failure_sentences';
import { toDetectionError } from '../../elasticsearch';
import type {
  KibanaRequest,
  KibanaResponseFactory,
  RequestHandlerContext,
  Router,
  RouteValidation,
} from '../contracts/contracts';
import { API_PRIVILEGES, HIDDEN_TYPES } from '../contracts/identifiers';
import type { RequestScope, Services } from '../contracts/services';
import type { Logger } from '../contracts/security_contracts';
import { FileAnswer, type HandlerContext } from './handler';
import { HANDLERS } from './handlers';

export interface RouteDependencies {
  getServices(): Promise<Services>;
  readonly log: Logger;
  /** Bytes that a body of a model file may have for Kibana to read it at all; whether it is too large is said later. */
  readonly largestModelBytes: number;
}

/** Registers every endpoint of the API under its privilege, with its schemas as validation. */
export function registerRoutes(router: Router, dependencies: RouteDependencies): void {
  const { largestModelBytes } = dependencies;
  for (const [operation, endpoint] of Object.entries(ENDPOINTS) as [Operation, Endpoint][]) {
    const privilege = API_PRIVILEGES[endpoint.privilege];
    router[endpoint.method](
      {
        path: endpoint.path,
        options: {
          access: 'public',
          tags: [`access:${privilege}`],
          ...(endpoint.maxBodyBytes !== undefined && { body: { maxBytes: endpoint.maxBodyBytes } }),
          ...(endpoint.rawBody && { body: { maxBytes: largestModelBytes, parse: false } }),
        },
        security: { authz: { requiredPrivileges: [privilege] } },
        validate: {
          ...(endpoint.params && { params: validation(endpoint.params) }),
          ...(endpoint.query && { query: validation(endpoint.query) }),
          ...(endpoint.body && { body: endpoint.rawBody ? bytesOf : validation(endpoint.body) }),
        },
      },
      (context, request, response) => answer(operation, dependencies, { context, request, response }),
    );
  }
}

/** The body as it came, and copied, since Node keeps small ones in memory that they share. */
const bytesOf: RouteValidation = (data, { ok, badRequest }) =>
  data instanceof Uint8Array && data.length > 0
    ? ok(Uint8Array.from(data))
    : badRequest('body: must be given');

function validation(schema: z.ZodType): RouteValidation {
  return (data, { ok, badRequest }) => {
    if (isNestedTooDeeply(data)) return badRequest(`(root): is nested more than ${DEEPEST_JSON} levels deep`);
    // A request without a body arrives as null.
    const parsed = schema.safeParse(data ?? undefined);
    return parsed.success ? ok(parsed.data) : badRequest(describeZodIssues(parsed.error, data).join('; '));
  };
}

/** One request with all that Kibana hands over to answer it. */
interface Exchange {
  readonly context: RequestHandlerContext;
  readonly request: KibanaRequest;
  readonly response: KibanaResponseFactory;
}

async function answer(
  operation: Operation,
  dependencies: RouteDependencies,
  { context, request, response }: Exchange,
): Promise<unknown> {
  const interruption = new AbortController();
  const subscription = request.events.aborted$.subscribe(() => interruption.abort());
  try {
    const services = await dependencies.getServices();
    const handle = HANDLERS[operation] as (request: unknown, context: HandlerContext) => Promise<unknown>;
    const { params, query, body } = request;
    const scope = await scopeOf(services, context, request);
    const work = (): Promise<unknown> =>
      handle({ params, query, body }, { services, scope, signal: interruption.signal });
    const { cost }: Endpoint = ENDPOINTS[operation];
    const found = await (cost === undefined
      ? work()
      : services.requests.run(cost, personOf(scope), work, interruption.signal));
    if (!(found instanceof FileAnswer)) return response.ok({ body: found });
    return response.ok({
      body: found.text,
      headers: {
        'content-type': found.contentType,
        'content-disposition': `attachment; filename="${found.name.replace(/[^A-Za-z0-9._-]/g, '_')}"`,
      },
    });
  } catch (error) {
    return refuse(error, operation, dependencies.log, response);
  } finally {
    subscription.unsubscribe();
  }
}

async function scopeOf(
  services: Services,
  context: RequestHandlerContext,
  request: KibanaRequest,
): Promise<RequestScope> {
  const core = await context.core;
  const user = services.apiKeys.security?.authc.getCurrentUser(request);
  return {
    space: services.spaceOf(request),
    user: user?.username,
    realm: user?.authentication_realm?.name,
    request,
    elasticsearch: core.elasticsearch.client.asCurrentUser,
    savedObjects: core.savedObjects.getClient({ includedHiddenTypes: HIDDEN_TYPES }),
  };
}

/** Names of users are unique in their realm alone. */
const personOf = ({ user, realm }: RequestScope): string | undefined =>
  user === undefined ? undefined : JSON.stringify([realm, user]);

/** Kibana turns what a handler throws into a bare 500 without a trace, so nothing is thrown. */
function refuse(error: unknown, operation: Operation, log: Logger, response: KibanaResponseFactory): unknown {
  const known = asDetectionError(error, operation);
  if (known.code === 'internal') log.error(`${operation}: ${(error as Error)?.stack ?? String(error)}`);
  const statusCode = httpStatusOf(known.code);
  const retryAfter = known.code === 'busy' ? known.details?.retry_after_seconds : undefined;
  return response.customError({
    statusCode,
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
    body: {
      message: known.message || STATUS_CODES[statusCode] || 'Failed',
      attributes: {
        code: known.code,
        ...(known.said && { said: known.said }),
        ...(known.details && { details: known.details }),
      },
    },
  });
}

/** An error of Elasticsearch carries its request: only what it says goes on. */
function asDetectionError(error: unknown, operation: Operation): DetectionError {
  const isOfElasticsearch = (error as { meta?: unknown })?.meta !== undefined;
  if (error instanceof DetectionError || isOfElasticsearch) return toDetectionError(error, operation);
  return new DetectionError('internal', `${operation} failed; Kibana's log says why.`, {
    cause: error,
    said: pageSentence('internal', { operation }),
  });
}
