import type { LogDocument } from '../../../common/log_document';
import { filled, type Draws } from './draws';
import type { TrafficKind } from './labelled_traffic';
import { ATTACKS } from './payloads';

/*
 * Remote procedure calls of a platform for other companies, with plain field names of its own: gRPC codes as numbers,
 * microseconds, a caller and a tenant, a message. From 90 microseconds for a flag to five seconds for an export.
 */

interface Method {
  readonly service: string;
  readonly name: string;
  readonly weight: number;
  readonly microseconds: number;
  readonly bytesOut: number;
  readonly callers: readonly string[];
  /** gRPC codes of everyday failures and their share. */
  readonly failures?: readonly [code: number, share: number][];
  readonly isNew?: boolean;
}

const METHODS: readonly Method[] = [
  {
    service: 'flags',
    name: 'Flags/Evaluate',
    weight: 220,
    microseconds: 90,
    bytesOut: 60,
    callers: ['edge', 'mobile-bff', 'web-bff', 'worker'],
  },
  {
    service: 'sessions',
    name: 'Sessions/Verify',
    weight: 200,
    microseconds: 600,
    bytesOut: 240,
    callers: ['edge'],
    failures: [[16, 0.03]],
  },
  {
    service: 'sessions',
    name: 'Sessions/Create',
    weight: 14,
    microseconds: 90_000,
    bytesOut: 900,
    callers: ['edge'],
    failures: [
      [16, 0.07],
      [8, 0.002],
    ],
  },
  {
    service: 'tenants',
    name: 'Tenants/Get',
    weight: 80,
    microseconds: 1_300,
    bytesOut: 1_900,
    callers: ['web-bff', 'mobile-bff', 'billing'],
    failures: [[5, 0.02]],
  },
  {
    service: 'tenants',
    name: 'Tenants/UpdateSettings',
    weight: 3,
    microseconds: 9_000,
    bytesOut: 300,
    callers: ['web-bff'],
    failures: [
      [3, 0.05],
      [7, 0.02],
    ],
  },
  {
    service: 'documents',
    name: 'Documents/List',
    weight: 60,
    microseconds: 24_000,
    bytesOut: 26_000,
    callers: ['web-bff', 'mobile-bff'],
  },
  {
    service: 'documents',
    name: 'Documents/Get',
    weight: 90,
    microseconds: 7_000,
    bytesOut: 14_000,
    callers: ['web-bff', 'mobile-bff', 'worker'],
    failures: [
      [5, 0.03],
      [7, 0.006],
    ],
  },
  {
    service: 'documents',
    name: 'Documents/Put',
    weight: 22,
    microseconds: 38_000,
    bytesOut: 120,
    callers: ['web-bff', 'worker'],
    failures: [
      [9, 0.02],
      [3, 0.01],
    ],
  },
  {
    service: 'documents',
    name: 'Documents/Delete',
    weight: 3,
    microseconds: 15_000,
    bytesOut: 20,
    callers: ['web-bff'],
    failures: [[5, 0.02]],
  },
  {
    service: 'documents',
    name: 'Documents/Export',
    weight: 1.5,
    microseconds: 5_200_000,
    bytesOut: 8_000_000,
    callers: ['worker'],
  },
  {
    service: 'search',
    name: 'Search/Query',
    weight: 45,
    microseconds: 85_000,
    bytesOut: 9_000,
    callers: ['web-bff', 'mobile-bff'],
    failures: [[3, 0.01]],
  },
  {
    service: 'search',
    name: 'Search/Index',
    weight: 30,
    microseconds: 14_000,
    bytesOut: 40,
    callers: ['worker'],
  },
  {
    service: 'billing',
    name: 'Billing/Meter',
    weight: 70,
    microseconds: 400,
    bytesOut: 16,
    callers: ['edge', 'worker'],
  },
  {
    service: 'billing',
    name: 'Billing/CreateInvoice',
    weight: 2,
    microseconds: 700_000,
    bytesOut: 5_000,
    callers: ['worker'],
    failures: [[9, 0.01]],
  },
  {
    service: 'billing',
    name: 'Billing/Refund',
    weight: 1,
    microseconds: 950_000,
    bytesOut: 700,
    callers: ['web-bff'],
    failures: [[9, 0.05]],
  },
  {
    service: 'mail',
    name: 'Mail/Send',
    weight: 12,
    microseconds: 240_000,
    bytesOut: 90,
    callers: ['worker', 'billing'],
    failures: [[14, 0.003]],
  },
  {
    service: 'webhooks',
    name: 'Webhooks/Deliver',
    weight: 26,
    microseconds: 310_000,
    bytesOut: 450,
    callers: ['worker'],
    failures: [
      [14, 0.01],
      [4, 0.008],
    ],
  },
  {
    service: 'keys',
    name: 'Keys/Decrypt',
    weight: 50,
    microseconds: 1_900,
    bytesOut: 512,
    callers: ['documents', 'sessions'],
  },
  {
    service: 'documents',
    name: 'Documents/Summarise',
    weight: 8,
    microseconds: 1_800_000,
    bytesOut: 2_400,
    callers: ['web-bff'],
    failures: [[8, 0.02]],
    isNew: true,
  },
];

const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];
const MESSAGES: Readonly<Record<number, string>> = {
  0: 'finished call {id} for tenant t-{small}',
  1: 'caller went away during call {id}',
  3: 'rejected call {id}: field {field} is not valid',
  4: 'deadline of call {id} exceeded after {small} attempts',
  5: 'call {id}: no such {field} {uuid}',
  7: 'call {id} of tenant t-{small} is not allowed',
  8: 'tenant t-{small} is over its quota, call {id} refused',
  9: 'call {id}: {field} is in the wrong state',
  13: 'internal error in call {id}',
  14: 'upstream {address} is not available for call {id}',
  16: 'token of call {id} has expired',
};
const NEVER_SEEN = [
  'panic: runtime error: index out of range [{small}] with length {small}',
  'fatal: disk quota exceeded writing /var/lib/documents/{hash}',
  'checksum mismatch in segment {hash}, data may be lost',
  'replication slot {hash} was invalidated by the primary',
  'x509: certificate of {address} has expired {small} days ago',
  'out of memory: killed process {id} (documents)',
];
const WORDS = { field: ['document', 'tenant', 'cursor', 'title', 'owner', 'invoice', 'address'] };
const REGIONS = [
  { weight: 60, name: 'eu-central' },
  { weight: 30, name: 'us-east' },
  { weight: 10, name: 'ap-south' },
];

interface Call {
  readonly time: number;
  readonly service: string;
  readonly method: string;
  readonly code: number;
  readonly microseconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly caller: string;
  readonly region: string;
  readonly resource: string;
  readonly message: string;
}

const document = (call: Call, draws: Draws): LogDocument => ({
  '@timestamp': new Date(call.time).toISOString(),
  svc: call.service,
  rpc: call.method,
  code: call.code,
  code_name: CODES[call.code],
  latency_us: Math.max(8, Math.round(call.microseconds)),
  bytes_in: Math.round(call.bytesIn),
  bytes_out: Math.round(call.bytesOut),
  caller: call.caller,
  region: call.region,
  pod: `${call.service}-${'7f9c4d'}-${draws.of(['x2k', 'p9q', 'm4z'])}`,
  resource: call.resource,
  message: call.message,
  span_id: draws.hexadecimal(16),
});

const messageOf = (code: number, draws: Draws): string => filled(MESSAGES[code], draws, WORDS);

function callOf(method: Method, draws: Draws, time: number, isReleased: boolean): Call {
  const [slower, larger] = isReleased ? [0.9, 1.12] : [1, 1];
  let code = 0;
  let left = draws.fraction();
  for (const [failure, share] of method.failures ?? []) {
    if ((left -= share) < 0) {
      code = failure;
      break;
    }
  }
  if (draws.chance(0.0005)) code = draws.of([14, 13, 4]);
  return {
    time,
    service: method.service,
    method: method.name,
    code,
    microseconds: draws.logNormal(method.microseconds * slower, 0.5) * (code === 0 ? 1 : 0.6),
    bytesIn: draws.logNormal(300, 0.5),
    bytesOut: code === 0 ? draws.logNormal(method.bytesOut * larger, 0.4) : draws.logNormal(70, 0.2),
    caller: draws.of(method.callers),
    region: draws.weighted(REGIONS).name,
    resource: filled(
      `/tenants/{small}/${method.service}/{uuid}${draws.chance(0.3) ? '?filter={field}:{id}' : ''}`,
      draws,
      WORDS,
    ),
    message: messageOf(code, draws),
  };
}

const methodsNow = (isReleased: boolean): readonly Method[] =>
  METHODS.filter(({ isNew }) => isReleased || isNew !== true);

type Change = (call: Call, draws: Draws) => Partial<Call>;
const onOneMethod =
  (change: (draws: Draws) => Change, suits: (method: Method) => boolean = () => true) =>
  (draws: Draws, isReleased: boolean) => {
    const method = draws.of(methodsNow(isReleased).filter(suits));
    const changed = change(draws);
    return (time: number): LogDocument => {
      const usual = callOf(method, draws, time, isReleased);
      return document({ ...usual, ...changed(usual, draws) }, draws);
    };
  };

export const rpcPlatform: TrafficKind = {
  name: 'calls of a platform (gRPC, plain names)',
  fields: {
    timestamp: '@timestamp',
    duration: 'latency_us',
    size: 'bytes_out',
    status: 'code',
    statusOf: 'grpc',
    route: ['svc', 'rpc'],
    rare: ['caller', 'region'],
    text: 'resource',
    message: 'message',
  },
  logsADay: 8_000,
  swing: 0.6,
  peakHour: 13,
  weekend: 0.4,
  ordinary: (draws, time, isReleased) =>
    document(callOf(draws.weighted(methodsNow(isReleased)), draws, time, isReleased), draws),
  incidents: {
    failing: onOneMethod((draws) => {
      const code = draws.of([13, 14, 13]);
      return ({ microseconds }) => ({
        code,
        microseconds: microseconds * draws.logNormal(1.5, 0.5),
        bytesOut: draws.logNormal(70, 0.2),
        message: messageOf(code, draws),
      });
    }),
    timing_out: onOneMethod(() => (_call, draws) => ({
      code: 4,
      microseconds: 10_000_000 + 50_000 * draws.fraction(),
      bytesOut: 30,
      message: messageOf(4, draws),
    })),
    slow: onOneMethod((draws) => {
      const times = draws.integer(15, 80);
      return ({ microseconds }) => ({ microseconds: microseconds * times });
    }),
    leak: onOneMethod(
      (draws) => {
        const times = draws.integer(80, 600);
        return ({ bytesOut }) => ({ bytesOut: (bytesOut + 400) * times });
      },
      ({ name }) => name !== 'Documents/Export',
    ),
    stolen_caller: onOneMethod((draws) => {
      const caller = draws.of(['batch-old', 'laptop-anne', 'debug-shell', 'ci-runner-17', 'unknown']);
      return () => ({ caller });
    }),
    brute_force: onOneMethod(
      (draws) => {
        const caller = draws.of(['partner-api', 'edge-legacy']);
        return () => ({
          caller,
          code: draws.of([16, 16, 7]),
          microseconds: draws.logNormal(85_000, 0.1),
          message: messageOf(16, draws),
        });
      },
      ({ name }) => name.startsWith('Sessions/'),
    ),
    scan: (draws, isReleased) => (time) => {
      const usual = callOf(METHODS[0], draws, time, isReleased);
      const method = draws.of([
        'grpc.reflection/List',
        'Admin/Dump',
        'Debug/Heap',
        'Users/All',
        'Internal/Exec',
      ]);
      const changed = {
        method,
        code: 12,
        microseconds: 40,
        bytesOut: 20,
        message: `unknown method ${method}`,
      };
      return document({ ...usual, ...changed }, draws);
    },
    never_seen: onOneMethod((draws) => {
      const pattern = draws.of(NEVER_SEEN);
      return () => ({ message: filled(pattern, draws, WORDS), code: draws.of([0, 2, 13, 15]) });
    }),
    attack: onOneMethod(
      () => (call, draws) => ({
        resource: `${call.resource.split('?')[0]}?filter=${draws.of(ATTACKS)}`,
        ...(draws.chance(0.5) && { code: 3, message: messageOf(3, draws) }),
      }),
      ({ service }) => service === 'documents' || service === 'search' || service === 'tenants',
    ),
    empty_answer: onOneMethod(
      () => () => ({ bytesOut: 0 }),
      ({ bytesOut }) => bytesOut > 1_000,
    ),
    flooded_input: onOneMethod((draws) => {
      const times = draws.integer(500, 20_000);
      return ({ bytesIn }) => ({ bytesIn: bytesIn * times });
    }),
  },
};
