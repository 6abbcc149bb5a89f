import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dataFolder, parseCsv } from './web_attack_logs';

/** A message with the event that people say it is of. */
export interface LabelledMessage {
  readonly message: string;
  readonly event: string;
  /** Only in sets that say so. */
  readonly isAlert?: boolean;
}

export interface LabelledSet {
  readonly name: string;
  readonly messages: readonly LabelledMessage[];
}

const ENDING = '.structured.csv.gz';

/** All sets of LogHub (Zhu et al. 2023) that are there, by name. */
export function readLabelledSets(): LabelledSet[] {
  const folder = join(dataFolder(), 'loghub');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(ENDING)) : [];
  if (files.length === 0) {
    throw new Error(`LOG_ANOMALIES_DATA: ${folder} holds no file *${ENDING}`);
  }
  return files.sort().map((file) => {
    const [header, ...records] = parseCsv(gunzipSync(readFileSync(join(folder, file))).toString('utf8'));
    const [content, event, label] = ['Content', 'EventId', 'Label'].map((name) => header.indexOf(name));
    return {
      name: file.slice(0, -ENDING.length),
      messages: records
        .filter((record) => record.length === header.length)
        .map((record) => ({
          message: record[content],
          event: record[event],
          ...(label >= 0 && { isAlert: record[label] !== '-' }),
        })),
    };
  });
}
