export { deleteOldIndices } from './delete_old_indices';
export { oldSpaces } from './old_names';
export { hasUnseenData, isUpgraded, unseenDataProblem, upgradeSpace } from './upgrade_space';
export type { UpgradeReport } from './upgrade_space';
