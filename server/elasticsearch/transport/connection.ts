import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { DetectionError } from '../../../common/detection_error';
import { describeZodIssues } from '../../../common/validation';

const REQUEST_TIMEOUT_MS = 120_000;

/** Address and credentials of Elasticsearch. Secrets come from the environment or a config file, never from arguments. */
export const connectionSchema = z
  .strictObject({
    url: z
      .union([z.string(), z.array(z.string()).min(1).max(32)])
      .default('http://127.0.0.1:9200')
      .describe('One or more addresses of nodes or a load balancer'),
    api_key: z.string().min(1).optional().describe('The `encoded` form of an API key'),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    ca: z.string().min(1).optional().describe('PEM file with the certificate authority of the cluster'),
    request_timeout_ms: z.number().int().min(1_000).max(3_600_000).default(REQUEST_TIMEOUT_MS),
  })
  .refine((config) => (config.username === undefined) === (config.password === undefined), {
    message: 'username and password belong together',
    path: ['username'],
  });
export type ConnectionConfig = z.output<typeof connectionSchema>;
export type ConnectionInput = z.input<typeof connectionSchema>;

/**
 * Reads ELASTICSEARCH_URL (several separated by commas), _API_KEY, _USERNAME, _PASSWORD and _CA. Where it names a key, or a user, here or
 * in the first address, nobody else of the defaults signs in.
 */
export function connectionFromEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  defaults: ConnectionInput = {},
): ConnectionInput {
  const value = (name: string): string | undefined => environment[`ELASTICSEARCH_${name}`] || undefined;
  const url = value('URL');
  const key = value('API_KEY');
  const username = value('USERNAME');
  const password = value('PASSWORD');
  const named = {
    ...(url ? { url: url.split(',').map((part) => part.trim()) } : {}),
    ...(value('CA') ? { ca: value('CA') } : {}),
    ...(key ? { api_key: key } : {}),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
  const { api_key: ownKey, username: ownName, password: ownPassword, ...others } = defaults;
  const isByName = username !== undefined || password !== undefined;
  const isByAddress = hasUser(url?.split(',')[0].trim());
  if (key !== undefined || (isByAddress && !isByName)) return { ...others, ...named };
  return {
    ...others,
    ...(ownKey !== undefined && !isByName && { api_key: ownKey }),
    ...(ownName !== undefined && { username: ownName }),
    ...(ownPassword !== undefined && { password: ownPassword }),
    ...named,
  };
}

const hasUser = (address = ''): boolean =>
  URL.canParse(address) && takeUserOf(new URL(address)) !== undefined;

export interface UserAndPassword {
  readonly username: string;
  readonly password: string;
}

interface Address {
  readonly url: URL;
  readonly user?: UserAndPassword;
}

/** Takes user and password out of an address, so that it can be shown. @returns undefined where it names neither */
export function takeUserOf(url: URL): UserAndPassword | undefined {
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return username === '' && password === ''
    ? undefined
    : { username: decoded(username), password: decoded(password) };
}

/** @returns the text as it stands where a percent sign is one */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseAddress(text: string): Address {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new DetectionError(
      'invalid_input',
      'elasticsearch.url is not a URL; allowed: e.g. https://host:9200',
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new DetectionError('invalid_input', 'elasticsearch.url must begin with http: or https:');
  }
  const user = takeUserOf(url);
  return { url, ...(user && { user }) };
}

const addressesOf = ({ url }: Pick<ConnectionConfig, 'url'>): Address[] =>
  (Array.isArray(url) ? url : [url]).map(parseAddress);

/**
 * Returns what a command signs in with: the key or the user of the settings, else the user of the first address.
 *
 * @throws DetectionError `invalid_input` for an address that is none
 */
export function credentialsOf(
  config: Pick<ConnectionConfig, 'url' | 'api_key' | 'username' | 'password'>,
): { readonly apiKey: string } | UserAndPassword | undefined {
  if (config.api_key) return { apiKey: config.api_key };
  if (config.username && config.password) return { username: config.username, password: config.password };
  return addressesOf(config)[0].user;
}

/** Checks the settings without repeating their values: one of them may be a secret. */
function parseConnection(input: ConnectionInput): ConnectionConfig {
  const parsed = connectionSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = describeZodIssues(parsed.error);
  throw new DetectionError(
    'invalid_input',
    `The Elasticsearch connection is not valid: ${issues.join('; ')}`,
    {
      details: { issues },
    },
  );
}

/**
 * Makes a client; nothing is sent yet. The client repeats a request on a lost connection, 502, 503 and 504 three times
 * by itself; `attempt` adds 429 and longer waits.
 *
 * @throws DetectionError `invalid_input` naming the setting, never its value
 */
export function connect(input: ConnectionInput = connectionFromEnvironment()): Client {
  const config = parseConnection(input);
  const addresses = addressesOf(config);
  let authority: Buffer | undefined;
  if (config.ca !== undefined) {
    try {
      authority = readFileSync(config.ca);
    } catch (error) {
      throw new DetectionError(
        'invalid_input',
        'elasticsearch.ca: the file cannot be read; it must be a PEM file',
        {
          cause: error,
        },
      );
    }
  }
  return new Client({
    nodes: addresses.map(({ url }) => url.toString()),
    auth: credentialsOf(config),
    ...(authority ? { tls: { ca: authority } } : {}),
    requestTimeout: config.request_timeout_ms,
    compression: false,
  });
}
