import { useEffect } from 'react';
import { PLUGIN_ID, PLUGIN_NAME } from '../../../common/plugin';
import type { CoreStart } from '../../kibana/contracts';
import { useApp } from '../app/app_context';
import { detectorPath } from '../app/location';

/**
 * Puts a detector among what somebody has viewed last, which Kibana's navigation lists in every space: the navigation of a solution
 * takes no entry of an installed plugin.
 *
 * Source: src/core/packages/chrome/browser/src/recently_accessed.ts (commit 3fbe2a4e); the link has no base path and no space.
 */
export function noteViewed({ recentlyAccessed }: CoreStart['chrome'], id: string, name: string): void {
  recentlyAccessed?.add(
    `/app/${PLUGIN_ID}${detectorPath(id, 'anomalies')}`,
    `${PLUGIN_NAME}: ${name}`,
    `${PLUGIN_ID}:${id}`,
  );
}

/** @param name undefined until it is known */
export function useRecentlyViewed(id: string, name: string | undefined): void {
  const { core } = useApp();
  useEffect(() => {
    if (name !== undefined) noteViewed(core.chrome, id, name);
  }, [core, id, name]);
}
