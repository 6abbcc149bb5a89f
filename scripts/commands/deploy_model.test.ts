import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, type CommandOutput } from '../../test/unit/command_output';
import { writeTestFiles } from '../../test/unit/torn_test_data';
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
let model = '';
let torn = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-model-'));
  await new Promise<void>((done) => elasticsearch.listen(0, '127.0.0.1', done));
  ({ model, torn } = await writeTestFiles(folder));
});
afterAll(async () => {
  await new Promise((done) => elasticsearch.close(done));
  await rm(folder, { recursive: true });
});

const REMARK = /2 lines of .*torn\.ndjson could not be read and count nowhere, e\.g\. line 3: not JSON/;

async function deploy(...options: string[]): Promise<CommandOutput> {
  const { ELASTICSEARCH_URL: before } = process.env;
  process.env.ELASTICSEARCH_URL = `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}`;
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
