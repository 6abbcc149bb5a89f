import { DetectionError } from '../../common/detection_error';

/**
 * Official Elasticsearch nodes that Maven Central carries inside SonarQube's distribution, under
 * `sonarqube-<version>/elasticsearch/`. They hold Painless, ingest, reindex, aggregations and security; index
 * lifecycle management, data streams and transforms are absent.
 */
export const LOCAL_VERSIONS = {
  '8.19.8': { sonarqube: '26.1.0.118079', minimumJava: 17, needsFullJdk: false },
  '9.4.3': { sonarqube: '26.9.0.129388', minimumJava: 21, needsFullJdk: true },
} as const;

export type LocalVersion = keyof typeof LOCAL_VERSIONS;
export const DEFAULT_LOCAL_VERSION: LocalVersion = '8.19.8';

/** @throws DetectionError `invalid_input` naming the versions that exist */
export function parseLocalVersion(version: string): LocalVersion {
  if (Object.hasOwn(LOCAL_VERSIONS, version)) return version as LocalVersion;
  throw new DetectionError(
    'invalid_input',
    `Elasticsearch version "${version}" is not available locally; allowed: ${Object.keys(LOCAL_VERSIONS).join(', ')}`,
  );
}
