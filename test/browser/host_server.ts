import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { ENDPOINTS, type Endpoint, type Operation } from '../../common/api';
import type { KibanaStandIn, Person } from '../integration/fixtures/kibana_stand_in';
import type { ServedFiles } from './build_host_page';
import { HOST_SETTINGS_ID, type HostSettings } from './host/host_settings';
import { ImportedObjects } from './imported_objects';

const root = resolve(__dirname, '../..');

/** That of Kibana 8.12: what it forbids, the plugin must not need. */
const SECURITY_POLICY = "script-src 'self'; worker-src blob: 'self'; style-src 'unsafe-inline' 'self'";
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };
/** As Kibana serves its own scripts: a browser that has them need not compile them again. */
const KEPT = { 'cache-control': 'max-age=31536000, immutable' };
const KIBANA_APPLICATIONS = ['logAnomalies', 'dashboard', 'native', 'rule', 'visualize'];

export interface HostOptions {
  readonly kibana: KibanaStandIn;
  readonly space: string;
  readonly hostPage: ServedFiles;
  /** Folder of the plugin's built bundle. */
  readonly bundle: string;
  /** Data views saved in Kibana. */
  readonly dataViews: readonly { readonly id: string; readonly title: string; readonly name: string }[];
  /** By the name that the cookie `user` gives; without one the first. */
  readonly people: readonly Person[];
  /** Default 0: any free one. */
  readonly port?: number;
}

export interface Host {
  /** Address of the space. */
  readonly url: string;
  /** Requests of the pages, `<operation> <search>` each; the newest last. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Serves the host page, the built bundle and the plugin's own routes on the loopback interface. */
export async function startHost(options: HostOptions): Promise<Host> {
  const asked: string[] = [];
  const imported = new ImportedObjects();
  const server = createServer((request, response) => {
    respond(options, imported, asked, request, response).catch((error: Error) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: error.stack }));
    });
  });
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${basePathOf(options)}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const basePathOf = ({ space }: HostOptions): string => `/s/${space}`;

/** As Kibana reads it: what is given several times is a list. */
const queryOf = (search: URLSearchParams): Record<string, string | string[]> =>
  Object.fromEntries(
    [...new Set(search.keys())].map((key) => {
      const values = search.getAll(key);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );

async function respond(
  options: HostOptions,
  imported: ImportedObjects,
  asked: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://host');
  const cookies = Object.fromEntries(new URLSearchParams(request.headers.cookie?.replace(/; */g, '&') ?? ''));
  const person = options.people.find(({ name }) => name === cookies.user) ?? options.people[0];
  const send = (status: number, body: string | Uint8Array, headers: Record<string, string>): void => {
    response.writeHead(status, { 'cache-control': 'no-store', ...headers });
    response.end(body);
  };
  const sendJson = (status: number, body: unknown, headers = {}): void =>
    send(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  const base = basePathOf(options);
  const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : url.pathname;
  const [, area, ...rest] = path.split('/');

  if (area === 'as') return chooseUser(url, base, response);
  if (area === 'app' && KIBANA_APPLICATIONS.includes(rest[0])) {
    return send(200, pageFor(base, person, cookies), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': SECURITY_POLICY,
    });
  }
  const type = TYPES[extname(url.pathname)];
  if (area === 'host' && options.hostPage.has(url.pathname)) {
    return send(200, options.hostPage.get(url.pathname)!, { 'content-type': type, ...KEPT });
  }
  if (area === 'bundles' && /^logAnomalies\/[\w.]+\.js$/.test(rest.join('/'))) {
    return send(200, readFileSync(join(options.bundle, rest[1])), { 'content-type': type });
  }
  if (url.pathname === '/favicon.ico') return send(204, '', {});
  if (path === '/api/data_views') {
    return sendJson(200, { data_view: cookies.data_views === 'none' ? [] : options.dataViews });
  }
  if (path === '/api/data_views/data_view' && request.method === 'POST') {
    asked.push(`data_view ${(await bodyOf(request)).toString('utf8')}`);
    return sendJson(200, { data_view: {} });
  }
  if (path === '/api/saved_objects/_import') {
    const { status, body } = await imported.take(url, await bodyOf(request), request.headers);
    return sendJson(status, body);
  }
  const found = operationOf(request.method ?? 'GET', path);
  if (found === undefined) return sendJson(404, { statusCode: 404, error: 'Not Found', message: path });
  asked.push(`${found.operation} ${url.search}`);
  const text = (await bodyOf(request)).toString('utf8');
  const given = {
    params: found.params,
    query: queryOf(url.searchParams),
    ...(text !== '' && { body: JSON.parse(text) as unknown }),
  };
  const answer = await options.kibana.call(person, found.operation, given, options.space);
  if (typeof answer.body === 'string') return send(answer.status, answer.body, answer.headers);
  return sendJson(answer.status, answer.body, answer.headers);
}

/** `/as?user=rita&theme=dark&locale=fr-FR`: from then on this browser is that user, in these colours and language. */
function chooseUser(url: URL, base: string, response: ServerResponse): void {
  const cookies = [...url.searchParams].map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}; Path=/`,
  );
  response.writeHead(302, { location: `${base}/app/logAnomalies/`, 'set-cookie': cookies });
  response.end();
}

function pageFor(basePath: string, person: Person, cookies: Record<string, string>): string {
  const { theme, locale = 'en', date_format: dateFormat, discover } = cookies;
  const isDark = theme === 'dark';
  const settings: HostSettings = {
    locale,
    messages: locale === 'en' ? {} : translations(locale),
    isDark,
    basePath,
    ...(dateFormat !== undefined && { uiSettings: { dateFormat } }),
    capabilities: {
      ...(discover !== 'hidden' && { discover: { show: true } }),
      apm: { show: true },
      infrastructure: { show: true },
      indexPatterns: { save: person.privileges.includes('write') },
      logAnomalies: { show: true, save: person.privileges.includes('write') },
      savedObjectsManagement: { edit: person.privileges.includes('write') },
    },
  };
  return `<!doctype html>
<html lang="${locale}">
  <head>
    <meta charset="utf-8">
    <title>Host page</title>
    <link rel="stylesheet" href="/host/theme_${isDark ? 'dark' : 'light'}.css">
    <script type="application/json" id="${HOST_SETTINGS_ID}">${JSON.stringify(settings).replace(/</g, '\\u003c')}</script>
  </head>
  <body>
    <div id="host"></div>
    <script type="module" src="/host/host_page.js"></script>
  </body>
</html>`;
}

function translations(locale: string): Record<string, string> {
  const file = join(root, 'translations', `${locale.replace(/[^\w-]/g, '')}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { messages: Record<string, string> }).messages;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Returns the endpoint of a request, a path without parameters before one with them. */
function operationOf(
  method: string,
  path: string,
): { operation: Operation; params: Record<string, string> } | undefined {
  const endpoints = (Object.entries(ENDPOINTS) as [Operation, Endpoint][])
    .filter(([, endpoint]) => endpoint.method === method.toLowerCase())
    .sort(([, left], [, right]) => left.path.split('{').length - right.path.split('{').length);
  for (const [operation, endpoint] of endpoints) {
    const pattern = endpoint.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return { operation, params: Object.fromEntries(params) as Record<string, string> };
  }
  return undefined;
}
