import type { DetectorInput } from '../detector';

/** A detector that suits {@link generateLogs}: what a newcomer sees first. */
export const demoDetector = (index: string): DetectorInput => ({
  name: 'Sample logs',
  description:
    'A small web shop, made up to try Log Anomalies on. The overview removes it with all that belongs to it.',
  source: { index },
  entity_field: 'service.name',
  features: [
    { type: 'number', field: 'response_time', weight: 3 },
    { type: 'category', field: 'status_code', encoding: 'rarity', weight: 2 },
    { type: 'text', field: 'url.original', weight: 4 },
    { type: 'number', field: 'request_size', weight: 1 },
    { type: 'category', field: 'http.request.method', encoding: 'rarity', weight: 0.25 },
    { type: 'category', field: 'service.name', encoding: 'rarity', weight: 0.1 },
  ],
  threshold: { method: 'contamination', contamination: 0.01 },
});
