import type { LogDocument } from '../../log_document';
import { leafFields } from '../fields/leaf_fields';
import { suggestFeatures } from './suggest_features';
import { areTableRows } from './table_rows';

const APPLICATIONS = ['ssl', 'dns', 'ssh', 'web-browsing'];
const connections = (isRow: boolean): LogDocument[] =>
  Array.from({ length: 600 }, (_, place) => {
    const application = APPLICATIONS[place % APPLICATIONS.length];
    const bytes = 1_000 + ((place * 37) % 400) * (1 + (place % APPLICATIONS.length));
    const source = `10.0.${place % 3}.${place % 50}`;
    return {
      '@timestamp': new Date(Date.UTC(2026, 0, 1) + place * 60_000).toISOString(),
      'source.ip': source,
      'source.port': 40_000 + (place % 9_000),
      'destination.ip': `192.0.2.${place % 5}`,
      'destination.port': [443, 53, 22, 80][place % APPLICATIONS.length],
      'source.bytes': bytes,
      'network.application': application,
      message: isRow
        ? `17\t${source}\t${40_000 + (place % 9_000)}\t${application}\t${bytes}`
        : `session of ${source} by ${application} took ${bytes} bytes`,
    };
  });

const isTable = (logs: LogDocument[]): boolean => areTableRows(logs, leafFields(logs), 'message');

it('messages that are the row of a table are found', () => {
  expect(isTable(connections(true))).toBe(true);
  expect(isTable(connections(false))).toBe(false);
});

it('values that have no text are none', () => {
  const odd = Object.assign(Object.create(null) as object, { a: Object.create(null) as object });
  expect(isTable([{ message: 'a b c', x: 1, y: [odd], z: odd, w: 'a' }])).toBe(false);
});

it('suggestions leave out rows of a table, and keep an application that numbers are not compared within', () => {
  const suggested = suggestFeatures(connections(true), { timestampField: '@timestamp' });
  const fields = suggested.map(({ definition }) => JSON.stringify(definition));
  expect(fields.filter((definition) => definition.includes('message'))).toEqual([]);
  expect(fields.filter((definition) => definition.includes('network.application'))).not.toEqual([]);
});
