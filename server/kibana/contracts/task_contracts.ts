/** Slices of Task Manager's contracts. Source: x-pack/plugins/task_manager/server/task.ts and plugin.ts. */

export interface TaskInstance {
  readonly id: string;
  readonly params: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  readonly runAt?: Date;
  readonly startedAt?: Date | null;
  readonly schedule?: { readonly interval: string };
  readonly status?: string;
  readonly scheduledAt?: Date;
}

export interface TaskRunResult {
  readonly state: Record<string, unknown>;
  readonly runAt?: Date;
  readonly schedule?: { readonly interval: string };
}

export interface TaskRunner {
  run(): Promise<TaskRunResult | undefined>;
  cancel?(): Promise<void>;
}

export interface TaskDefinition {
  readonly title: string;
  readonly timeout: string;
  readonly maxAttempts?: number;
  createTaskRunner(context: { taskInstance: TaskInstance }): TaskRunner;
}

export interface TaskManagerSetup {
  registerTaskDefinitions(definitions: Record<string, TaskDefinition>): void;
}

export interface TaskToSchedule {
  readonly id: string;
  readonly taskType: string;
  readonly schedule?: { readonly interval: string };
  readonly params: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  readonly scope?: string[];
  readonly runAt?: Date;
}

export interface TaskManagerStart {
  schedule(task: TaskToSchedule): Promise<TaskInstance>;
  ensureScheduled(task: TaskToSchedule): Promise<TaskInstance>;
  runSoon(id: string): Promise<unknown>;
  get(id: string): Promise<TaskInstance>;
  /** Source: task_store.ts `SearchOpts`, `FetchResult`. */
  fetch(search: {
    readonly query: Record<string, unknown>;
    readonly sort: readonly Record<string, unknown>[];
    readonly size: number;
  }): Promise<{ readonly docs: readonly TaskInstance[] }>;
  removeIfExists(id: string): Promise<void>;
  bulkUpdateSchedules(ids: string[], schedule: { interval: string }): Promise<unknown>;
}
