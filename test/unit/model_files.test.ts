import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogDocument } from '../../common/log_document';
import { createModelScorer, decodeModelSnapshot } from '../../common/model_snapshot';

const read = (name: string): string => readFileSync(join(__dirname, 'model_files', name), 'utf8');

it('a model that 0.1.0 wrote scores as it did then', () => {
  const { logs, scores } = JSON.parse(read('scores_of_0_1_0.json')) as {
    logs: LogDocument[];
    scores: number[];
  };
  const scorer = createModelScorer(decodeModelSnapshot(read('model_of_0_1_0.json')));
  expect(logs.length).toBeGreaterThan(2);
  expect([...scorer.score(logs).scores]).toEqual(scores);
});

it('a model that 0.1.0 wrote takes of a list what a model of today takes: the largest number, else the first as text', () => {
  const { logs } = JSON.parse(read('scores_of_0_1_0.json')) as { logs: LogDocument[] };
  const scorer = createModelScorer(decodeModelSnapshot(read('model_of_0_1_0.json')));
  const [log] = logs;
  const scoreOf = (change: LogDocument): number => scorer.score([{ ...log, ...change }]).scores[0];
  const single = scoreOf({ took: 4_350, host: 'host-1', size: 844 });
  // 0.1.0 took the first of each: Elasticsearch keeps no such order.
  const lists = [
    { took: [20, 4_350, 50], host: ['host-3', 'host-1'], size: [0, '844'] },
    { took: [4_350, 50, 20], host: ['host-1', 'host-3'], size: ['844', 0] },
  ];
  expect(lists.map(scoreOf)).toEqual([single, single]);
  expect(scoreOf({ took: 20, host: 'host-3', size: 0 })).not.toBe(single);
});
