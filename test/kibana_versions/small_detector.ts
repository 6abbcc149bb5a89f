/** A detector that learns in a moment from a few hundred logs of `webLogs`. */
export const SMALL_DETECTOR = {
  name: 'Web',
  source: { index: 'web-*' },
  features: [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'http.response.status_code' },
  ],
  forest: { tree_count: 10, subsample_size: 64 },
  training: { window: '1h', min_rows: 256 },
  entity_field: 'service.name',
};
