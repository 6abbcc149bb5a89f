import type { Detector } from '../../../common/detector';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { checkConnection } from '../../elasticsearch';
import { usesApiKeys } from './api_key';
import type { RequestScope, Services } from '../contracts/services';

/**
 * @returns what the user should know before others see results that were made with these rights, a sentence each
 * @throws DetectionError `forbidden` listing what the user lacks, so that a detector never fails for it later
 */
export async function checkRights(
  services: Services,
  scope: RequestScope,
  detector: Detector,
): Promise<readonly string[]> {
  if (!(await usesApiKeys(services.apiKeys))) return [];
  const { missingPrivileges, warnings } = await checkConnection(scope.elasticsearch, {
    indices: detector.source.index.split(','),
    space: scope.space,
    role: 'detector',
    scoring: detector.scoring,
  });
  if (missingPrivileges.length > 0) {
    throw sentenceError(
      'forbidden',
      'rights_missing',
      { rights: missingPrivileges.join('; ') },
      { details: { missing_privileges: missingPrivileges } },
    );
  }
  return warnings;
}
