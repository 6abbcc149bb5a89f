import type { LogDocument } from '../../../common/log_document';
import { filled, type Draws } from './draws';
import type { TrafficKind } from './labelled_traffic';
import { ATTACKS, BROWSERS } from './payloads';

/*
 * Audit log of an identity provider (OAuth 2, OpenID Connect, single sign-on) with names of its own in nested objects: HTTP
 * status, milliseconds, an event, a client, a country, an agent, an error in words. From 0.4 ms for the keys to 25 seconds
 * for an export of users. It was written after all else, to measure by; how rare values
 * of seldom fields count and that agents are suggested was chosen by its first seed.
 */

interface Event {
  readonly type: string;
  readonly method: string;
  readonly uri: string;
  readonly weight: number;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly clients: readonly string[];
  readonly grant?: string;
  /** Errors of every day with their status and share. */
  readonly failures?: readonly [error: string, status: number, share: number][];
  /** Made by machines, which have agents and addresses of their own. */
  readonly isMachine?: boolean;
  readonly isNew?: boolean;
}

const APPS = ['portal', 'shop-web', 'shop-ios', 'shop-android', 'intranet'];
const SERVICES = ['orders-svc', 'billing-svc', 'report-job', 'stock-svc'];

const EVENTS: readonly Event[] = [
  {
    type: 'keys.read',
    method: 'GET',
    uri: '/oauth2/keys',
    weight: 110,
    milliseconds: 0.4,
    bytes: 1_900,
    clients: SERVICES,
    isMachine: true,
  },
  {
    type: 'token.introspect',
    method: 'POST',
    uri: '/oauth2/introspect',
    weight: 220,
    milliseconds: 3,
    bytes: 320,
    clients: [...SERVICES, 'gateway'],
    isMachine: true,
  },
  {
    type: 'token.issue',
    method: 'POST',
    uri: '/oauth2/token',
    weight: 60,
    milliseconds: 38,
    bytes: 2_100,
    clients: SERVICES,
    grant: 'client_credentials',
    failures: [['invalid_client', 401, 0.004]],
    isMachine: true,
  },
  {
    type: 'token.issue',
    method: 'POST',
    uri: '/oauth2/token',
    weight: 70,
    milliseconds: 45,
    bytes: 2_600,
    clients: APPS,
    grant: 'authorization_code',
    failures: [['invalid_grant', 400, 0.015]],
  },
  {
    type: 'token.refresh',
    method: 'POST',
    uri: '/oauth2/token',
    weight: 150,
    milliseconds: 28,
    bytes: 2_400,
    clients: APPS,
    grant: 'refresh_token',
    failures: [['invalid_grant', 400, 0.05]],
  },
  {
    type: 'authorize',
    method: 'GET',
    uri: '/oauth2/authorize?client_id={app}&scope=openid+profile&state={hash}',
    weight: 90,
    milliseconds: 17,
    bytes: 5_200,
    clients: APPS,
    failures: [['invalid_redirect_uri', 400, 0.003]],
  },
  {
    type: 'login',
    method: 'POST',
    uri: '/login',
    weight: 75,
    milliseconds: 240,
    bytes: 900,
    clients: APPS,
    failures: [
      ['wrong_password', 401, 0.08],
      ['unknown_user', 401, 0.02],
      ['too_many_attempts', 429, 0.003],
    ],
  },
  {
    type: 'login.second_factor',
    method: 'POST',
    uri: '/login/second-factor',
    weight: 45,
    milliseconds: 120,
    bytes: 500,
    clients: APPS,
    failures: [['wrong_code', 401, 0.06]],
  },
  {
    type: 'login.federated',
    method: 'POST',
    uri: '/saml/{partner}/acs',
    weight: 14,
    milliseconds: 420,
    bytes: 1_400,
    clients: ['intranet', 'portal'],
    failures: [
      ['assertion_expired', 400, 0.02],
      ['partner_unavailable', 503, 0.006],
    ],
  },
  {
    type: 'userinfo.read',
    method: 'GET',
    uri: '/oauth2/userinfo',
    weight: 85,
    milliseconds: 9,
    bytes: 800,
    clients: APPS,
    failures: [['token_expired', 401, 0.04]],
  },
  {
    type: 'logout',
    method: 'POST',
    uri: '/logout',
    weight: 25,
    milliseconds: 12,
    bytes: 120,
    clients: APPS,
  },
  {
    type: 'password.reset_requested',
    method: 'POST',
    uri: '/password/reset',
    weight: 7,
    milliseconds: 310,
    bytes: 220,
    clients: APPS,
    failures: [['unknown_user', 404, 0.1]],
  },
  {
    type: 'consent.granted',
    method: 'POST',
    uri: '/consent',
    weight: 8,
    milliseconds: 26,
    bytes: 340,
    clients: ['portal', 'shop-web'],
  },
  {
    type: 'admin.user_updated',
    method: 'PUT',
    uri: '/admin/users/{uuid}',
    weight: 4,
    milliseconds: 70,
    bytes: 1_200,
    clients: ['admin-console'],
    failures: [['conflict', 409, 0.02]],
  },
  {
    type: 'admin.user_search',
    method: 'GET',
    uri: '/admin/users?q={name}&page={small}',
    weight: 9,
    milliseconds: 190,
    bytes: 18_000,
    clients: ['admin-console'],
  },
  {
    type: 'admin.users_exported',
    method: 'GET',
    uri: '/admin/users/export',
    weight: 0.8,
    milliseconds: 9_000,
    bytes: 4_000_000,
    clients: ['report-job'],
    isMachine: true,
  },
  {
    type: 'device.authorised',
    method: 'POST',
    uri: '/oauth2/device',
    weight: 12,
    milliseconds: 33,
    bytes: 480,
    clients: ['shop-tv'],
    failures: [['authorization_pending', 400, 0.3]],
    isNew: true,
  },
];

const ERRORS: Readonly<Record<string, string>> = {
  invalid_client: 'secret of client {client} does not match',
  invalid_grant: 'grant {hash} was used before or has expired',
  invalid_redirect_uri: 'redirect of client {client} is not registered',
  wrong_password: 'password of {name} does not match, attempt {small}',
  unknown_user: 'no user {name}',
  too_many_attempts: 'user {name} is locked for {small} minutes',
  wrong_code: 'code of second factor of {name} does not match',
  assertion_expired: 'assertion {hash} of {partner} expired {small} s ago',
  partner_unavailable: 'metadata of {partner} could not be read',
  token_expired: 'token {hash} has expired',
  conflict: 'user {uuid} was changed by somebody else',
  authorization_pending: 'device {hash} waits for its user',
  server_error: 'request {hash} failed, see log of node {small}',
  unavailable: 'store did not answer request {hash}',
};
const NEVER_SEEN = [
  'signing key {hash} is not in the key store',
  'clock of node {small} is off by {id} ms, tokens are not issued',
  'replayed nonce {hash}, all sessions of {name} are revoked',
  'audit chain broken at entry {id}',
  'decryption of claim failed: bad padding in block {small}',
];
const NAMES = [
  ...['anna', 'bert', 'carla', 'dario', 'elif', 'finn', 'greta', 'hugo', 'ines', 'jonas', 'karim', 'lena'],
  ...['mats', 'nora', 'oskar', 'paula', 'quim', 'rosa', 'sven', 'tina', 'umut', 'vera', 'willi', 'yara'],
];
const PARTNERS = ['acme', 'globex', 'initech'];
const COUNTRIES = [
  ...[
    ['DE', 640],
    ['AT', 120],
    ['CH', 90],
    ['FR', 60],
    ['NL', 40],
    ['PL', 25],
    ['IT', 12],
    ['ES', 8],
  ],
  // People travel.
  ...[
    ['GB', 3],
    ['US', 2],
    ['TR', 1],
    ['PT', 0.7],
    ['GR', 0.5],
    ['JP', 0.2],
  ],
].map(([name, weight]) => ({ name: String(name), weight: Number(weight) }));
const MACHINE_AGENTS: Readonly<Record<string, string>> = {
  gateway: 'envoy/1.32.1',
  'report-job': 'Python/3.12 aiohttp/3.11.2',
};

interface Entry {
  readonly time: number;
  readonly event: Event;
  readonly client: string;
  readonly grant?: string;
  readonly user?: string;
  readonly country: string;
  readonly agent: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly error?: string;
  readonly detail: string;
  readonly milliseconds: number;
  readonly bytes: number;
}

const document = (entry: Entry, draws: Draws): LogDocument => ({
  '@timestamp': new Date(entry.time).toISOString(),
  audit: {
    id: draws.hexadecimal(20),
    type: entry.event.type,
    outcome: entry.error === undefined ? 'success' : 'failure',
    ...(entry.error !== undefined && { error: entry.error }),
    detail: entry.detail,
  },
  oauth: { client: entry.client, ...(entry.grant !== undefined && { grant: entry.grant }) },
  ...(entry.user !== undefined && { actor: { login: entry.user } }),
  origin: { country: entry.country, agent: entry.agent, node: `idp-${draws.integer(1, 3)}` },
  request: {
    method: entry.method,
    uri: entry.uri,
    status: entry.status,
    took_ms: Number(Math.max(0.05, entry.milliseconds).toFixed(2)),
    response_bytes: Math.round(entry.bytes),
  },
});

function entryOf(event: Event, draws: Draws, time: number, isReleased: boolean): Entry {
  const [slower, larger] = isReleased ? [1.12, 1.06] : [1, 1];
  const client = draws.of(event.clients);
  const words = { app: [client], client: [client], name: NAMES, partner: PARTNERS };
  let failed: readonly [error: string, status: number] | undefined;
  let left = draws.fraction();
  for (const [error, status, share] of event.failures ?? []) {
    if ((left -= share) < 0) {
      failed = [error, status];
      break;
    }
  }
  if (draws.chance(0.0004))
    failed = draws.of([['server_error', 500] as const, ['unavailable', 503] as const]);
  const user = draws.of(NAMES);
  const said = failed === undefined ? `${event.type} by {client}` : ERRORS[failed[0]];
  return {
    ...{ time, event, client, grant: event.grant, method: event.method },
    ...(event.isMachine !== true && { user }),
    country: event.isMachine === true ? 'DE' : draws.weighted(COUNTRIES).name,
    agent:
      event.isMachine === true
        ? (MACHINE_AGENTS[client] ?? 'okhttp/4.12.0')
        : client === 'shop-tv'
          ? 'ShopTV/2.4 (Tizen 8.0)'
          : draws.weighted(BROWSERS).name,
    uri: filled(event.uri, draws, words),
    status: failed?.[1] ?? (event.type === 'authorize' ? 302 : 200),
    error: failed?.[0],
    detail: filled(said, draws, { ...words, name: [user] }),
    milliseconds: draws.logNormal(event.milliseconds * slower, 0.45),
    bytes: failed === undefined ? draws.logNormal(event.bytes * larger, 0.3) : draws.logNormal(180, 0.2),
  };
}

const eventsNow = (isReleased: boolean): readonly Event[] =>
  EVENTS.filter(({ isNew }) => isReleased || isNew !== true);

type Change = (usual: Entry, draws: Draws) => Partial<Entry>;
const onOneEvent =
  (change: (draws: Draws) => Change, suits: (event: Event) => boolean = () => true) =>
  (draws: Draws, isReleased: boolean) => {
    const event = draws.of(eventsNow(isReleased).filter(suits));
    const changed = change(draws);
    return (time: number): LogDocument => {
      const usual = entryOf(event, draws, time, isReleased);
      return document({ ...usual, ...changed(usual, draws) }, draws);
    };
  };

const failing = (error: string, status: number, draws: Draws): Partial<Entry> => ({
  error,
  status,
  bytes: draws.logNormal(180, 0.2),
  detail: filled(ERRORS[error], draws, { name: NAMES, client: APPS, partner: PARTNERS }),
});
const isOfPerson = ({ isMachine }: Event): boolean => isMachine !== true;

export const identityProvider: TrafficKind = {
  name: 'audit log of an identity provider (nested names)',
  fields: {
    timestamp: '@timestamp',
    duration: 'request.took_ms',
    size: 'request.response_bytes',
    status: 'request.status',
    statusOf: 'http',
    route: ['audit.type', 'request.method'],
    rare: ['oauth.client', 'origin.country', 'origin.agent'],
    text: 'request.uri',
    message: 'audit.detail',
  },
  logsADay: 8_000,
  swing: 0.7,
  peakHour: 10,
  weekend: 0.35,
  ordinary: (draws, time, isReleased) =>
    document(entryOf(draws.weighted(eventsNow(isReleased)), draws, time, isReleased), draws),
  incidents: {
    failing: onOneEvent((draws) => {
      const [error, status] = draws.of([
        ['server_error', 500],
        ['unavailable', 503],
      ] as const);
      return (usual) => ({
        ...failing(error, status, draws),
        milliseconds: usual.milliseconds * draws.logNormal(1.5, 0.5),
      });
    }),
    slow: onOneEvent((draws) => {
      const times = draws.integer(15, 70);
      return ({ milliseconds }) => ({ milliseconds: milliseconds * times });
    }),
    injected: onOneEvent(
      () => (usual, each) => ({
        uri: `${usual.uri.split('?')[0]}?${each.of(['state', 'redirect_uri', 'q', 'login_hint'])}=${encodeURIComponent(each.of(ATTACKS))}`,
        ...(each.chance(0.5) && failing('invalid_redirect_uri', 400, each)),
      }),
      ({ method }) => method === 'GET',
    ),
    far_country: onOneEvent((draws) => {
      const country = draws.of(['KP', 'BY', 'VN', 'NG', 'IR']);
      return () => ({ country });
    }, isOfPerson),
    strange_tool: onOneEvent((draws) => {
      const agent = draws.of([
        'curl/7.29.0',
        'evilginx/3.3',
        'python-requests/2.6.0',
        'AADInternals/0.9',
        'Go-http-client/1.1',
      ]);
      return () => ({ agent });
    }, isOfPerson),
    spraying: onOneEvent(
      (draws) => {
        const country = draws.of(['VN', 'BR', 'ID']);
        const agent = draws.of(['python-requests/2.31.0', 'Go-http-client/2.0', '-']);
        return (_usual, each) => ({
          ...failing(each.of(['wrong_password', 'unknown_user']), 401, each),
          ...{ country, agent },
          user: each.of(['admin', 'test', 'service', 'helpdesk', each.of(NAMES)]),
        });
      },
      ({ type }) => type === 'login',
    ),
    unregistered_client: onOneEvent((draws) => {
      const client = draws.of(['legacy-sync', 'dev-laptop', 'postman', 'unnamed-7']);
      return () => ({ client });
    }),
    odd_grant: onOneEvent(
      (draws) => {
        const grant = draws.of(['password', 'implicit', 'client_credentials']);
        return () => ({ grant });
      },
      ({ type, isMachine }) => type === 'token.issue' && isMachine !== true,
    ),
    admin_by_app: onOneEvent(
      (draws) => {
        const client = draws.of(APPS);
        return () => ({ client });
      },
      ({ type, isMachine }) => type.startsWith('admin.') && isMachine !== true,
    ),
    leak: onOneEvent(
      (draws) => {
        const times = draws.integer(80, 500);
        return ({ bytes }) => ({ bytes: (bytes + 300) * times });
      },
      ({ type }) => type !== 'admin.users_exported',
    ),
    broken_trust: onOneEvent((draws) => {
      const pattern = draws.of(NEVER_SEEN);
      return (_usual, each) => ({
        detail: filled(pattern, each, { name: NAMES }),
        ...(each.chance(0.5) && { error: 'server_error', status: 500 }),
      });
    }),
  },
};
