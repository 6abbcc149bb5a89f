import type { HttpSetup } from '../../kibana/contracts';

/** Id of the space that the page belongs to. */
export const spaceOf = ({ basePath }: HttpSetup): string =>
  /\/s\/([a-z0-9_-]+)$/.exec(basePath.get())?.[1] ?? 'default';
