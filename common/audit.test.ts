import { isContradicted, type AuditEntry } from './audit';

const entry: AuditEntry = {
  detectorId: 'web',
  at: '2026-11-01T00:00:00.000Z',
  by: 'ann',
  action: 'model_promoted',
  reason: 'by hand',
};

test.each([
  ['nothing was noted', {}, false],
  ['the same was noted', { recorded: { at: '2026-11-01T00:00:02.000Z', by: 'ann' } }, false],
  ['another user', { recorded: { at: entry.at, by: 'mallory' } }, true],
  ['another time', { recorded: { at: '2026-11-01T00:06:00.000Z', by: 'ann' } }, true],
  ['a time before', { recorded: { at: '2026-10-31T23:50:00.000Z', by: 'ann' } }, true],
  ['a detector with its key', { recorded: { at: entry.at, by: 'olga', api_key: 'k' } }, false],
  ['the detector itself', { by: undefined, recorded: { at: entry.at, by: 'olga' } }, false],
] as const)('%s', (_what, change, expected) => {
  expect(isContradicted({ ...entry, ...change })).toBe(expected);
});
