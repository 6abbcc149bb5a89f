import type { ApiFailure } from '../../../shared/app/api_client';

/** The settings that the server refused, by their path; it checks what the form cannot, such as the fields of the logs. */
export function refusedSettings({ issues }: Pick<ApiFailure, 'issues'>): Map<string, string> {
  return new Map(
    issues.flatMap((issue) => {
      const [, path, text] = /^([\w.]+): (.+)$/s.exec(issue) ?? [];
      return path === undefined ? [] : [[path, text] as const];
    }),
  );
}
