/** Upper and lower case are the same level. */
export const withLevel = (levels: readonly string[], added: string): readonly string[] => {
  const name = added.trim();
  const isThere = levels.some((level) => level.toLowerCase() === name.toLowerCase());
  return name === '' || isThere ? levels : [...levels, name];
};
