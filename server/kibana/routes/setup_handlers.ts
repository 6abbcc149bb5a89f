import type { setupEndpoints } from '../../../common/api/setup';
import { DetectionError } from '../../../common/detection_error';
import { auditProtectionOf, checkConnection } from '../../elasticsearch';
import { usesApiKeys } from '../keys/api_key';
import { createOpenApiDocument } from './open_api';
import { channelsOf } from '../records/known_kibanas';
import { proposeForSource, scanLogs } from '../detectors/scan_logs';
import { unseenData } from '../records/upgrade_service';
import type { Handlers } from './handler';

export const setupHandlers: Handlers<keyof typeof setupEndpoints> = {
  checkSetup: async ({ query }, { services, scope }) => {
    const { security, canEncrypt } = services.apiKeys;
    const keyProblems: string[] = [];
    const hasApiKeys = await usesApiKeys(services.apiKeys).catch((error: unknown) => {
      if (!(error instanceof DetectionError) || error.code !== 'unavailable') throw error;
      keyProblems.push(error.message);
      return false;
    });
    const check = await checkConnection(scope.elasticsearch, {
      indices: query.index?.split(',') ?? [],
      space: scope.space,
      role: query.pipelines ? 'pipelines' : 'owner',
    });
    const unseen = await unseenData(services, scope.elasticsearch, scope.space);
    const missing = hasApiKeys ? [...check.missingPrivileges] : [];
    return {
      security: check.security,
      encryption_key: canEncrypt,
      api_keys: hasApiKeys,
      alerts: channelsOf(services.alerts),
      missing_privileges: missing,
      problems: [
        ...(unseen === undefined ? [] : [unseen]),
        ...(hasApiKeys && !canEncrypt
          ? ['Set xpack.encryptedSavedObjects.encryptionKey in kibana.yml to at least 32 characters.']
          : []),
        ...keyProblems,
        ...(security === undefined && check.security
          ? ['The security plugin of Kibana is switched off, but Elasticsearch asks for credentials.']
          : []),
        ...(missing.length > 0
          ? [
              `Detectors work with the rights of whoever saves them, and you lack: ${missing.join('; ')}. Ask an administrator for a role with these privileges (Stack Management > Security > Roles).`,
            ]
          : []),
        ...(hasApiKeys ? check.warnings : []),
      ],
      ...(missing.length > 0 &&
        check.neededRole && {
          needed_role: {
            cluster: [...check.neededRole.cluster],
            indices: check.neededRole.indices.map(({ names, privileges }) => ({
              names: [...names],
              privileges: [...privileges],
            })),
          },
        }),
      audit_trail: await auditProtectionOf(scope.elasticsearch, scope.space).catch(() => 'unknown' as const),
    };
  },
  scanLogs: ({ query }, { services, scope, signal }) => scanLogs(services, scope, query.window, signal),
  proposeDetectors: ({ body }, { services, scope, signal }) =>
    proposeForSource(services, scope, body, signal),
  getOpenApi: async () => createOpenApiDocument(),
};
