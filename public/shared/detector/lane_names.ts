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
