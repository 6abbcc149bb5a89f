import { z } from 'zod';
import { apiErrorSchema, ENDPOINTS, type Endpoint } from '../../../common/api';
import { API_PRIVILEGES } from '../contracts/identifiers';

type Json = Record<string, unknown>;

/** @param direction whether the schema describes what a caller writes or what it reads */
function jsonSchemaOf(schema: z.ZodType, direction: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: direction,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  }) as Json;
  return rest;
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

const content = (schema: Json, type = 'application/json'): Json => ({ [type]: { schema } });

function operationOf(name: string, endpoint: Endpoint): Json {
  const error = {
    description: 'Refused or failed',
    content: content({ $ref: '#/components/schemas/Error' }),
  };
  return {
    operationId: name,
    summary: endpoint.summary,
    description: `Asks for the Kibana privilege \`${API_PRIVILEGES[endpoint.privilege]}\`.`,
    parameters: [
      ...parametersOf(endpoint.params, 'path'),
      ...parametersOf(endpoint.query, 'query'),
      ...(endpoint.method === 'get'
        ? []
        : [{ name: 'kbn-xsrf', in: 'header', required: true, schema: { type: 'string' } }]),
    ],
    ...(endpoint.body && {
      requestBody: {
        required: !endpoint.body.safeParse(undefined).success,
        content: content(jsonSchemaOf(endpoint.body, 'input')),
      },
    }),
    responses: {
      200: {
        description: 'Done',
        content: content(jsonSchemaOf(endpoint.response, 'output'), endpoint.produces),
      },
      ...(endpoint.cost && {
        429: {
          ...error,
          description: 'Too many such requests wait already; the header says when to try again',
          headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
        },
      }),
      default: error,
    },
  };
}

/** The API as an OpenAPI 3.1 document, from the very schemas that check its requests. */
export function createOpenApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [string, Endpoint][]) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(name, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Log Anomalies',
      version: '1',
      description:
        'Detectors of anomalous logs, their runs, models, results and feedback. Each Kibana space has its own.',
    },
    paths,
    components: {
      schemas: { Error: jsonSchemaOf(apiErrorSchema, 'output') },
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        api_key: { type: 'apiKey', in: 'header', name: 'Authorization' },
      },
    },
    security: [{ basic: [] }, { api_key: [] }],
  };
}
