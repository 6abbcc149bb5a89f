jest.mock('@kbn/config-schema', () => jest.requireActual('./config_schema'), { virtual: true });
jest.mock(
  '@kbn/core/server',
  () => ({ ServiceStatusLevels: { available: 'available', degraded: 'degraded' } }),
  { virtual: true },
);
jest.mock('@kbn/zod', () => ({ z: jest.requireActual<object>('zod') }), { virtual: true });

import { isOddRequest, webLogs } from '../integration/fixtures/kibana_logs';
import { BuiltServer } from './built_server';
import { NOON, stopClock } from './clock';
import { KIBANAS, type KibanaFacts } from './facts';
import { KibanaServer } from './server_stand_in';
import { SMALL_DETECTOR } from './small_detector';

const MINUTE = 60_000;
/** Logs of a Kibana's time, one a second. */
const SPAN = 5 * MINUTE;
const START = NOON;
// It takes seconds; a busy machine may take its time.
jest.setTimeout(3 * MINUTE);

let server: BuiltServer;
let oldest: KibanaServer;
let detectorId: string;

const statusIn = async (kibana: KibanaServer) =>
  (await kibana.call('getStatus', { params: { id: detectorId } })) as {
    readonly state: string;
    readonly model: { readonly version: string };
    readonly last_run: { readonly logs: number; readonly from: string; readonly to: string };
  };

/** Ids of the results of single logs. */
const foundIn = ({ elasticsearch }: KibanaServer): string[] =>
  elasticsearch
    .documentsOf('log-anomalies-results.*')
    .flatMap(({ source }) => (source as { readonly id?: string } | undefined)?.id ?? []);

beforeAll(async () => {
  stopClock(START);
  server = await BuiltServer.build();
  ({ kibana: oldest } = await server.startIn(KIBANAS[0]));
  oldest.elasticsearch.add('web-1', webLogs({ from: START - SPAN, to: START }));
  const { id } = await oldest.call('createDetector', {
    body: {
      start: true,
      detector: SMALL_DETECTOR,
    },
  });
  detectorId = String(id);
  for (const type of ['detect', 'train', 'detect']) expect(await oldest.runTasks(type)).toBe(1);
});

afterAll(() => {
  server?.remove();
  jest.useRealTimers();
});

it('goes on in each next minor version: every log is read once, by the same model', async () => {
  let kibana = oldest;
  let { model, last_run: before } = await statusIn(kibana);
  for (const [place, facts] of KIBANAS.slice(1).entries()) {
    const from = START + place * SPAN;
    jest.setSystemTime(from + SPAN);
    ({ kibana } = await server.startIn(facts, kibana));
    kibana.elasticsearch.add('web-1', webLogs({ from, to: from + SPAN }, undefined, facts.version));
    expect(await kibana.runTasks('detect')).toBe(1);
    const { state, model: used, last_run: run } = await statusIn(kibana);
    expect([facts.version, state, used.version]).toEqual([facts.version, 'running', model.version]);
    expect([facts.version, run.logs, run.from]).toEqual([facts.version, SPAN / 1_000, before.to]);
    expect(kibana.logged.filter((line) => !line.startsWith('info'))).toEqual([]);
    [model, before] = [used, run];
  }
  const found = foundIn(kibana);
  expect(new Set(found).size).toBe(found.length);
  const odd = KIBANAS.slice(1).flatMap(({ version }) =>
    Array.from({ length: SPAN / 1_000 }, (_none, i) => i)
      .filter(isOddRequest)
      .map((i) => `${version}-${i}`),
  );
  expect(odd).toHaveLength(KIBANAS.length - 1);
  expect(found).toEqual(expect.arrayContaining(odd));
});

describe('a broken contract is caught', () => {
  const without = (facts: KibanaFacts): KibanaServer => new KibanaServer(facts);

  it('of upgrades: a Kibana that is started without the plugin', () => {
    for (const facts of KIBANAS.slice(1)) {
      expect(() => without(facts).takeOver(oldest)).toThrow(/unknown types: .*"log-anomalies-detector"/);
    }
    // Of the same version it starts, and the plugin finds everything when it comes back.
    expect(() => without(KIBANAS[0]).takeOver(oldest)).not.toThrow();
  });
});
