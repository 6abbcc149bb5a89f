import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDetector } from '../../common/detector';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/training/train_model';
import { outputOf, type CommandOutput } from '../../test/unit/command_output';
import { deployModel } from './deploy_model';
import { suggestFeaturesCommand } from './suggest_features';

/** An Elasticsearch that holds nothing and takes what is written. */
const elasticsearch = createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString()));
  request.on('end', () => {
    const isBulk = request.url?.includes('_bulk') === true;
    const isTaken = isBulk || request.method === 'PUT' || request.url?.includes('_mapping') === true;
    response.writeHead(isTaken ? 200 : 404, {
      'content-type': 'application/json',
      'x-elastic-product': 'Elasticsearch',
    });
    const actions = [...body.matchAll(/^\{"(create|index)":/gm)];
    const items = actions.map(([, action]) => ({ [action]: { status: 201 } }));
    response.end(JSON.stringify(isBulk ? { took: 1, errors: false, items } : {}));
  });
});

let folder = '';
let torn = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-model-'));
  torn = join(folder, 'torn.ndjson');
  await new Promise<void>((done) => elasticsearch.listen(0, '127.0.0.1', done));
  const detector = parseDetector({
    name: 'demo',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'response_time' }],
    threshold: { method: 'contamination', contamination: 0.05 },
  });
  const documents = Array.from({ length: 300 }, (_none, place) => ({
    '@timestamp': new Date(Date.UTC(2026, 0, 5) + place * 60_000).toISOString(),
    response_time: place % 50 === 0 ? 900 : 10 + (place % 7),
    label: place % 50 === 0 ? 'anomaly' : 'normal',
  }));
  const clock = { now: () => Date.UTC(2026, 0, 6) };
  const { snapshot } = trainModel({ detector, documents, source: 'test', clock });
  await writeFile(join(folder, 'model.json'), encodeModelSnapshot(snapshot));
  const lines = documents.map((document) => JSON.stringify(document));
  await writeFile(torn, [...lines.slice(0, 2), '{"cut', '[]', ...lines.slice(2)].join('\n'));
});
afterAll(async () => {
  await new Promise((done) => elasticsearch.close(done));
  await rm(folder, { recursive: true });
});

const REMARK = /2 lines of .*torn\.ndjson could not be read and count nowhere, e\.g\. line 3: not JSON/;

async function deploy(...options: string[]): Promise<CommandOutput> {
  const { ELASTICSEARCH_URL: before } = process.env;
  process.env.ELASTICSEARCH_URL = `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}`;
  const model = join(folder, 'model.json');
  try {
    return await outputOf(
      deployModel(),
      '--model',
      model,
      '--candidate-only',
      '--force',
      '--test-data',
      torn,
      ...options,
    );
  } finally {
    if (before === undefined) delete process.env.ELASTICSEARCH_URL;
    else process.env.ELASTICSEARCH_URL = before;
  }
}

it('the gate tells of labelled lines that cannot be read', async () => {
  const { stdout, stderr, code } = await deploy('--json');
  expect({ code, stderr }).toEqual({ code: undefined, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    unreadable_lines: 2,
    notes: [expect.stringMatching(REMARK)],
  });
  expect((await deploy()).stdout).toMatch(REMARK);
});

it('suggested features tell of lines that cannot be read', async () => {
  const { stderr, code } = await outputOf(suggestFeaturesCommand(), '--input', torn);
  expect(code).toBeUndefined();
  expect(stderr).toMatch(REMARK);
});
