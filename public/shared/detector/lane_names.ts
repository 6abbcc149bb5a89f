/** Returns the name of each detector, with its id where several have the same name. */
export function laneNames(
  detectors: readonly { readonly id: string; readonly detector: { readonly name: string } }[],
): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { detector } of detectors) counts.set(detector.name, (counts.get(detector.name) ?? 0) + 1);
  return new Map(
    detectors.map(({ id, detector: { name } }) => [
      id,
      (counts.get(name) ?? 0) > 1 ? `${name} (${id})` : name,
    ]),
  );
}

/** Options of a box that chooses detectors: each by its id, since two may have one name. */
export const detectorOptions = (
  detectors: Parameters<typeof laneNames>[0],
): { readonly key: string; readonly value: string; readonly label: string }[] =>
  [...laneNames(detectors)].map(([id, label]) => ({ key: id, value: id, label }));
