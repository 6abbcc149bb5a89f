import { DetectionError } from '../../common/detection_error';

/** The Kibana that a build is for when none is named. Kibana refuses a plugin built for another patch version. */
export const DEFAULT_KIBANA_VERSION = '8.12.2';

const KIBANA_VERSION = /^(8|9)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(SNAPSHOT|(alpha|beta|rc)[1-9]\d*))?$/;

/**
 * Checks the version that a build is asked for.
 *
 * @throws DetectionError `invalid_input` unless it is a full version of Kibana 8 or 9
 */
export function parseKibanaVersion(version: string): string {
  if (KIBANA_VERSION.test(version)) return version;
  throw new DetectionError(
    'invalid_input',
    `--kibana-version must be a full version of Kibana 8 or 9 such as ${DEFAULT_KIBANA_VERSION} ` +
      `(got ${JSON.stringify(version)}). The Kibana it is meant for shows it under /api/status.`,
  );
}
