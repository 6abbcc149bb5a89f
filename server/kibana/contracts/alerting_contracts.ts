import type { Client } from '@elastic/elasticsearch';
import type { Logger } from './security_contracts';

/** Slices of the alerting plugin's contract, 8.12 and 9.x alike. Source: x-pack/plugins/alerting/server/types.ts. */

/** Source: x-pack/plugins/alerting/server/alerts_client/types.ts `PublicAlertsClient`. */
export interface AlertsClient {
  report(alert: {
    id: string;
    actionGroup: string;
    state?: Record<string, unknown>;
    context: Record<string, unknown>;
    payload: Record<string, unknown>;
  }): unknown;
  getRecoveredAlerts(): { alert: { getId(): string } }[];
  setAlertData(data: { id: string; context: Record<string, unknown> }): void;
  getAlertLimitValue(): number;
  setAlertLimitReached(reached: boolean): void;
}

export interface RuleExecutorOptions<Parameters> {
  readonly services: {
    readonly alertsClient: AlertsClient | null;
    readonly scopedClusterClient: { readonly asCurrentUser: Client };
    shouldStopExecution(): boolean;
    readonly ruleResultService?: { addLastRunWarning(warning: string): void };
  };
  readonly params: Parameters;
  readonly state: Record<string, unknown>;
  readonly rule: { readonly id: string; readonly name: string };
  readonly spaceId: string;
  readonly startedAt: Date;
  readonly logger: Logger;
}

export interface ActionVariable {
  readonly name: string;
  readonly description: string;
  readonly usesPublicBaseUrl?: boolean;
}

/** Source: x-pack/plugins/alerting/common/alert_schema/field_maps/types.ts. */
export type FieldMap = Readonly<
  Record<string, { readonly type: string; readonly array: boolean; readonly required: boolean }>
>;

export interface RuleType<Parameters> {
  readonly id: string;
  readonly name: string;
  readonly category: 'management';
  readonly producer: string;
  readonly solution: 'stack';
  readonly actionGroups: readonly { readonly id: string; readonly name: string }[];
  readonly defaultActionGroupId: string;
  readonly minimumLicenseRequired: 'basic';
  readonly isExportable: boolean;
  readonly doesSetRecoveryContext: boolean;
  /** From 8.7 on. */
  readonly getViewInAppRelativeUrl: (of: { readonly rule: { readonly params: Parameters } }) => string;
  readonly defaultScheduleInterval: string;
  readonly validate: { readonly params: { validate(parameters: unknown): Parameters } };
  readonly actionVariables: {
    readonly context: readonly ActionVariable[];
    readonly params: readonly ActionVariable[];
    readonly state: readonly ActionVariable[];
  };
  readonly alerts: {
    readonly context: string;
    readonly shouldWrite: boolean;
    readonly mappings: { readonly fieldMap: FieldMap };
  };
  executor(options: RuleExecutorOptions<Parameters>): Promise<{ state: Record<string, unknown> }>;
}

export interface AlertingSetup {
  registerType<Parameters>(type: RuleType<Parameters>): void;
}
