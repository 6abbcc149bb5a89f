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
