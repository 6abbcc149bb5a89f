import {
  ENDPOINTS,
  type ApiCall,
  type ApiResponse,
  type Endpoint,
  type Endpoints,
  type Operation,
} from '../../common/api';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Arguments<Name extends Operation> = Partial<{
  [Part in 'params' | 'query' | 'body']: ApiCall<Endpoints[Name]>[Part];
}>;

/** Speaks to Kibana over HTTP as one user in one space. */
export class KibanaClient {
  constructor(
    private readonly url: string,
    private readonly credentials: Credentials | undefined,
    private readonly space: string = 'default',
  ) {}

  get spaceId(): string {
    return this.space;
  }

  inSpace = (space: string): KibanaClient => new KibanaClient(this.url, this.credentials, space);
  /** @param credentials undefined: without any */
  as = (credentials: Credentials | undefined): KibanaClient =>
    new KibanaClient(this.url, credentials, this.space);

  /** Any request below the space, with a JSON body or a form; an answer of any status is returned. */
  async request(method: string, path: string, body?: unknown): Promise<Answer> {
    const base = this.space === 'default' ? '' : `/s/${this.space}`;
    const { credentials } = this;
    const isForm = body instanceof FormData;
    const ask = (): Promise<Response> =>
      fetch(`${this.url}${base}${path}`, {
        method: method.toUpperCase(),
        headers: {
          'kbn-xsrf': 'true',
          // A connection that was idle while pages were tried may be closed by Kibana just as it is used again.
          connection: 'close',
          ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
          ...(credentials && {
            authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`,
          }),
        },
        ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      });
    // Where Kibana is very busy it closes a connection before it has read what came.
    const response = await ask().catch((error: Error) => {
      const isClosed = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'UND_ERR_SOCKET';
      if (!isClosed || !/^(get|delete)$/i.test(method)) throw error;
      return ask();
    });
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Some answers are no JSON.
    }
    return { status: response.status, body: parsed };
  }

  /** @throws Error with what Kibana says unless the answer is 2xx */
  async expect<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 200 && answer.status < 300) return answer.body as Body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 800)}`);
  }

  /** One of our operations, any status. */
  try<Name extends Operation>(operation: Name, given: Arguments<Name> = {}): Promise<Answer> {
    const { method, path } = ENDPOINTS[operation] as Endpoint;
    return this.request(method, fill(path, given), given.body);
  }

  /** One of our operations; the answer must be 2xx and as the API says. */
  async call<Name extends Operation>(
    operation: Name,
    given: Arguments<Name> = {},
  ): Promise<ApiResponse<Endpoints[Name]>> {
    const { method, path, response } = ENDPOINTS[operation] as Endpoint;
    return response.parse(await this.expect(method, fill(path, given), given.body)) as ApiResponse<
      Endpoints[Name]
    >;
  }
}

function fill(path: string, { params, query }: { params?: unknown; query?: unknown }): string {
  const values = (params ?? {}) as Record<string, string>;
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values[name]));
  const search = new URLSearchParams(
    Object.entries((query ?? {}) as Record<string, unknown>).map(([name, value]) => [name, String(value)]),
  ).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
