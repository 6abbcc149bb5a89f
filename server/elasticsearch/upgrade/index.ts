export { deleteOldIndices } from './delete_old_indices';
export { oldSpaces } from './old_names';
export { isUpgraded, upgradeSpace } from './upgrade_space';
export type { UpgradeReport } from './upgrade_space';
