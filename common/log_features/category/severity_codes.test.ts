import { featureSchema } from '../../detector';
import { severityCodesOf } from './severity_codes';

const codesOf = (field: string, counts: Record<string, number>): string =>
  severityCodesOf(featureSchema.parse({ type: 'severity', field }), new Map(Object.entries(counts)));

test('one odd name among thousands of statuses makes them none of gRPC', () => {
  expect(codesOf('status', { 200: 4_900, 404: 90, 500: 9, ABORTED: 1 })).toBe('http');
  expect(codesOf('job', { SUCCESS: 900, FAILURE: 80, CANCELLED: 3 })).toBe('level');
  expect(codesOf('code', { OK: 9_990, NOTFOUND: 8, UNAVAILABLE: 2 })).toBe('grpc');
  expect(codesOf('code', { 0: 9_990, NOTFOUND: 8 })).toBe('grpc');
});

test('numbers of levels under which most logs were of the worst count by their rarity', () => {
  // .NET: 2 is information, 5 critical
  expect(codesOf('level', { 2: 9_000, 3: 90, 4: 9, 5: 1 })).toBe('level');
  expect(codesOf('level', { 6: 9_000, 4: 90, 3: 9 })).toBe('syslog');
  expect(codesOf('level', { 30: 9_000, 40: 90, 50: 9 })).toBe('pino');
  expect(codesOf('severity', { 9: 9_000, 13: 90, 17: 9 })).toBe('opentelemetry');
});
