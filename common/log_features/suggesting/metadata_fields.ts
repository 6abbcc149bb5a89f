/** Names of metadata, ids, and ground truth. */
const EXCLUDED =
  /(^|[._-])(id|uid|uuid|guid|hash|offset|label|labels|anomaly|is_anomaly|ground_truth|tags|ephemeral_id|trace|span|sequence|pid|tid|ip|port)$|^(_|anomaly[._]|label[s._]|agent\.|ecs\.|data_stream\.|input\.|elastic_agent|cloud\.availability_zone$|event\.(ingested|created|original|dataset|module)|@version)/i;

/** @returns true for a field that is never proposed as a feature, by its name: metadata, ids, or ground truth */
export const isMetadata = (field: string): boolean => EXCLUDED.test(field);
