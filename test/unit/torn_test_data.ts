import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDetector } from '../../common/detector';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/training/train_model';

/** Paths of a model, of labelled logs that it was trained on, and of the same with two lines, the third and the fourth, that are no logs. */
export interface TestFiles {
  readonly model: string;
  readonly whole: string;
  readonly torn: string;
}

/** Writes them into a folder. */
export async function writeTestFiles(folder: string): Promise<TestFiles> {
  const [model, whole, torn] = ['model.json', 'whole.ndjson', 'torn.ndjson'].map((name) =>
    join(folder, name),
  );
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
  await writeFile(model, encodeModelSnapshot(snapshot));
  const lines = documents.map((document) => JSON.stringify(document));
  await writeFile(whole, lines.join('\n'));
  await writeFile(torn, [...lines.slice(0, 2), '{"cut', '[]', ...lines.slice(2)].join('\n'));
  return { model, whole, torn };
}
