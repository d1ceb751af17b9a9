/** A document of ours, whatever version wrote it. */
export type VersionedContent = Readonly<Record<string, unknown>>;

/** Brings the content of a document one version further. */
export type Upgrade = (content: VersionedContent) => VersionedContent;

/** The version that documents have which `upgrades`, one for each older version, bring up to date. */
export function currentVersion(upgrades: readonly Upgrade[]): number {
  return upgrades.length + 1;
}

/** The version of a document; 0 when it tells none. */
export function versionOf(content: unknown): number {
  if (typeof content !== 'object' || content === null || !('version' in content)) return 0;
  return typeof content.version === 'number' ? content.version : 0;
}

/** The content as the current version writes it. */
export function upgraded(content: object, upgrades: readonly Upgrade[]): VersionedContent {
  const due = upgrades.slice(Math.max(versionOf(content) - 1, 0));
  const current = due.reduce<VersionedContent>((older, upgrade) => upgrade(older), { ...content });
  return { ...current, version: currentVersion(upgrades) };
}
