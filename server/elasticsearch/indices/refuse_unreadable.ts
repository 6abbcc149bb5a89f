import { DetectionError } from '../../../common/detection_error';
import type { ElasticsearchClient } from '../transport/client';
import { isSecurityOff } from '../transport/security_state';
import { missingPrivilegesOf } from './missing_privileges';

/**
 * Tells an answer that is empty from one that the caller may not read: Elasticsearch leaves out what somebody may not see. Asked
 * where nothing was found.
 *
 * @param names indices and patterns that were searched
 * @throws DetectionError `forbidden` that names the missing privilege and its index
 */
export async function refuseUnreadable(client: ElasticsearchClient, names: readonly string[]): Promise<void> {
  if (await isSecurityOff(client)) return;
  const role = { cluster: [], indices: [{ names, privileges: ['read'] }] };
  const missing = await missingPrivilegesOf(client, role);
  if (missing.length === 0) return;
  throw new DetectionError(
    'forbidden',
    `Nothing was found, and you may not read all that was searched: ${missing.join('; ')} is missing.`,
  );
}
