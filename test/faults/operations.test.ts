import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { OPERATIONS, type OperationOrder, type OperationReport } from './operation_order';

/** Faults for each operation: more of them by hand, `FAULTS=300 FAULT_SEED=7`. */
const EACH = Number(process.env.FAULTS ?? 10);
const SEED = Number(process.env.FAULT_SEED ?? 1);

jest.setTimeout(120_000 + EACH * 30_000);

let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-operations-'));
  script = join(folder, 'operation_runner.js');
  await build({
    entryPoints: [join(__dirname, 'operation_runner.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(OPERATIONS)('leaves nothing half done, whatever a %s meets', async (operation) => {
  const order: OperationOrder = {
    operation,
    elasticsearch: {
      url: process.env.ELASTICSEARCH_URL as string,
      username: process.env.ELASTICSEARCH_USERNAME as string,
      password: process.env.ELASTICSEARCH_PASSWORD as string,
    },
    seed: SEED,
    faults: EACH,
    oldData: resolve(__dirname, '../integration/fixtures/version_0_1_0'),
  };
  const child = fork(script, {
    env: { ...process.env, OPERATION_ORDER: JSON.stringify(order) },
    execArgv: [],
  });
  const started = Date.now();
  try {
    const [answer] = (await once(child, 'message')) as [{ report?: OperationReport; error?: string }];
    expect(answer.error).toBeUndefined();
    const { report } = answer;
    const seconds = Math.round((Date.now() - started) / 1_000);
    process.stderr.write(`${JSON.stringify({ operation, seed: SEED, seconds, ...report })}\n`);
    expect(report?.broken).toEqual([]);
    expect(report?.faults).toBeGreaterThan(2);
  } finally {
    child.kill('SIGKILL');
  }
});
